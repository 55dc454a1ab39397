"""The header of a file: where it stands, the delimiter, and which cell is which column of the contract."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.contract import Column, Table, headers, normalise_header
from pipeline.formats.cells import plain
from pipeline.formats.faults import listed, shown
from pipeline.formats.misread import suspected
from pipeline.formats.records import Record, records
from pipeline.formats.result import Source, problem
from pipeline.text import Problem

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab"}
HEADER_WITHIN = 20  # records; above the header stand titles
MOST_COLUMNS = 2_000


@dataclass(frozen=True)
class Header:
    """Column → place of its cell, the names as they stand, and what is wrong with the line."""

    places: Mapping[str, int]
    names: Sequence[str]
    problems: tuple[Problem, ...]

    @property
    def unread(self) -> list[int]:
        """The places of the columns that the contract does not know."""
        return [place for place in range(len(self.names)) if place not in self.places.values()]

    @property
    def recognised(self) -> tuple[tuple[str, str], ...]:
        """Each column that was found, with its header as it may be shown."""
        return tuple((column, shown(self.names[place])) for column, place in self.places.items())

    @property
    def is_usable(self) -> bool:
        return not any(item.severity == "critical" for item in self.problems)


def find_header(
    lines: Sequence[str], first: int, delimiters: Iterable[str], known: Mapping[str, str]
) -> tuple[str, Record] | None:
    """The delimiter and the record by which most of the known headers are found; None when none is."""
    found: dict[str, tuple[int, Record]] = {}
    for delimiter in delimiters:
        best = best_header(islice(records(lines, delimiter, 0, first), HEADER_WITHIN), known)
        if best is not None:
            found[delimiter] = best
    if not found:
        return None
    delimiter = max(found, key=lambda sign: found[sign][0])
    return delimiter, found[delimiter][1]


def best_header(rows: Iterable[Record], known: Mapping[str, str]) -> tuple[int, Record] | None:
    """The first of ``rows`` with the most known headers, and how many.

    Where headers are merged over two lines, a cell that is empty takes the one above it.
    """
    best: tuple[int, Record] | None = None
    above: list[str] = []
    for row in rows:
        for cells in (row.cells, _merged(above, row.cells)):
            count = len({known[name] for cell in cells if (name := normalise_header(plain(cell))) in known})
            if count and (best is None or count > best[0]):
                best = count, replace(row, cells=cells)
        above = row.cells
    return best


def _merged(above: Sequence[str], below: Sequence[str]) -> list[str]:
    wide = max(len(above), len(below))
    pairs = zip(*([*cells, *[""] * (wide - len(cells))] for cells in (above, below)), strict=True)
    return [low if low.strip() else high for high, low in pairs]


def map_header(
    source: Source,
    table: Table,
    head: Record,
    filled: Collection[int],
    encoding: str,
    name_headers: Collection[str] = (),
) -> Header:
    """Find each column's place, and say what is unknown, doubled or missing.

    A column without a name is unknown only where some row has something in it: its place is in ``filled``.
    One whose header is among ``name_headers`` is known to hold names, which are not kept.
    """
    known = headers(table)
    names = [plain(cell) for cell in head.cells]
    places: dict[str, int] = {}
    doubled: list[tuple[str, str]] = []
    unknown: list[tuple[int, str]] = []
    for place, name in enumerate(names):
        column = known.get(normalise_header(name))
        if column is None:
            if name or place in filled:
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
                _names(source, head.line, name)
                if normalise_header(name) in name_headers
                else _unknown(source, head.line, place, name, absent, suspected(name, encoding, set(known)))
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


def _names(source: Source, line: int, name: str) -> Problem:
    return problem(
        source,
        line,
        shown(name),
        "name_column",
        "kolonnen rummer navne på personer; de indgår ikke i tabellen og er ikke gemt. Udelad kolonnen"
        " næste gang",
        "the column holds names of persons, which are no part of the table and were not kept; leave it out"
        " the next time",
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
