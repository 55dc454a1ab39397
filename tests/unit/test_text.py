from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import (
    Problem,
    Text,
    capitalised,
    date_da,
    number_da,
    percent,
    round_half_up,
    uncapitalised,
)


def test_danish_numbers() -> None:
    assert number_da(1234567) == "1.234.567"
    assert number_da(Decimal("11.5"), 1) == "11,5"
    assert number_da(Decimal("-1234.5"), 2) == "−1.234,50"
    assert percent(Decimal("0.932")) == "93\u00a0%"
    assert date_da(date(2019, 10, 9)) == "9. oktober 2019"


def test_half_is_rounded_up_as_published_figures_are() -> None:
    assert round_half_up(Decimal("2.5")) == 3
    assert round_half_up(Decimal("0.125"), 2) == Decimal("0.13")
    assert round_half_up(Decimal("-2.5")) == -3


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_danish_number_reads_back(value: Decimal) -> None:
    text = number_da(value, 4).replace("−", "-").replace(".", "").replace(",", ".")
    assert Decimal(text) == value


def test_a_text_needs_both_languages() -> None:
    with pytest.raises(ValueError, match="både dansk"):
        Text("kun dansk", " ")


def test_a_problem_is_one_line_naming_file_line_and_column() -> None:
    problem = Problem("a.csv", 3, "Dato", "date", Text("ukendt dato", "unknown date"))
    assert problem.line() == "a.csv, linje 3, kolonne Dato: ukendt dato · unknown date"


@pytest.mark.parametrize(
    ("text", "within", "first"),
    [
        ("Omfang og udbredelse", "omfang og udbredelse", "Omfang og udbredelse"),
        ("Samfund (Finansministeriet)", "samfund (Finansministeriet)", "Samfund (Finansministeriet)"),
        ("MedCom og regionerne", "MedCom og regionerne", "MedCom og regionerne"),
        ("CO2e af kørsel", "CO2e af kørsel", "CO2e af kørsel"),
        ("plejens tid; MedComs tid", "plejens tid; MedComs tid", "Plejens tid; MedComs tid"),
        ("", "", ""),
    ],
)
def test_a_text_at_the_start_and_within_a_sentence(text: str, within: str, first: str) -> None:
    assert uncapitalised(text) == within
    assert capitalised(text) == first
