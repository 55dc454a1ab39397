"""Lines read column by column, where every record is as wide as the header and every quote closes."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from pipeline.formats.decode import MAX_LINE_CHARS
from pipeline.formats.records import MAX_LINES_PER_RECORD

MOST_EMPTY = 64  # cells after the last header, as a spreadsheet leaves them


class Lines:
    """Some as one text; they are taken apart only where one of them needs a closer look."""

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


@dataclass(frozen=True)
class Columns:
    """The first ``taken`` lines as records: the line each begins at, from 1, and the cells by column."""

    lines: Sequence[int]
    taken: int
    columns: Sequence[Any]


def by_column(
    held: Lines, delimiter: str, width: int, places: frozenset[int] | None, *, is_last: bool
) -> Columns | None:
    """The lines, when each is part of a record of ``width`` cells and perhaps empty ones; else None.

    A column that is not among ``places`` may be None. A record may end in lines to come unless ``is_last``.
    """
    # At a mark Arrow would leave something out; one column says too little of what a row is.
    if width < 2 or held.has_long or held.text.startswith("\ufeff"):
        return None
    if '"' in held.text:
        return _quoted(held, delimiter, width, is_last=is_last)
    return _unquoted(held, delimiter, width, places)


def _unquoted(held: Lines, delimiter: str, width: int, places: frozenset[int] | None) -> Columns | None:
    content = held.text.encode()
    end = held.text.find("\n")
    most = max(width, held.text.count(delimiter, 0, end if end >= 0 else None) + 1)
    if most > width + MOST_EMPTY:
        return None
    names = [str(place) for place in range(most)]
    asked = range(width) if places is None else sorted(places)
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
                include_columns=[str(place) for place in (*asked, *range(width, most))],
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != held.count:
        return None
    found = dict(zip(table.column_names, table.columns, strict=True))
    columns = [found[name].combine_chunks() if name in found else None for name in names]
    return _without_empty(Columns(range(1, held.count + 1), held.count, columns), width)


def _quoted(held: Lines, delimiter: str, width: int, *, is_last: bool) -> Columns | None:
    reader = csv.reader(io.StringIO(held.text, newline="\n"), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    ends = [0]
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        # The last record may only be cut; any other that is wrong needs a closer look.
        if is_last or held.count - ends[-1] > MAX_LINES_PER_RECORD:
            return None
    if not rows:
        return None
    most = max(width, len(rows[0]))
    is_long = any(end - start > MAX_LINES_PER_RECORD for start, end in pairwise(ends))
    if is_long or any(len(row) != most for row in rows):
        return None
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return _without_empty(Columns([end + 1 for end in ends[:-1]], ends[-1], columns), width)


def _without_empty(found: Columns, width: int) -> Columns | None:
    """Without the columns after the last header; None when there is anything in them."""
    added = found.columns[width:]
    is_empty = all(not text.strip() for column in added for text in column.unique().to_pylist())
    return Columns(found.lines, found.taken, found.columns[:width]) if is_empty else None
