"""What practices were paid: settlement lines in the health insurance register's shape, and the fee table.

A file is read as ``danish_csv`` reads it, and is one of the two, told by its headers. A line has a provider
number, ``HONUGE`` (ÅÅUU, the billing week), ``SPECIALE`` (six digits: specialty and code, or the two apart),
a number and an amount in øre, or in kroner where the header says so. A row of the fee table has a code, its
validity, region, amount and price level.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.contract import Column, Table, headers, normalise_header
from pipeline.formats.cells import Habits, plain
from pipeline.formats.coded import coded
from pipeline.formats.danish_csv import Filled, read_opened
from pipeline.formats.faults import Fault
from pipeline.formats.fee_columns import Seen, code_columns, line_columns
from pipeline.formats.opened import Opened, open_file
from pipeline.formats.result import Read, Reading, Source, gathered, problem
from pipeline.formats.rows import RawRows
from pipeline.text import Problem, Text

LINES, CODES = "fee_lines", "fee_codes"
# These say kroner; an amount whose header tells no unit is not read.
KRONER = ("Beløb (kr.)", "Beløb (kr)", "Beløb i kr.", "Beløb i kroner", "Honorar (kr.)", "Honorar i kr.")
# What is made where a file has it not.
MADE = {
    LINES: frozenset({"fee_line_id"}),
    CODES: frozenset({"region", "meaning_en", "kind", "source", "is_invented"}),
}
_CONTRADICTED = Fault(
    "code_contradicts",
    Text(
        "speciale og ydelseskode siger hver sit; forventet seks cifre som 800125, eller 80 og 0125",
        "specialty and fee code contradict; expected six digits as 800125, or 80 and 0125",
    ),
)


def read(files: Sequence[Source], tables: Sequence[str], reading: Reading) -> Read:
    """Read every file as the one of ``tables`` whose headers it has most of."""
    return gathered(read_every(files, tables, reading))


def read_every(files: Sequence[Source], tables: Sequence[str], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece, file by file."""
    seen: Seen = defaultdict(dict)
    for file in files:
        yield from read_pieces(file, tables, reading, seen)


def read_pieces(
    source: Source, tables: Sequence[str], reading: Reading, seen: Seen | None = None
) -> Iterator[Read]:
    """Read one file piece by piece, as ``danish_csv`` does; ``seen`` counts lines of the files before it."""
    wanted = [reading.contracts.tables[name] for name in (LINES, CODES) if name in tables or not tables]
    found = [(table, open_file(source, _aliased(table))) for table in wanted]
    opened = [(table, one) for table, one in found if isinstance(one, Opened)]
    if not opened:
        yield from (part for _, told in found[:1] if not isinstance(told, Opened) for part in told)
        return
    table, file = max(opened, key=lambda pair: _known(*pair))
    filling = _Filling(
        table, reading, source.name, _is_kroner(table, file), defaultdict(dict) if seen is None else seen
    )
    try:
        yield from read_opened(file, _as_delivered(_aliased(table), _names(file)), reading, filling.fill)
    finally:
        for _, one in opened:
            one.close()
    if filling.padded:
        yield Read(problems=(_padded(source, filling.padded),))


@dataclass
class _Filling:
    """One file's rows on their way to the contract's columns; ``padded`` counts codes that got zeros back."""

    table: Table
    reading: Reading
    file: str
    is_kroner: bool
    seen: Seen = field(repr=False)
    padded: int = 0

    def fill(self, raw: RawRows, habits: Habits) -> Filled:
        cells = {name: coded(column).changed(plain) for name, column in raw.columns.items()}
        mark = habits.decimal_mark if self.is_kroner else None
        made = (
            line_columns(cells, self.reading, self.seen, mark)
            if self.table.name == LINES
            else code_columns(cells, self.reading, self.file, len(raw.lines), mark)
        )
        self.padded += made.padded
        # Of the two the specialty has a form of its own, which six digits break: said once.
        wrong = sorted(made.contradicted)
        faults = {place: (self.table.column("specialty"), _CONTRADICTED) for place in wrong}
        return Filled(self.table, replace(raw, columns=made.cells), faults)


def _names(opened: Opened) -> list[str]:
    return [normalise_header(plain(cell)) for cell in opened.head.cells]


def _known(table: Table, opened: Opened) -> int:
    known = headers(_aliased(table))
    return len({known[name] for name in _names(opened) if name in known})


def _is_kroner(table: Table, opened: Opened) -> bool:
    """Whether the column of the amount says so; a second such column is refused as doubled."""
    known, kroner = headers(_aliased(table)), {normalise_header(name) for name in KRONER}
    return any(name in kroner for name in _names(opened) if known.get(name) == "amount_oere")


def _aliased(table: Table) -> Table:
    """The contract with the headers that say kroner."""

    def aliased(column: Column) -> Column:
        return replace(column, aliases=(*column.aliases, *KRONER)) if column.name == "amount_oere" else column

    return replace(table, columns=tuple(map(aliased, table.columns)))


def _as_delivered(table: Table, names: Sequence[str]) -> Table:
    """The contract as settlement systems fill it, without what is made here and a header does not name.

    Specialty and code may stand in one column.
    """
    known = headers(table)
    told = {known[name] for name in names if name in known}
    made = set(MADE[table.name])
    if table.name == LINES and told & {"specialty", "fee_code"}:
        made |= {"specialty", "fee_code"}
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name in told or column.name not in made),
    )


def _padded(source: Source, count: int) -> Problem:
    return problem(
        source,
        None,
        None,
        "lost_zeros",
        f"{count} ydelseskoder havde tabt nuller foran; de er sat på igen",
        f"{count} fee codes had lost leading zeros, which were put back",
        "note",
    )
