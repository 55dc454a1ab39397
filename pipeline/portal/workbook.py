"""The error workbook: the refused rows, each wrong cell marked with a comment, to mend and send again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from pipeline.contract import Table
from pipeline.contract.workbook import set_text, sheet_title, workbook_bytes
from pipeline.formats.result import Quarantined
from pipeline.paths import write_bytes
from pipeline.portal.comments import Place, with_comments
from pipeline.text import Problem

MOST_CELL_CHARS = 32_767  # of Excel
HIDDEN = "***"
WRONG = PatternFill("solid", fgColor="F4C7C3")


def write_workbook(
    table: Table, refused: Sequence[Quarantined], said: Mapping[int, Sequence[Problem]], path: Path
) -> None:
    """Write ``refused``, with what is ``said`` of each line. A cell that may not be shown is left empty."""
    headers = list(dict.fromkeys(header for one in refused for header in _cells(one)))
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
    comments: dict[Place, str] = {}
    for row, one in enumerate(refused, start=2):
        cells = _cells(one)
        wrong: dict[str, list[str]] = {}
        for problem in said.get(one.row or 0, ()):
            if problem.column:
                wrong.setdefault(problem.column, []).append(problem.message.da)
        for header, value in cells.items():
            if len(value) > MOST_CELL_CHARS:
                wrong.setdefault(header, []).append("Teksten er for lang til Excel; skriv den kortere.")
        if one.row is not None and not any(header in wrong for header in headers):
            wrong = {headers[0]: [one.message.da]}
        made: list[Cell] = []
        for column, header in enumerate(headers, start=1):
            value = cells.get(header, "")
            made.append(_text(sheet, "" if value == HIDDEN or len(value) > MOST_CELL_CHARS else value))
            if header in wrong:
                made[-1].fill = WRONG
                comments[row, column] = f"Linje {one.row}: " + "\n".join(dict.fromkeys(wrong[header]))
        sheet.append(made)
    write_bytes(path, with_comments(workbook_bytes(book), comments))


def _cells(one: Quarantined) -> Mapping[str, str]:
    cells: Mapping[str, str] = json.loads(one.cells) if one.cells else {}
    return cells


def _text(sheet: Any, value: str) -> Cell:
    """A cell of ``sheet`` with ``value`` as text, whatever it looks like: nothing runs when it is opened."""
    cell = WriteOnlyCell(sheet)
    set_text(cell, value)
    cell.number_format = "@"
    return cell
