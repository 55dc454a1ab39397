"""Settlement lines and the fee table: register shape in, contract rows out; weeks against the calendar."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts
from pipeline.formats import fee_cells, fees
from pipeline.formats.dates import week_monday
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

LINES = """YDERNR;Region;HONUGE;SPECIALE;ANTYDEL;BRUHON
012345;1083;2201;800125;2;29458
012345;1083;2201;800125;1;0
"""
TABLE = """Ydelseskode;Gyldig fra;Gyldig til;Honorar (kr.);Prisniveau;Betydning på dansk
0125;01-01-2022;31-03-2022;147,29;oktober 2021-niveau;Videokonsultation
101;01-10-2021;;1.147,5;;Konsultation
"""
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def read(make: Make, reading: Reading, text: str, table: str = "fee_lines", encoding: str = "cp1252") -> Read:
    return fees.read([make("a.csv", text.encode(encoding))], [table], reading)


def test_register_lines(make: Make, reading: Reading) -> None:
    found = read(make, reading, LINES)
    assert not [item for item in found.problems if item.severity != "note"]
    columns = found.frames[0].columns
    assert columns["specialty"] == ["80", "80"]
    assert columns["fee_code"] == ["0125", "0125"]
    assert columns["billing_date"] == [date(2022, 1, 3)] * 2
    assert columns["lines"] == [2, 1]
    assert columns["amount_oere"] == [29458, 0]  # nought is an amount
    assert columns["region"] == ["1083", "1083"]
    assert len({*columns["fee_line_id"]}) == 2
    assert all(str(who).startswith("p_") for who in columns["practice"])


def test_a_corrected_week_has_the_numbers_of_the_first(make: Make, reading: Reading) -> None:
    first = read(make, reading, LINES).frames[0].columns["fee_line_id"]
    again = read(make, reading, LINES.replace(";2;29458", ";3;44187").replace("1083", "Region Syddanmark"))
    assert again.frames[0].columns["fee_line_id"] == first
    other = read(make, reading, LINES.replace("012345", "12346")).frames[0].columns["fee_line_id"]
    assert not {*other} & {*first}
    halves = [make(f"{half}.csv", LINES.encode()) for half in ("a", "b")]
    numbers = [
        number
        for frame in fees.read(halves, ["fee_lines"], reading).frames
        for number in frame.columns["fee_line_id"]
    ]
    assert len({*numbers}) == 4


@pytest.mark.parametrize(
    ("specialty", "code", "expected"),
    [
        ("800125", "", ("80", "0125")),
        ("80-0125", "", ("80", "0125")),
        ("80", "125", ("80", "0125")),
        ("80", "0125", ("80", "0125")),
        ("", "810101", ("81", "0101")),
        ("80", "PILOT-VK", ("80", "PILOT-VK")),
        ("800125", "0125", ("80", "0125")),
        ("80012", "", ("80012", "")),
    ],
)
def test_service(specialty: str, code: str, expected: tuple[str, str]) -> None:
    found = fee_cells.service(specialty, code)
    assert (found.specialty, found.code) == expected
    assert not found.is_contradicted


def test_a_contradiction_goes_to_quarantine(make: Make, reading: Reading) -> None:
    text = (
        "Ydernummer;Region;Honoraruge;Speciale;Ydelse;Antal;Beløb i øre\n12345;1083;2201;800125;0101;1;100\n"
    )
    found = read(make, reading, text)
    assert found.frames[0].rows == 0
    assert [(item.row, item.reason) for item in found.quarantine] == [(2, "code_contradicts")]
    assert found.rows_read == 1


def test_lost_zeros_are_put_back_and_said(make: Make, reading: Reading) -> None:
    text = "Yder;Region;Uge;Speciale;Ydelse;Antal;Beløb i øre\n12345;1083;2201;80;125;1;100\n"
    found = read(make, reading, text)
    assert found.frames[0].columns["fee_code"] == ["0125"]
    assert [item.rule for item in found.problems if item.rule == "lost_zeros"] == ["lost_zeros"]


def test_kroner_become_oere_and_an_amount_without_unit_is_refused(make: Make, reading: Reading) -> None:
    text = LINES.replace("BRUHON", "Honorar (kr.)").replace("29458", "294,58")
    assert read(make, reading, text).frames[0].columns["amount_oere"] == [29458, 0]
    refused = read(make, reading, LINES.replace("BRUHON", "Beløb"))
    assert [item.rule for item in refused.problems if item.severity == "critical"] == ["missing_column"]
    assert len(refused.quarantine) == 2
    part = read(make, reading, text.replace("294,58", "294,5831"))
    assert [item.reason for item in part.quarantine] == ["bad_integer"]


def test_an_empty_amount_is_missing_and_no_nought(make: Make, reading: Reading) -> None:
    found = read(make, reading, LINES.replace("29458", ""))
    assert [item.reason for item in found.quarantine] == ["missing_value"]


def test_patients_are_left_at_the_door(make: Make, reading: Reading) -> None:
    text = "PNR;" + LINES.replace("012345;", "2512489996;012345;")
    found = read(make, reading, text)
    assert found.frames[0].rows == 2
    assert [item.column for item in found.problems if item.rule == "unknown_column"] == ["PNR"]
    assert "251248" not in repr(found)


def test_fee_table(make: Make, reading: Reading) -> None:
    found = read(make, reading, TABLE, "fee_codes")
    assert not [item for item in found.problems if item.severity != "note"]
    columns = found.frames[0].columns
    assert columns["fee_code"] == ["0125", "0101"]
    assert columns["amount_oere"] == [14729, 114750]
    assert columns["price_level"] == [date(2021, 10, 1), None]
    assert columns["region"] == ["DK", "DK"]
    assert columns["meaning_en"] == ["Videokonsultation", "Konsultation"]
    assert columns["source"] == ["test/a.csv", "test/a.csv"]
    assert columns["is_invented"] == [False, False]


def test_a_file_is_what_its_headers_say(make: Make, reading: Reading) -> None:
    files = [make("lines.csv", LINES.encode()), make("codes.csv", TABLE.encode())]
    found = fees.read(files, ["fee_codes", "fee_lines"], reading)
    assert [(frame.table, frame.rows) for frame in found.frames] == [("fee_lines", 2), ("fee_codes", 2)]


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ("oktober 2021-niveau", "2021-10-01"),
        ("Okt. 2021", "2021-10-01"),
        ("april 2024 prisniveau", "2024-04-01"),
        ("2021-10", "2021-10-01"),
        ("10-2021", "2021-10-01"),
        ("ma 2021", "ma 2021"),  # marts or maj
        ("01-10-2021", "01-10-2021"),
    ],
)
def test_price_level(raw: str, level: str) -> None:
    assert fee_cells.price_level(raw) == level


def test_regions_and_the_country() -> None:
    regions = load_contracts().codes["region"]
    words = ("Region Syddanmark", "83", "Hele landet", "DK", "Mars")
    assert [fee_cells.region(word, regions) for word in words] == ["1083", "1083", "DK", "DK", "Mars"]


@given(DAYS)
def test_every_spelling_of_a_week_is_the_calendars(day: date) -> None:
    year, week, weekday = day.isocalendar()
    short = f"{year % 100:02d}{week:02d}"
    for spelled in (
        short,
        f"{year}{week:02d}",
        f"{year}-{week:02d}",
        f"{year}-W{week:02d}",
        f"{year % 100:02d}/{week:02d}",
    ):
        assert fee_cells.week(spelled) == short
    assert week_monday(short) == day - timedelta(days=weekday - 1)


def test_week_53_stands_in_the_years_that_have_it() -> None:
    with_53 = [year for year in range(2015, 2031) if week_monday(f"{year % 100}53") is not None]
    assert with_53 == [2015, 2020, 2026]
    assert week_monday("2501") == date(2024, 12, 30)  # December of the year before
    assert week_monday("2553") is None


def test_a_week_the_year_has_not_goes_to_quarantine(make: Make, reading: Reading) -> None:
    found = read(make, reading, LINES.replace("2201", "2153", 1))
    assert [item.reason for item in found.quarantine] == ["bad_week"]


@pytest.mark.parametrize("week", ["20222", "uge 1", "2200", "2254", "ÅÅUU", "2,2E+03"])
def test_a_week_that_is_none(make: Make, reading: Reading, week: str) -> None:
    found = read(make, reading, LINES.replace("2201", week, 1))
    assert [item.reason for item in found.quarantine] in (
        ["bad_form"],
        ["bad_week"],
        ["scientific_identifier"],
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 50, b"PK\x03\x04", b";;;;\n;;;\n", b"YDERNR\n1\n", LINES.encode()[:70], b"x" * 200_000],
)
def test_hostile_files_get_a_problem(make: Make, reading: Reading, content: bytes) -> None:
    found = fees.read([make("x.csv", content)], ["fee_lines", "fee_codes"], reading)
    assert [item for item in found.problems if item.severity != "note"]
    assert all(item.message.da and item.message.en for item in found.problems)


def test_the_page_names_every_rule_and_no_other() -> None:
    page = Path(str(fees.__file__)).with_name("pages").joinpath("fees.md").read_text("utf-8")
    tables = [load_contracts().tables[name] for name in ("fee_lines", "fee_codes")]
    known = {rule.id for table in tables for rule in table.rules}
    named = set(re.findall(r"`(fee_(?:lines|codes)\.[a-z_0-9]+)`", page))
    assert named <= known
    assert known - named <= {"fee_codes.validity_reversed", "fee_codes.invented_but_not_named_so"}


def test_without_a_key_no_line_is_used(make: Make, reading: Reading) -> None:
    found = read(make, Reading(reading.contracts), LINES)
    assert {item.reason for item in found.quarantine} == {"unkeyed_identifier"}


def workbook(path: Path, text: str) -> Source:
    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    for line in text.splitlines():
        sheet.append(line.split(";"))
    book.save(path)
    return Source(path, path.name)


def test_a_workbook_and_a_file_with_titles_are_read_as_the_file_alone(
    make: Make, reading: Reading, tmp_path: Path
) -> None:
    expected = read(make, reading, LINES).frames[0].columns
    book = fees.read([workbook(tmp_path / "a.xlsx", LINES)], ["fee_lines"], reading)
    titled = read(make, reading, f"Udtræk fra registret\n\n{LINES}I alt;;;;3;29458\n")
    for found in (book, titled):
        columns = found.frames[0].columns
        assert {name: columns[name] for name in expected if not name.startswith("source")} == {
            name: values for name, values in expected.items() if not name.startswith("source")
        }
    assert dict(titled.columns)["amount_oere"] == "BRUHON"
    assert titled.decisions.header_row == "3"


def test_a_long_file_is_read_as_if_it_were_one_piece(
    make: Make, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "Yder;Region;Uge;Speciale;Ydelse;Antal;Beløb (kr.)\n"
    text = head + "".join(f"12345;1083;2201;80;125;1;{number},50\n" for number in range(30))
    whole = read(make, reading, text)
    monkeypatch.setattr("pipeline.formats.pieces.MOST_LINES", 7)
    source = make("a.csv", text.encode("cp1252"))
    parts = list(fees.read_pieces(source, ["fee_lines"], reading))
    assert len(parts) > 4
    assert fees.read([source], ["fee_lines"], reading) == whole
    assert [item.message.da[:2] for item in whole.problems if item.rule == "lost_zeros"] == ["30"]
    assert len({*whole.frames[0].columns["fee_line_id"]}) == 30


def test_a_refused_line_keeps_its_cells_and_can_come_again(
    make: Make, reading: Reading, tmp_path: Path
) -> None:
    text = (
        "Ydernummer;Region;Honoraruge;Speciale;Ydelse;Antal;Beløb i øre\n12345;1083;2201;800125;0101;1;100\n"
    )
    (row,) = read(make, reading, text).quarantine
    cells = json.loads(row.cells)
    assert (cells["Speciale"], cells["Ydelse"], cells["Antal"]) == ("80-0125", "0101", "1")
    assert cells["Ydernummer"].startswith("p_")
    cells["Ydelse"] = "0125"
    again = fees.read(
        [workbook(tmp_path / "a.xlsx", ";".join(cells) + "\n" + ";".join(cells.values()))],
        ["fee_lines"],
        reading,
    )
    columns = again.frames[0].columns
    assert (columns["fee_code"], columns["practice"]) == (["0125"], [cells["Ydernummer"]])
    assert columns["fee_line_id"] == [cells["Linjenummer"]]
