"""Numbers with a decimal comma or point."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.faults import Fault
from pipeline.formats.numbers import DecimalMark, decide_decimal_mark, parse_decimal, parse_integer
from pipeline.text import number_da

MARKS: list[DecimalMark] = ["comma", "point", "mixed", "undecided"]


@given(number=st.decimals(-999_999_999, 999_999_999, places=2))
def test_danish_numbers_come_back(number: Decimal) -> None:
    raw = number_da(number, 2)
    assert parse_decimal(raw, decide_decimal_mark([raw])) == number
    assert parse_decimal(raw, "comma") == number


@given(number=st.decimals(-999_999_999, 999_999_999, places=2))
def test_english_numbers_come_back(number: Decimal) -> None:
    raw = f"{number:,.2f}"
    assert parse_decimal(raw, decide_decimal_mark([raw])) == number


@given(number=st.integers(-(10**17), 10**17), mark=st.sampled_from(MARKS))
def test_whole_numbers_come_back(number: int, mark: DecimalMark) -> None:
    assert parse_integer(str(number), mark) == number
    assert parse_integer(f"{number},0", mark) == number
    assert parse_integer(f"{number:,}".replace(",", "."), "comma") == number
    assert parse_integer(f"{number:,}".replace(",", "\u00a0"), mark) == number


@given(raw=st.text(alphabet="0123456789.,-+ eE\u00a0x", max_size=16), mark=st.sampled_from(MARKS))
def test_anything_is_a_number_or_a_fault(raw: str, mark: DecimalMark) -> None:
    assert isinstance(parse_decimal(raw, mark), Decimal | Fault)
    assert isinstance(parse_integer(raw, mark), int | Fault)


@pytest.mark.parametrize(
    ("raws", "mark"),
    [
        ([], "undecided"),
        (["1.234", "12"], "undecided"),
        (["1,54"], "comma"),
        (["22.1"], "point"),
        (["1,54", "22.1"], "mixed"),
        (["1.234,5"], "comma"),
        (["1.234.567"], "comma"),
        (["0.125"], "point"),
    ],
)
def test_the_decimal_mark_of_a_file(raws: list[str], mark: DecimalMark) -> None:
    assert decide_decimal_mark(raws) == mark


@pytest.mark.parametrize(
    ("raw", "mark", "value"),
    [
        ("1.234", "comma", "1234"),
        ("1.234", "point", "1.234"),
        ("1,234", "point", "1234"),
        ("1,54", "mixed", "1.54"),
        ("22.1", "mixed", "22.1"),
        ("0.125", "comma", "0.125"),
        ("−1,5", "comma", "-1.5"),
    ],
)
def test_a_number_by_the_files_mark(raw: str, mark: DecimalMark, value: str) -> None:
    assert parse_decimal(raw, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "mark", "rule"),
    [
        ("1.234", "undecided", "ambiguous_number"),
        ("1.234", "mixed", "ambiguous_number"),
        ("1,234.567,89", "comma", "bad_number"),
        ("12a", "comma", "bad_number"),
        ("1E5", "comma", "bad_number"),
        ("1234567890", "comma", "bad_number"),
        ("0,1234567891", "comma", "bad_number"),
    ],
)
def test_what_is_no_number(raw: str, mark: DecimalMark, rule: str) -> None:
    found = parse_decimal(raw, mark)
    assert isinstance(found, Fault)
    assert found.rule == rule


@pytest.mark.parametrize(
    ("raw", "mark", "rule"),
    [
        ("1.234", "undecided", "ambiguous_number"),
        ("1.234", "point", "bad_integer"),
        ("12,5", "comma", "bad_integer"),
        ("", "comma", "bad_integer"),
        ("9" * 19, "comma", "bad_integer"),
    ],
)
def test_what_is_no_whole_number(raw: str, mark: DecimalMark, rule: str) -> None:
    found = parse_integer(raw, mark)
    assert isinstance(found, Fault)
    assert found.rule == rule
