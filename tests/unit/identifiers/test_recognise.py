"""Identifiers by their shape. Numbers are put together here, so that none stands in the project."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers import canonical_cpr, canonical_sor, canonical_yder, is_scientific, mask
from pipeline.identifiers.recognise import has_verhoeff_digit

days = st.dates(date(1858, 1, 1), date(2057, 12, 31)).map(lambda day: day.strftime("%d%m%y"))
serials = st.integers(0, 9999).map(lambda number: f"{number:04d}")
separators = st.sampled_from(["", "-", " ", "\u00a0", "–"])

# Official test numbers, all of which fail modulus 11, in halves.
TEST_NUMBERS = [("251248", "9996"), ("250947", "9989"), ("010858", "9995"), ("010772", "9995")]


@given(day=days, serial=serials, separator=separators)
def test_every_cpr_is_recognised_and_masked(day: str, serial: str, separator: str) -> None:
    written = f"{day}{separator}{serial}"
    assert canonical_cpr(written) == day + serial
    masked, count = mask(f"Patienten ({written}) ringede")
    assert (masked, count) == ("Patienten ([CPR-nummer]) ringede", 1)


@pytest.mark.parametrize(("day", "serial"), TEST_NUMBERS)
def test_the_official_test_numbers_are_recognised(day: str, serial: str) -> None:
    digits = [int(sign) for sign in day + serial]
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    assert sum(a * b for a, b in zip(weights, digits, strict=True)) % 11 != 0
    assert canonical_cpr(day + serial) == day + serial


@given(day=days.filter(lambda text: text.startswith("0")), serial=serials)
def test_a_leading_zero_lost_in_excel_is_put_back(day: str, serial: str) -> None:
    damaged = str(int(day + serial))
    assert len(damaged) == 9
    assert canonical_cpr(damaged) == day + serial
    assert mask(f"cpr{damaged}.")[1] == 1


@pytest.mark.parametrize("last", ["1VJ4", "1vj4", "AB12"])
def test_replacement_numbers_are_recognised(last: str) -> None:
    number = "070392" + last
    assert canonical_cpr(number) == number.upper()
    assert canonical_cpr(f"070392-{last}") == number.upper()
    assert mask(f"se {number}!") == ("se [CPR-nummer]!", 1)


@pytest.mark.parametrize(
    "raw", ["", "0", "3213999999", "0000000000", "12345678", "010203-12345", "R-0001", "p_" + "a" * 20]
)
def test_what_is_no_cpr(raw: str) -> None:
    assert canonical_cpr(raw) is None


@pytest.mark.parametrize("raw", ["1,0858999E+08", "1.08E+08", "2,65161E+14", "1e8", "2,51248999E+09"])
def test_scientific_notation_is_seen(raw: str) -> None:
    assert is_scientific(raw)
    assert canonical_cpr(raw) is None
    assert canonical_sor(raw) is None


@given(
    day=days.filter(lambda text: text[0] == "0" and text[1] != "0"),
    serial=serials,
    mark=st.sampled_from(",."),
)
def test_scientific_notation_that_has_every_digit_is_read(day: str, serial: str, mark: str) -> None:
    written = f"{day[1]}{mark}{day[2:]}{serial}E+08"
    assert not is_scientific(written)
    assert canonical_cpr(written) == day + serial


@pytest.mark.parametrize("raw", ["10203-" + "1234", "10203 " + "1234"])
def test_a_lost_zero_before_a_separator_is_put_back(raw: str) -> None:
    assert canonical_cpr(raw) == "010203" + "1234"


@given(number=st.integers(1, 999_999))
def test_ydernumre_get_their_zeros_back(number: int) -> None:
    assert canonical_yder(str(number)) == canonical_yder(f"{number:06d}") == f"{number:06d}"


@pytest.mark.parametrize("raw", ["", "0", "1234567", "12a", "-1", "1,5"])
def test_what_is_no_ydernummer(raw: str) -> None:
    assert canonical_yder(raw) is None


def test_sor_codes_pass_verhoeff() -> None:
    code = "265161000016000"  # MedCom's published example
    assert canonical_sor(f" {code} ") == code
    assert canonical_sor(code[:-1] + "1") is None


@given(digits=st.from_regex(r"[0-9]{5,17}", fullmatch=True))
def test_one_verhoeff_digit_fits(digits: str) -> None:
    assert sum(has_verhoeff_digit(f"{digits}{last}") for last in range(10)) == 1
