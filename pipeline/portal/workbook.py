"""The error workbook: the refused rows, each wrong cell marked with a comment, to mend and send again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from pipeline.contract import Table
from pipeline.contract.workbook import set_text, sheet_title, workbook_bytes
from pipeline.formats.result import Quarantined
from pipeline.paths import write_bytes
from pipeline.text import Problem

MOST_CELL_CHARS = 32_767  # of Excel
HIDDEN = "***"
WRONG = PatternFill("solid", fgColor="F4C7C3")
COMMENT_WIDTH, COMMENT_HEIGHT = 320, 90


def write_workbook(
    table: Table, refused: Sequence[Quarantined], said: Mapping[int, Sequence[Problem]], path: Path
) -> None:
    """Write ``refused``, with what is ``said`` of each line. A cell that may not be shown is left empty."""
    rows = [(one, _cells(one)) for one in refused]
    headers = list(dict.fromkeys(header for _, cells in rows for header in cells))
    if not headers:
        headers = [column.label.da for column in table.delivered_columns]
    book = Workbook(write_only=True)  # rows are written as they come, not held
    sheet: Any = book.create_sheet(sheet_title(table.title.da))
    head: list[Cell] = []
    for number, header in enumerate(headers, start=1):
        head.append(_text(sheet, header))
        head[-1].font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(len(header) + 3, 14), 40)
    sheet.freeze_panes = "A2"
    sheet.append(head)
    for one, cells in rows:
        made: list[Cell] = []
        wrong: dict[str, list[str]] = {}
        for problem in said.get(one.row or 0, ()):
            if problem.column:
                wrong.setdefault(problem.column, []).append(problem.message.da)
        for header in headers:
            value = cells.get(header, "")
            if len(value) > MOST_CELL_CHARS:
                value = HIDDEN
                wrong.setdefault(header, []).append("Teksten er for lang til Excel; skriv den kortere.")
            cell = _text(sheet, "" if value == HIDDEN else value)
            made.append(cell)
            messages = wrong.get(header, [])
            if messages:
                cell.fill = WRONG
                cell.comment = _comment(f"Linje {one.row}: " + "\n".join(dict.fromkeys(messages)))
        if one.row is not None and not any(header in wrong for header in headers):
            made[0].fill = WRONG
            made[0].comment = _comment(f"Linje {one.row}: {one.message.da}")
        sheet.append(made)
    write_bytes(path, workbook_bytes(book))


def _cells(one: Quarantined) -> Mapping[str, str]:
    cells: Mapping[str, str] = json.loads(one.cells) if one.cells else {}
    return cells


def _text(sheet: Any, value: str) -> Cell:
    """A cell of ``sheet`` with ``value`` as text, whatever it looks like: nothing runs when it is opened."""
    cell = WriteOnlyCell(sheet)
    set_text(cell, value)
    cell.number_format = "@"
    return cell


def _comment(text: str) -> Comment:
    return Comment(text, "MAST", width=COMMENT_WIDTH, height=COMMENT_HEIGHT)
