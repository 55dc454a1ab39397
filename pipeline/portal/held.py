"""Rows that were read, held against the contract: those that break it join the refused ones."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.contract import CodeList, Table
from pipeline.contract.check import check, doubled_key
from pipeline.formats.faults import masked_cells
from pipeline.formats.frames import as_arrow
from pipeline.formats.result import Quarantined, Read, refused
from pipeline.portal.danish import as_text
from pipeline.text import Problem


@dataclass(frozen=True)
class Held:
    """Some rows of a delivery: those accepted, as values and as Arrow, and what is wrong with the others."""

    columns: Mapping[str, Sequence[object]]
    data: Any
    problems: tuple[Problem, ...]
    refused: tuple[Quarantined, ...]

    @property
    def lines(self) -> Sequence[Any]:
        """Where the accepted rows stand in the file."""
        return self.columns["source_row"] if self.columns else ()

    @property
    def accepted(self) -> int:
        return len(self.lines)


def hold(
    table: Table,
    codes: Mapping[str, CodeList],
    read: Read,
    file: str,
    connection: duckdb.DuckDBPyConnection,
    most_kept: int,
) -> Held:
    """Hold the rows of one piece against the contract, but for keys that another piece may have too.

    A piece has its rows in one frame at most. ``most_kept``: of so many refused rows the cells are wanted.
    """
    if not read.frames:
        return Held({}, None, read.problems, read.quarantine)
    (frame,) = read.frames
    if not frame.rows:
        return Held({}, None, read.problems, read.quarantine)
    columns = frame.columns
    data = as_arrow(table, frame, {"delivery_id": file, "programme": "pilot"})
    asked = replace(table, columns=tuple(one for one in table.columns if one.name in data.column_names))
    found = check(asked, codes, data, file=file, sample=frame.rows, connection=connection)
    if not found:
        return Held(columns, data, read.problems, read.quarantine)
    said = [labelled(table, one) for one in found]
    why: dict[int, Problem] = {}
    for one in said:
        why.setdefault(one.row or 0, one)
    lines = columns["source_row"]
    is_kept = [line not in why for line in lines]
    places = [place for place, kept in enumerate(is_kept) if not kept]
    texts = (
        [as_text(columns[column.name][place], column, codes) for place in places[:most_kept]]
        for column in table.delivered_columns
    )
    aside = _quarantined(table, [why[int(str(lines[place]))] for place in places], texts)
    return Held(
        {
            name: [value for value, kept in zip(values, is_kept, strict=True) if kept]
            for name, values in columns.items()
        },
        data.filter(pa.array(is_kept)),
        (*read.problems, *said),
        tuple(sorted((*read.quarantine, *aside), key=lambda one: one.row or 0)),
    )


def refused_twins(
    table: Table, rows: Sequence[tuple[int, Sequence[str]]], file: str, most_kept: int
) -> tuple[list[Problem], list[Quarantined]]:
    """Rows whose keys earlier ones have, each its line and its cells in the rows file."""
    why = labelled(table, doubled_key(table, file, None))
    problems = [replace(why, row=line) for line, _ in rows]
    texts = zip(*(texts for _, texts in rows[:most_kept]), strict=True)
    return problems, _quarantined(table, problems, texts)


def labelled(table: Table, one: Problem) -> Problem:
    """``one`` with its columns by their labels."""
    label = {column.name: column.label.da for column in table.columns}
    names = (one.column or "").split(", ")
    return replace(one, column=", ".join(label.get(name, name) for name in names))


def _quarantined(table: Table, why: Sequence[Problem], columns: Iterable[Sequence[str]]) -> list[Quarantined]:
    """Refused rows; ``columns`` are the cells, of the first ones, that a delivery fills."""
    labels = [column.label.da for column in table.delivered_columns]
    shown = map(masked_cells, table.delivered_columns, columns)
    return list(refused(table.name, why, labels, shown))
