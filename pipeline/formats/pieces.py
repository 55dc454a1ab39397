"""The rows of a delimited file piece by piece: what is plain column by column, the rest record by record.

A piece is so small that it can be held in every form it takes on its way, whatever the size of the file.
"""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from pipeline.formats.coded import Coded, coded
from pipeline.formats.decode import MAX_LINE_CHARS
from pipeline.formats.records import MAX_LINES_PER_RECORD, Record, records
from pipeline.formats.sure import sure_rows

MOST_LINES = 16_384


@dataclass(frozen=True)
class Even:
    """Rows that all have a cell for each header, none of them a sum, a note or blank.

    ``columns`` are as many as headers; one that is not read is None.
    """

    lines: Sequence[int]
    columns: Sequence[Any]

    def column(self, place: int) -> Coded:
        """The cells below the header at ``place``."""
        cells = self.columns[place]
        if isinstance(cells, tuple | list):
            return coded(cells)
        encoded = cells.dictionary_encode()
        texts, codes = encoded.dictionary.to_pylist(), encoded.indices
        # Ten times as fast as Arrow's own list.
        numbers = memoryview(codes.buffers()[1]).cast("i")[codes.offset : codes.offset + len(codes)]
        return Coded(texts, numbers.tolist())


@dataclass(frozen=True)
class Piece:
    """Some of a file's records in their order: those that are even, and those that need a closer look."""

    even: Even
    others: Sequence[Record]


def pieces(
    blocks: Iterable[str],
    delimiter: str,
    width: int,
    following: int,
    places: frozenset[int] | None = None,
) -> Iterator[Piece]:
    """Every record from line ``following`` on. ``blocks`` are whole lines from the first of the file.

    Even rows may have the columns at ``places`` alone, where these suffice to see that they are rows.

    The pieces together hold the records that ``records`` gives of all lines at once: where quotes may run
    over a line, no record is taken that could be another if more lines were known.
    """
    carried: str | None = None
    start, skip = following - 1, following - 1
    for block in blocks:
        text = block.removesuffix("\n")
        if skip:
            lines = text.split("\n")
            skip, left = max(skip - len(lines), 0), lines[skip:]
            if not left:
                continue
            text = "\n".join(left)
        for part in _parts(text):
            held = part if carried is None else _Held(f"{carried}\n{part.text}")
            taken, piece = _piece(held, start, delimiter, width, places, is_last=False)
            if piece.others:
                places = None
            carried = None if taken == held.count else "\n".join(held.lines[taken:])
            start += taken
            yield piece
    if carried is not None:
        yield _piece(_Held(carried), start, delimiter, width, places, is_last=True)[1]


class _Held:
    """Lines as one text; they are taken apart only where one of them needs a closer look."""

    def __init__(self, text: str) -> None:
        self.text, self.count = text, text.count("\n") + 1

    @cached_property
    def lines(self) -> list[str]:
        """Without their ends."""
        return self.text.split("\n")

    @property
    def has_long(self) -> bool:
        """Whether a line is longer than a line may be."""
        at = 0
        while len(self.text) - at > MAX_LINE_CHARS:
            end = self.text.rfind("\n", at, at + MAX_LINE_CHARS + 1)
            if end < 0:
                return True
            at = end + 1
        return False


def _parts(text: str) -> Iterator[_Held]:
    """The lines, no more than ``MOST_LINES`` at a time."""
    whole = _Held(text)
    if whole.count <= MOST_LINES:
        yield whole
        return
    for first in range(0, whole.count, MOST_LINES):
        yield _Held("\n".join(whole.lines[first : first + MOST_LINES]))


def piece_of(rows: Iterable[tuple[int, list[str]]], width: int) -> Piece:
    """The piece of rows that are cells already, each with its line; what is missing at the end is empty."""
    found = [Record(line, line + 1, cells + [""] * (width - len(cells))) for line, cells in rows]
    fitting = [record for record in found if len(record.cells) == width]
    columns = [pa.array(column, pa.string()) for column in zip(*(one.cells for one in fitting), strict=True)]
    is_sure = sure_rows(columns) if fitting else None
    if is_sure is not None:
        fitting = [record for record, one in zip(fitting, is_sure.to_pylist(), strict=True) if one]
        columns = [column.filter(is_sure) for column in columns]
    lines = [record.line for record in fitting]
    even = set(lines)
    others = [record for record in found if record.line not in even]
    return Piece(Even(lines, columns or [()] * width), others)


def _piece(
    held: _Held, start: int, delimiter: str, width: int, places: frozenset[int] | None, *, is_last: bool
) -> tuple[int, Piece]:
    """How many of the lines are used, and the piece they make; ``start`` lines stand before them."""
    if not held.has_long:
        columns = _columns(held, delimiter, width, places)
        is_sure = None if columns is None else sure_rows(columns)
        if is_sure is not None and places is not None:
            columns = _columns(held, delimiter, width, None)
            is_sure = None if columns is None else sure_rows(columns)
        if columns is not None:
            return held.count, _without_doubtful(held, start, delimiter, columns, is_sure)
    found: list[Record] = []
    taken = held.count
    for record in records(held.lines, delimiter, width):
        if not is_last and record.line - 1 + MAX_LINES_PER_RECORD >= held.count:
            taken = record.line - 1
            break
        found.append(_moved(record, start))
    return taken, Piece(Even((), [() for _ in range(width)]), found)


def _columns(held: _Held, delimiter: str, width: int, places: frozenset[int] | None) -> list[Any] | None:
    """The cells by column, when every line is a record of ``width`` cells; else None.

    A column that is not among ``places`` is None.
    """
    if width < 2:
        return None
    text = held.text
    if text.startswith("\ufeff"):
        return None  # Arrow would take it for a mark
    if '"' in text:
        return _quoted_columns(held.lines, delimiter, width)
    content = text.encode()
    names = [str(place) for place in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
            arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
                include_columns=None if places is None else [str(place) for place in sorted(places)],
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != held.count:
        return None
    found = dict(zip(table.column_names, table.columns, strict=True))
    return [found[name].combine_chunks() if name in found else None for name in names]


def _quoted_columns(lines: list[str], delimiter: str, width: int) -> list[Any] | None:
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    # As many records as lines: no quote runs over a line.
    if len(rows) != len(lines) or any(len(row) != width for row in rows):
        return None
    return [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]


def _without_doubtful(held: _Held, start: int, delimiter: str, columns: list[Any], is_sure: Any) -> Piece:
    """The piece, in which a row that may be a sum, a note or blank is among the others."""
    if is_sure is None:
        return Piece(Even(range(start + 1, start + 1 + held.count), columns), ())
    sure = is_sure.to_pylist()
    others = [
        Record(
            start + place + 1,
            start + place + 2,
            next(csv.reader([held.lines[place]], delimiter=delimiter), []),
        )
        for place, one in enumerate(sure)
        if not one
    ]
    kept = [start + place + 1 for place, one in enumerate(sure) if one]
    return Piece(Even(kept, [column.filter(is_sure) for column in columns]), others)


def _moved(record: Record, start: int) -> Record:
    return Record(record.line + start, record.following + start, record.cells, record.rule)
