"""The rows of a delimited file piece by piece: what is plain column by column, the rest record by record.

A piece is so small that it can be held in every form it takes on its way, whatever the size of the file.
"""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa

from pipeline.formats.by_column import Columns, Lines, by_column
from pipeline.formats.coded import Coded, coded
from pipeline.formats.records import Record, whole_records
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
            held = part if carried is None else Lines(f"{carried}\n{part.text}")
            taken, piece = _piece(held, start, delimiter, width, places, is_last=False)
            if piece.others:
                places = None
            carried = None if taken == held.count else "\n".join(held.lines[taken:])
            start += taken
            yield piece
    if carried is not None:
        yield _piece(Lines(carried), start, delimiter, width, places, is_last=True)[1]


def _parts(text: str) -> Iterator[Lines]:
    """The lines, no more than ``MOST_LINES`` at a time."""
    whole = Lines(text)
    if whole.count <= MOST_LINES:
        yield whole
        return
    for first in range(0, whole.count, MOST_LINES):
        yield Lines("\n".join(whole.lines[first : first + MOST_LINES]))


def piece_of(rows: Iterable[tuple[int, list[str]]], width: int) -> Piece:
    """The piece of rows that are cells already, each with its line; what is missing at the end is empty."""
    return _of_records(
        [Record(line, line + 1, cells + [""] * (width - len(cells))) for line, cells in rows], width
    )


def _of_records(found: Sequence[Record], width: int) -> Piece:
    fitting = [
        record
        for record in found
        if len(record.cells) >= width and not any(cell.strip() for cell in record.cells[width:])
    ]
    columns = [
        pa.array(column, pa.string()) for column in zip(*(one.cells[:width] for one in fitting), strict=True)
    ]
    is_sure = sure_rows(columns) if fitting else None
    even = _even([record.line for record in fitting], columns or [()] * width, is_sure)
    kept = set(even.lines)
    return Piece(even, [record for record in found if record.line not in kept])


def _piece(
    held: Lines, start: int, delimiter: str, width: int, places: frozenset[int] | None, *, is_last: bool
) -> tuple[int, Piece]:
    """How many of the lines are used, and the piece they make; ``start`` lines stand before them."""
    even = by_column(held, delimiter, width, places, is_last=is_last)
    is_sure = None if even is None else sure_rows(even.columns)
    if is_sure is not None and places is not None:
        even = by_column(held, delimiter, width, None, is_last=is_last)
        is_sure = None if even is None else sure_rows(even.columns)
    if even is not None:
        return even.taken, _without_doubtful(even, start, is_sure)
    taken, found = whole_records(held.lines, delimiter, width, start, is_last=is_last)
    return taken, _of_records(found, width)


def _without_doubtful(found: Columns, start: int, is_sure: Any) -> Piece:
    """The piece, in which a row that may be a sum, a note or blank is among the others."""
    lines = [start + line for line in found.lines]
    even = _even(lines, found.columns, is_sure)
    if is_sure is None:
        return Piece(even, ())
    kept = set(even.lines)
    others = [
        Record(line, following, [column[place].as_py() for column in found.columns])
        for place, (line, following) in enumerate(pairwise([*lines, start + found.taken + 1]))
        if line not in kept
    ]
    return Piece(even, others)


def _even(lines: Sequence[int], columns: Sequence[Any], is_sure: Any) -> Even:
    """The rows that are sure; all of them where ``is_sure`` is None."""
    if is_sure is None:
        return Even(lines, columns)
    kept = [line for line, one in zip(lines, is_sure.to_pylist(), strict=True) if one]
    return Even(kept, [column.filter(is_sure) for column in columns])
