"""Rows of one table from several deliveries: one row a key, the later received version of it.

A key is one within its programme: what another programme delivers never takes a row's place.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.contract import Table
from pipeline.formats.faults import masked_cell
from pipeline.formats.result import Frame, Quarantined
from pipeline.text import Text


@dataclass(frozen=True)
class Part:
    """What one delivery has for the table."""

    delivery_id: str
    programme: str
    received_date: date
    frame: Frame


@dataclass(frozen=True)
class Merged:
    """Every column of the table, provenance included; per delivery, rows set aside and rows sent again."""

    columns: dict[str, list[object]]
    set_aside: tuple[tuple[str, Quarantined], ...]
    again: dict[str, int]

    @property
    def rows(self) -> int:
        return len(self.columns["source_row"])


def merge(table: Table, parts: Sequence[Part]) -> Merged:
    """Put ``parts`` together in the order they were received.

    A row that says the same again is counted and left out: it was known from the first time. One that says
    something else under the same key takes the earlier row's place when it was received later, and is set
    aside when both came the same day.
    """
    content = [column.name for column in table.columns if column.name not in table.provenance]
    names = [*content, *table.provenance]
    places = [names.index(key) for key in table.unique_key]
    received = names.index("received_date")
    kept: dict[tuple[object, ...], tuple[object, ...]] = {}
    set_aside: list[tuple[str, Quarantined]] = []
    again: dict[str, int] = {}
    for part in sorted(parts, key=lambda item: item.received_date):
        for row in _rows(part, names):
            key = tuple(row[place] for place in places)
            other = kept.get(key)
            if other is None:
                kept[key] = row
            elif other[: len(content)] == row[: len(content)]:
                again[part.delivery_id] = again.get(part.delivery_id, 0) + 1
            elif other[received] == row[received]:
                set_aside.append(_set_aside(table, names, row, "doubled_key"))
            else:
                set_aside.append(_set_aside(table, names, other, "superseded_row"))
                kept[key] = row
    columns = [list(column) for column in zip(*kept.values(), strict=True)] or [[] for _ in names]
    return Merged(dict(zip(names, columns, strict=True)), tuple(set_aside), again)


def _rows(part: Part, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    count = part.frame.rows
    constant: dict[str, object] = {
        "delivery_id": part.delivery_id,
        "programme": part.programme,
        "received_date": part.received_date,
    }
    return zip(
        *([constant[name]] * count if name in constant else part.frame.columns[name] for name in names),
        strict=True,
    )


_REASONS = {
    "doubled_key": Text(
        "nøglen findes allerede med andet indhold; den første række bruges",
        "the key stands already with other content; the first row is used",
    ),
    "superseded_row": Text(
        "en senere leverance har en ny udgave af rækken", "a later delivery has a new version of the row"
    ),
}


def _set_aside(
    table: Table, names: Sequence[str], row: tuple[object, ...], reason: str
) -> tuple[str, Quarantined]:
    values = dict(zip(names, row, strict=True))
    cells = {
        column.label.da: masked_cell(column, str(value))
        for column in table.delivered_columns
        if (value := values[column.name]) is not None
    }
    source_row = values["source_row"]
    quarantined = Quarantined(
        table.name,
        str(values["source_file"]),
        source_row if isinstance(source_row, int) else None,
        ", ".join(table.column(key).label.da for key in table.primary_key),
        reason,
        _REASONS[reason],
        json.dumps(cells, ensure_ascii=False),
    )
    return str(values["delivery_id"]), quarantined
