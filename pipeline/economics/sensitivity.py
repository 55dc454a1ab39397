"""The true model with other values: one input at a time, two at once, and where the sign turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pipeline.economics.model import Costs
from pipeline.economics.present_value import Asked, Valuation, valuation
from pipeline.economics.program import Case, Program
from pipeline.economics.steps import Floats
from pipeline.text import Text

# How finely a parameter's range is looked through for places where the sign turns.
GRID = 2001
# A place where it turns is narrowed to a 64th so many times: to the last digits of a double.
PARTS, NARROWINGS = 64, 8


@dataclass(frozen=True)
class Swing:
    """Net present value in kroner with one input at its low and at its high, all else unchanged."""

    assumption: str
    title: Text
    unit: str
    low: Decimal
    high: Decimal
    perspective: str
    npv_low: float
    npv_high: float
    npv_base: float


@dataclass(frozen=True)
class Interval:
    """Where the net present value is at least zero. An end is open where the range itself ends."""

    start: float
    end: float
    is_start_open: bool
    is_end_open: bool


def swings(costs: Costs, program: Program, chosen: Case) -> list[Swing]:
    """One-way sensitivity of every input that has a range, in every perspective; weights give way."""
    keys = [key for key, item in costs.inputs.items() if item.low != item.high]
    size = 2 * len(keys) + 1
    values: dict[str, Floats] = {}
    for place, key in enumerate(keys):
        item = costs.inputs[key]
        values[key] = np.full(size, float(item.value))
        values[key][2 * place : 2 * place + 2] = float(item.low), float(item.high)
    (found,) = valuation(costs, program, [Asked(chosen)], values).at(values, size)
    return [
        Swing(
            key, costs.inputs[key].title, costs.inputs[key].unit, costs.inputs[key].low,
            costs.inputs[key].high, perspective, float(npv[2 * place]), float(npv[2 * place + 1]),
            float(npv[-1]),
        )
        for perspective, npv in found.items()
        for place, key in enumerate(keys)
    ]  # fmt: skip


def turning(found: Sequence[Swing], perspective: str) -> list[Swing]:
    """The inputs that turn the sign by themselves within their range, the one that moves the result most
    first.
    """
    turned = [
        item
        for item in found
        if item.perspective == perspective
        and min(item.npv_low, item.npv_high, item.npv_base)
        < 0
        <= max(item.npv_low, item.npv_high, item.npv_base)
    ]
    return sorted(turned, key=lambda item: (-abs(item.npv_high - item.npv_low), item.assumption))


def two_way(
    costs: Costs, program: Program, chosen: Case, first: tuple[str, Floats], second: tuple[str, Floats]
) -> dict[str, Floats]:
    """Net present value in kroner by perspective over the grid ``second`` × ``first``.

    Two weights of one group keep the group's sum: the others share what is left in their own proportions.
    Where the two take more than there is, the value is NaN, and the place is no result.
    """
    (one, across), (other, down) = first, second
    wide, high = np.meshgrid(across, down)
    values = _shared_out(costs, {one: wide.ravel(), other: high.ravel()})
    is_possible = np.ones(wide.size, dtype=bool)
    if costs.inputs[one].group and costs.inputs[one].group == costs.inputs[other].group:
        is_possible = (wide + high).ravel() <= 1 + 1e-9
    (found,) = valuation(costs, program, [Asked(chosen)], values).at(values, wide.size)
    return {name: np.where(is_possible, npv, np.nan).reshape(wide.shape) for name, npv in found.items()}


def _shared_out(costs: Costs, given: Mapping[str, Floats]) -> dict[str, Floats]:
    """``given``, and of each group it has weights of, the others scaled to what is left."""
    values: dict[str, Floats] = dict(given)
    for group, keys in costs.groups.items():
        set_here = [key for key in keys if key in given]
        others = [key for key in keys if key not in given]
        whole = sum(float(costs.value(key)) for key in others)
        if not set_here or not others or not whole:
            continue
        left = np.maximum(1 - sum(given[key] for key in set_here), 0)
        for key in others:
            values[key] = left * (float(costs.value(key)) / whole)
        assert group
    return values


def breakeven(
    costs: Costs, program: Program, chosen: Case, perspective: str, key: str, low: float, high: float
) -> tuple[Interval, ...]:
    """:func:`breakevens` in one perspective."""
    return breakevens(costs, program, chosen, key, low, high)[perspective]


def breakevens(
    costs: Costs, program: Program, chosen: Case, key: str, low: float, high: float
) -> dict[str, tuple[Interval, ...]]:
    """Where within ``low``–``high`` of one input the net present value is at least zero, as a set of
    intervals by perspective.

    Steps make it go up and down: the range is looked through at 2,001 places and each turn is narrowed, so
    that turns closer together than a two-thousandth of the range may be missed.
    """
    at = np.linspace(low, high, GRID)
    valued = valuation(costs, program, [Asked(chosen)], _shared_out(costs, {key: at}))
    is_gain = _npv(costs, valued, key, at) >= 0
    view, turns = np.nonzero(is_gain[:, 1:] != is_gain[:, :-1])
    left, right = at[turns], at[turns + 1]
    # The turns of all perspectives are narrowed side by side, each to the first part where its sign differs.
    turn = np.arange(view.size)
    for _ in range(NARROWINGS):
        inside = np.linspace(left, right, PARTS + 1, axis=-1)
        npv = _npv(costs, valued, key, inside.ravel()).reshape(len(is_gain), *inside.shape)
        gains = npv[view, turn] >= 0
        first = np.argmax(gains != gains[:, :1], axis=1)
        left, right = inside[turn, first - 1], inside[turn, first]
    ends = (left + right) / 2
    return {
        name: _intervals([low, *ends[view == place].tolist(), high], is_gain_first=bool(is_gain[place, 0]))
        for place, name in enumerate(valued.perspectives)
    }


def _intervals(edges: Sequence[float], *, is_gain_first: bool) -> tuple[Interval, ...]:
    """Every second stretch between ``edges``, from the first one on where that is a gain."""
    return tuple(
        Interval(edges[number], edges[number + 1], number == 0, number == len(edges) - 2)
        for number in range(0 if is_gain_first else 1, len(edges) - 1, 2)
    )


def _npv(costs: Costs, valued: Valuation, key: str, at: Floats) -> Floats:
    """Perspectives × ``at``: the net present value with the input ``key`` there."""
    (found,) = valued.at(_shared_out(costs, {key: at}), at.size)
    return np.array(list(found.values()))
