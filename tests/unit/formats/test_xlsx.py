"""A workbook as a clerk sends it: cells by what they are, the right sheet, and nothing that raises."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts
from pipeline.contract.templates import write_xlsx_template
from pipeline.formats import danish_csv
from pipeline.formats.book import as_text
from pipeline.formats.result import Read, Reading, Source
from pipeline.identifiers import demonstration_key

CONTRACTS = load_contracts()
READING = Reading(CONTRACTS, demonstration_key())
HEADERS = ["Region", "Server fra", "Forventede praksis, mindst", "Forventede praksis, højst"]


def read(path: Path, table: str = "regions") -> Read:
    return danish_csv.read([Source(path, path.name)], table, READING)


def book(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "Ja"),
        (False, "Nej"),
        (7, "7"),
        (7.0, "7"),
        (12.5, "12,5"),
        (123456.0, "123456"),
        ("007", "007"),
        (date(2019, 10, 9), "09-10-2019"),
        (datetime(2019, 10, 9), "09-10-2019"),  # noqa: DTZ001 as Excel has it
        (datetime(2019, 10, 9, 9, 30), "09-10-2019 09:30:00"),  # noqa: DTZ001
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_cell_is_read_by_what_it_is(value: object, text: str) -> None:
    assert as_text(value) == text


def test_dates_and_numbers_of_a_sheet(tmp_path: Path) -> None:
    rows = [HEADERS, ["Syddanmark", date(2019, 5, 13), 7, 10.0], ["1082", "23-05-2019", None, None]]
    found = read(book(tmp_path / "uden-endelse", ("Ark1", rows)))
    assert found.problems == ()
    assert found.decisions.encoding == "xlsx"
    columns = found.frames[0].columns
    assert columns["region"] == ["1083", "1082"]
    assert columns["server_from"] == [date(2019, 5, 13), date(2019, 5, 23)]
    assert columns["practices_expected_max"] == [10, None]
    assert columns["source_row"] == [2, 3]


def test_our_own_template_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "regions.xlsx"
    write_xlsx_template(CONTRACTS.tables["regions"], CONTRACTS.codes, path)
    made = openpyxl.load_workbook(path)
    made.worksheets[0].append(["Sjælland", date(2019, 5, 27)])
    made.save(path)
    assert read(path).frames[0].columns["region"] == ["1085"]


def test_the_sheet_with_the_header_is_the_one_and_titles_above_it_are_passed(tmp_path: Path) -> None:
    rows = [["Leverance fra regionen"], [], HEADERS, ["Hovedstaden", None, 7, 10]]
    found = read(book(tmp_path / "a.xlsx", ("Forside", [["Se næste ark"]]), ("Data", rows)))
    assert found.frames[0].columns["region"] == ["1084"]
    assert found.frames[0].columns["source_row"] == [4]


def test_rows_keep_their_lines_wherever_they_begin(tmp_path: Path) -> None:
    titles = [["Leverance fra regionen"], ["2019"], ["Udkast"], ["Til drøftelse"]]
    codes = ["1084", "1085", "1083", "1082"]
    rows = [*titles, HEADERS, *([code, None, 7, 10] for code in codes)]
    columns = read(book(tmp_path / "a.xlsx", ("Data", rows))).frames[0].columns
    assert columns["region"] == codes
    assert columns["source_row"] == [6, 7, 8, 9]


def test_a_wrong_cell_takes_its_row_and_names_it(tmp_path: Path) -> None:
    rows = [HEADERS, ["Fyn", None, 7, 10], ["Sjælland", None, 7, 10]]
    found = read(book(tmp_path / "a.xlsx", ("Data", rows)))
    ((problem,), (refused,)) = found.problems, found.quarantine
    assert (problem.row, problem.column, problem.rule) == (2, "Region", "unknown_code")
    assert refused.row == 2
    assert found.frames[0].rows == 1


def test_a_formula_counts_as_what_it_last_gave(tmp_path: Path) -> None:
    """Written by a library, it has given nothing yet: an empty cell, and never the formula."""
    rows = [HEADERS, ["Sjælland", None, "=1+6", 10]]
    found = read(book(tmp_path / "a.xlsx", ("Data", rows)))
    assert found.frames[0].columns["practices_expected_min"] == [None]


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 500,
        zipped(nothing=b""),
        zipped(**{"[Content_Types].xml": b"<a"}),
    ],
    ids=["head", "noise", "no-book", "no-xml"],
)
def test_what_is_no_workbook_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    (problem,) = read(path).problems
    assert (problem.rule, problem.severity) == ("not_a_workbook", "critical")
    assert "zip" not in problem.message.en or "damaged" in problem.message.en


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(**{f"xl/{number}.xml": bytes(64 << 20) for number in range(5)}))
    assert path.stat().st_size < 1 << 20
    (problem,) = read(path).problems
    assert problem.rule == "not_a_workbook"
    assert "stor" in problem.message.da


def test_no_sheet_with_a_known_header(tmp_path: Path) -> None:
    (problem,) = read(book(tmp_path / "a.xlsx", ("Data", [["a", "b"], [1, 2]]))).problems
    assert "overskrift" in problem.message.da


share = st.floats(0, 1, exclude_max=True)


@given(st.lists(st.tuples(share, st.integers(0, 255)), min_size=1, max_size=5), share)
def test_a_damaged_workbook_never_raises(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, int]], kept: float
) -> None:
    """Some bytes changed, and the file cut in the middle or (half the time) not."""
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    content = bytearray(book(path, ("Data", [HEADERS, ["Sjælland", None, 7, 10]])).read_bytes())
    for place, value in changes:
        content[4 + int(place * (len(content) - 4))] = value
    length = len(content) if kept >= 0.5 else 4 + int(kept * 2 * (len(content) - 4))
    path.write_bytes(bytes(content[:length]))
    read(path)
