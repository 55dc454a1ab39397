"""The true model with other values: one input at a time, two at once, and where the sign turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.expression import Value
from pipeline.economics.model import Costs
from pipeline.economics.program import Case, Program, present_values, seen
from pipeline.text import Text

Floats = NDArray[np.float64]
# How finely a parameter's range is looked through for places where the sign turns.
GRID = 2001
BISECTIONS = 48


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
    base = {key: float(costs.value(key)) for key in keys}
    size = 2 * len(keys) + 1
    values: dict[str, Value] = {key: np.full(size, base[key]) for key in keys}
    for place, key in enumerate(keys):
        made = values[key]
        assert isinstance(made, np.ndarray)
        made[2 * place], made[2 * place + 1] = float(costs.inputs[key].low), float(costs.inputs[key].high)
    found = present_values(costs, program, chosen, values)
    return [
        Swing(
            key, costs.inputs[key].title, costs.inputs[key].unit, costs.inputs[key].low,
            costs.inputs[key].high, perspective.name, float(npv[2 * place]), float(npv[2 * place + 1]),
            float(npv[-1]),
        )
        for perspective in costs.perspectives
        for npv in [np.broadcast_to(seen(costs, perspective.name, found), size)]
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
    found = present_values(costs, program, chosen, values)
    return {
        item.name: np.where(is_possible, seen(costs, item.name, found), np.nan).reshape(wide.shape)
        for item in costs.perspectives
    }


def _shared_out(costs: Costs, given: Mapping[str, Floats]) -> dict[str, Value]:
    """``given``, and of each group it has weights of, the others scaled to what is left."""
    values: dict[str, Value] = dict(given)
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
    """Where within ``low``–``high`` of one input the net present value is at least zero, as a set of
    intervals.

    Steps make it go up and down: the range is looked through at 2,001 places and each turn is bisected, so
    that turns closer together than a two-thousandth of the range may be missed.
    """
    at = np.linspace(low, high, GRID)
    is_gain = _npv(costs, program, chosen, perspective, key, at) >= 0
    turns = np.flatnonzero(is_gain[1:] != is_gain[:-1])
    ends = _bisected(costs, program, chosen, perspective, key, at[turns], at[turns + 1], is_gain[turns])
    edges = [low, *ends.tolist(), high]
    return tuple(
        Interval(edges[number], edges[number + 1], number == 0, number == len(edges) - 2)
        for number in range(len(edges) - 1)
        if bool(is_gain[0]) == (number % 2 == 0)
    )


def _npv(costs: Costs, program: Program, chosen: Case, perspective: str, key: str, at: Floats) -> Floats:
    found = present_values(costs, program, chosen, _shared_out(costs, {key: at}))
    return np.broadcast_to(seen(costs, perspective, found), at.shape)


def _bisected(
    costs: Costs,
    program: Program,
    chosen: Case,
    perspective: str,
    key: str,
    left: Floats,
    right: Floats,
    is_gain_left: NDArray[np.bool_],
) -> Floats:
    if not left.size:
        return left
    for _ in range(BISECTIONS):
        middle = (left + right) / 2
        is_gain = _npv(costs, program, chosen, perspective, key, middle) >= 0
        is_left = is_gain == is_gain_left
        left, right = np.where(is_left, middle, left), np.where(is_left, right, middle)
    return (left + right) / 2
