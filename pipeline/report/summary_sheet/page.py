"""A sheet written line by line: tables with headings in two languages, titles, notes, how it prints."""

import math
import textwrap
from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from typing import Any, cast

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from pipeline.contract.workbook import Formula, set_text, sheet_title
from pipeline.report.summary_sheet.book import A4_ACROSS, MARGIN, Book
from pipeline.report.summary_sheet.cells import Heading, Number, Value, heading_cell
from pipeline.report.summary_sheet.looks import (
    GIVEN,
    GROUP,
    HEAD,
    HEAD_EN,
    NOTE,
    PLAIN,
    SECTION,
    TITLE,
    Look,
    font,
)
from pipeline.text import Text

DAY = "dd-mm-yyyy"
# A line of text is so many points high; a character is so much narrower than one of a column's units.
POINTS, NARROW = 15, 0.92


class Page:
    """One sheet; ``row`` is where the next line goes. The English column is the one numbered ``english``.

    Columns from ``numbers`` on hold numbers, and their headings stand to the right as they do.
    """

    def __init__(
        self, book: Book, title: str, widths: Sequence[float], *, english: int = 0, numbers: int = 99
    ) -> None:
        self.title = sheet_title(title)
        self.sheet: Any = book.workbook.create_sheet(self.title)
        self.widths, self.english, self.numbers, self.row = tuple(widths), english, numbers, 1
        self._results = book.results.setdefault(self.title, {})
        self._table = len(widths)
        self._sections = 0
        self._lines: dict[int, int] = {}
        for number, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width

    @property
    def last(self) -> str:
        """The last column's letter."""
        return get_column_letter(len(self.widths))

    def add(self, *values: Value, look: Look = PLAIN, height: int = 0, level: int = 0) -> int:
        """A line of cells from the first column on; returns its row. ``height`` in lines, 0 by the content.

        ``level`` is how deep the line lies in the sheet's outline.
        """
        row = self.row
        self._lines = {}
        for column, value in enumerate(values, 1):
            self._put(row, column, value, look, indent=level if column <= 2 else 0)
            if isinstance(value, str) and look.is_wrapped:
                self._lines[column] = _lines(value, self.widths[column - 1], is_bold=look.is_heading)
        if height or max(self._lines.values(), default=1) > 1:
            self.sheet.row_dimensions[row].height = POINTS * (height or max(self._lines.values()))
        if level:
            self.sheet.row_dimensions[row].outlineLevel = level
        self.row += 1
        return row

    def bare(self, values: Iterable[Value]) -> int:
        """A line of a long list: cells with their formats alone, which is many times faster."""
        row = self.row
        for column, value in enumerate(values, 1):
            if value is not None:
                self._content(self.sheet.cell(row, column), value)
        self.row += 1
        return row

    def head(self, *headings: Heading, texts: Sequence[int] = ()) -> int:
        """The two lines of a table's heading, Danish over English; returns the Danish one's row.

        ``texts`` are the columns that hold texts among those of numbers.
        """
        self._table = len(headings)
        row = self.add(*(heading_cell(one, "da") for one in headings), look=HEAD)
        self.add(*(heading_cell(one, "en") for one in headings), look=HEAD_EN)
        for column in texts:
            for line in (row, row + 1):
                self.sheet.cell(line, column).alignment = Alignment(
                    vertical="center", horizontal="left", indent=self._indent(column)
                )
        return row

    def headings(self, texts: Sequence[Text], numbers: Container[int] = ()) -> int:
        """One line of headings, Danish over English in each cell; ``numbers`` are the columns of numbers."""
        said = [text.da if text.da == text.en else f"{text.da}\n{text.en}" for text in texts]
        row = self.add(*said, look=HEAD)
        for column in range(1, len(said) + 1):
            side = "right" if column in numbers else "left"
            self.sheet.cell(row, column).alignment = Alignment(
                wrap_text=True, vertical="center", horizontal=side, indent=self._indent(column, side)
            )
        return row

    def intro(self, title: Text, note: Text) -> None:
        """A list's title and what it is, in both languages, running on over the columns to the right."""
        self.add(str(title), look=TITLE, height=2)
        for said, face in ((note.da, NOTE.font), (note.en, NOTE.quiet)):
            self.add(said, look=Look(face, is_wrapped=False))

    def listed(self, head: int, keep: str, printed: str) -> None:
        """Filters on the list below the headings in line ``head``.

        Columns before ``keep`` stay in sight; those up to ``printed`` are printed.
        """
        end = max(self.row - 1, head + 1)
        self.sheet.auto_filter.ref = f"A{head}:{self.last}{end}"
        self.sheet.print_area = f"A1:{printed}{end}"
        self.freeze(f"{keep}{head + 1}", head)

    def wide(self, text: Text, look: Look = NOTE) -> None:
        """Danish and below it English, each across the whole sheet."""
        for said, face in ((text.da, look.font), (text.en, look.quiet)):
            row = self.add(said, look=Look(face))
            self.spread(row, 1, len(self.widths))
            size = float(cast("Any", face).size)
            if size > 12:
                self.sheet.row_dimensions[row].height = size * 1.5

    def spread(self, row: int, first: int, last: int) -> None:
        """Make one cell of several in the line just added, which gets as tall as it then must be.

        Excel sees to the height of a line by itself, but not where cells are merged.
        """
        self.sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
        self._lines[first] = _lines(
            str(self.sheet.cell(row, first).value or ""), sum(self.widths[first - 1 : last])
        )
        self.sheet.row_dimensions[row].height = POINTS * max(self._lines.values())

    def gap(self) -> None:
        """An empty line."""
        self.row += 1

    def section(self, title: Text, note: Text, *, is_on_new_page: bool = False) -> None:
        """A table's number, title and what it shows, after an empty line."""
        self.gap()
        if is_on_new_page:
            self.sheet.row_breaks.append(Break(id=self.row - 1))
        self._sections += 1
        row = self.add(f"{self._sections}. {title}", look=SECTION)
        self.spread(row, 1, len(self.widths))
        self.sheet.row_dimensions[row].height = 1.5 * POINTS
        self.wide(note)

    def group(self, title: Text) -> int:
        """The line above lines that belong together; returns its row."""
        return self.add(title.da, title.en, *(None,) * (self._table - 2), look=GROUP)

    def none_if(self, is_empty: bool, said: Text) -> None:
        """Say that a table has no lines, where it has none."""
        if is_empty:
            self.add(said.da, said.en)

    def freeze(self, place: str, repeat: int) -> None:
        """Keep what is above and left of ``place`` in sight, and the lines up to ``repeat`` on every page."""
        self.sheet.freeze_panes = place
        self.sheet.print_title_rows = f"1:{repeat}"

    def scaled(self) -> None:
        """Print the sheet's width on a page by scale: fitted to it, Excel would not heed the page breaks."""
        inches = sum(7 * width + 5 for width in self.widths) / 96
        self.sheet.page_setup.scale = math.floor(97 * (A4_ACROSS - 2 * MARGIN) / inches)

    def _put(self, row: int, column: int, value: Value, look: Look, indent: int) -> None:
        cell = self.sheet.cell(row, column)
        self._content(cell, value)
        is_text = not isinstance(value, Number)
        cell.font = look.quiet if column == self.english and is_text else look.font
        if isinstance(value, Number) and value.is_given:
            cell.font = font(GIVEN, is_bold=look.is_bold)
        if look.fill:
            cell.fill = look.fill
        if look.border:
            cell.border = look.border
        is_right = not is_text or (look.is_heading and column >= self.numbers)
        cell.alignment = Alignment(
            wrap_text=is_text and look.is_wrapped,
            vertical="center" if look.is_heading else "top",
            horizontal="right" if is_right else "left",
            indent=indent or (0 if is_right else self._indent(column)),
        )

    def _indent(self, column: int, side: str = "left") -> int:
        """A text beside numbers keeps off the number on its left."""
        return int(side == "left" and column > self.numbers)

    def _content(self, cell: Any, value: Value) -> None:
        match value:
            case None:
                pass
            case str():
                set_text(cell, value)
            case Number(value=Formula() as formula):
                cell.value = formula.text
                cell.number_format = value.format
                self._results[cell.coordinate] = formula.value
            case Number(value=plain):
                cell.value = float(plain) if isinstance(plain, Decimal) else plain
                cell.number_format = value.format
            case _:
                cell.value = value
                cell.number_format = DAY


def _lines(text: str, width: float, *, is_bold: bool = False) -> int:
    """How many lines a text takes in so wide a cell, broken between words."""
    room = max(1, int(width / (1 if is_bold else NARROW)))
    return sum(max(1, len(textwrap.wrap(part, room))) for part in text.split("\n"))
