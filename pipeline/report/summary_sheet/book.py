"""The workbook: its sheets' set-up for print, names for formulas, and what the formulas come to."""

from typing import Any, cast

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from pipeline.contract.workbook import workbook_bytes

MARGIN = 0.4  # inches, at the sides
A4_ACROSS = 11.69  # inches


class Book:
    """The workbook, and what its formulas come to by sheet and cell."""

    def __init__(self, notice: str) -> None:
        self.workbook = Workbook()
        self.workbook.remove(self.workbook.worksheets[0])
        self.results: dict[str, dict[str, float]] = {}
        self.notice = notice

    def name(self, name: str, sheet: str, column: int, first: int, last: int) -> None:
        """Let formulas call a column's rows by ``name``; a list of nothing is one empty row."""
        letter = get_column_letter(column)
        place = f"'{sheet}'!${letter}${first}:${letter}${max(first, last)}"
        self.workbook.defined_names[name] = DefinedName(name, attr_text=place)

    def content(self) -> bytes:
        """The file, each sheet set up to be printed on A4 across."""
        for sheet in cast("Any", self.workbook).worksheets:
            sheet.page_setup.orientation = "landscape"
            sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
            if sheet.page_setup.scale is None:
                sheet.page_setup.fitToHeight = 0
                sheet.sheet_properties.pageSetUpPr.fitToPage = True
            sheet.sheet_view.showGridLines = False
            margins = sheet.page_margins
            margins.left = margins.right = MARGIN
            margins.top = margins.bottom = 1.5 * MARGIN
            margins.header = margins.footer = MARGIN / 2
            sheet.oddFooter.left.text = self.notice.replace("&", "&&")
            sheet.oddFooter.center.text = "&A"
            sheet.oddFooter.right.text = "Side &P af &N"
        return workbook_bytes(self.workbook, self.results)
