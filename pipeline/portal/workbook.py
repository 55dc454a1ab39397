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

MOST_ROWS = 10_000
HIDDEN = "***"
WRONG = PatternFill("solid", fgColor="F4C7C3")
COMMENT_WIDTH, COMMENT_HEIGHT = 320, 90


def write_workbook(
    table: Table, refused: Sequence[Quarantined], problems: Sequence[Problem], path: Path
) -> None:
    """Write the first ``MOST_ROWS`` refused rows. A cell that may not be shown is left empty and marked."""
    wrong: dict[int, dict[str, list[str]]] = {}
    for one in problems:
        if one.row is not None and one.column:
            wrong.setdefault(one.row, {}).setdefault(one.column, []).append(one.message.da)
    rows = [(one, _cells(one)) for one in refused[:MOST_ROWS]]
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
        said = wrong.get(one.row or 0, {})
        for number, header in enumerate(headers, start=1):
            value = cells.get(header, "")
            cell = _text(sheet.cell(row=place, column=number), "" if value == HIDDEN else value)
            messages = said.get(header, [])
            if messages:
                cell.fill = WRONG
                cell.comment = _comment(f"Linje {one.row}: " + "\n".join(dict.fromkeys(messages)))
        if one.row is not None and not any(header in said for header in headers):
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
