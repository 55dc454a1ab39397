"""Rows that were read, held against the contract: those that break it join the refused ones."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.contract import CodeList, Table
from pipeline.contract.check import check, doubled_key
from pipeline.contract.store import arrow_schema
from pipeline.formats.faults import masked_cell
from pipeline.formats.result import Quarantined, Read
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
) -> Held:
    """Hold the rows of one piece against the contract, but for keys that another piece may have too.

    A piece has its rows in one frame at most.
    """
    if not read.frames:
        return Held({}, None, read.problems, read.quarantine)
    (frame,) = read.frames
    if not frame.rows:
        return Held({}, None, read.problems, read.quarantine)
    columns, count = frame.columns, frame.rows
    fixed: dict[str, list[object]] = {"delivery_id": [file] * count, "programme": ["pilot"] * count}
    schema = arrow_schema(table)
    arrays = {
        name: pa.array(columns[name] if name in columns else fixed[name], schema.field(name).type)
        for name in table.column_names
        if name != "received_date"
    }
    data = pa.table(arrays)
    asked = replace(table, columns=tuple(column for column in table.columns if column.name in arrays))
    found = check(asked, codes, data, file=file, sample=count, connection=connection)
    if not found:
        return Held(columns, data, read.problems, read.quarantine)
    said = [labelled(table, one) for one in found]
    why: dict[int, Problem] = {}
    for one in said:
        why.setdefault(one.row or 0, one)
    lines = columns["source_row"]
    is_kept = [line not in why for line in lines]
    refused = [
        _refused(table, codes, columns, place, why[int(str(lines[place]))])
        for place, kept in enumerate(is_kept)
        if not kept
    ]
    return Held(
        {
            name: [value for value, kept in zip(values, is_kept, strict=True) if kept]
            for name, values in columns.items()
        },
        data.filter(pa.array(is_kept)),
        (*read.problems, *said),
        tuple(sorted((*read.quarantine, *refused), key=lambda one: one.row or 0)),
    )


def refused_twin(table: Table, texts: Sequence[str], line: int, file: str) -> tuple[Problem, Quarantined]:
    """A row whose key an earlier one has; ``texts`` are its cells in the rows file."""
    why = labelled(table, doubled_key(table, file, line))
    cells = {
        column.label.da: masked_cell(column, text)
        for column, text in zip(table.delivered_columns, texts, strict=True)
    }
    return why, _quarantined(table, why, cells)


def labelled(table: Table, one: Problem) -> Problem:
    """``one`` with its columns by their labels."""
    label = {column.name: column.label.da for column in table.columns}
    names = (one.column or "").split(", ")
    return replace(one, column=", ".join(label.get(name, name) for name in names))


def _refused(
    table: Table,
    codes: Mapping[str, CodeList],
    columns: Mapping[str, Sequence[object]],
    place: int,
    why: Problem,
) -> Quarantined:
    cells = {
        column.label.da: masked_cell(column, as_text(columns[column.name][place], column, codes))
        for column in table.delivered_columns
    }
    return _quarantined(table, why, cells)


def _quarantined(table: Table, why: Problem, cells: Mapping[str, str]) -> Quarantined:
    text = json.dumps(cells, ensure_ascii=False)
    return Quarantined(table.name, why.file, why.row, why.column, why.rule, why.message, text)
