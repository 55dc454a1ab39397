"""Numbers as a Dane writes them: decimal comma, thousands point, per cent, durations, amounts and dates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.results import Estimate, Fact, Published
from pipeline.report.spelling import (
    FormError,
    amount,
    html,
    in_words,
    is_marked,
    plain,
    spell,
    spell_fact,
)

NBSP = "\u00a0"
MINUTES = Estimate(
    "visits.minutes", "-", "all", "all", "-", date(2020, 1, 31), "restricted", "technology", "mean",
    "minutter", "observed", "published",
    value=Decimal("13.96"), low=Decimal("12.5"), high=Decimal("1400.25"),
)  # fmt: skip
HELD = replace(
    MINUTES, per="visit", kind="proportion", unit="", basis="reconstructed",
    numerator=Decimal(1234), denominator=Decimal(5678), value=Decimal(1234) / 5678,
    low=Decimal("0.2055"), high=Decimal("0.2282"),
)  # fmt: skip


def figure(value: str, comparison: str = "eq") -> Published:
    return Published(comparison, Decimal(value), -int(Decimal(value).as_tuple().exponent))


def fact(value: str, unit: str, text: str = "") -> Fact:
    return Fact("a.fact", Decimal(value), unit, text=text)


@pytest.mark.parametrize(
    ("form", "decimals", "written"),
    [
        (None, None, f"14,0{NBSP}minutter"),
        ("enhed", 0, f"14{NBSP}minutter"),
        ("enhed", 2, f"13,96{NBSP}minutter"),
        ("tal", 1, "14,0"),
        ("interval", None, "12,5–1.400,3"),
    ],
)
def test_a_duration(form: str | None, decimals: int | None, written: str) -> None:
    assert "".join(part.text for part in spell(MINUTES, form, decimals=decimals)) == written


@pytest.mark.parametrize(
    ("form", "decimals", "written"),
    [
        ("andel", None, f"1.234 af 5.678 (22{NBSP}%)"),
        ("procent", None, f"22{NBSP}%"),
        ("procent", 2, f"21,73{NBSP}%"),
        ("tæller", None, "1.234"),
        ("nævner", None, "5.678"),
        ("interval", None, f"21–23{NBSP}%"),
        ("interval", 1, f"20,6–22,8{NBSP}%"),
    ],
)
def test_a_share(form: str, decimals: int | None, written: str) -> None:
    spelled = spell(HELD, form, decimals=decimals)
    assert "".join(part.text for part in spelled) == written
    assert is_marked(spelled)
    assert plain(spelled) == f"{written}°"


def test_a_share_of_nothing_has_no_per_cent() -> None:
    nothing = replace(HELD, numerator=Decimal(0), denominator=Decimal(0), value=None)
    assert spell(nothing)[0].text == "0 af 0"


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_per_cent_is_the_share_rounded(part: int, whole: int) -> None:
    share = Decimal(part) / whole
    written = spell(replace(HELD, value=share), "procent", decimals=2)[0].text
    read = Decimal(written.removesuffix(f"{NBSP}%").replace(".", "").replace(",", "."))
    assert abs(read - share * 100) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("published", "marked"),
    [
        ({}, True),
        ({"value": figure("0.22")}, False),
        ({"numerator": figure("1234"), "denominator": figure("5678")}, False),
        ({"numerator": figure("1234")}, True),
        ({"value": figure("0.2", "more_than")}, True),
    ],
)
def test_a_reconstructed_share_is_unmarked_only_where_publication_fixes_it(
    published: dict[str, Published], marked: bool
) -> None:
    assert is_marked(spell(replace(HELD, published=published), "procent")) is marked


def test_more_decimals_than_published_are_reconstructed() -> None:
    known = replace(HELD, published={"value": figure("0.22")})
    assert not is_marked(spell(known, "procent"))
    assert is_marked(spell(known, "procent", decimals=1))


def test_only_the_reconstructed_part_is_marked() -> None:
    made = html(spell(replace(HELD, published={"value": figure("0.22")})))
    counts = '<span class="reconstructed">1.234 af 5.678<span class="mark">°</span></span>'
    assert made == f"22{NBSP}% ({counts})"


@pytest.mark.parametrize("basis", ["observed", "published", "implied"])
def test_what_is_observed_or_published_is_unmarked(basis: str) -> None:
    assert not is_marked(spell(replace(HELD, basis=basis)))


@pytest.mark.parametrize(
    ("value", "unit", "form", "written"),
    [
        ("1234567", "count", None, "1.234.567"),
        ("123456789", "oere", None, f"1.234.568{NBSP}kr."),
        ("-123456789", "oere", "mio_kr", f"−1,2{NBSP}mio.{NBSP}kr."),
        ("5000000", "oere", "mio_kr", f"0,1{NBSP}mio.{NBSP}kr."),
        ("-3842100", "oere", "mio_kr", f"−38.000{NBSP}kr."),
        ("45000", "oere", "mio_kr", f"450{NBSP}kr."),
        ("50", "oere", None, f"0,50{NBSP}kr."),
        ("0", "oere", "mio_kr", f"0{NBSP}kr."),
        ("-123456789", "oere", "mio", "−1,2"),
        ("-2345678", "oere", "mio", "−0,02"),
        ("1", "oere", "mio", "0,00000001"),
        ("0", "oere", "mio", "0"),
        ("0.035", "share", None, f"4{NBSP}%"),
        ("2.5", "minutter", None, f"2,5{NBSP}minutter"),
        ("2.5", "minutter", "tal", "2,5"),
        ("18292", "day", None, "31. januar 2020"),
        ("5", "count", "ord", "fem"),
        ("5", "count", "Ord", "Fem"),
        ("13", "count", "ord", "13"),
    ],
)
def test_a_named_number(value: str, unit: str, form: str | None, written: str) -> None:
    assert "".join(part.text for part in spell_fact(fact(value, unit), form)) == written


def test_a_named_number_may_say_itself_in_words() -> None:
    assert spell_fact(fact("-3", "", "negativ"), None)[0].text == "negativ"


@given(st.integers(-(10**14), 10**14))
def test_an_amount_reads_back_to_the_krone(oere: int) -> None:
    written = amount(Decimal(oere)).removesuffix(f"{NBSP}kr.").replace(".", "").replace("−", "-")
    assert abs(Decimal(written.replace(",", ".")) * 100 - oere) <= 50


@given(st.integers(-(10**14), 10**14).filter(bool), st.sampled_from(["kr", "mio_kr", "mio"]))
def test_no_amount_but_nought_is_written_as_nought(oere: int, form: str) -> None:
    written = amount(Decimal(oere), form)
    assert any(digit in written for digit in "123456789")
    assert written.startswith("−") == (oere < 0)


@given(st.integers(0, 12))
def test_small_numbers_have_words_without_digits(number: int) -> None:
    assert in_words(Decimal(number)).isalpha()
    assert in_words(Decimal(number), "Ord").istitle()


@pytest.mark.parametrize("form", ["kr", "mio_kr", "dato"])
def test_a_form_that_does_not_fit_is_refused_in_both_languages(form: str) -> None:
    with pytest.raises(FormError, match=" · "):
        spell(MINUTES, form)


@pytest.mark.parametrize("form", ["kr", "mio_kr", "procent", "dato", "interval", "offentliggjort"])
def test_a_form_of_another_unit_is_refused(form: str) -> None:
    with pytest.raises(FormError, match=" · "):
        spell_fact(fact("3", "count"), form)
