"""Agreement between coders."""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction


def krippendorff_alpha(units: Sequence[Sequence[Hashable]]) -> Fraction | None:
    """Krippendorff's alpha for nominal values, exact.

    ``units`` holds, per unit, the values its coders gave; a coder who gave none is simply absent, and units
    with fewer than two values do not count. None where only one value occurs, for then disagreement cannot be
    expected and alpha is not defined. Source: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.
    """
    pairable = [Counter(values) for values in units if len(values) >= 2]
    totals = Counter[Hashable]()
    for unit in pairable:
        totals.update(unit)
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if expected == 0:
        return None
    observed = sum(
        Fraction(unit.total() ** 2 - sum(count * count for count in unit.values()), unit.total() - 1)
        for unit in pairable
    )
    return 1 - Fraction(n - 1) * observed / expected
