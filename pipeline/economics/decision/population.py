"""From the value of one decision to that of all it would serve."""

from numpy.typing import ArrayLike

from pipeline.economics.decision.errors import DecisionError, array, same_length


def population(per_decision: float, affected: ArrayLike, factors: ArrayLike) -> float:
    """The value for all decisions: value · Σ_t affected_t · factor_t, over the years that it would serve.

    ``affected``: decisions (patients, contacts) a year; ``factors``: the discount factors of the same years.
    Source: C. Rothery et al. (ISPOR task force on value of information), Value in Health 2020;23:277–286.
    Raises DecisionError ``zero_volume``, ``length``, ``discount_factor``.
    """
    volume, weight = array(affected, "affected", 1), array(factors, "factors", 1)
    same_length([("affected", volume.size), ("factors", weight.size)])
    array([per_decision], "per_decision", 1)
    if float(volume.min()) < 0 or float(volume.sum()) == 0:
        raise DecisionError(
            "zero_volume",
            "affected",
            "ingen beslutninger er berørt: antallet skal være mindst 0 hvert år og over 0 i alt",
            "no decision is affected: the volume must be at least 0 every year and above 0 in all",
        )
    if not (float(weight.min()) > 0 and float(weight.max()) <= 1):
        raise DecisionError(
            "discount_factor",
            "factors",
            "diskonteringsfaktorer ligger over 0 og højst på 1",
            "discount factors lie above 0 and at most at 1",
        )
    return float(per_decision * (volume @ weight))
