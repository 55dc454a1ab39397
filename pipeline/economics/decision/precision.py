"""How exact a result of draws is: standard errors and intervals from the spread between scrambles.

This is the error of having drawn too little, which more draws remove. It is no part of the uncertainty of
the inputs, which they do not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pipeline.economics.decision.errors import DecisionError, Floats, array, confidence_level


@dataclass(frozen=True)
class Mean:
    """A mean over scrambles and its standard error, with ``scrambles`` − 1 degrees of freedom."""

    value: float
    standard_error: float
    scrambles: int

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """value ± t·standard error, t of ``scrambles`` − 1 degrees of freedom. Raises ``confidence``."""
        tail = (1 + confidence_level(confidence)) / 2
        reach = float(special.stdtrit(self.scrambles - 1, tail)) * self.standard_error
        return self.value - reach, self.value + reach


@dataclass(frozen=True)
class Share:
    """A probability, its standard error and its interval ``low``–``high``, from ``draws`` draws."""

    value: float
    low: float
    high: float
    standard_error: float
    scrambles: int
    draws: int


def over_scrambles(per_scramble: ArrayLike) -> Mean:
    """The mean of a statistic computed in each scramble by itself, and s/√R over the R scrambles.

    Source: A. B. Owen, Journal of Complexity 1998;14:466–489. Raises DecisionError ``length``.
    """
    values = array(per_scramble, "per_scramble", 1)
    if values.size < 2:
        raise _too_few("per_scramble")
    return Mean(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)), values.size)


def probability_positive(draws: ArrayLike, confidence: float = 0.95) -> Share:
    """P(X > 0) from scrambles × points draws of X, a net present value, say, with its t interval.

    Zero is not positive. The interval stays within 0–1 and reaches at least one draw to either side, as even
    scrambles that all agree tell no more than that.
    Raises DecisionError ``length`` (fewer than two scrambles), ``shape``, ``not_finite``, ``confidence``.
    """
    values = array(draws, "draws", 2)
    if len(values) < 2:
        raise _too_few("draws")
    found = over_scrambles((values > 0).mean(axis=1))
    low, high = found.interval(confidence)
    step = 1 / values.size
    return Share(
        found.value,
        max(0.0, min(low, found.value - step)),
        min(1.0, max(high, found.value + step)),
        found.standard_error,
        found.scrambles,
        values.size,
    )


def standard_error(values: Floats, scrambles: int) -> float:
    """Of the mean of ``values``: s/√n of independent draws (``scrambles`` 1), else over the scrambles' means.

    The scrambles stand one after the other and are equally long; ``length`` when they cannot be.
    """
    if scrambles == 1:
        return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 0.0
    if values.size % scrambles:
        raise DecisionError(
            "length",
            "scrambles",
            f"{values.size} trækninger er ikke {scrambles} lige store sæt",
            f"{values.size} draws are not {scrambles} sets of one size",
        )
    return over_scrambles(values.reshape(scrambles, -1).mean(axis=1)).standard_error


def _too_few(what: str) -> DecisionError:
    return DecisionError(
        "length",
        what,
        "der skal to eller flere sæt til en standardfejl",
        "a standard error needs two sets or more",
    )
