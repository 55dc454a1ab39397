"""The committee's tables as one workbook: results, evidence, costs, and what the columns mean."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from pipeline.contract import Contracts
from pipeline.contract.workbook import set_text, sheet_title, workbook_bytes
from pipeline.exports.source import PERSONAL, RECONSTRUCTED, Exported, codes_of
from pipeline.paths import write_bytes

COMMITTEE = (
    "estimates", "evidence", "cost_ledger", "cost_results", "cost_sensitivity", "cost_breakeven",
    "cost_uncertainty",
    "cost_bridge", "cost_information",
)  # fmt: skip
GUIDE = "Forklaring"


def write_excel(every: Iterable[Exported], contracts: Contracts, folder: Path) -> Path:
    """``committee.xlsx``; every text is a text, whatever it begins with."""
    book = Workbook(write_only=True)
    guide = book.create_sheet(GUIDE)
    for text in (PERSONAL, RECONSTRUCTED):
        _row(guide, [text.da], bold=False)
        _row(guide, [text.en], bold=False)
    _row(guide, ["Ark", "Kolonne", "Column", "Forklaring", "Explanation"], bold=True)
    for item in every:
        if item.name not in COMMITTEE:
            continue
        title = sheet_title(item.table.title.da)
        sheet = book.create_sheet(title)
        _row(sheet, [column.label.da for column in item.table.columns], bold=True)
        for column in item.table.columns:
            said = column.description
            _row(
                guide,
                [title, column.label.da, column.label.en, said.da if said else "", said.en if said else ""],
            )
        lists = [codes_of(column, contracts) for column in item.table.columns]
        for row in item.data.to_pylist():
            values = [row[name] for name in item.table.column_names]
            _row(sheet, [
                codes.label(str(value)).da if codes and value is not None else value
                for codes, value in zip(lists, values, strict=True)
            ])  # fmt: skip
    path = folder / "committee.xlsx"
    write_bytes(path, workbook_bytes(book))
    return path


def _row(sheet: WriteOnlyWorksheet, values: Iterable[Any], *, bold: bool = False) -> None:
    cells: list[Cell] = []
    for value in values:
        match value:
            case None:
                cell = WriteOnlyCell(sheet, value=None)
            case bool():
                cell = WriteOnlyCell(sheet, value="Ja" if value else "Nej")
            case Decimal():
                cell = WriteOnlyCell(sheet, value=float(value))
            case datetime():
                cell = WriteOnlyCell(sheet, value=value.isoformat())
            case int() | float() | date():
                given: Any = value
                cell = WriteOnlyCell(sheet, value=given)
            case _:
                cell = WriteOnlyCell(sheet)
                set_text(cell, str(value))
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
