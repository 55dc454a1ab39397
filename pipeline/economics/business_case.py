"""Net present value, budget, break-even and one-way sensitivity: sums over the cost ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from pipeline.economics.cost_ledger import LedgerRow, ledger
from pipeline.economics.model import PERSPECTIVES, SHARED, SUM, Costs, Perspective
from pipeline.economics.scenarios import share_of_use
from pipeline.text import Text


@dataclass(frozen=True)
class Result:
    """A net amount. ``measure`` npv: present value over all years, ``year`` None; amount: that year's."""

    use_type: str
    perspective: Perspective
    measure: Literal["npv", "amount"]
    year: int | None
    amount_oere: int


@dataclass(frozen=True)
class Sensitivity:
    """The sum's net present value with one assumption at its low and at its high, all else unchanged."""

    assumption: str
    title: Text
    unit: str
    low: Decimal
    high: Decimal
    perspective: Perspective
    npv_low_oere: int
    npv_high_oere: int
    npv_base_oere: int


@dataclass(frozen=True)
class Breakeven:
    """Meetings a year at full adoption that pay the shared costs; None when no number of them does."""

    use_type: str
    perspective: Perspective
    volume_per_year: int | None
    explanation: Text


def npv(rows: Iterable[LedgerRow], perspective: Perspective, use_type: str = SUM) -> int:
    """The net present value in øre."""
    return sum(row.present_value_oere for row in _selected(rows, perspective, use_type))


def results(costs: Costs, rows: Iterable[LedgerRow]) -> list[Result]:
    """Every use type, the shared block and the sum × perspective: present value and the yearly budget."""
    kept = tuple(rows)
    made: list[Result] = []
    for use_type in (*costs.uses, SHARED, SUM):
        for perspective in PERSPECTIVES:
            chosen = _selected(kept, perspective, use_type)
            total = sum(row.present_value_oere for row in chosen)
            made.append(Result(use_type, perspective, "npv", None, total))
            for year in range(len(costs.roles.adoption)):
                amount = sum(row.amount_oere for row in chosen if row.year == year)
                made.append(Result(use_type, perspective, "amount", year, amount))
    return made


def sensitivity(costs: Costs) -> list[Sensitivity]:
    """One-way sensitivity of every input, per perspective. Shares of use are weights: the others give way."""
    base = _by_perspective(costs)
    made: list[Sensitivity] = []
    for key, item in costs.inputs.items():
        low = base if item.low == item.value else _by_perspective(costs.with_value(key, item.low))
        high = base if item.high == item.value else _by_perspective(costs.with_value(key, item.high))
        made += [
            Sensitivity(
                key,
                item.title,
                item.unit,
                item.low,
                item.high,
                perspective,
                low[perspective],
                high[perspective],
                base[perspective],
            )
            for perspective in PERSPECTIVES
        ]
    return made


def breakeven(costs: Costs, rows: Iterable[LedgerRow]) -> list[Breakeven]:
    """Per use type, had it to pay the shared costs alone, and for the sum with its mix of uses."""
    kept = tuple(rows)
    volume = costs.value(costs.roles.volume)
    made: list[Breakeven] = []
    for perspective in PERSPECTIVES:
        shared = npv(kept, perspective, SHARED)
        for use in costs.uses:
            own = npv(kept, perspective, use)
            made.append(_breakeven(use, perspective, own, shared, volume * share_of_use(costs, use)))
        own = npv(kept, perspective) - shared
        made.append(_breakeven(SUM, perspective, own, shared, volume))
    return made


def _breakeven(use: str, perspective: Perspective, own: int, shared: int, volume: Decimal) -> Breakeven:
    if volume == 0:
        text = Text("Ingen møder at regne på.", "No meetings to compute with.")
        return Breakeven(use, perspective, None, text)
    if shared >= 0 and own >= 0:
        text = Text("Ingen fælles omkostninger at dække.", "No shared costs to cover.")
        return Breakeven(use, perspective, 0, text)
    if own <= 0:
        text = Text(
            "Hvert møde koster mere, end det sparer: intet antal dækker de fælles omkostninger.",
            "Each meeting costs more than it saves: no number of them covers the shared costs.",
        )
        return Breakeven(use, perspective, None, text)
    needed = (-shared * volume / own).to_integral_value(ROUND_CEILING)
    text = Text(
        "Møder pr. år ved fuld udbredelse, der netop dækker de fælles omkostninger.",
        "Meetings a year at full adoption that just cover the shared costs.",
    )
    return Breakeven(use, perspective, int(needed), text)


def _selected(rows: Iterable[LedgerRow], perspective: Perspective, use_type: str) -> list[LedgerRow]:
    return [row for row in rows if row.concerns(perspective) and use_type in (SUM, row.use_type)]


def _by_perspective(costs: Costs) -> dict[Perspective, int]:
    rows = ledger(costs)
    return {perspective: npv(rows, perspective) for perspective in PERSPECTIVES}
