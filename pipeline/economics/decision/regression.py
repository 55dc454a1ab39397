"""Regression of incremental net benefit on what would be known: what EVPPI and EVSI are computed from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.basis import RANK, columns_of, design
from pipeline.economics.decision.errors import DecisionError, Floats, array, same_length, whole

# Functions per input, inputs per product, and the fewest draws that a column is fitted on.
FUNCTIONS = 5
INTERACTION = 3
DRAWS_PER_COLUMN = 5


def beyond_first(values: Floats) -> Floats:
    """Draws × alternatives less the first alternative; the differences are all that a decision turns on."""
    if values.shape[1] < 2:
        raise DecisionError(
            "names",
            "alternatives",
            "der skal være mindst to at vælge imellem",
            "there must be at least two to choose between",
        )
    return values - values[:, :1]


def as_group(inputs: ArrayLike) -> Floats:
    """One input (draws) or several (draws × inputs), as draws × inputs."""
    made: Floats = np.asarray(inputs, dtype=np.float64)
    return array(made[:, None] if made.ndim == 1 else made, "inputs", 2)


@dataclass(frozen=True, eq=False)
class Smoother:
    """Least squares on ``columns`` smooth functions of some inputs, the same for whatever is smoothed."""

    terms: Floats
    inverse: Floats
    columns: int

    def of(self, values: Floats) -> Floats:
        """The fit of every column of draws × anything; it has their means, one function being constant."""
        return np.ascontiguousarray((self.inverse @ (self.terms @ values)).T @ self.terms).T


def smoother(inputs: Floats, draws: int, functions: int, interaction: int) -> Smoother:
    """The smoother on ``inputs`` (draws × inputs) for net benefits of that many ``draws``.

    Raises DecisionError ``length``, ``setting``, ``few_draws``.
    """
    same_length([("inputs", len(inputs)), ("net_benefit", draws)])
    whole(functions, "functions", 1, 50)
    whole(interaction, "interaction", 1, 50)
    columns = columns_of(inputs.shape[1], functions, interaction)
    if draws < DRAWS_PER_COLUMN * columns:
        raise DecisionError(
            "few_draws",
            "inputs",
            f"{draws} trækninger er for få til {columns} søjler; tag færre functions, interaction 1",
            f"{draws} draws are too few for {columns} columns; take fewer functions, interaction 1",
        )
    terms = design(inputs, functions, interaction)
    # The normal equations are safe here: the columns are near orthonormal, and what coincides is dropped.
    weights, directions = np.linalg.eigh(terms @ terms.T)
    kept = weights > RANK * weights[-1]
    inverse: Floats = (directions[:, kept] / weights[kept]) @ directions[:, kept].T
    return Smoother(terms, inverse, int(kept.sum()))


def by_fit(gains: Floats, fitted: Floats, made_by: Smoother) -> tuple[float, Floats]:
    """What choosing by ``fitted`` is worth, and per draw its influence, whose mean has the same error.

    With d the alternative of the highest fit f and S the smoother, the worth is the mean of f_d − f_j*; it
    moves with the draws of φ, and with g − f through the smoothed choices: f_d + Σ_j S(1{d = j})·(g_j − f_j)
    − g_j*. That the choices themselves move costs nothing to first order, as the best is as good as the next
    best where they do.
    """
    best = int(np.argmax(gains.mean(axis=0)))
    chosen = np.argmax(fitted, axis=1)
    highest = fitted[np.arange(len(gains)), chosen]
    # The smoother keeps the means, so that the gain over the best on average is never negative. A fit that
    # beats knowing each draw's own best has fitted noise.
    value = max(float((highest - fitted[:, best]).mean()), 0.0)
    everything = float((gains.max(axis=1) - gains[:, best]).mean())
    # The first alternative's gain is 0 in every draw.
    choices = made_by.of(np.eye(gains.shape[1])[chosen, 1:])
    noise = (choices * (gains[:, 1:] - fitted[:, 1:])).sum(axis=1)
    return min(value, everything), highest + noise - gains[:, best]


def explained(gains: Floats, fitted: Floats) -> float:
    """The largest share of variance that a column's fit explains; 1 where nothing varies."""
    whole_variance = gains.var(axis=0)
    varies = whole_variance > 0
    if not varies.any():
        return 1.0
    return float(min((fitted.var(axis=0)[varies] / whole_variance[varies]).max(), 1.0))
