"""Delimited text from Danish Excel: what is read, what is left out, what is said about the rest."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats import danish_csv
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

HEADER = (
    "Kortnummer;Bookingnummer;Ydernummer;SOR-kode;Region;Mødedato;Gennemført;Årsag til ikke gennemført;"
    "Billede og lyd;Længere tid end vanligt;Mødetype;Anvendelse;Erstattede;Bemærkning"
)
KEYED = "p_" + "a2" * 10
CPR = "010203" + "1234"


def card(number: int, **cells: str) -> str:
    row = {
        "id": f"K-{number}", "short": "", "practice": KEYED, "sor": "", "region": "Syddanmark",
        "date": "25-09-2019", "held": "Ja", "reason": "", "quality": "God", "longer": "Nej", "kind": "",
        "use": "", "replaced": "", "text": "",
    } | cells  # fmt: skip
    return ";".join(row.values())


def lines(*rows: str, header: str = HEADER) -> bytes:
    return "".join(f"{row}\r\n" for row in (header, *rows)).encode()


def read(source: Source, reading: Reading, table: str = "postcards") -> Read:
    return danish_csv.read([source], table, reading)


def rules(found: Read, severity: str | None = None) -> list[tuple[str, int | None]]:
    return [
        (item.rule, item.row)
        for item in found.problems
        if severity == item.severity or (severity is None and item.severity != "note")
    ]


def ids(found: Read) -> list[object]:
    return [value for frame in found.frames for value in frame.columns["card_id"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_code_pages_and_delimiters(reading: Reading, make: Make, encoding: str, delimiter: str) -> None:
    text = lines(card(1, text='"blå; grøn, ""æble""\næh\t."'), card(2)).decode()
    if delimiter != ";":
        text = text.replace("; grøn", "\x00").replace(";", delimiter).replace("\x00", "; grøn")
    found = read(make("a.csv", text.encode(encoding)), reading)
    assert rules(found) == []
    assert ids(found) == ["K-1", "K-2"]
    frame = found.frames[0]
    assert frame.columns["comment"][0] == 'blå; grøn, "æble"\næh\t.'
    assert frame.columns["source_row"] == [2, 4]
    assert frame.columns["meeting_date"][0] == date(2019, 9, 25)
    assert found.decisions.encoding == encoding
    assert found.decisions.delimiter == {";": "semicolon", ",": "comma", "\t": "tab"}[delimiter]
    assert found.decisions.date_order == "dmy"


def test_the_usual_sins(reading: Reading, make: Make) -> None:
    content = "\r\n".join(
        [
            "sep=;",
            HEADER + ";;",
            card(1, held="J") + ";;",
            ";" * 15,
            "",
            card(2, held="X", replaced="-", sor="2,65161E+14") + ";;",
            "I alt;2" + ";" * 14,
            "* Skemaet er udfyldt af sekretæren" + ";" * 15,
            "Note: se vejledningen",
        ]
    )
    found = read(make("a.csv", content.encode("cp1252")), reading)
    assert ids(found) == ["K-1", "K-2"]
    assert found.rows_read == 2
    assert found.quarantine == ()
    assert rules(found) == [("scientific_identifier", 6)]
    assert [rule for rule, _ in rules(found, "note")] == ["left_out_subtotal"] + ["left_out_footnote"] * 2
    assert found.frames[0].columns["sor_code"] == [None, None]


def test_a_faulty_cell_takes_its_row_to_quarantine_and_the_rest_goes_on(reading: Reading, make: Make) -> None:
    found = read(
        make(
            "kort.csv",
            lines(
                card(1),
                card(2, region="Fyn"),
                card(3, date="31-02-2019"),
                card(4, practice=CPR),
                card(5, held=""),
                card(6, text=f"mor: {CPR}"),
                "K-7;;" + KEYED,
                card(8) + ";for meget",
            ),
        ),
        reading,
    )
    assert ids(found) == ["K-1", "K-6"]
    assert [(row.row, row.reason) for row in found.quarantine] == [
        (3, "unknown_code"),
        (4, "bad_date"),
        (5, "bad_identifier"),
        (6, "missing_value"),
        (8, "too_few_cells"),
        (9, "too_many_cells"),
    ]
    assert found.rows_read == 8
    assert found.masked == 1
    line = next(item for item in found.problems if item.rule == "unknown_code").line()
    assert line.startswith(
        "test/kort.csv, linje 3, kolonne Region: fundet »Fyn«; forventet en af: Nordjylland"
    )
    assert "found 'Fyn'; expected one of: North Denmark" in line
    everything = repr(found)
    assert CPR not in everything
    cells = json.loads(found.quarantine[2].cells)
    assert cells["Ydernummer"] == "***"
    assert cells["Kortnummer"] == "K-4"


def test_unknown_missing_and_doubled_columns(reading: Reading, make: Make) -> None:
    header = HEADER.replace("Mødetype", "Slags")
    found = read(make("a.csv", lines(card(1), header=header)), reading)
    assert ids(found) == ["K-1"]
    wrong = next(item for item in found.problems if item.rule == "unknown_column")
    assert wrong.column == "Slags"
    assert "forventet: Mødetype" in wrong.message.da

    found = read(make("b.csv", lines(card(1), card(2), header=HEADER.replace("Mødedato", "Dag"))), reading)
    assert found.frames == ()
    assert rules(found, "critical") == [("missing_column", 1)]
    assert [row.row for row in found.quarantine] == [2, 3]

    found = read(make("c.csv", lines(card(1), header=HEADER.replace("Mødetype", "Region"))), reading)
    assert rules(found, "critical") == [("doubled_column", 1)]


def test_a_column_without_a_name_is_seen_when_it_is_filled(reading: Reading, make: Make) -> None:
    found = read(make("a.csv", lines(card(1) + ";", card(2) + ";hov", header=HEADER + ";")), reading)
    assert ids(found) == ["K-1", "K-2"]
    assert rules(found) == [("unknown_column", 1)]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty_file"),
        (b"PK\x03\x04" + b"\x00" * 50, "not_a_workbook"),
        (b"%PDF-1.7" + b"\x00" * 50, "not_text"),
        (lines(card(1)).decode().encode("utf-16")[2:], "wrong_encoding"),
        (lines(card(1)).decode().encode("cp850"), "wrong_encoding"),
        (b"\xff\xfe\x00", "wrong_encoding"),
        (b"sep=;\r\n", "no_rows"),
        (b"\x00" * 1000, "empty_file"),
        (b"Navn;Adresse\r\nx;y\r\n", "no_header"),
        (b'"' * 999, "no_header"),
        (b"Kortnummer;" + b"x" * 5_000_000, "no_header"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    reading: Reading, make: Make, content: bytes, rule: str
) -> None:
    found = read(make("a.csv", content), reading)
    assert [item.rule for item in found.problems if item.severity == "critical"] == [rule]
    assert sum(frame.rows for frame in found.frames) == 0


def test_a_missing_file_is_one_clear_line(reading: Reading, make: Make) -> None:
    source = make("a.csv", b"")
    source.path.unlink()
    assert rules(read(source, reading), "critical") == [("missing_file", None)]


@pytest.mark.parametrize("wrong", ["cp850", "mac_roman"])
def test_a_wrong_code_page_is_guessed_but_not_used(reading: Reading, make: Make, wrong: str) -> None:
    header = HEADER.replace("Årsag til ikke gennemført", "Årsag").replace("Længere", "Laengere")
    content = lines(card(1), header=header.replace("Årsag", "not_held_reason")).decode().encode(wrong)
    found = read(make("a.csv", content), reading)
    hints = [item.message.da for item in found.problems if item.rule == "unknown_column"]
    assert any(f"tegnsættet er nok {wrong}" in hint for hint in hints)
    assert sum(frame.rows for frame in found.frames) == 0


def test_double_encoded_letters_are_pointed_out(reading: Reading, make: Make) -> None:
    content = lines(card(1)).decode().encode().decode("cp1252", "replace").replace("\ufffd", "").encode()
    hints = [item.message.da for item in read(make("a.csv", content), reading).problems]
    assert any("tegnsættet er nok utf-8" in hint for hint in hints)


def test_a_header_without_rows_is_said(reading: Reading, make: Make) -> None:
    assert rules(read(make("a.csv", lines()), reading)) == [("no_rows", None)]


def test_a_quote_that_is_never_closed_costs_its_own_line(reading: Reading, make: Make) -> None:
    rows = [card(number) for number in range(1, 100)]
    rows[4] = card(5, text='"aldrig lukket')
    rows[50] = card(51, text='"to\r\nlinjer"')
    rows[98] = card(99, text='"afbrudt')
    found = read(make("a.csv", lines(*rows)), reading)
    assert [(row.row, row.reason) for row in found.quarantine] == [(6, "open_quote"), (101, "open_quote")]
    assert len(ids(found)) == 97
    assert "K-51" in ids(found)


def test_a_file_cut_in_the_middle(reading: Reading, make: Make) -> None:
    content = lines(*(card(number) for number in range(1, 50)))
    found = read(make("a.csv", content[: len(content) - 60]), reading)
    assert len(ids(found)) == 48
    assert [row.reason for row in found.quarantine] == ["too_few_cells"]


def test_nul_bytes_and_an_endless_line_cost_their_own_rows(reading: Reading, make: Make) -> None:
    found = read(
        make("a.csv", lines(card(1), card(2, text="a\x00b"), card(3, text="x" * 3_000_000), card(4))), reading
    )
    assert ids(found) == ["K-1", "K-4"]
    assert [row.reason for row in found.quarantine] == ["control_character", "long_line"]


def test_formula_cells_are_text(reading: Reading, make: Make) -> None:
    formula = '"=HYPERLINK(""http://x"";""y"")"'
    found = read(make("a.csv", lines(card(1, text=formula), card(2, region="=1+1"))), reading)
    assert found.frames[0].columns["comment"] == ['=HYPERLINK("http://x";"y")']
    assert [row.reason for row in found.quarantine] == ["unknown_code"]


def test_a_date_that_reads_two_ways_is_refused(reading: Reading, make: Make) -> None:
    found = read(make("a.csv", lines(card(1, date="01/02/19"), card(2, date="2019-02-01"))), reading)
    assert ids(found) == ["K-2"]
    assert [row.reason for row in found.quarantine] == ["ambiguous_date"]
    assert "1. i 2. og 2. i 1. måned" in found.problems[0].message.da
    decided = read(make("b.csv", lines(card(1, date="01/02/19"), card(2, date="13/02/19"))), reading)
    assert ids(decided) == ["K-1", "K-2"]
    assert decided.frames[0].columns["meeting_date"][0] == date(2019, 2, 1)


def test_the_monday_of_the_billing_week(reading: Reading, make: Make) -> None:
    header = "Linjenummer;Ydernummer;Region;Honoraruge;Speciale;Ydelseskode;Antal;Beløb i øre"
    rows = [f"L{n};{KEYED};1083;{week};80;0125;1;0" for n, week in enumerate(("1940", "1953", "40"))]
    found = read(make("a.csv", lines(*rows, header=header)), reading, "fee_lines")
    assert found.frames[0].columns["billing_date"] == [date(2019, 9, 30)]
    assert [row.reason for row in found.quarantine] == ["bad_week", "bad_form"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=400), at=st.integers(0, 2000), is_cut=st.booleans())
def test_damaged_bytes_never_raise_and_lose_no_row(
    reading: Reading, make: Make, junk: bytes, at: int, is_cut: bool
) -> None:
    content = lines(*(card(number) for number in range(1, 12)))
    damaged = content[:at] + junk + (b"" if is_cut else content[at:])
    found = read(make("a.csv", damaged), reading)
    used = sum(frame.rows for frame in found.frames)
    assert found.rows_read == used + len(found.quarantine)
    assert all(item.line() for item in found.problems)
