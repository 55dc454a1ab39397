"""Shares that sum to one: the Dirichlet distribution, drawn from the same points as every other input."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import lgamma
from typing import cast

import numpy as np
from scipy import special

from pipeline.economics.decision.errors import DecisionError, Floats, array
from pipeline.economics.decision.inverse import Table, table

# Below this the inverse has lost its digits, and the first term of the series is all of it.
TINY = 1e-200


@dataclass(frozen=True)
class Dirichlet:
    """``names``: what the whole is shared between; ``concentration``: one positive number each.

    Their sum is the effective sample size that the mix is known with, a mean share is the concentration over
    the sum. ``Dirichlet(("a", "b"), (1, 1))`` says nothing of the mix. One uniform is used per share.
    Raises DecisionError ``concentration``, ``names``, ``not_finite``.
    """

    names: tuple[str, ...]
    concentration: tuple[float, ...]

    def __post_init__(self) -> None:
        values = array(self.concentration, "mix", 1)
        if not len(set(self.names)) == len(self.names) == values.size or values.size < 2:
            raise DecisionError(
                "names",
                "mix",
                f"et mix har mindst to dele med hver sit navn og én koncentration; fandt {len(self.names)} "
                f"navne og {values.size} koncentrationer",
                f"a mix has at least two parts, each with its own name and one concentration; found "
                f"{len(self.names)} names and {values.size} concentrations",
            )
        for name, value in zip(self.names, self.concentration, strict=True):
            if value <= 0:
                raise DecisionError(
                    "concentration",
                    name,
                    f"koncentrationen skal være over 0, fandt {value}; tag en del ud, der ikke kan være der",
                    f"the concentration must be above 0, found {value}; take out a part that cannot be",
                )

    @property
    def mean(self) -> dict[str, float]:
        """Each part's concentration over their sum."""
        total = sum(self.concentration)
        return {name: value / total for name, value in zip(self.names, self.concentration, strict=True)}

    def shares(self, probabilities: Floats) -> Floats:
        """Parts × draws of uniforms to parts × draws of shares; every draw sums to 1.

        Gamma quantiles of shape ``concentration`` and scale 1, normalised. They are kept as logarithms, as a
        small concentration puts most of them below the least double. Independent uniforms give exactly the
        Dirichlet distribution; those of a copula tie the parts to each other and to other inputs, and the
        shares then have near, not exactly, its marginals.
        Source: L. Devroye, Non-Uniform Random Variate Generation, 1986, chapter XI.4.
        """
        logs = np.empty(probabilities.shape)
        for part, shape in enumerate(self.concentration):
            logs[part] = _log_gamma(float(shape))(probabilities[part])
        logs -= logs.max(axis=0)
        made: Floats = np.exp(logs, logs)
        made /= made.sum(axis=0)
        return made


def mix(shares: Mapping[str, float], effective_size: float) -> Dirichlet:
    """A mix with these mean shares, known as well as from ``effective_size`` observations.

    Raises DecisionError ``shares`` when they do not sum to 1, and as :class:`Dirichlet`.
    """
    array([*shares.values(), effective_size], "mix", 1)
    total = sum(shares.values())
    if abs(total - 1) > 1e-9:
        raise DecisionError(
            "shares",
            "mix",
            f"andelene skal give 1, giver {total}",
            f"shares must sum to 1, they sum to {total}",
        )
    return Dirichlet(tuple(shares), tuple(share * effective_size for share in shares.values()))


@lru_cache(maxsize=512)
def _log_gamma(shape: float) -> Table:
    """Logarithms of gamma quantiles, scale 1."""

    def inverse(at: Floats) -> Floats:
        values = cast("Floats", special.gammaincinv(shape, at))
        # u = x^a / Γ(a + 1) for small x.
        series: Floats = (np.log(at) + lgamma(shape + 1)) / shape
        return np.where(values > TINY, np.log(np.maximum(values, TINY)), series)

    return table(inverse)
