"""Regression of incremental net benefit on what would be known: what EVPPI and EVSI are computed from."""

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


def regress(gains: Floats, inputs: Floats, functions: int, interaction: int) -> tuple[Floats, int]:
    """The least-squares fit of each column of ``gains``, and the rank of what it was fitted on."""
    same_length([("inputs", len(inputs)), ("net_benefit", len(gains))])
    whole(functions, "functions", 1, 50)
    whole(interaction, "interaction", 1, 50)
    columns = columns_of(inputs.shape[1], functions, interaction)
    if len(gains) < DRAWS_PER_COLUMN * columns:
        raise DecisionError(
            "few_draws",
            "inputs",
            f"{len(gains)} trækninger er for få til {columns} søjler; tag færre functions, interaction 1",
            f"{len(gains)} draws are too few for {columns} columns; take fewer functions, interaction 1",
        )
    terms = design(inputs, functions, interaction)
    gram = terms @ terms.T
    # The normal equations are safe here: the columns are near orthonormal, and what coincides is dropped.
    weights, directions = np.linalg.eigh(gram)
    kept = weights > RANK * weights[-1]
    inverse = (directions[:, kept] / weights[kept]) @ directions[:, kept].T
    fitted: Floats = np.ascontiguousarray((inverse @ (terms @ gains)).T @ terms).T
    return fitted, int(kept.sum())


def explained(gains: Floats, fitted: Floats) -> float:
    """The largest share of variance that a column's fit explains; 1 where nothing varies."""
    whole_variance = gains.var(axis=0)
    varies = whole_variance > 0
    if not varies.any():
        return 1.0
    return float(min((fitted.var(axis=0)[varies] / whole_variance[varies]).max(), 1.0))
