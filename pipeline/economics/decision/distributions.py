"""Distributions of uncertain inputs, as inverse distribution functions; ``fitting`` makes them."""

from dataclasses import dataclass
from functools import lru_cache
from math import erf, exp, log, sqrt
from typing import Protocol, cast

import numpy as np
from scipy import special

from pipeline.economics.decision.errors import Floats, probability
from pipeline.economics.decision.inverse import Table, table


class Distribution(Protocol):
    """``mean`` of the distribution, and ``quantile``: probabilities in (0, 1) to values, elementwise."""

    @property
    def mean(self) -> float: ...

    def quantile(self, probabilities: Floats) -> Floats: ...


@dataclass(frozen=True)
class Point:
    """A value without uncertainty."""

    value: float

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    def quantile(self, probabilities: Floats) -> Floats:
        """The value, as often as asked."""
        return np.full(probabilities.shape, self.value)


@dataclass(frozen=True)
class Normal:
    """The normal distribution; ``deviation`` is the standard deviation."""

    mean: float
    deviation: float

    def quantile(self, probabilities: Floats) -> Floats:
        """μ + σ·Φ⁻¹(u)."""
        return self.mean + self.deviation * special.ndtri(probabilities)

    def below(self, value: float) -> float:
        """P(X ≤ value)."""
        return (1 + erf((value - self.mean) / self.deviation / sqrt(2))) / 2


@dataclass(frozen=True)
class Lognormal:
    """exp of a normal distribution with mean ``log_mean`` and standard deviation ``log_deviation``."""

    log_mean: float
    log_deviation: float

    @property
    def mean(self) -> float:
        """exp(μ + σ²/2)."""
        return exp(self.log_mean + self.log_deviation**2 / 2)

    def quantile(self, probabilities: Floats) -> Floats:
        """exp(μ + σ·Φ⁻¹(u))."""
        return np.exp(self.log_mean + self.log_deviation * special.ndtri(probabilities))

    def below(self, value: float) -> float:
        """P(X ≤ value)."""
        return 0.0 if value <= 0 else Normal(self.log_mean, self.log_deviation).below(log(value))


@dataclass(frozen=True)
class Gamma:
    """The gamma distribution of a ``shape`` and a ``scale``, mean shape·scale."""

    shape: float
    scale: float

    @property
    def mean(self) -> float:
        """shape·scale."""
        return self.shape * self.scale

    def quantile(self, probabilities: Floats) -> Floats:
        """scale·P⁻¹(shape, u), P being the regularised incomplete gamma function."""
        return self.scale * _gamma(self.shape)(probabilities)

    def below(self, value: float) -> float:
        """P(X ≤ value)."""
        return float(special.gammainc(self.shape, max(value, 0.0) / self.scale))


@dataclass(frozen=True)
class Beta:
    """The beta distribution on ``low``–``high`` (0–1 unless said)."""

    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0

    @property
    def mean(self) -> float:
        """low + (high − low)·α/(α + β)."""
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    def quantile(self, probabilities: Floats) -> Floats:
        """low + (high − low)·I⁻¹(α, β, u), I being the regularised incomplete beta function."""
        made = _beta(self.alpha, self.beta)(probabilities)
        made *= self.high - self.low
        made += self.low
        return made

    def below(self, value: float) -> float:
        """P(X ≤ value)."""
        share = (value - self.low) / (self.high - self.low)
        return float(special.betainc(self.alpha, self.beta, min(max(share, 0.0), 1.0)))


@dataclass(frozen=True)
class Triangular:
    """The triangular distribution; ``mode`` may lie at an end."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        """(low + mode + high)/3, which is the mode only when that lies in the middle."""
        return (self.low + self.mode + self.high) / 3

    def quantile(self, probabilities: Floats) -> Floats:
        """The root of the quadratic distribution function on its side of the mode."""
        width = self.high - self.low
        left = np.sqrt(probabilities * width * (self.mode - self.low))
        right = np.sqrt((1 - probabilities) * width * (self.high - self.mode))
        is_left = probabilities * width < self.mode - self.low
        return np.where(is_left, self.low + left, self.high - right)


@dataclass(frozen=True)
class Uniform:
    """Any value from ``low`` to ``high`` alike."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2

    def quantile(self, probabilities: Floats) -> Floats:
        """low + (high − low)·u."""
        return self.low + (self.high - self.low) * probabilities


@dataclass(frozen=True)
class Event:
    """1 with ``chance``, else 0: whether a risk occurs. Its consequence is an input of its own."""

    chance: float

    def __post_init__(self) -> None:
        probability(self.chance, "event")

    @property
    def mean(self) -> float:
        """The chance."""
        return self.chance

    def quantile(self, probabilities: Floats) -> Floats:
        """1 above 1 − chance."""
        return (probabilities > 1 - self.chance).astype(np.float64)


# Many inputs have few shapes: a PERT's is the place of its mode in its range, whatever it is of.
@lru_cache(maxsize=512)
def _gamma(shape: float) -> Table:
    return table(lambda at: cast("Floats", special.gammaincinv(shape, at)))


@lru_cache(maxsize=512)
def _beta(alpha: float, beta: float) -> Table:
    return table(lambda at: special.betaincinv(alpha, beta, at))
