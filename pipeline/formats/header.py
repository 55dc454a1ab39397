"""The header line of a delimited file: the delimiter, and which cell is which column of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.contract import Column, Table, headers, normalise_header
from pipeline.formats.cells import plain
from pipeline.formats.decode import suspected
from pipeline.formats.faults import listed, shown
from pipeline.formats.records import Record, records
from pipeline.formats.result import Source, problem
from pipeline.text import Problem

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab"}


@dataclass(frozen=True)
class Header:
    """Column → place of its cell, the names as they stand, and what is wrong with the line."""

    places: Mapping[str, int]
    names: Sequence[str]
    problems: tuple[Problem, ...]

    @property
    def is_usable(self) -> bool:
        return not any(item.severity == "critical" for item in self.problems)


def decide_delimiter(lines: Sequence[str], known: Mapping[str, str]) -> str | None:
    """The delimiter by which the first line gives most of the known headers; None when none gives any."""
    counts: dict[str, int] = {}
    for delimiter in DELIMITERS:
        head = next(records(lines, delimiter), None)
        cells = head.cells if head else []
        counts[delimiter] = sum(normalise_header(plain(cell)) in known for cell in cells)
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else None


def map_header(source: Source, table: Table, head: Record, body: Sequence[Record], encoding: str) -> Header:
    """Find each column's place, and say what is unknown, doubled or missing.

    A column without a name is unknown only where a row of ``body`` fills it.
    """
    known = headers(table)
    names = [plain(cell) for cell in head.cells]
    places: dict[str, int] = {}
    doubled: list[tuple[str, str]] = []
    unknown: list[tuple[int, str]] = []
    for place, name in enumerate(names):
        column = known.get(normalise_header(name))
        if column is None:
            if name or any(len(record.cells) > place and record.cells[place].strip() for record in body):
                unknown.append((place, name))
        elif column in places:
            doubled.append((name, names[places[column]]))
        else:
            places[column] = place
    absent = [column for column in table.delivered_columns if column.name not in places]
    return Header(
        places,
        names,
        (
            *(_doubled(source, head.line, *pair) for pair in doubled),
            *(
                _unknown(source, head.line, place, name, absent, suspected(name, encoding, set(known)))
                for place, name in unknown
            ),
            *(_absent(source, head.line, column) for column in absent),
        ),
    )


def _doubled(source: Source, line: int, name: str, first: str) -> Problem:
    return problem(
        source,
        line,
        shown(name),
        "doubled_column",
        f"kolonnen er den samme som »{shown(first)}«; forventet kun én af dem",
        f"the column is the same as '{shown(first)}'; expected only one of them",
        "critical",
    )


def _unknown(
    source: Source, line: int, place: int, name: str, absent: Sequence[Column], guess: str | None
) -> Problem:
    hint = (f"; tegnsættet er nok {guess}", f"; the code page is probably {guess}") if guess else ("", "")
    expected = listed(column.label.da for column in absent) or "ingen flere kolonner"
    expected_en = listed(column.label.en for column in absent) or "no more columns"
    return problem(
        source,
        line,
        shown(name) or f"nr. {place + 1}",
        "unknown_column",
        f"ukendt kolonne, som ikke læses; forventet: {expected}{hint[0]}",
        f"unknown column, which is not read; expected: {expected_en}{hint[1]}",
    )


def _absent(source: Source, line: int, column: Column) -> Problem:
    if column.required:
        return problem(
            source,
            line,
            column.label.da,
            "missing_column",
            "kolonnen mangler, og ingen række kan bruges uden den",
            f"the column ({column.label.en}) is missing, and no row can be used without it",
            "critical",
        )
    return problem(
        source,
        line,
        column.label.da,
        "absent_column",
        "kolonnen er ikke med; dens felter er tomme",
        f"the column ({column.label.en}) is not there; its cells are empty",
        "note",
    )
