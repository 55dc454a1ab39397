"""Empty files for a clerk: CSV and xlsx that open right in Danish Excel, the same bytes each time."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.model import CodeList, Column, ColumnType, Contracts, Table
from pipeline.paths import write_bytes

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ALLOWED_SHEET = "Tilladte værdier"
GUIDE_SHEET = "Vejledning"
BOOLEAN_CODES = "boolean"
LAST_ROW = 5000  # how far down the drop-down lists reach

# Text stays text (leading zeros, long codes); dates as Danes write them.
NUMBER_FORMATS: dict[ColumnType, str] = {
    "string": "@",
    "integer": "0",
    "decimal": "0.##",
    "boolean": "@",
    "date": "dd-mm-yyyy",
    "timestamp": "dd-mm-yyyy hh:mm",
}
EXPECTED: dict[ColumnType, str] = {
    "string": "tekst · text",
    "integer": "helt tal · whole number",
    "decimal": "tal med komma · number with a comma",
    "boolean": "Ja eller Nej · yes or no",
    "date": "dd-mm-åååå · dd-mm-yyyy",
    "timestamp": "dd-mm-åååå tt:mm · dd-mm-yyyy hh:mm",
}


def write_csv_template(table: Table, path: Path) -> None:
    """The header line, as Danish Excel writes it: UTF-8 with a byte-order mark, semicolon, CRLF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label.da for column in table.delivered_columns])
    write_bytes(path, buffer.getvalue().encode("utf-8-sig"))


def write_xlsx_template(table: Table, codes: Mapping[str, CodeList], path: Path) -> None:
    """A workbook with the table's sheet, the allowed values (behind drop-down lists) and a guide."""
    from openpyxl import Workbook

    from pipeline.contract.workbook import sheet_title, workbook_bytes

    book = Workbook()
    del book["Sheet"]
    sheet = book.create_sheet(sheet_title(table.title.da))
    allowed = _write_allowed(book.create_sheet(ALLOWED_SHEET), table, codes)
    _write_guide(book.create_sheet(GUIDE_SHEET), table, codes)
    _write_table(sheet, table, allowed)
    write_bytes(path, workbook_bytes(book))


def write_all(contracts: Contracts, folder: Path) -> list[Path]:
    """``<table>.csv`` and ``<table>.xlsx`` for every table that people fill in; a log of events is none."""
    written: list[Path] = []
    for table in contracts.tables.values():
        if table.has_template:
            written += [folder / f"{table.name}.csv", folder / f"{table.name}.xlsx"]
            write_csv_template(table, written[-2])
            write_xlsx_template(table, contracts.codes, written[-1])
    return written


def _codes_of(column: Column) -> str | None:
    return BOOLEAN_CODES if column.type == "boolean" else column.codes


def _write_allowed(sheet: "Worksheet", table: Table, codes: Mapping[str, CodeList]) -> dict[str, str]:
    """One column of Danish labels per code list; returns the cell range of each list."""
    from openpyxl.utils import get_column_letter

    ranges: dict[str, str] = {}
    used = {name: None for column in table.delivered_columns if (name := _codes_of(column)) is not None}
    for number, name in enumerate(used, start=1):
        letter = get_column_letter(number)
        labels = [item.label.da for item in codes[name].items]
        for row, text in enumerate([codes[name].title.da, *labels], start=1):
            sheet.cell(row=row, column=number, value=text)
        sheet.column_dimensions[letter].width = max(len(text) for text in [codes[name].title.da, *labels]) + 2
        ranges[name] = f"'{ALLOWED_SHEET}'!${letter}$2:${letter}${len(labels) + 1}"
    _as_header(sheet)
    return ranges


def _write_guide(sheet: "Worksheet", table: Table, codes: Mapping[str, CodeList]) -> None:
    """One row per column: Danish and English name, whether it must be filled in, what is expected."""
    sheet.append(["Kolonne", "Column", "Skal udfyldes", "Forventet", "Forklaring", "Explanation"])
    for column in table.delivered_columns:
        name = _codes_of(column)
        expected = (
            EXPECTED[column.type] if name is None else " / ".join(i.label.da for i in codes[name].items)
        )
        described = column.description
        sheet.append(
            [
                column.label.da,
                column.label.en,
                "Ja" if column.required else "",
                expected,
                described.da if described else "",
                described.en if described else "",
            ]
        )
    for letter, width in zip("ABCDEF", (32, 32, 14, 40, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    _as_header(sheet)


def _write_table(sheet: "Worksheet", table: Table, allowed: Mapping[str, str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, column in enumerate(table.delivered_columns, start=1):
        letter = get_column_letter(number)
        sheet.cell(row=1, column=number, value=column.label.da)
        sheet.column_dimensions[letter].width = min(max(len(column.label.da) + 3, 12), 40)
        sheet.column_dimensions[letter].number_format = NUMBER_FORMATS[column.type]
        name = _codes_of(column)
        if name is not None:
            listed = DataValidation(
                type="list",
                sqref=f"{letter}2:{letter}{LAST_ROW}",  # pyright: ignore[reportArgumentType]
                formula1=allowed[name],
                allow_blank=not column.required,
                showErrorMessage=True,
                errorTitle="Ukendt værdi",
                error=f"Vælg en værdi fra listen; den står også i arket {ALLOWED_SHEET}.",
            )
            sheet.add_data_validation(listed)
    _as_header(sheet)


def _as_header(sheet: "Worksheet") -> None:
    from openpyxl.styles import Alignment, Font

    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
