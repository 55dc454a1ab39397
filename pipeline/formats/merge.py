"""Rows of one key from several deliveries: the later received version counts, and what becomes of the others.

A key is one within its programme: what another programme delivers never takes a row's place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.contract import Table
from pipeline.formats.faults import masked_cell
from pipeline.formats.result import Quarantined, kept_cells
from pipeline.text import Text

Loss = Literal["rows_again", "doubled_key", "superseded_row"]


@dataclass(frozen=True)
class Version:
    """A row as one delivery has it: its place among all rows received, and its ``content`` by column."""

    place: int
    key: tuple[object, ...]
    delivery_id: str
    received_date: date
    source_file: str
    source_row: int
    content: Mapping[str, object]


@dataclass(frozen=True)
class Lost:
    """A version that does not count, and the ``place`` of the one that told so."""

    version: Version
    why: Loss
    place: int


def lost(versions: Iterable[Version]) -> Iterator[Lost]:
    """Those of one key's ``versions``, in the order they were received, that do not count.

    A row that says the same again was known from the first time. One that says something else takes the
    earlier row's place when it was received later, and is set aside when both came the same day.
    """
    kept: Version | None = None
    for version in versions:
        if kept is None:
            kept = version
        elif kept.content == version.content:
            yield Lost(version, "rows_again", version.place)
        elif kept.received_date == version.received_date:
            yield Lost(version, "doubled_key", version.place)
        else:
            yield Lost(kept, "superseded_row", version.place)
            kept = version


_REASONS = {
    "doubled_key": Text(
        "nøglen findes allerede med andet indhold; den første række bruges",
        "the key stands already with other content; the first row is used",
    ),
    "superseded_row": Text(
        "en senere leverance har en ny udgave af rækken", "a later delivery has a new version of the row"
    ),
}


def set_aside(table: Table, one: Lost) -> Quarantined | None:
    """What quarantine keeps of ``one``; nothing of a row that said the same again."""
    if one.why == "rows_again":
        return None
    cells = {
        column.label.da: masked_cell(column, str(value))
        for column in table.delivered_columns
        if (value := one.version.content[column.name]) is not None
    }
    return Quarantined(
        table.name,
        one.version.source_file,
        one.version.source_row,
        ", ".join(table.column(key).label.da for key in table.primary_key),
        one.why,
        _REASONS[one.why],
        kept_cells(cells, cells.values()),
    )
