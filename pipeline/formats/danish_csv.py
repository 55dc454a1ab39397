"""Delimited text as Danish Excel and its kin write it, or the workbook itself: one file, one table.

Reads UTF-8 and UTF-16 with and without byte-order mark, cp1252 and latin-1, and mends letters that were
encoded twice; ``;``, ``,`` or tab; headers by the contract's name, label or alias, below titles and merged
over two lines. Leaves out blank lines, subtotals, footnotes and empty columns. Drops columns the
contract does not know, each with a problem.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.contract import Column, Table, normalise_header
from pipeline.formats.cells import Habits
from pipeline.formats.coded import distinct
from pipeline.formats.faults import Fault
from pipeline.formats.header import Header, map_header
from pipeline.formats.laid import lay, left_out
from pipeline.formats.opened import Opened, no_rows, none_used, open_file
from pipeline.formats.result import Quarantined, Read, Reading, Source, decided, gathered, joined
from pipeline.formats.rows import RawRows, decide_habits, habit_columns, type_rows
from pipeline.text import Problem

FIRST_COLUMNS = 3  # which mostly tell whether a line is a row


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read every file of a delivery of ``table``."""
    return joined(read_file(file, reading.contracts.tables[table], reading) for file in files)


def read_every(files: Sequence[Source], table: str, reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece, file by file."""
    for file in files:
        yield from read_pieces(file, reading.contracts.tables[table], reading)


def read_file(source: Source, table: Table, reading: Reading) -> Read:
    """Read one file. What hinders all of it is a critical problem, and every row goes to quarantine."""
    return gathered(read_pieces(source, table, reading))


def read_pieces(source: Source, table: Table, reading: Reading) -> Iterator[Read]:
    """Read one file piece by piece: first what is said of it as a whole, then its rows in their order.

    The pieces together are what ``read_file`` gives, in memory that the size of the file does not change. The
    file is gone through twice: what its cells say of dates, numbers and ticks is known before any is typed.
    """
    opened = open_file(source, table)
    if not isinstance(opened, Opened):
        yield from opened
        return
    try:
        yield from read_opened(opened, table, reading)
    finally:
        opened.close()


@dataclass(frozen=True)
class Filled:
    """Rows with the columns of ``table``; ``faults`` are places of rows that cannot be used, and why."""

    table: Table
    raw: RawRows
    faults: Mapping[int, tuple[Column, Fault]] = field(default_factory=dict[int, tuple[Column, Fault]])


Fill = Callable[[RawRows, Habits], Filled]


def read_opened(opened: Opened, table: Table, reading: Reading, fill: Fill | None = None) -> Iterator[Read]:
    """Read a file whose header is found. ``table`` is the contract as the file's system fills it.

    ``fill`` makes the contract's own columns of those.
    """
    source, encoding = opened.source, opened.decisions.encoding or ""
    known = reading.contracts.name_headers
    header = map_header(source, table, opened.head, (), encoding, known)
    if not header.is_usable:
        yield from _refused(opened, table, header)
        return
    survey = _surveyed(opened, table, header)
    header = map_header(source, table, opened.head, survey.filled, encoding, known)
    told = (*opened.told(survey.mended), *header.problems)
    yield Read(
        problems=told if survey.rows else (*told, no_rows(source)),
        decisions=opened.decisions,
        columns=header.recognised,
    )
    named = [place for place in header.unread if normalise_header(header.names[place]) in known]
    for piece, _ in opened.content(None):
        laid = lay(source, table, header, piece)
        raw = laid.raw(header, header.places, named)
        made = fill(raw, survey.habits) if fill else Filled(table, raw)
        typed = type_rows(made.table, made.raw, reading, survey.habits, made.faults)
        if reading.most_kept is not None:
            reading = replace(reading, most_kept=max(0, reading.most_kept - len(typed.quarantine)))
        yield replace(
            typed,
            problems=tuple(sorted((*laid.problems, *typed.problems), key=_line)),
            quarantine=tuple(sorted((*laid.broken, *typed.quarantine), key=_line)),
            decisions=decided((opened.decisions, typed.decisions)),
            rows_read=laid.rows + len(laid.broken),
        )


@dataclass(frozen=True)
class _Survey:
    """What only the whole file tells; ``filled`` are places without a header that have cells."""

    habits: Habits
    filled: frozenset[int]
    mended: int
    rows: int


def _surveyed(opened: Opened, table: Table, header: Header) -> _Survey:
    telling = {column.name for column in habit_columns(table)}
    places = {name: place for name, place in header.places.items() if name in telling}
    nameless = {place for place, name in enumerate(header.names) if not name}
    habits: list[Habits] = []
    filled: set[int] = set()
    mended = rows = 0
    wanted = frozenset({*places.values(), *nameless, *range(min(FIRST_COLUMNS, len(header.names)))})
    for piece, count in opened.content(wanted):
        laid = lay(opened.source, table, header, piece)
        habits.append(decide_habits(table, laid.raw(header, places)))
        filled |= {
            place for place in nameless - filled if any(cell.strip() for cell in distinct(laid.column(place)))
        }
        rows += laid.rows + len(laid.broken)
        mended += count
    return _Survey(Habits.joined(habits), frozenset(filled), mended, rows)


def _refused(opened: Opened, table: Table, header: Header) -> Iterator[Read]:
    """No row can be used; each is named in quarantine."""
    wrong = next(item for item in header.problems if item.severity == "critical")
    told = (*opened.told(0), *header.problems)
    yield Read(problems=told, decisions=opened.decisions, columns=header.recognised)
    for piece, _ in opened.content(None):
        lines = [*piece.even.lines, *(one.line for one in piece.others if left_out(one) is None)]
        yield none_used(opened.source, table, sorted(lines), wrong)


def _line(item: Problem | Quarantined) -> int:
    return item.row or 0
