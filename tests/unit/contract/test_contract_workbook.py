"""What every workbook of the project has in common."""

import io
import math

import openpyxl
import pytest
from openpyxl import Workbook

from pipeline.contract.workbook import Formula, set_text, sheet_title, workbook_bytes


def made(text: str, results: dict[str, dict[str, float]] | None = None) -> bytes:
    book = Workbook()
    book.worksheets[0].title = "Ark"
    set_text(book["Ark"]["A1"], text)
    book["Ark"]["B1"] = "=1+1"
    return workbook_bytes(book, results)


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "#REF!", "007", "TRUE"]
)
def test_text_stays_text(text: str) -> None:
    cell = openpyxl.load_workbook(io.BytesIO(made(text))).worksheets[0]["A1"]
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ud800", "\uffff"])
def test_what_no_workbook_can_hold_is_replaced(sign: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made(f"a{sign}b"))).worksheets[0]
    assert sheet["A1"].value == "a\ufffdb"


def test_a_formula_shows_what_it_comes_to() -> None:
    content = made("</f><v></v>", {"Ark": {"B1": 2.5}})
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["B1"].value == "=1+1"
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    assert (shown["A1"].value, shown["B1"].value) == ("</f><v></v>", 2.5)
    assert Formula("=1+1", 2).text == "=1+1"
    with pytest.raises(ValueError, match="giver nan"):
        Formula("=1", math.nan)


def test_the_same_cells_are_the_same_bytes() -> None:
    assert made("æøå", {"Ark": {"B1": 2.0}}) == made("æøå", {"Ark": {"B1": 2.0}})


def test_a_sheet_s_title_is_one_that_excel_takes() -> None:
    assert sheet_title("Kort/møder: [alle]?*\\") == "Kort møder   alle    "
    assert len(sheet_title("x" * 40)) == 31
