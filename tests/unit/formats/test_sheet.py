"""A sheet's XML as rows of text, beside what openpyxl reads of the same sheet."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.workbook import Workbook

from pipeline.contract import load_contracts
from pipeline.formats import sheet
from pipeline.formats.book import Book, WorkbookError, as_text
from pipeline.formats.result import Source
from pipeline.formats.safe_xml import XmlError
from pipeline.formats.sheet import rows, shared_texts
from pipeline.formats.xlsx import open_sheet

REGIONS = load_contracts().tables["regions"]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e12, 1e12).map(lambda value: round(value, 4))
    | st.text(st.characters(categories=["L", "N", "P"], include_characters=" \n"), max_size=12).filter(
        lambda text: not text.startswith("=")
    )
    | st.dates(date(1905, 1, 1), date(2100, 1, 1))
    | st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
    | st.times().map(lambda at: at.replace(microsecond=0))
    | st.timedeltas(timedelta(0), timedelta(days=40)).map(lambda one: timedelta(seconds=one.seconds))
    | st.sampled_from(["#N/A", "007", "1,5", "Ja"])
)


def saved(book: Workbook) -> io.BytesIO:
    out = io.BytesIO()
    book.save(out)
    return out


def found(content: str, book: Book | None = None) -> list[tuple[int, list[str]]]:
    return list(rows(io.BytesIO(content.encode()), book or Book()))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6), st.booleans())
def test_a_book_is_read_as_openpyxl_reads_it(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[Any]], is_1904: bool
) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    made = openpyxl.Workbook()
    if is_1904:
        made.epoch = CALENDAR_MAC_1904
    made.worksheets[0].append(["Region", "Server fra"])
    for row in cells:
        made.worksheets[0].append(row)
    path.write_bytes(saved(made).getvalue())
    read = openpyxl.load_workbook(path, read_only=True, data_only=True)
    expected = [[as_text(cell) for cell in row] for row in read.worksheets[0].iter_rows(values_only=True)]
    read.close()
    opened = open_sheet(Source(path, "a.xlsx"), REGIONS)
    got: dict[int, list[str]] = {}
    for piece in opened.pieces():
        columns = [list(piece.even.column(place)) for place in range(2)]
        got |= {line: [column[place] for column in columns] for place, line in enumerate(piece.even.lines)}
        got |= {record.line: record.cells for record in piece.others}
    opened.close()
    assert opened.head.cells == filled(expected[0])
    for line, row in enumerate(expected[1:], start=2):
        assert filled(got.get(line, [])) == filled(row)


def filled(cells: list[str]) -> list[str]:
    """Up to the last that is filled."""
    return cells[: max((place for place, cell in enumerate(cells, 1) if cell), default=0)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<row r='2'><c r='B2'><v>7</v></c></row>", [(2, ["", "7"])]),
        ("<row><c><v>1</v></c></row><row/><row><c><v>2</v></c></row>", [(1, ["1"]), (3, ["2"])]),
        ("<row><c t='inlineStr'><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t> b</t></r></is></c></row>",
         [(1, ["a b"])]),
        ("<row><c t='str'><f>A1&amp;B1</f><v>a;b</v></c><c t='e'><v>#REF!</v></c></row>",
         [(1, ["a;b", "#REF!"])]),
        ("<row><c t='d'><v>2019-10-09T00:00:00</v></c><c t='b'><v>0</v></c></row>",
         [(1, ["09-10-2019", "Nej"])]),
        ("<row><c><v>1.5E3</v></c><c><v>0.5</v></c></row>", [(1, ["1500", "0,5"])]),
        ("<row><c t='s'><v>1</v></c></row>", [(1, ["fælles"])]),
        ("<row r='5'><c r='A5'><v>1</v></c></row><row r='3'><c r='A3'><v>2</v></c></row>",
         [(5, ["1"]), (6, ["2"])]),
        ("<row><c r='OK1'><v>1</v></c><c r='A1'><v>2</v></c></row>", [(1, ["2"])]),
    ],
    ids=["place", "no-places", "rich", "formula", "date", "number", "shared", "backwards", "far-right"],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("block", [7, 1 << 16])
def test_cells_of_every_kind(
    monkeypatch: pytest.MonkeyPatch, content: str, expected: object, prefix: str, block: int
) -> None:
    monkeypatch.setattr(sheet, "BLOCK", block)
    told = content.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    whole = f"<{prefix}worksheet {MAIN} xmlns:x='x'>{told}</{prefix}worksheet>"
    assert found(whole, Book(texts=["", "fælles"])) == expected


def test_shared_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "<sst><si><t>a</t></si><si/><si><r><t>b</t></r><rPh><t>x</t></rPh><r><t> c</t></r></si></sst>"
    assert shared_texts(io.BytesIO(content.encode())) == ["a", "", "b c"]
    monkeypatch.setattr(sheet, "MOST_SHARED_BYTES", 150)
    with pytest.raises(WorkbookError, match="too many texts"):
        shared_texts(io.BytesIO(content.encode()))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", XmlError),
        (f"<a><row><c t='str'><v>{'x' * 300_000}</v></c></row></a>", WorkbookError),
        ("<a><row><c r='ZZZZ1'><v>1</v></c></row></a>", ValueError),
        ("<a><row><c t='s'><v>1</v></c></row></a>", IndexError),
    ],
    ids=["entity", "endless-cell", "no-column", "no-text"],
)
def test_what_no_excel_has_is_refused(content: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        found(content)


def test_a_row_beyond_what_is_read_says_so_unless_it_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Region"])
    made.worksheets[0].append(["Sjælland"])
    made.worksheets[0].cell(1_000_000, 1).number_format = "@"
    made.save(path)
    open_sheet(Source(path, "a.xlsx"), REGIONS).close()
    made.worksheets[0]["A1000000"] = "Fyn"
    made.save(path)
    with pytest.raises(WorkbookError, match="100000"):
        open_sheet(Source(path, "a.xlsx"), REGIONS)


def test_times_of_day_and_times_passed() -> None:
    book = Book(dates=frozenset({1, 2}), durations=frozenset({2}))
    assert book.number("0.5", "1") == as_text(time(12))
    assert book.number("1.5", "2") == str(timedelta(days=1, hours=12))
    assert book.number("1e300", "1") == "#VALUE!"


def test_a_part_that_is_named_and_not_there(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Region"])
    made.save(path)
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(out, "w") as kept:
        for name in given.namelist():
            if not name.endswith("sheet1.xml"):
                kept.writestr(name, given.read(name))
    with pytest.raises(WorkbookError, match="kan læses"):
        open_sheet(Source(out, "b.xlsx"), REGIONS)
