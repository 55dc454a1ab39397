"""How far coders agree: Krippendorff's alpha and the plain share of agreeing units, in exact fractions."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Literal

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Unit = Sequence[int | None]
Distance = Callable[[int, int], Fraction]


def krippendorff_alpha(units: Sequence[Unit], level: Level = "nominal") -> Fraction | None:
    """Krippendorff's alpha; ``units`` holds each unit's values by coder, None where a coder gave none.

    α = 1 − D_o/D_e over the coincidence matrix of all units with at least two values: each ordered pair of a
    unit with m values weighs 1/(m − 1). None when it is undefined: no unit has two values, or every value is
    the same, so that no disagreement was possible.
    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.
    """
    matrix = _coincidences(units)
    counted: dict[int, Fraction] = {}
    for (value, _), weight in matrix.items():
        counted[value] = counted.get(value, Fraction(0)) + weight
    n = sum(counted.values(), Fraction(0))
    distance = _distance(level, counted)
    expected = sum(
        (counted[one] * counted[other] * distance(one, other) for one, other in permutations(counted, 2)),
        Fraction(0),
    )
    if not expected:
        return None
    observed = sum((weight * distance(*pair) for pair, weight in matrix.items()), Fraction(0))
    return 1 - (n - 1) * observed / expected


def percent_agreement(units: Sequence[Unit]) -> tuple[int, int]:
    """How many units with at least two values have one value only, and how many there are."""
    compared = [values for unit in units if len(values := _given(unit)) > 1]
    return sum(len(set(values)) == 1 for values in compared), len(compared)


def _given(unit: Unit) -> list[int]:
    return [value for value in unit if value is not None]


def _coincidences(units: Sequence[Unit]) -> Mapping[tuple[int, int], Fraction]:
    matrix: dict[tuple[int, int], Fraction] = {}
    # Units with the same values weigh the same, and interviews have many such.
    for values, times in Counter(tuple(_given(unit)) for unit in units).items():
        for pair in permutations(values, 2):
            matrix[pair] = matrix.get(pair, Fraction(0)) + Fraction(times, len(values) - 1)
    return matrix


def _distance(level: Level, totals: Mapping[int, Fraction]) -> Distance:
    """The squared difference of two values at a level of measurement."""

    def nominal(one: int, other: int) -> Fraction:
        return Fraction(one != other)

    def interval(one: int, other: int) -> Fraction:
        return Fraction(one - other) ** 2

    def ratio(one: int, other: int) -> Fraction:
        return Fraction(one - other, one + other) ** 2 if one + other else Fraction(0)

    def ordinal(one: int, other: int) -> Fraction:
        low, high = sorted((one, other))
        between = sum((weight for value, weight in totals.items() if low <= value <= high), Fraction(0))
        return (between - (totals[one] + totals[other]) / 2) ** 2

    return {"nominal": nominal, "ordinal": ordinal, "interval": interval, "ratio": ratio}[level]
