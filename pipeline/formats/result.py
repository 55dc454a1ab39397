"""What every reader returns: rows by table, what was wrong, and the rows that could not be used."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import chain, repeat
from pathlib import Path

from pipeline.contract import Contracts
from pipeline.text import Problem, Severity, Text


@dataclass(frozen=True)
class Source:
    """A delivered file: where it lies, and the name under which people know it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Reading:
    """What a reader needs beside the files. Without a ``key``, identifiers in clear text are lost.

    ``most_kept``: of so many refused rows of a file the cells are wanted; None: of all.
    """

    contracts: Contracts
    key: bytes | None = field(default=None, repr=False)
    most_kept: int | None = None


@dataclass(frozen=True)
class Frame:
    """Rows of one table, column by column in the contract's Python types.

    Holds every delivered column, and ``source_file`` and ``source_row``; all lists have the same length.
    """

    table: str
    columns: Mapping[str, list[object]]

    @property
    def rows(self) -> int:
        return len(self.columns["source_row"])


@dataclass(frozen=True)
class Quarantined:
    """A row that could not be used. ``cells`` is ``kept_cells``; empty without a header, or when not wanted.

    ``row`` is None for a file as a whole. No identifier stands in any field.
    """

    table: str
    file: str
    row: int | None
    column: str | None
    reason: str
    message: Text
    cells: str = ""


def kept_cells(headers: Iterable[str], cells: Iterable[str]) -> str:
    """A refused row as JSON, header to cell, which is masked."""
    return _ENCODE(dict(zip(headers, cells, strict=True)))


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def refused(
    table: str, why: Iterable[Problem], headers: Sequence[str], columns: Iterable[Sequence[str]]
) -> Iterator[Quarantined]:
    """Rows that cannot be used, each for one problem; ``columns`` are the first ones' cells, masked."""
    kept = (kept_cells(headers, row) for row in zip(*columns, strict=True))
    for one, cells in zip(why, chain(kept, repeat("")), strict=False):
        yield Quarantined(table, one.file, one.row, one.column, one.rule, one.message, cells)


@dataclass(frozen=True)
class Decisions:
    """How files were understood; None where it did not matter. Differing files are joined by a comma.

    ``header_row`` is the line that was taken as the header, from 1.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    date_order: str | None = None
    header_row: str | None = None


@dataclass(frozen=True)
class Read:
    """The outcome of reading one delivery. ``rows_read`` counts rows with data, used or not.

    ``columns`` are the contract's columns that were found, each with its header in the file, masked.
    """

    frames: tuple[Frame, ...] = ()
    problems: tuple[Problem, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()
    decisions: Decisions = field(default_factory=Decisions)
    rows_read: int = 0
    masked: int = 0
    columns: tuple[tuple[str, str], ...] = ()


def joined(reads: Iterable[Read]) -> Read:
    """Several files of one delivery as one outcome."""
    parts = list(reads)
    return Read(
        frames=tuple(frame for part in parts for frame in part.frames),
        problems=tuple(problem for part in parts for problem in part.problems),
        quarantine=tuple(row for part in parts for row in part.quarantine),
        decisions=decided(part.decisions for part in parts),
        rows_read=sum(part.rows_read for part in parts),
        masked=sum(part.masked for part in parts),
        columns=tuple(dict.fromkeys(pair for part in parts for pair in part.columns)),
    )


def decided(every: Iterable[Decisions]) -> Decisions:
    """What was decided of several files, or of the parts of one, each value once."""
    parts = list(every)
    return Decisions(
        *(
            ",".join(dict.fromkeys(value for part in parts if (value := getattr(part, one.name)))) or None
            for one in fields(Decisions)
        )
    )


def gathered(parts: Iterable[Read]) -> Read:
    """The parts of one file as one outcome, each table's rows as one frame."""
    read = joined(parts)
    frames: dict[str, dict[str, list[object]]] = {}
    for frame in read.frames:
        columns = frames.setdefault(frame.table, {name: [] for name in frame.columns})
        for name, values in frame.columns.items():
            columns[name].extend(values)
    return replace(read, frames=tuple(Frame(table, columns) for table, columns in frames.items()))


def problem(
    source: Source,
    row: int | None,
    column: str | None,
    rule: str,
    da: str,
    en: str,
    severity: Severity = "warning",
) -> Problem:
    """A problem in a delivered file, named as people know it."""
    return Problem(source.name, row, column, rule, Text(da, en), severity)


def unreadable(source: Source, rule: str, da: str, en: str, row: int | None = None) -> Read:
    """The outcome of a file of which nothing can be used."""
    return Read(problems=(problem(source, row, None, rule, da, en, "critical"),))
