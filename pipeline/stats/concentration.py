"""How unevenly something is spread."""

from collections.abc import Sequence
from fractions import Fraction


def gini(values: Sequence[int]) -> Fraction | None:
    """Gini coefficient of non-negative counts: 0 when all are equal; None when there is nothing to spread.

    Source: the mean absolute difference over twice the mean, by the sorted-rank formula.
    """
    total = sum(values)
    if total == 0:
        return None
    n = len(values)
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), start=1))
    return Fraction(2 * ranked, n * total) - Fraction(n + 1, n)
