"""Lines of delimited text become records. An unclosed quote costs its own line, not those after it."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.formats.decode import MAX_LINE_CHARS

MAX_LINES_PER_RECORD = 50  # free text has line breaks; more than these is a quote that was never closed


@dataclass(frozen=True)
class Record:
    """The cells of one record, its first line, and the line after it; ``rule`` says why it cannot be used."""

    line: int
    following: int
    cells: list[str]
    rule: str | None = None


class _TooManyLinesError(Exception):
    pass


def split_lines(text: str) -> list[str]:
    """The physical lines of decoded text, without their ends."""
    return text.removesuffix("\n").split("\n")


def records(lines: Sequence[str], delimiter: str, width: int = 0, first: int = 0) -> Iterator[Record]:
    """Every record from ``lines[first]`` on; a blank line is a record without cells.

    A line whose quotes do not close, or close only by taking lines after it into a record of fewer cells than
    ``width``, is returned alone with the rule ``open_quote``, and reading goes on at the next line.
    """
    start = first
    while start < len(lines):
        for record in _strict(lines, delimiter, width, start):
            yield record
            if record.rule is not None:
                start = record.line
                break
        else:
            return


def whole_records(
    lines: Sequence[str], delimiter: str, width: int, before: int, *, is_last: bool
) -> tuple[int, list[Record]]:
    """How many of the lines are used, and the records in them; ``before`` lines stand before them.

    Unless they are the last, only records that are the same whatever follows: a record has a bounded number
    of lines, and one that begins as many before the end is whole.
    """
    found: list[Record] = []
    for record in records(lines, delimiter, width):
        if not is_last and record.line - 1 + MAX_LINES_PER_RECORD >= len(lines):
            return record.line - 1, found
        found.append(Record(record.line + before, record.following + before, record.cells, record.rule))
    return len(lines), found


def _strict(lines: Sequence[str], delimiter: str, width: int, start: int) -> Iterator[Record]:
    """Records up to and including the first that cannot be used."""
    taken = 0

    def feed() -> Iterator[str]:
        nonlocal taken
        for place in range(start, len(lines)):
            taken += 1
            if taken > MAX_LINES_PER_RECORD:
                raise _TooManyLinesError
            line = lines[place]
            yield f"{line}\n" if len(line) <= MAX_LINE_CHARS else "\n"

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    line = start + 1
    while True:
        taken = 0
        try:
            cells = next(reader, None)
        except (csv.Error, _TooManyLinesError):
            yield Record(line, line + 1, [], "open_quote")
            return
        if cells is None:
            return
        following = start + reader.line_num + 1
        if following - line > 1 and len(cells) < width:
            yield Record(line, line + 1, [], "open_quote")
            return
        if not cells and len(lines[line - 1]) > MAX_LINE_CHARS:
            yield Record(line, line + 1, [], "long_line")
            return
        yield Record(line, following, cells)
        line = following
