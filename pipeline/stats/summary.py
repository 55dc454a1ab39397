"""Median and Gini coefficient from counted values, exactly."""

from collections.abc import Mapping
from fractions import Fraction


def median(counted: Mapping[int, int]) -> Fraction | None:
    """The median of values counted as ``{value: times}``, the mean of the two middle ones when n is even.

    None when there are no values.
    """
    n = sum(counted.values())
    if n == 0:
        return None
    return Fraction(_nth(counted, (n + 1) // 2) + _nth(counted, n // 2 + 1), 2)


def gini(counted: Mapping[int, int]) -> Fraction | None:
    """The Gini coefficient of non-negative values counted as ``{value: times}``.

    0 when all are equal, 1 − 1/n when one has everything; None when there are no values or all are 0.
    G = (2 Σ i·x_i)/(n Σ x_i) − (n + 1)/n, x sorted, i from 1.
    Source: C. Gini 1912 as half the relative mean difference; no small-sample correction.
    """
    n = sum(counted.values())
    total = sum(value * times for value, times in counted.items())
    if min(counted, default=0) < 0:
        raise ValueError("Gini kræver tal, der ikke er negative · Gini needs values that are not negative")
    if total == 0:
        return None
    ranked = before = 0
    for value, times in sorted(counted.items()):
        # the ranks before+1 … before+times, summed
        ranked += value * (times * before + times * (times + 1) // 2)
        before += times
    return Fraction(2 * ranked, n * total) - Fraction(n + 1, n)


def _nth(counted: Mapping[int, int], n: int) -> int:
    """The n-th smallest value, counted from 1."""
    seen = 0
    for value, times in sorted(counted.items()):
        seen += times
        if seen >= n:
            return value
    raise IndexError(n)
