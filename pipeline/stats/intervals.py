"""Confidence intervals of proportions and of their difference, in decimal arithmetic.

Decimal rather than binary floating point, so that a limit has the same digits on every machine.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from statistics import NormalDist

PRECISION = 28


@dataclass(frozen=True)
class Interval:
    """Two limits, ``low`` not above ``high``. ``is_defined`` is false where there was nothing to count."""

    low: Decimal
    high: Decimal
    is_defined: bool = True


# What an interval of nought out of nought is: a named result, not a number that could be printed.
NO_OBSERVATIONS = Interval(Decimal(0), Decimal(1), is_defined=False)


def normal_quantile(confidence: Decimal | float) -> Decimal:
    """The two-sided standard normal quantile of a confidence level, 1.959963984540 at 0.95."""
    level = float(confidence)
    if not 0 < level < 1:
        raise ValueError("konfidensniveauet skal ligge mellem 0 og 1 · confidence must lie between 0 and 1")
    return Decimal(NormalDist().inv_cdf((1 + level) / 2)).quantize(Decimal("1E-12"))


def wilson(count: int, total: int, confidence: Decimal | float = 0.95) -> Interval:
    """Wilson's score interval of ``count`` out of ``total``; ``NO_OBSERVATIONS`` when total is 0.

    With p = x/n: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    Source: E. B. Wilson 1927, method 3 in R. G. Newcombe, Statistics in Medicine 1998;17:857–872.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} af {total} er ingen andel · {count} of {total} is no proportion")
    if total == 0:
        return NO_OBSERVATIONS
    with localcontext() as context:
        context.prec = PRECISION
        z = normal_quantile(confidence)
        x, n, square = Decimal(count), Decimal(total), z * z
        middle = 2 * x + square
        half = z * (square + 4 * x * (n - x) / n).sqrt()
        below = 2 * (n + square)
        # At the ends one limit is 0 or 1 exactly; the root would leave a last digit.
        low = Decimal(0) if count == 0 else (middle - half) / below
        high = Decimal(1) if count == total else (middle + half) / below
        return Interval(+low, +high)


def newcombe_difference(
    count: int, total: int, other_count: int, other_total: int, confidence: Decimal | float = 0.95
) -> Interval:
    """Newcombe's hybrid score interval of p1 − p2; ``NO_OBSERVATIONS`` when either total is 0.

    With Wilson's limits (l1, u1) and (l2, u2):
    low = d − √((p1 − l1)² + (u2 − p2)²), high = d + √((u1 − p1)² + (p2 − l2)²).
    Source: method 10 in R. G. Newcombe, Statistics in Medicine 1998;17:873–890.
    """
    first, second = wilson(count, total, confidence), wilson(other_count, other_total, confidence)
    if not (first.is_defined and second.is_defined):
        return NO_OBSERVATIONS
    with localcontext() as context:
        context.prec = PRECISION
        p1, p2 = Decimal(count) / total, Decimal(other_count) / other_total
        difference = p1 - p2
        low = difference - ((p1 - first.low) ** 2 + (second.high - p2) ** 2).sqrt()
        high = difference + ((first.high - p1) ** 2 + (p2 - second.low) ** 2).sqrt()
        return Interval(+low, +high)
