"""Inputs as the file declares them: a value with a source or a reason, a dated table's, or a measurement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.economics.dated import DatedTable, NotInForceError, Values
from pipeline.economics.model import Evidence, Quantity
from pipeline.economics.section import failure
from pipeline.text import Text, round_half_up

# An hourly rate goes with hours and so on; a price goes with a number of things.
PRICES = {"kr/time": "timer", "kr/km": "km", "kr/ton": "ton", "kr": "antal"}
MONEY = tuple(PRICES)
SHARE = "andel"


@dataclass(frozen=True)
class Measured:
    """What the evaluation measured and when; ``low`` and ``high`` are its interval when it has one.

    ``count`` of ``size`` stand behind a share. ``is_reconstructed``: nobody vouches for the figure, so that
    it counts as an assumption.
    """

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    as_of: date
    is_reconstructed: bool = False
    count: Decimal | None = None
    size: Decimal | None = None


# (metric, per) to what was measured; None when the evaluation does not have it.
Measure = Callable[[str, str], Measured | None]


@dataclass(frozen=True)
class Context:
    """What an input is read with: day of decision, price year, dated tables, what was measured."""

    day: date
    price_year: int
    tables: Mapping[str, DatedTable[Values]]
    measure: Measure | None


@dataclass(frozen=True)
class Declared:
    """One input. ``value`` is None when ``metric`` or ``table`` says where it is from.

    ``low`` and ``high`` are amounts, or with a ``table`` parts of its value.
    """

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
    table: str
    kind: str
    group: str
    price_year: int | None
    design_effect: Decimal

    def quantity(self, context: Context) -> Quantity:
        """The input with its value; raises AssumptionError when it is missing or out of range."""
        if self.metric:
            made = self._measured(context)
        elif self.table:
            made = self._tabled(context)
        else:
            assert self.value is not None  # `inputs` gives it where neither of the others is
            made = self._made(
                self.value, self.low, self.high, self.source, is_assumption=self.why is not None
            )
        made = self._at_price_year(made, context)
        check(self.key, made.value, self.unit, made.low, made.high)
        return made

    def _made(
        self,
        value: Decimal,
        low: Decimal,
        high: Decimal,
        source: str,
        *,
        is_assumption: bool,
        evidence: Evidence | None = None,
    ) -> Quantity:
        kind = "point" if low == high and self.kind == "pert" else self.kind
        return Quantity(
            value,
            self.unit,
            low,
            high,
            source,
            is_assumption,
            self.title,
            kind,
            self.group,
            self.table,
            evidence,
        )

    def _measured(self, context: Context) -> Quantity:
        found = context.measure(self.metric, self.per) if context.measure else None
        if found is None:
            name = self.metric if self.per == "-" else f"{self.metric} pr. {self.per}"
            raise failure(
                self.key,
                f"evalueringen har intet tal for {name}",
                f"the evaluation has no figure for {name}",
            )
        evidence = None
        if self.kind == "counts":
            if found.count is None or found.size is None:
                raise failure(
                    self.key,
                    f"{self.metric} er ingen andel af et antal",
                    f"{self.metric} is no share of a number",
                )
            evidence = Evidence(found.count, found.size, self.design_effect)
        return self._made(
            found.value,
            self.low if found.low is None else found.low,
            self.high if found.high is None else found.high,
            f"{self.source}, {found.as_of}",
            is_assumption=found.is_reconstructed,
            evidence=evidence,
        )

    def _tabled(self, context: Context) -> Quantity:
        name, _, column = self.table.partition(".")
        table = context.tables.get(name)
        try:
            entry = None if table is None else table.at(context.day)
        except NotInForceError as error:
            raise failure(self.key, *str(error).split(" / ", 1)) from error
        if entry is None or column not in entry.values:
            raise failure(
                self.key,
                f"den daterede tabel {self.table} findes ikke {context.day}",
                f"there is no dated table {self.table} on {context.day}",
            )
        value = entry.values[column]
        return self._made(
            value, value * self.low, value * self.high, entry.source, is_assumption=entry.is_assumption
        )

    def _at_price_year(self, made: Quantity, context: Context) -> Quantity:
        """Money of another price year lifted by the price index to that of the model."""
        if self.price_year is None or self.price_year == context.price_year:
            return made
        index = context.tables["price_index"].at(context.day).values
        for year in (self.price_year, context.price_year):
            if str(year) not in index:
                raise failure(
                    self.key,
                    f"prisindekset har ikke år {year}; det har {', '.join(index)}",
                    f"the price index lacks the year {year}; it has {', '.join(index)}",
                )
        factor = index[str(context.price_year)] / index[str(self.price_year)]
        value, low, high = (round_half_up(part * factor, 2) for part in (made.value, made.low, made.high))
        source = f"{made.source}; {self.price_year}-priser × {round_half_up(factor, 4)}"
        return self._made(value, low, high, source, is_assumption=made.is_assumption)


def check(key: str, value: Decimal, unit: str, low: Decimal, high: Decimal) -> None:
    """Raises AssumptionError where a value or its range cannot be."""
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
    if unit in MONEY and value * 100 != int(value * 100):
        raise failure(key, "beløb har højst to decimaler", "amounts have at most two decimals")


def assumption_row(key: str, item: Declared, made: Quantity | None) -> dict[str, Any]:
    """One input as a row for report and codebook. ``made`` is None where its value is not known."""
    return {
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
        "from_table": item.table,
        "kind": item.kind if made is None else made.kind,
        "group": item.group,
    }
