"""Distributions fitted to a value and its range; those of counts are in ``counts``.

What the range means depends on the kind: for *normal*, *lognormal*, *gamma* and *beta* it is a 95 % interval
around the mean; for *triangular*, *pert* and *uniform* its ends are the least and the most that can be. A
range of no width is a point, whatever the kind, so that an analysis without uncertainty is the deterministic
one. Values that contradict their range stop with the rule ``distribution`` or ``probability``.
"""

from math import log, log1p, sqrt
from typing import Literal

from pipeline.economics.decision.distributions import (
    Beta,
    Distribution,
    Gamma,
    Lognormal,
    Normal,
    Point,
    Triangular,
    Uniform,
)
from pipeline.economics.decision.errors import LARGEST, DecisionError, array, probability

Kind = Literal["point", "normal", "lognormal", "gamma", "beta", "triangular", "pert", "uniform"]

# The standard normal quantile of 97.5 %.
Z95 = 1.959963984540054
# A range that a fitted 95 % interval shares less than this with is no 95 % range of that distribution.
LEAST_INSIDE = 0.9
# Below this part of the mean in deviation all kinds are the normal, and their own inverses lose their digits.
NARROW = 1e-3
# No positive distribution with this many deviations to a mean has 90 % in its range.
WIDEST = 1e3


def fit(kind: Kind, value: float, low: float, high: float, what: str = "distribution") -> Distribution:
    """The distribution of ``kind`` with ``value`` and the range ``low``–``high``, called ``what`` in errors.

    ``value`` is the mean of normal, lognormal, gamma and beta, which get the standard deviation
    (high − low)/(2·1.96) by the method of moments; the mode of triangular and pert, whose ends are the range;
    the middle of uniform. PERT is the beta distribution of mean (low + 4·mode + high)/6 on low–high.
    Sources: A. Briggs, K. Claxton and M. Sculpher, Decision Modelling for Health Economic Evaluation, 2006,
    chapter 4 (moments); D. G. Malcolm et al., Operations Research 1959;7:646–669 (PERT).
    Raises DecisionError ``distribution``: the value outside its range, a range that the kind cannot have, or
    a fit with less than 90 % inside it; ``probability``: a beta beyond 0–1; ``not_finite``.
    """
    array([value, low, high], what, 1)
    if not low <= value <= high:
        raise _contradiction(
            what, f"{value} ligger uden for {low}–{high}", f"{value} lies outside {low}–{high}"
        )
    if kind == "beta":
        probability(low, what)
        probability(high, what)
    has_width = high - low > 1 / LARGEST
    if not has_width or kind == "point":
        if has_width:
            raise _contradiction(
                what, f"en fast værdi har intet spænd {low}–{high}", f"a point has no range {low}–{high}"
            )
        return Point(float(value))
    if kind == "triangular":
        return Triangular(low, value, high)
    if kind == "pert":
        width = high - low
        return Beta(1 + 4 * (value - low) / width, 1 + 4 * (high - value) / width, low, high)
    if kind == "uniform":
        if abs(value - (low + high) / 2) > 1e-9 * (high - low):
            raise _contradiction(
                what,
                f"en ligefordeling på {low}–{high} har midten {(low + high) / 2}, ikke {value}",
                f"a uniform distribution on {low}–{high} has the middle {(low + high) / 2}, not {value}",
            )
        return Uniform(low, high)
    return _by_moments(kind, value, low, high, what)


def _by_moments(
    kind: Literal["normal", "lognormal", "gamma", "beta"], mean: float, low: float, high: float, what: str
) -> Distribution:
    deviation = (high - low) / (2 * Z95)
    is_narrow = deviation < NARROW * abs(mean)
    if kind == "normal" or is_narrow:
        made = Normal(mean, deviation)
    elif low < 0 or mean <= deviation / WIDEST:
        raise _contradiction(
            what,
            f"{kind} er over 0, men middelværdien er {mean} og spændet {low}–{high}",
            f"{kind} lies above 0, but the mean is {mean} and the range {low}–{high}",
        )
    elif kind == "gamma":
        made = Gamma((mean / deviation) ** 2, deviation**2 / mean)
    elif kind == "lognormal":
        variance = log1p((deviation / mean) ** 2)
        made = Lognormal(log(mean) - variance / 2, sqrt(variance))
    else:
        size = mean * (1 - mean) / deviation**2 - 1
        if size <= 0:
            raise _contradiction(
                what,
                f"spændet {low}–{high} er for bredt til en andel med middelværdien {mean}",
                f"the range {low}–{high} is too wide for a share with the mean {mean}",
            )
        made = Beta(mean * size, (1 - mean) * size)
    inside = made.below(high) - made.below(low)
    if inside < LEAST_INSIDE:
        raise _contradiction(
            what,
            f"{kind} med middelværdien {mean} har kun {inside:.0%} inden for {low}–{high}",
            f"{kind} with the mean {mean} has only {inside:.0%} within {low}–{high}",
        )
    return made


def three_point(
    low: float,
    likely: float,
    high: float,
    shape: Literal["pert", "triangular"] = "pert",
    what: str = "three_point",
) -> Distribution:
    """The distribution of a three-point estimate: ``low`` the least, ``high`` the most that can be.

    ``likely`` is the mode, the single most likely value, and neither the mean nor the middle; the means are
    (low + 4·likely + high)/6 for PERT and (low + likely + high)/3 for the triangular, which has more in its
    tails. An estimate whose ends are exceeded now and then (10 and 90 % limits, say) is not of this kind: fit
    it as a 95 % range. Three equal values are a point. Raises as :func:`fit`.
    """
    return fit(shape, likely, low, high, what)


def _contradiction(what: str, da: str, en: str) -> DecisionError:
    return DecisionError("distribution", what, da, en)
