"""Inputs as the file declares them: a value with a source or a reason, or a measurement of the evaluation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.economics.model import Quantity
from pipeline.economics.section import Section, failure
from pipeline.text import Text

MONEY = ("kr", "kr/time", "kr/km")
SHARE = "andel"
UNITS = (*MONEY, SHARE, "min", "timer", "km", "antal", "antal/år", "faktor")


@dataclass(frozen=True)
class Measured:
    """What the evaluation measured and when; ``low`` and ``high`` are its interval when it has one.

    ``is_reconstructed``: nobody vouches for the figure, so that it counts as an assumption.
    """

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    as_of: date
    is_reconstructed: bool = False


# (metric, per) to what was measured; None when the evaluation does not have it.
Measure = Callable[[str, str], Measured | None]


@dataclass(frozen=True)
class Declared:
    """One input. ``value`` is None when ``metric`` says where it is measured."""

    key: str
    title: Text
    value: Decimal | None
    unit: str
    low: Decimal
    high: Decimal
    source: str
    why: Text | None
    metric: str
    per: str

    def quantity(self, measure: Measure) -> Quantity:
        """The input with its value; raises AssumptionError when a measurement is missing or out of range."""
        value, low, high, source, is_assumption = (
            self.value,
            self.low,
            self.high,
            self.source,
            self.why is not None,
        )
        if value is None:
            found = measure(self.metric, self.per)
            if found is None:
                name = self.metric if self.per == "-" else f"{self.metric} pr. {self.per}"
                raise failure(
                    self.key,
                    f"evalueringen har intet tal for {name}",
                    f"the evaluation has no figure for {name}",
                )
            value = found.value
            low = low if found.low is None else found.low
            high = high if found.high is None else found.high
            source, is_assumption = f"{source}, {found.as_of}", found.is_reconstructed
        _check(self.key, value, self.unit, low, high)
        return Quantity(value, self.unit, low, high, source, is_assumption, self.title)


def read_inputs(section: Section) -> dict[str, Declared]:
    """Every input below ``costs.inputs``; a value in the file is checked at once."""
    found: dict[str, Declared] = {}
    for key in section.content:
        item = _read(section.section(key))
        if item.value is not None:
            _check(item.key, item.value, item.unit, item.low, item.high)
        found[key] = item
    return found


def _read(part: Section) -> Declared:
    title, unit = part.text("title"), part.string("unit", UNITS)
    low, high = part.number("low"), part.number("high")
    origins = [name for name in ("source", "assumption", "from_metric") if part.has(name)]
    if len(origins) != 1:
        raise failure(
            part.where,
            f"skal have netop én af source, assumption og from_metric, fandt {len(origins)}",
            f"must have exactly one of source, assumption and from_metric, found {len(origins)}",
        )
    value, source, metric, per, why = None, "", "", "-", None
    if origins[0] == "from_metric":
        metric = part.string("from_metric")
        per = part.string("per") if part.has("per") else per
        source = f"{metric}" if per == "-" else f"{metric} / {per}"
    else:
        value = part.number("value")
        source = part.string("source") if origins[0] == "source" else ""
        why = part.text("assumption") if origins[0] == "assumption" else None
    part.done()
    return Declared(part.where, title, value, unit, low, high, source, why, metric, per)


def _check(key: str, value: Decimal, unit: str, low: Decimal, high: Decimal) -> None:
    if not low <= value <= high:
        raise failure(
            key,
            f"værdien {value} ligger uden for {low}–{high}",
            f"the value {value} lies outside {low}–{high}",
        )
    if low < 0:
        raise failure(key, f"må ikke være negativ, fandt {low}", f"must not be negative, found {low}")
    if unit == SHARE and high > 1:
        raise failure(key, f"en andel er højst 1, fandt {high}", f"a share is at most 1, found {high}")
    if unit in MONEY and any(amount * 100 != int(amount * 100) for amount in (value, low, high)):
        raise failure(key, "beløb har højst to decimaler", "amounts have at most two decimals")


def assumption_rows(costs: Mapping[str, Any], measure: Measure | None = None) -> list[dict[str, object]]:
    """Every input of the ``costs`` section as a row for report and codebook, in the order of the file.

    Keys: key, title_da, title_en, value, unit, low, high, source, is_assumption, why_da, why_en, from_metric.
    Without ``measure`` the value of a measured input is None.
    """
    rows: list[dict[str, object]] = []
    for key, item in read_inputs(Section("costs.inputs", costs.get("inputs"))).items():
        made = None if measure is None else item.quantity(measure)
        rows.append(
            {
                "key": key,
                "title_da": item.title.da,
                "title_en": item.title.en,
                "value": item.value if made is None else made.value,
                "unit": item.unit,
                "low": item.low if made is None else made.low,
                "high": item.high if made is None else made.high,
                "source": item.source if made is None else made.source,
                "is_assumption": item.why is not None if made is None else made.is_assumption,
                "why_da": item.why.da if item.why else "",
                "why_en": item.why.en if item.why else "",
                "from_metric": item.metric,
            }
        )
    return rows
