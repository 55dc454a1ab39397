"""The error workbook: the refused rows, each wrong cell marked with a comment, to mend and send again."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from pipeline.contract import Table
from pipeline.contract.archive import fixed_archive
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
    book = Workbook()
    del book["Sheet"]
    sheet = book.create_sheet(table.title.da[:31])
    for number, header in enumerate(headers, start=1):
        head = _text(sheet.cell(row=1, column=number), header)
        head.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(len(header) + 3, 14), 40)
    sheet.freeze_panes = "A2"
    for place, (one, cells) in enumerate(rows, start=2):
        wrong: dict[str, list[str]] = {}
        for problem in said.get(one.row or 0, ()):
            if problem.column:
                wrong.setdefault(problem.column, []).append(problem.message.da)
        for number, header in enumerate(headers, start=1):
            value = cells.get(header, "")
            if len(value) > MOST_CELL_CHARS:
                value = HIDDEN
                wrong.setdefault(header, []).append("Teksten er for lang til Excel; skriv den kortere.")
            cell = _text(sheet.cell(row=place, column=number), "" if value == HIDDEN else value)
            messages = wrong.get(header, [])
            if messages:
                cell.fill = WRONG
                cell.comment = _comment(f"Linje {one.row}: " + "\n".join(dict.fromkeys(messages)))
        if one.row is not None and not any(header in wrong for header in headers):
            sheet.cell(row=place, column=1).fill = WRONG
            sheet.cell(row=place, column=1).comment = _comment(f"Linje {one.row}: {one.message.da}")
    book.properties.creator = "MAST"
    buffer = io.BytesIO()
    book.save(buffer)
    write_bytes(path, fixed_archive(buffer.getvalue()))


def _cells(one: Quarantined) -> Mapping[str, str]:
    cells: Mapping[str, str] = json.loads(one.cells) if one.cells else {}
    return cells


def _text(cell: Cell, value: str) -> Cell:
    """``value`` as text, whatever it looks like: nothing runs when the book is opened."""
    cell.value = value or None
    if value:
        cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _comment(text: str) -> Comment:
    return Comment(text, "MAST", width=COMMENT_WIDTH, height=COMMENT_HEIGHT)
