"""A delimited file or a workbook whose header is found, and its records piece by piece below that."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.contract import Table, headers
from pipeline.formats.book import WorkbookError
from pipeline.formats.decode import MAX_LINE_CHARS, CodePage, decide_code_page, text_blocks
from pipeline.formats.faults import listed
from pipeline.formats.header import DELIMITERS, MOST_COLUMNS, find_header
from pipeline.formats.misread import told_mended
from pipeline.formats.pieces import Piece, pieces
from pipeline.formats.records import Record, split_lines
from pipeline.formats.result import Decisions, Quarantined, Read, Source, problem, unreadable
from pipeline.formats.xlsx import is_workbook, open_sheet
from pipeline.text import Problem

HEAD_LINES = 200  # among which the header is looked for

_SEP_LINE = re.compile(r'"?sep=(.)"?[;,\t]*', re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """A file whose header is found. ``content`` gives its pieces below that, and what was mended in each;
    of even rows perhaps only the columns at the places it is given.

    ``titles`` says that other lines stand above the header.
    """

    source: Source
    head: Record
    decisions: Decisions
    content: Callable[[frozenset[int] | None], Iterator[tuple[Piece, int]]]
    titles: bool
    close: Callable[[], None] = lambda: None

    def told(self, mended: int) -> Iterator[Problem]:
        """What is to be said of the file as a whole."""
        if self.titles:
            yield problem(
                self.source, self.head.line, None, "titles_above",
                "linjerne over overskriften er ikke læst", "the lines above the header are not read", "note",
            )  # fmt: skip
        if mended:
            yield told_mended(self.source, mended)


def open_file(source: Source, table: Table) -> Opened | Iterator[Read]:
    """Find the header; where there is none, what is said instead."""
    if source.path.is_file() and is_workbook(source.path):
        opened = _open_workbook(source, table)
    else:
        page = decide_code_page(source)
        if isinstance(page, Problem):
            return iter((Read(problems=(page,)),))
        opened = _open_text(source, table, page)
    if isinstance(opened, Opened) and len(opened.head.cells) > MOST_COLUMNS:
        return iter((_too_many_columns(opened),))
    return opened


def _open_text(source: Source, table: Table, page: CodePage) -> Opened | Iterator[Read]:
    start, _ = next(text_blocks(source, page))
    lines = split_lines(start)[:HEAD_LINES]
    first = next((place for place, line in enumerate(lines) if line.strip("\ufeff \t")), len(lines))
    told = _SEP_LINE.fullmatch(lines[first].strip()) if first < len(lines) else None
    first += 1 if told else 0
    if first >= len(lines):
        return iter((Read(problems=(replace(no_rows(source), severity="critical"),)),))
    delimiters = (told[1],) if told and told[1] in DELIMITERS else DELIMITERS
    found = find_header(lines, first, delimiters, headers(table))
    if found is None:
        return _without_header(source, table, page, lines[first], first + 1)
    delimiter, head = found

    def content(places: frozenset[int] | None) -> Iterator[tuple[Piece, int]]:
        mended = 0

        def blocks() -> Iterator[str]:
            nonlocal mended
            for text, count in text_blocks(source, page):
                mended += count
                yield text

        for piece in pieces(blocks(), delimiter, len(head.cells), head.following, places):
            yield piece, mended
            mended = 0

    decisions = Decisions(page.name, DELIMITERS[delimiter], header_row=str(head.line))
    return Opened(source, head, decisions, content, titles=head.line > first + 1)


def _open_workbook(source: Source, table: Table) -> Opened | Iterator[Read]:
    try:
        sheet = open_sheet(source, table)
    except WorkbookError as error:
        da, _, en = str(error).partition(" / ")
        return iter((unreadable(source, "not_a_workbook", da, en or da),))

    def content(_: frozenset[int] | None) -> Iterator[tuple[Piece, int]]:
        return ((piece, 0) for piece in sheet.pieces())

    return Opened(
        source,
        sheet.head,
        Decisions("xlsx", header_row=str(sheet.head.line)),
        content,
        titles=sheet.head.line > 1,
        close=sheet.close,
    )


def none_used(source: Source, table: Table, lines: Sequence[int], why: Problem) -> Read:
    """Rows of which none can be used, for one reason; without cells, since no column is sure."""
    rows = (Quarantined(table.name, source.name, line, why.column, why.rule, why.message) for line in lines)
    return Read(quarantine=tuple(rows), rows_read=len(lines))


def no_rows(source: Source) -> Problem:
    return problem(source, None, None, "no_rows", "filen har ingen rækker", "the file has no rows")


def _too_many_columns(opened: Opened) -> Read:
    found = len(opened.head.cells)
    return unreadable(
        opened.source,
        "too_many_columns",
        f"overskriften har {found} kolonner; forventet højst {MOST_COLUMNS}",
        f"the header has {found} columns; expected at most {MOST_COLUMNS}",
        opened.head.line,
    )


def _without_header(source: Source, table: Table, page: CodePage, head: str, line: int) -> Iterator[Read]:
    """No header of the contract stands in the first lines; they may be rows, and are not shown."""
    if len(head) > MAX_LINE_CHARS:
        da, en = "linjen er alt for lang; forventet en overskrift", "far too long a line; expected a header"
        yield unreadable(source, "no_header", da, en, line)
        return
    expected = [column.label for column in table.delivered_columns if column.required]
    wrong = problem(
        source,
        line,
        None,
        "no_header",
        f"linjen har ingen kendt overskrift; forventet: {listed(label.da for label in expected)}",
        f"the line has no known header; expected: {listed(label.en for label in expected)}",
        "critical",
    )
    yield Read(problems=(wrong,))
    start = 1
    for text, _ in text_blocks(source, page):
        lines = split_lines(text)
        rows = [number for number, row in enumerate(lines, start) if number > line and row.strip()]
        yield none_used(source, table, rows, wrong)
        start += len(lines)
