"""An estimate or a named number as a language writes it: by its kind, or in the form a writer asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape

from pipeline.report.phrases import PHRASES
from pipeline.report.results import Estimate, Fact, Statistic
from pipeline.text import Language, full_date, number, percent, round_half_up

MARK = "°"
# Units that say nothing beside their number.
WORDLESS = frozenset({"", "count", "antal", "andel", "alfa", "koefficient", "0–1"})
COUNTED = frozenset({"proportion", "likert", "theme", "count"})
# The forms a placeholder may ask for; see pipeline.report.placeholder.
FORMS = (
    "antal", "andel", "procent", "interval", "tæller", "nævner", "tal", "ord", "Ord", "enhed",
    "offentliggjort", "kr", "mio_kr", "mio", "dato",
)  # fmt: skip


MILLION_OERE, THOUSAND_OERE = 100_000_000, 100_000
# The decimals at which a million shows every øre.
OERE_PLACES = 8
# Those a named number may be asked for in, and what its unit adds.
FACT_FORMS = ("antal", "tal", "enhed", "ord", "Ord")
FORMS_OF_UNIT = {"oere": ("kr", "mio_kr", "mio"), "share": ("procent",), "day": ("dato",)}


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


def spell(
    estimate: Estimate, form: str | None = None, *, decimals: int | None = None, language: Language = "da"
) -> Spelled:
    """The estimate in ``form``, or in the form of its kind. Raises FormError where the form does not fit."""
    states = PHRASES[language].states
    if estimate.state in states:
        return (Part(states[estimate.state]),)
    if estimate.state == "structural_zero":
        return (Part("0"),)
    form = form or _form_of(estimate)
    match form:
        case "andel":
            return _share(estimate, decimals, language)
        case "procent":
            return (_percent(estimate, decimals, language),)
        case "interval":
            return (_interval(estimate, decimals, language),)
        case "antal" | "tal" | "ord" | "Ord" | "enhed" | "tæller" | "nævner":
            return _number(estimate, form, decimals, language)
        case "offentliggjort":
            return _published(estimate, language)
        case _:
            raise FormError(f"formen '{form}' passer ikke til et resultat · form '{form}' fits no estimate")


def _form_of(estimate: Estimate) -> str:
    if estimate.is_share:
        return "andel"
    return "antal" if estimate.per == "-" and estimate.kind in COUNTED else "enhed"


def _number(estimate: Estimate, form: str, decimals: int | None, language: Language) -> Spelled:
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
        return (Part(in_words(value, form, language), mark),)
    text = number(value, places, language)
    unit = unit_word(estimate.unit) if form == "enhed" and statistic == "value" else ""
    return (Part(text, mark), Part(f"\u00a0{unit}")) if unit else (Part(text, mark),)


def _places(estimate: Estimate, value: Decimal) -> int:
    if estimate.kind == "agreement":
        return 2
    if value == value.to_integral_value():
        return 0
    return 1


def _share(estimate: Estimate, decimals: int | None, language: Language) -> Spelled:
    if estimate.numerator is None or estimate.denominator is None:
        return (_percent(estimate, decimals, language),)
    both = (number(each, 0, language) for each in (estimate.numerator, estimate.denominator))
    counts = PHRASES[language].share.format(*both)
    if not estimate.denominator:
        return (Part(counts, not estimate.is_fixed("denominator")),)
    marks = [not estimate.is_fixed("numerator"), not estimate.is_fixed("denominator")]
    share = _percent(estimate, decimals, language)
    if any(marks) == share.is_marked:
        return (Part(f"{counts} ({share.text})", share.is_marked),)
    if not any(marks):
        return (Part(f"{counts} ("), share, Part(")"))
    if not share.is_marked:
        return (share, Part(" ("), Part(counts, is_marked=True), Part(")"))
    return (Part(counts, any(marks)), Part(" ("), share, Part(")"))


def _percent(estimate: Estimate, decimals: int | None, language: Language) -> Part:
    if estimate.value is None:
        raise FormError("der er ingen andel · there is no share")
    places = decimals or 0
    return Part(percent(estimate.value, places, language), not estimate.is_fixed("value", places + 2))


def _interval(estimate: Estimate, decimals: int | None, language: Language) -> Part:
    if estimate.low is None or estimate.high is None:
        return Part("–")
    mark = not (estimate.is_fixed("numerator") and estimate.is_fixed("denominator"))
    if estimate.is_share:
        low = number(estimate.low * 100, decimals or 0, language)
        return Part(f"{low}–{percent(estimate.high, decimals or 0, language)}", mark)
    places = 1 if decimals is None else decimals
    low, high = (number(end, places, language) for end in (estimate.low, estimate.high))
    return Part(f"{low}–{high}", mark)


def _published(estimate: Estimate, language: Language) -> Spelled:
    """The figure as published; at a cut-off where none is, the number of the run."""
    found = estimate.published.get("value") or estimate.published.get("numerator")
    if found is None:
        return spell(estimate, "procent" if estimate.is_share else None, language=language)
    is_share = estimate.is_share and "value" in estimate.published
    text = (
        percent(found.figure, max(0, found.decimals - 2), language)
        if is_share
        else number(found.figure, found.decimals, language)
    )
    return (Part(PHRASES[language].more_than.format(text) if found.comparison == "more_than" else text),)


def in_words(value: Decimal, form: str = "ord", language: Language = "da") -> str:
    """A whole number up to twelve in words, with a capital as ``Ord``; other numbers in figures."""
    numerals = PHRASES[language].numerals
    whole = value == value.to_integral_value() and 0 <= value < len(numerals)
    if whole:
        word = numerals[int(value)]
        return word.capitalize() if form == "Ord" else word
    return number(value, 0 if value == value.to_integral_value() else 1, language)


def spell_fact(
    fact: Fact, form: str | None, *, decimals: int | None = None, language: Language = "da"
) -> Spelled:
    """A named number by its unit (``count``, ``oere``, ``share``, ``day`` or a word), or in ``form``.

    Raises FormError where the form does not fit the unit.
    """
    mark, value = fact.is_reconstructed, fact.value
    if fact.text:
        return (Part(fact.text, mark),)
    if form in ("ord", "Ord"):
        return (Part(in_words(value, form, language), mark),)
    if form in ("kr", "mio_kr", "mio") and fact.unit != "oere":
        raise FormError(f"'{fact.name}' er ikke et beløb · '{fact.name}' is no amount")
    if form not in (None, *FACT_FORMS, *FORMS_OF_UNIT.get(fact.unit, ())):
        raise FormError(f"formen '{form}' passer ikke til tallet · form '{form}' does not fit the number")
    if fact.unit == "oere":
        return (Part(amount(value, form or "kr", decimals, language), mark),)
    if fact.unit == "day":
        day = date(1970, 1, 1) + timedelta(days=int(value))
        return (Part(full_date(day, language), mark),)
    if fact.unit == "share":
        return (Part(percent(value, decimals or 0, language), mark),)
    text = number(value, _least_places(value) if decimals is None else decimals, language)
    unit = "" if form in ("antal", "tal") else unit_word(fact.unit)
    return (Part(text, mark), Part(f"\u00a0{unit}")) if unit else (Part(text, mark),)


def unit_word(unit: str) -> str:
    """The unit as it follows a number; nothing for a count, a share or a coefficient."""
    return "" if unit in WORDLESS else unit


def amount(oere: Decimal, form: str = "kr", decimals: int | None = None, language: Language = "da") -> str:
    """An amount in øre as ``1.234 kr.`` or ``1,2 mio. kr.``, in English ``DKK 1.2 million``.

    What the millions would show as nought is written in kroner, in whole thousands where it has any;
    ``mio`` is for a column headed in millions.
    """
    places = 1 if decimals is None else decimals
    if form == "mio":
        return millions(oere, places, language)
    if form == "mio_kr" and round_half_up(oere / MILLION_OERE, places):
        return PHRASES[language].million.format(number(oere / MILLION_OERE, places, language))
    if form == "mio_kr" and abs(oere) >= THOUSAND_OERE:
        oere, decimals = round_half_up(oere / THOUSAND_OERE) * THOUSAND_OERE, 0
    least = 0 if not oere or abs(oere) >= 100 else 2
    return PHRASES[language].kroner.format(number(oere / 100, decimals or least, language))


def millions(oere: Decimal | int, decimals: int = 1, language: Language = "da") -> str:
    """An amount in øre in millions without its unit; as many decimals as it takes to be no nought."""
    value = Decimal(oere) / MILLION_OERE
    if not value:
        return "0"
    places = next((p for p in range(decimals, OERE_PLACES) if round_half_up(value, p)), OERE_PLACES)
    return number(value, places, language)


def _least_places(value: Decimal, most: int = 4) -> int:
    for places in range(most):
        if round_half_up(value, places) == value:
            return places
    return most
