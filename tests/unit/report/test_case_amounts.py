"""The business case's inputs as they are printed: with their units, in the language's order, without keys."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.contract import Contracts
from pipeline.report.book import Book
from pipeline.report.case import input_said, listed, ranged, with_titles, with_unit
from pipeline.report.results import Estimates
from pipeline.report.run import Run
from pipeline.text import Language

WORDS = {
    "da": {
        "unit": {"min": "minutter", "kr/time": "kr. pr. time"},
        "with_unit": {"antal": "{}"},
        "unit_one": {"min": "minut"},
    },
    "en": {"unit": {"min": "minutes"}, "with_unit": {"kr/time": "DKK {} per hour", "antal": "{}"}},
}


def run(language: Language = "da") -> Run:
    title = {"da": "Andel møder, der mislykkes", "en": "Share of meetings that fail"}
    return Run(
        as_of=date(2020, 1, 31),
        earlier=(),
        edition="restricted",
        estimates=Estimates((), {}),
        book=Book({}, {}, (), (), (), (), (), {}),
        contracts=Contracts({}, {}),
        words=WORDS[language],
        language=language,
        model={"inputs": {"share_failed": {"title": title}}},
    )


def row(unit: str, value: str, high: str = "0") -> dict[str, Any]:
    return {"unit": unit, "value": Decimal(value), "low": Decimal(value), "high": Decimal(high)}


@pytest.mark.parametrize(
    ("unit", "value", "danish", "english"),
    [
        ("min", "8", "8 minutter", "8 minutes"),
        ("min", "1", "1 minut", "1 minutes"),
        ("min", "1.5", "1,5 minutter", "1.5 minutes"),
        ("andel", "0.05", "5\u00a0%", "5%"),
        ("vægt", "0.055", "5,5\u00a0%", "5.5%"),
        ("antal", "1700", "1.700", "1,700"),
        ("kr/time", "1000", "1.000 kr. pr. time", "DKK 1,000 per hour"),
    ],
)
def test_an_input_with_its_unit(unit: str, value: str, danish: str, english: str) -> None:
    assert input_said(run(), row(unit, value), "value") == danish
    assert input_said(run("en"), row(unit, value), "value") == english


def test_a_range_has_the_unit_of_its_high_end() -> None:
    assert ranged(run(), row("min", "1", "8")) == "1 til 8 minutter"
    assert ranged(run("en"), row("kr/time", "300", "800")) == "DKK 300 to 800 per hour"
    assert ranged(run(), row("andel", "0.01", "0.15")) == "1\u00a0% til 15\u00a0%"


def test_an_input_s_key_in_a_text_becomes_its_title() -> None:
    assert with_titles(run(), "om share_failed her") == "om »andel møder, der mislykkes« her"
    assert with_titles(replace(run(), language="en"), "share_failed, other_key") == (
        "“share of meetings that fail”, other_key"
    )


def test_words_are_listed_as_the_language_does() -> None:
    assert [listed(run(), words) for words in ((), ("a",), ("a", "b", "c"))] == ["ingen", "a", "a, b og c"]
    assert listed(run("en"), ("a", "b")) == "a and b"
    assert with_unit("", "5") == "5"
