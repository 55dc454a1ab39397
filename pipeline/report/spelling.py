"""An estimate or a named number as it is written in Danish: by its kind, or in the form a writer asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape

from pipeline.report.results import Estimate, Fact, Statistic
from pipeline.text import date_da, number_da, percent_da, round_half_up

MARK = "°"
NUMERALS = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")
# Units that say nothing beside their number.
WORDLESS = frozenset({"", "count", "antal", "andel", "alfa", "koefficient", "0–1"})
COUNTED = frozenset({"proportion", "likert", "theme", "count"})
STATES = {"missing": "ikke opgjort", "suppressed": "skjult"}
# The forms a placeholder may ask for; see pipeline.report.placeholder.
FORMS = (
    "antal", "andel", "procent", "interval", "tæller", "nævner", "tal", "ord", "Ord", "enhed",
    "offentliggjort", "kr", "mio_kr", "dato",
)  # fmt: skip


# Those a named number may be asked for in, and what its unit adds.
FACT_FORMS = ("antal", "tal", "enhed", "ord", "Ord")
FORMS_OF_UNIT = {"oere": ("kr", "mio_kr"), "share": ("procent",), "day": ("dato",)}


@dataclass(frozen=True)
class Part:
    """A piece of text; ``is_marked`` when its number is neither observed, published nor implied."""

    text: str
    is_marked: bool = False


Spelled = tuple[Part, ...]


class FormError(ValueError):
    """The form asked for does not fit the number; the message is Danish and English."""


def html(spelled: Sequence[Part]) -> str:
    """The parts as HTML, marked ones in the marked style."""
    return "".join(
        f'<span class="reconstructed">{escape(part.text)}<span class="mark">{MARK}</span></span>'
        if part.is_marked
        else escape(part.text)
        for part in spelled
    )


def plain(spelled: Sequence[Part]) -> str:
    """The parts as text, marked ones followed by the mark."""
    return "".join(part.text + (MARK if part.is_marked else "") for part in spelled)


def is_marked(spelled: Sequence[Part]) -> bool:
    return any(part.is_marked for part in spelled)


def spell(estimate: Estimate, form: str | None = None, *, decimals: int | None = None) -> Spelled:
    """The estimate in ``form``, or in the form of its kind. Raises FormError where the form does not fit."""
    if estimate.state in STATES:
        return (Part(STATES[estimate.state]),)
    if estimate.state == "structural_zero":
        return (Part("0"),)
    form = form or _form_of(estimate)
    match form:
        case "andel":
            return _share(estimate, decimals)
        case "procent":
            return (_percent(estimate, decimals),)
        case "interval":
            return (_interval(estimate, decimals),)
        case "antal" | "tal" | "ord" | "Ord" | "enhed" | "tæller" | "nævner":
            return _number(estimate, form, decimals)
        case "offentliggjort":
            return _published(estimate)
        case _:
            raise FormError(f"formen '{form}' passer ikke til et resultat · form '{form}' fits no estimate")


def _form_of(estimate: Estimate) -> str:
    if estimate.is_share:
        return "andel"
    return "antal" if estimate.per == "-" and estimate.kind in COUNTED else "enhed"


def _number(estimate: Estimate, form: str, decimals: int | None) -> Spelled:
    statistic: Statistic = "value"
    if form == "tæller" or (form in ("antal", "ord", "Ord") and estimate.is_share):
        statistic = "numerator"
    elif form == "nævner":
        statistic = "denominator"
    value = {"value": estimate.value, "numerator": estimate.numerator, "denominator": estimate.denominator}[
        statistic
    ]
    if value is None:
        raise FormError(f"der er ingen {form} · there is no {statistic}")
    places = _places(estimate, value) if decimals is None else decimals
    mark = not estimate.is_fixed(statistic, places)
    if form in ("ord", "Ord"):
        return (Part(in_words(value, form), mark),)
    text = number_da(value, places)
    unit = unit_word(estimate.unit) if form == "enhed" and statistic == "value" else ""
    return (Part(text, mark), Part(f"\u00a0{unit}")) if unit else (Part(text, mark),)


def _places(estimate: Estimate, value: Decimal) -> int:
    if estimate.kind == "agreement":
        return 2
    if value == value.to_integral_value():
        return 0
    return 1


def _share(estimate: Estimate, decimals: int | None) -> Spelled:
    if estimate.numerator is None or estimate.denominator is None:
        return (_percent(estimate, decimals),)
    numerator, denominator = number_da(estimate.numerator), number_da(estimate.denominator)
    if not estimate.denominator:
        return (Part("0 af 0", not estimate.is_fixed("denominator")),)
    marks = [not estimate.is_fixed("numerator"), not estimate.is_fixed("denominator")]
    percent = _percent(estimate, decimals)
    counts = f"{numerator} af {denominator}"
    if any(marks) == percent.is_marked:
        return (Part(f"{counts} ({percent.text})", percent.is_marked),)
    if not any(marks):
        return (Part(f"{counts} ("), percent, Part(")"))
    if not percent.is_marked:
        return (percent, Part(" ("), Part(counts, is_marked=True), Part(")"))
    return (Part(counts, any(marks)), Part(" ("), percent, Part(")"))


def _percent(estimate: Estimate, decimals: int | None) -> Part:
    if estimate.value is None:
        raise FormError("der er ingen andel · there is no share")
    places = decimals or 0
    return Part(percent_da(estimate.value, places), not estimate.is_fixed("value", places + 2))


def _interval(estimate: Estimate, decimals: int | None) -> Part:
    if estimate.low is None or estimate.high is None:
        return Part("–")
    mark = not (estimate.is_fixed("numerator") and estimate.is_fixed("denominator"))
    if estimate.is_share:
        low = number_da(estimate.low * 100, decimals or 0)
        return Part(f"{low}–{percent_da(estimate.high, decimals or 0)}", mark)
    places = 1 if decimals is None else decimals
    return Part(f"{number_da(estimate.low, places)}–{number_da(estimate.high, places)}", mark)


def _published(estimate: Estimate) -> Spelled:
    """The figure as published; at a cut-off where none is, the number of the run."""
    found = estimate.published.get("value") or estimate.published.get("numerator")
    if found is None:
        return spell(estimate, "procent" if estimate.is_share else None)
    is_share = estimate.is_share and "value" in estimate.published
    text = (
        percent_da(found.figure, max(0, found.decimals - 2))
        if is_share
        else number_da(found.figure, found.decimals)
    )
    return (Part(f"mere end {text}" if found.comparison == "more_than" else text),)


def in_words(value: Decimal, form: str = "ord") -> str:
    """A whole number up to twelve in words, with a capital as ``Ord``; other numbers in figures."""
    whole = value == value.to_integral_value() and 0 <= value < len(NUMERALS)
    if whole:
        word = NUMERALS[int(value)]
        return word.capitalize() if form == "Ord" else word
    return number_da(value, 0 if value == value.to_integral_value() else 1)


def spell_fact(fact: Fact, form: str | None, *, decimals: int | None = None) -> Spelled:
    """A named number by its unit (``count``, ``oere``, ``share``, ``day`` or a word), or in ``form``.

    Raises FormError where the form does not fit the unit.
    """
    mark, value = fact.is_reconstructed, fact.value
    if fact.text:
        return (Part(fact.text, mark),)
    if form in ("ord", "Ord"):
        return (Part(in_words(value, form), mark),)
    if form in ("kr", "mio_kr") and fact.unit != "oere":
        raise FormError(f"'{fact.name}' er ikke et beløb · '{fact.name}' is no amount")
    if form not in (None, *FACT_FORMS, *FORMS_OF_UNIT.get(fact.unit, ())):
        raise FormError(f"formen '{form}' passer ikke til tallet · form '{form}' does not fit the number")
    if fact.unit == "oere":
        return (Part(amount_da(value, form or "kr", decimals), mark),)
    if fact.unit == "day":
        return (Part(date_da(date(1970, 1, 1) + timedelta(days=int(value))), mark),)
    if fact.unit == "share":
        return (Part(percent_da(value, decimals or 0), mark),)
    text = number_da(value, _least_places(value) if decimals is None else decimals)
    unit = "" if form in ("antal", "tal") else unit_word(fact.unit)
    return (Part(text, mark), Part(f"\u00a0{unit}")) if unit else (Part(text, mark),)


def unit_word(unit: str) -> str:
    """The unit as it follows a number; nothing for a count, a share or a coefficient."""
    return "" if unit in WORDLESS else unit


def amount_da(oere: Decimal, form: str = "kr", decimals: int | None = None) -> str:
    """An amount in øre as ``1.234 kr.`` or ``1,2 mio. kr.``."""
    if form == "mio_kr":
        return f"{number_da(oere / 100_000_000, 1 if decimals is None else decimals)}\u00a0mio.\u00a0kr."
    return f"{number_da(oere / 100, decimals or 0)}\u00a0kr."


def _least_places(value: Decimal, most: int = 4) -> int:
    for places in range(most):
        if round_half_up(value, places) == value:
            return places
    return most
