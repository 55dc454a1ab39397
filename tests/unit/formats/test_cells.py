"""One cell by its contract."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import Column
from pipeline.formats.cells import Cells, Habits, read_column
from pipeline.formats.result import Reading
from pipeline.identifiers import pseudonym
from pipeline.text import Text

KEY = bytes(range(32))
CPR = "010203" + "1234"
SOR = "265161000016000"  # MedCom's published example


def column(type_: str = "string", **more: object) -> Column:
    return Column("c", type_, Text("Felt", "Field"), **more)  # type: ignore[arg-type]


def read(reading: Reading, column: Column, *raws: str, is_id: bool = False) -> Cells:
    return read_column(column, raws, reading, Habits("dmy", "comma"), is_id=is_id)


@pytest.mark.parametrize("raw", ["Ja", "ja", "J", "X", "x", "1", " Ja ", "TRUE", '="Ja"'])
def test_yes(reading: Reading, raw: str) -> None:
    assert read(reading, column("boolean"), raw, "Nej").values == [True, False]


@pytest.mark.parametrize("raw", ["Nej", "nej", "N", "0", "false"])
def test_no(reading: Reading, raw: str) -> None:
    assert read(reading, column("boolean"), raw).values == [False]


def test_empty_is_no_only_among_ticks(reading: Reading) -> None:
    assert read(reading, column("boolean"), "X", "", "x").values == [True, False, True]
    assert read(reading, column("boolean"), "Ja", "", "Nej").values == [True, None, False]
    assert read(reading, column("boolean"), "", "").values == [None, None]
    assert read(reading, column("boolean", required=True), "X", "").faults == {}
    assert read(reading, column("boolean", required=True), "Ja", "").faults[1].rule == "missing_value"


def test_codes_by_code_label_and_spelling(reading: Reading) -> None:
    region = column(codes="region")
    assert read(reading, region, "1083", "Syddanmark", " region  SYDDANMARK ", "DK-83").values == ["1083"] * 4
    made = read(reading, region, "Fyn")
    assert made.values == [None]
    assert made.faults[0].rule == "unknown_code"
    assert "Fyn" in made.faults[0].message.da
    assert "Syddanmark" in made.faults[0].message.da


def test_a_cpr_in_a_wrong_column_is_not_shown(reading: Reading) -> None:
    for wrong in (column(codes="region"), column("date"), column("integer"), column("boolean"),
                  column("timestamp"), column(pattern="[a-z]+")):  # fmt: skip
        made = read(reading, wrong, CPR + "x")
        assert CPR not in str(made.faults[0].message)


@pytest.mark.parametrize(
    ("kind", "raw", "canonical"),
    [
        ("practice", "12345", "012345"),
        ("practice", "012345", "012345"),
        ("person", CPR, CPR),
        ("person", CPR[:6] + "-" + CPR[6:], CPR),
        ("person", CPR[1:], CPR),
        ("organisation", SOR, SOR),
    ],
)
def test_identifiers_are_keyed(reading: Reading, kind: str, raw: str, canonical: str) -> None:
    assert read(reading, column(identifier=kind), raw).values == [pseudonym(kind, canonical, KEY)]


@given(kind=st.sampled_from(["practice", "person", "organisation"]), raw=st.text())
def test_an_identifier_never_passes_in_clear(kind: str, raw: str) -> None:
    from pipeline.contract import load_contracts

    made = read_column(column(identifier=kind), [raw], Reading(load_contracts(), KEY), Habits(), is_id=False)
    value = made.values[0]
    assert value is None or (isinstance(value, str) and value.startswith("p_") and len(value) == 22)


def test_a_keyed_identifier_stays(reading: Reading) -> None:
    keyed = pseudonym("practice", "012345", b"another key")
    assert read(reading, column(identifier="practice"), keyed).values == [keyed]


@pytest.mark.parametrize(
    ("kind", "raw", "rule"),
    [
        ("organisation", "2,65161E+14", "scientific_identifier"),
        ("person", "2,51248999E+09", "scientific_identifier"),
        ("person", "Jens Hansen", "bad_identifier"),
        ("practice", "1234567", "bad_identifier"),
        ("practice", "p_short", "bad_identifier"),
    ],
)
def test_a_bad_identifier_is_not_shown(reading: Reading, kind: str, raw: str, rule: str) -> None:
    made = read(reading, column(identifier=kind), raw)
    assert made.values == [None]
    assert made.faults[0].rule == rule
    assert raw not in str(made.faults[0].message)


def test_without_a_key_nothing_is_keyed(reading: Reading) -> None:
    made = read(Reading(reading.contracts), column(identifier="person"), CPR)
    assert made.values == [None]
    assert made.faults[0].rule == "unkeyed_identifier"


def test_free_text_is_masked_and_counted(reading: Reading) -> None:
    made = read(reading, column(), f"Ring til {CPR}", "Alt vel", "=1+1")
    assert made.values == ["Ring til [CPR-nummer]", "Alt vel", "=1+1"]
    assert made.masked == {0: 1}


def test_a_rows_own_number_is_not_masked_but_keyed_when_personal(reading: Reading) -> None:
    made = read(reading, column(), "RSD-000123", "12345678", CPR, CPR, "a@b.dk", is_id=True)
    keyed = pseudonym("person", CPR, KEY)
    assert made.values == ["RSD-000123", "12345678", keyed, keyed, pseudonym("person", "a@b.dk", KEY)]


@pytest.mark.parametrize("raw", ["a\x00b", "\x1b[31m", "\ud800"])
def test_control_characters_are_refused(reading: Reading, raw: str) -> None:
    assert read(reading, column(), raw).faults[0].rule == "control_character"


def test_empty_and_bounds(reading: Reading) -> None:
    assert read(reading, column("integer"), "", "-", " ").values == [None, None, None]
    assert read(reading, column("integer", required=True), "").faults[0].rule == "missing_value"
    assert read(reading, column(required=True), "-").values == ["-"]
    assert read(reading, column("integer", minimum=1), "0").faults[0].rule == "below_minimum"
    assert read(reading, column("integer", maximum=9), "10").faults[0].rule == "above_maximum"
    assert read(reading, column(pattern="[0-9]{4}"), "0125", "125").faults.keys() == {1}


@pytest.mark.parametrize("raw", [f"sag/{CPR}/2", f"{CPR[:6]}-{CPR[6:]} nr. 2", f"{CPR[:6]} {CPR[6:]} 9989"])
def test_a_row_number_that_holds_a_persons_is_keyed(reading: Reading, raw: str) -> None:
    (value,) = read(reading, column(), raw, is_id=True).values
    assert str(value).startswith("p_")
    assert read(reading, column(), raw, is_id=True).values == [value]


@pytest.mark.parametrize("raw", ["K-1", "e4b0102031234", "01020304-1234", "2019-10-09/123", "312199-1234"])
def test_a_row_number_stays_when_it_holds_none(reading: Reading, raw: str) -> None:
    assert read(reading, column(), raw, is_id=True).values == [raw]
