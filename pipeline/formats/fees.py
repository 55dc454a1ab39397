"""What practices were paid: settlement lines in the health insurance register's shape, and the fee table.

One CSV file is one of the two, told by its headers. A line has a provider number, ``HONUGE`` (ÅÅUU, the
billing week), ``SPECIALE`` (six digits: specialty and code, or the two apart), a number and an amount in øre,
or in kroner where the header says so. A row of the fee table has a code, its validity, region, amount and
price level.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.contract import Column, Table, headers, normalise_header
from pipeline.formats.fee_columns import code_columns, line_columns
from pipeline.formats.grid import Grid, read_grid
from pipeline.formats.header import Header, map_header
from pipeline.formats.records import Record
from pipeline.formats.result import Quarantined, Read, Reading, Source, joined, problem
from pipeline.formats.rows import RawRows, type_rows
from pipeline.text import Problem, Text

LINES, CODES = "fee_lines", "fee_codes"
# These say kroner; an amount whose header tells no unit is not read.
KRONER = ("Beløb (kr.)", "Beløb (kr)", "Beløb i kr.", "Beløb i kroner", "Honorar (kr.)", "Honorar i kr.")
# What is made where a file has it not.
MADE = {
    LINES: frozenset({"fee_line_id"}),
    CODES: frozenset({"region", "meaning_en", "kind", "source", "is_invented"}),
}
_CONTRADICTED = Text(
    "speciale og ydelseskode siger hver sit; forventet seks cifre som 800125, eller 80 og 0125",
    "specialty and fee code contradict; expected six digits as 800125, or 80 and 0125",
)


def read(files: Sequence[Source], tables: Sequence[str], reading: Reading) -> Read:
    """Read every file as the one of ``tables`` whose headers it has most of."""
    wanted = [reading.contracts.tables[name] for name in (LINES, CODES) if name in tables or not tables]
    seen: Counter[tuple[str, ...]] = Counter()
    return joined(_read_file(file, wanted, reading, seen) for file in files)


def _read_file(
    source: Source, tables: Sequence[Table], reading: Reading, seen: Counter[tuple[str, ...]]
) -> Read:
    grid = read_grid(source)
    if isinstance(grid, Read):
        return grid
    names = [normalise_header(name) for name in grid.header]
    table = max(tables, key=lambda one: sum(name in headers(_as_delivered(one, names)) for name in names))
    header = _header(grid, table, names)
    if not header.is_usable:
        return _refused(grid, table, header)
    kroner = {normalise_header(name) for name in KRONER}
    place = header.places.get("amount_oere")
    is_kroner = place is not None and names[place] in kroner
    cells = {name: [row[place] for row in grid.rows] for name, place in header.places.items()}
    made = (
        line_columns(cells, reading, seen, is_kroner=is_kroner)
        if table.name == LINES
        else code_columns(cells, reading, source.name, len(grid.rows), is_kroner=is_kroner)
    )
    kept = [place for place in range(len(grid.rows)) if place not in made.contradicted]
    typed = type_rows(
        table,
        RawRows(
            source,
            {name: [column[place] for place in kept] for name, column in made.cells.items()},
            [grid.lines[place] for place in kept],
            {name: grid.header[place] for name, place in header.places.items()},
        ),
        reading,
    )
    unusable = [
        *grid.broken,
        *(
            Problem(source.name, grid.lines[place], None, "code_contradicts", _CONTRADICTED)
            for place in sorted(made.contradicted)
        ),
    ]
    return replace(
        typed,
        problems=(*header.problems, *_notes(grid, made.padded), *unusable, *typed.problems),
        quarantine=(*_set_aside(table, unusable), *typed.quarantine),
        decisions=replace(
            typed.decisions, encoding=grid.decisions.encoding, delimiter=grid.decisions.delimiter
        ),
        rows_read=len(grid.rows) + len(grid.broken),
    )


def _header(grid: Grid, table: Table, names: Sequence[str]) -> Header:
    """The columns' places; what the reader makes by itself is not missed."""
    found = map_header(
        grid.source,
        _as_delivered(table, names),
        Record(1, 2, list(grid.header)),
        {place for row in grid.rows for place, cell in enumerate(row) if cell},
        grid.decisions.encoding or "",
    )
    made = {table.column(name).label.da for name in MADE[table.name]}
    return replace(
        found,
        problems=tuple(
            item for item in found.problems if item.rule != "absent_column" or item.column not in made
        ),
    )


def _as_delivered(table: Table, names: Sequence[str]) -> Table:
    """The contract as settlement systems fill it: specialty and code may stand in one column."""
    known = headers(table)
    told = {known[name] for name in names if name in known}
    optional = set(MADE[table.name])
    if "specialty" in told or "fee_code" in told:
        optional |= {"specialty", "fee_code"} if table.name == LINES else set()

    def delivered(column: Column) -> Column:
        aliases = (*column.aliases, *KRONER) if column.name == "amount_oere" else column.aliases
        return replace(column, aliases=aliases, required=column.required and column.name not in optional)

    return replace(table, columns=tuple(delivered(column) for column in table.columns))


def _notes(grid: Grid, padded: int) -> list[Problem]:
    notes: list[Problem] = []
    if padded:
        notes.append(
            problem(
                grid.source,
                None,
                None,
                "lost_zeros",
                f"{padded} ydelseskoder havde tabt nuller foran; de er sat på igen",
                f"{padded} fee codes had lost leading zeros, which were put back",
                "note",
            )
        )
    if not grid.rows and not grid.broken:
        notes.append(
            problem(grid.source, None, None, "no_rows", "filen har ingen rækker", "the file has no rows")
        )
    return notes


def _set_aside(table: Table, unusable: Sequence[Problem]) -> list[Quarantined]:
    return [Quarantined(table.name, item.file, item.row, None, item.rule, item.message) for item in unusable]


def _refused(grid: Grid, table: Table, header: Header) -> Read:
    wrong = next(item for item in header.problems if item.severity == "critical")
    return Read(
        problems=(*header.problems, *grid.broken),
        quarantine=(
            *_set_aside(table, grid.broken),
            *(
                Quarantined(table.name, grid.source.name, line, wrong.column, wrong.rule, wrong.message)
                for line in grid.lines
            ),
        ),
        decisions=grid.decisions,
        rows_read=len(grid.rows) + len(grid.broken),
    )
