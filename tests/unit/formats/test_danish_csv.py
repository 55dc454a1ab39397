"""Delimited text from Danish Excel: what is read, what is left out, what is said about the rest."""

import json
import os
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contract import Column, Contracts
from pipeline.formats import danish_csv, decode
from pipeline.formats.cells import Habits, _harmless, _parser, _read
from pipeline.formats.grid import Grid, read_grid
from pipeline.formats.numbers import decide_decimal_mark, parse_decimal
from pipeline.formats.pieces import pieces
from pipeline.formats.records import records, split_lines
from pipeline.formats.result import Read, Reading, Source
from pipeline.text import Text

Make = Callable[[str, bytes], Source]

HEADER = (
    "Kortnummer;Bookingnummer;Ydernummer;SOR-kode;Region;Mødedato;Gennemført;Årsag til ikke gennemført;"
    "Billede og lyd;Længere tid end vanligt;Mødetype;Anvendelse;Erstattede;Bemærkning"
)
KEYED = "p_" + "a2" * 10
CPR = "010203" + "1234"
TEXT = Column("c", "string", Text("Felt", "Field"))
NO_CONTRACTS = Reading(Contracts({}, {}), bytes(32))


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
        (lines(card(1)).decode().encode("utf-32")[4:], "wrong_encoding"),
        (b"\xff\xfe\x00", "empty_file"),
        (b"\xff\xfe", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        ((";".join(map(str, range(1_000_000)))).encode(), "no_header"),
        ((HEADER + ";x" * 5_000).encode(), "too_many_columns"),
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


@pytest.mark.parametrize("page", ["cp1252", "latin-1"])
def test_letters_encoded_twice_are_mended_with_a_warning(reading: Reading, make: Make, page: str) -> None:
    meant = lines(card(1, text="ærøskøbing – på ø"), card(2, text="æ"))
    text = meant.decode() if page == "cp1252" else meant.decode().replace("–", "-")
    found = read(make("a.csv", text.encode().decode(page).encode()), reading)
    assert rules(found) == [("double_encoded", None)]
    assert [str(value)[:3] for value in found.frames[0].columns["comment"]] == ["ærø", "æ"]


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(reading: Reading, make: Make, name: str) -> None:
    found = read(make("a.csv", lines(card(1, text="æ")).decode().encode(name)), reading)
    assert (ids(found), found.decisions.encoding) == (["K-1"], name)


def test_a_byte_that_cp1252_has_not_costs_its_row_only(reading: Reading, make: Make) -> None:
    content = lines(card(1, text="på"), card(2, text="?"), card(3)).decode().encode("cp1252")
    found = read(make("a.csv", content.replace(b"?", b"\x90")), reading)
    assert (ids(found), found.decisions.encoding) == (["K-1", "K-3"], "cp1252")
    assert [(row.row, row.reason) for row in found.quarantine] == [(3, "control_character")]


def test_utf_8_cut_in_the_middle_of_a_letter(reading: Reading, make: Make) -> None:
    content = lines(card(1, text="æ"), card(2, text="på")).removesuffix(b"\r\n")
    found = read(make("a.csv", content[:-1]), reading)
    assert found.decisions.encoding == "utf-8"
    assert found.frames[0].columns["comment"] == ["æ", "p"]


def test_titles_above_the_header(reading: Reading, make: Make) -> None:
    titles = b"Postkort for Region Syddanmark\r\n\r\nUdtrukket 09-10-2019;;af klinikken\r\n"
    found = read(make("a.csv", titles + lines(card(1))), reading)
    assert ids(found) == ["K-1"]
    assert found.frames[0].columns["source_row"] == [5]
    assert rules(found) == []
    assert rules(found, "note")[0] == ("titles_above", 4)


def test_headers_merged_over_two_lines(reading: Reading, make: Make) -> None:
    head = ["Kortnummer;Ydernummer;Mødet;;;Bemærkning", ";;Region;Mødedato;Gennemført;"]
    content = "\r\n".join([*head, f"K-1;{KEYED};Syddanmark;09-10-2019;Ja;fint"]).encode()
    found = read(make("a.csv", content), reading)
    assert ids(found) == ["K-1"]
    assert found.frames[0].columns["comment"] == ["fint"]


def test_a_lost_list_and_a_spoilt_number_are_named(reading: Reading, make: Make) -> None:
    rows = [card(1, text="System.Object[]"), card(2, short="1,4E+11"), card(3).replace("K-3", "1,2E+14")]
    found = read(make("a.csv", lines(*rows, card(4))), reading)
    assert ids(found) == ["K-4"]
    assert [row.reason for row in found.quarantine] == [
        "lost_list",
        "scientific_identifier",
        "scientific_identifier",
    ]


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


_CELL = st.one_of(
    st.sampled_from(
        ["", "x", '"', '""', "a b", '"a;b"', '"a\n"', "I alt", "Note: x", "1", "2,5", "\x00", "\ufeff"]
    ),
    st.text(alphabet='ab1";,\n\r\t æ', max_size=6),
)


_EVEN = st.sampled_from(["1", "x", '"a\nb"', '"a;b"', "I alt", ""])
_ROWS = st.one_of(
    st.lists(st.lists(_CELL, min_size=1, max_size=5), max_size=90),
    st.lists(st.lists(_EVEN, min_size=3, max_size=3), max_size=90),
)


@settings(max_examples=500)
@given(rows=_ROWS, size=st.integers(1, 120))
def test_pieces_hold_the_records_that_the_whole_has(rows: list[list[str]], size: int) -> None:
    def filled(cells: list[str]) -> list[str]:
        """Without what says nothing: empty cells after the last header, or on a blank line."""
        if not any(cell.strip() for cell in cells):
            return []
        return cells if any(cell.strip() for cell in cells[3:]) else cells[:3]

    every = split_lines("\n".join(";".join(row) for row in rows).replace("\r", "\n"))
    blocks = ["\n".join(every[start : start + size]) + "\n" for start in range(0, len(every), size)]
    whole = [(one.line, filled(one.cells), one.rule) for one in records(every, ";", 3)]
    found: list[tuple[int, list[str], str | None]] = []
    for piece in pieces(blocks, ";", 3, 1):
        cells = [[*piece.even.column(place)] for place in range(3)]
        even = zip(piece.even.lines, map(list, zip(*cells, strict=True)), strict=True)
        part = [(line, row, None) for line, row in even]
        part += [(one.line, filled(one.cells), one.rule) for one in piece.others]
        found += sorted(part)
    assert found == whole


@pytest.mark.parametrize("mark", ["", '"'])
def test_empty_cells_after_the_last_header_are_no_reason_for_a_closer_look(mark: str) -> None:
    every = [f"{mark}{n}{mark};a;b;; " for n in range(1, 9)]
    [piece] = pieces(["\n".join(every)], ";", 3, 1)
    assert (len(piece.even.lines), len(piece.even.columns), len(piece.others)) == (8, 3, 0)
    every[4] = "5;a;b;;c"
    others = [one for piece in pieces(["\n".join(every)], ";", 3, 1) for one in piece.others]
    assert [(one.line, one.cells[3:]) for one in others] == [(5, ["", "c"])]


@pytest.mark.parametrize("block", [64, 700, 5_000])
def test_a_file_in_pieces_reads_as_one(
    reading: Reading, make: Make, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    rows = [
        card(n, date=f"{n % 28 + 1:02d}/10/19", text=f'"linje {n}\næ"' if n % 7 == 0 else f"nr. {n}")
        + (";" if n % 11 == 0 else "")
        for n in range(300)
    ]
    rows[40], rows[200] = card(40, region="Fyn"), card(200, text='"aldrig lukket')
    rows.insert(100, "I alt;2" + ";" * 12)
    source = make("a.csv", lines(*rows).decode().encode("cp1252"))
    whole = read(source, reading)
    assert len(ids(whole)) == 298
    monkeypatch.setattr(decode, "BLOCK", block)
    assert read(source, reading) == whole


@given(raw=st.text(max_size=20))
def test_what_is_not_looked_at_closely_would_not_change(raw: str) -> None:
    for is_id in (True, False):
        if _harmless(TEXT, is_id=is_id)(raw):  # type: ignore[misc]  # a text column has one
            parse = _parser(TEXT, None, NO_CONTRACTS, Habits(), is_id=is_id)
            assert _read(TEXT, raw, parse, None, is_empty_fault=False) == (raw, None, 0)


def test_an_endless_line_is_not_held(reading: Reading, make: Make) -> None:
    source = make("a.csv", lines(card(1)) + b"K-2;")
    with source.path.open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    found = read(source, reading)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ids(found) == ["K-1"]
    assert [row.reason for row in found.quarantine] == ["long_line"]
    assert peak < 30_000_000


def test_a_comma_for_decimals_beside_a_point() -> None:
    assert decide_decimal_mark(["1,54", "22.1"]) == "mixed"
    assert [parse_decimal(raw, "mixed") for raw in ("1,54", "22.1")] == [Decimal("1.54"), Decimal("22.1")]
    samples = os.environ.get("MAST_SAMPLES")
    if not samples:
        pytest.skip("MAST_SAMPLES is not set")
    grid = read_grid(Source(Path(samples) / "redcap/decimal-comma/data.csv", "data.csv"))
    assert isinstance(grid, Grid)
    assert (grid.column("height")[0], grid.column("bmi")[0]) == ("1,54", "22.1")


def test_what_was_taken_for_header_and_columns_is_told(reading: Reading, make: Make) -> None:
    header = HEADER.replace("Kortnummer", "Kort nr").replace("Bemærkning", f"Fritekst {CPR}")
    content = b"Postkort fra klinikkerne\r\n\r\n" + lines(card(1), header=header)
    found = read(make("a.csv", content), reading)
    assert found.decisions.header_row == "3"
    told = dict(found.columns)
    assert (told["card_id"], told["region"]) == ("Kort nr", "Region")
    assert CPR not in repr(found)


def test_a_column_of_names_is_known_as_one_and_said_once(reading: Reading, make: Make) -> None:
    header = f"{HEADER};Patientnavn;Sagsnr"
    rows = [f"{card(number, text='Hanne Testesen ringede')};Hanne Testesen;{number}" for number in (1, 2)]
    found = read(make("a.csv", lines(*rows, header=header)), reading)
    said = [(item.rule, item.column) for item in found.problems if item.row == 1 and item.severity != "note"]
    assert said == [("name_column", "Patientnavn"), ("unknown_column", "Sagsnr")]
    assert "Testesen" not in repr(found)
