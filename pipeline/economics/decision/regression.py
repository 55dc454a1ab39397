"""Regression of incremental net benefit on what would be known: what EVPPI and EVSI are computed from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.basis import RANK, Design, columns_of, design
from pipeline.economics.decision.errors import DecisionError, Floats, array, same_length, whole
from pipeline.economics.decision.pieces import combined, over_draws

# Functions per input, inputs per product, and the fewest draws that a column is fitted on.
FUNCTIONS = 5
INTERACTION = 3
DRAWS_PER_COLUMN = 5


@dataclass(frozen=True, eq=False)
class Gains:
    """What every alternative but the first gains over it: all that a decision turns on.

    ``values``: alternatives − 1 × draws. ``best`` is the alternative that is best on average, the first
    listed of equals and 0 for the first. ``regret``: per draw what the best alternative of that draw would
    have given beyond it.
    """

    values: Floats
    best: int
    regret: Floats

    @property
    def draws(self) -> int:
        """How many there are."""
        return self.values.shape[1]

    def over_best(self, values: Floats, highest: Floats) -> Floats:
        """``highest`` less what ``values`` (laid out as the gains) say of the best on average."""
        return highest - values[self.best - 1] if self.best else highest.copy()


def gains_of(net_benefit: ArrayLike | Gains) -> Gains:
    """The gains in draws × alternatives of net benefit; what is asked of them often is computed here, once.

    Raises DecisionError ``not_finite``, ``names`` (fewer than two alternatives).
    """
    if isinstance(net_benefit, Gains):
        return net_benefit
    beyond = beyond_first(array(net_benefit, "net_benefit", 2).T)
    best = int(np.argmax([0.0, *beyond.mean(axis=1)]))
    found = Gains(beyond, best, beyond)
    return Gains(beyond, best, found.over_best(beyond, _highest(beyond)))


def beyond_first(values: Floats) -> Floats:
    """Alternatives × draws less the first alternative, which is left out."""
    if len(values) < 2:
        raise DecisionError(
            "names",
            "alternatives",
            "der skal være mindst to at vælge imellem",
            "there must be at least two to choose between",
        )
    return np.ascontiguousarray(values[1:] - values[:1])


def _highest(values: Floats) -> Floats:
    """Per draw the highest of ``values`` and of nought, which is the first alternative's."""
    made = np.maximum(values[0], 0)
    for row in values[1:]:
        np.maximum(made, row, out=made)
    return made


def as_group(inputs: ArrayLike) -> Floats:
    """One input (draws) or several (draws × inputs), as inputs × draws."""
    made: Floats = np.asarray(inputs, dtype=np.float64)
    checked = array(made[:, None] if made.ndim == 1 else made, "inputs", 2)
    return np.ascontiguousarray(checked.T)


@dataclass(frozen=True, eq=False)
class Smoother:
    """Least squares on ``columns`` smooth functions of some inputs, the same for whatever is smoothed."""

    terms: Design
    inverse: Floats
    columns: int

    def of(self, values: Floats) -> Floats:
        """The fit of every row of anything × draws; it has their means, one function being constant."""
        right = np.zeros((self.terms.columns, len(values)))
        for part in self.terms.parts():
            right += over_draws(self.terms.of(part), values[:, part])
        coefficients = np.ascontiguousarray((self.inverse @ right).T)
        made = np.empty(values.shape)
        for part in self.terms.parts():
            made[:, part] = combined(coefficients, self.terms.of(part))
        return made


def smoother(inputs: Floats, draws: int, functions: int, interaction: int) -> Smoother:
    """The smoother on ``inputs`` (inputs × draws) for net benefits of that many ``draws``.

    Raises DecisionError ``length``, ``setting``, ``few_draws``.
    """
    same_length([("inputs", inputs.shape[1]), ("net_benefit", draws)])
    whole(functions, "functions", 1, 50)
    whole(interaction, "interaction", 1, 50)
    columns = columns_of(len(inputs), functions, interaction)
    if draws < DRAWS_PER_COLUMN * columns:
        raise DecisionError(
            "few_draws",
            "inputs",
            f"{draws} trækninger er for få til {columns} søjler; tag færre functions, interaction 1",
            f"{draws} draws are too few for {columns} columns; take fewer functions, interaction 1",
        )
    terms = design(inputs, functions, interaction)
    # The normal equations are safe here: the columns are near orthonormal, and what coincides is left out.
    gram = np.zeros((terms.columns, terms.columns))
    for part in terms.parts():
        block = terms.of(part)
        gram += over_draws(block, block)
    inverse, kept = _inverse(gram)
    return Smoother(terms, inverse, kept)


def _inverse(gram: Floats) -> tuple[Floats, int]:
    """The inverse of the products of the columns that the ones before them do not give, and their number.

    What is left out has zeros. Source: J. H. Goodnight, A tutorial on the SWEEP operator, The American
    Statistician 1979;33:149–158; LAPACK would share so small a matrix out between processors.
    """
    swept, kept = gram.copy(), np.zeros(len(gram), dtype=np.bool_)
    for place, size in enumerate(np.diag(gram)):
        pivot = float(swept[place, place])
        if pivot <= RANK * size:
            continue
        kept[place] = True
        row, column = swept[place] / pivot, swept[:, place].copy()
        swept -= column[:, None] * row
        swept[place], swept[:, place] = row, -column / pivot
        swept[place, place] = 1 / pivot
    both = np.outer(kept, kept)
    return np.where(both, swept, 0.0), int(kept.sum())


def value_by(gains: Gains, fitted: Floats) -> float:
    """What choosing by ``fitted``, the gains' fit on what is known, is worth: the mean of f_d − f_j*.

    d is the alternative of the highest fit, j* the best on average. A smoother keeps the means, so that the
    gain over j* is never negative; a fit that beats knowing each draw's own best has fitted noise.
    """
    value = max(float(gains.over_best(fitted, _highest(fitted)).mean()), 0.0)
    return min(value, float(gains.regret.mean()))


def influence_on(gains: Gains, fitted: Floats, made_by: Smoother) -> Floats:
    """Per draw its influence on :func:`value_by`; their mean has the same error.

    With S the smoother, the worth moves with the draws of φ, and with g − f through the smoothed choices:
    f_d + Σ_j S(1{d = j})·(g_j − f_j) − g_j*. That the choices themselves move costs nothing to first order,
    as the best is as good as the next best where they do.
    """
    highest = _highest(fitted)
    choices, is_free = np.empty(fitted.shape), highest > 0
    for choice, row in zip(choices, fitted, strict=True):
        is_chosen = is_free & (row == highest)  # the first listed of equals
        choice[:] = is_chosen
        is_free &= ~is_chosen
    smoothed = made_by.of(choices)
    made = gains.over_best(gains.values, highest)
    for choice, gain, fit in zip(smoothed, gains.values, fitted, strict=True):
        choice *= gain - fit
        made += choice
    return made


def explained(values: Floats, fitted: Floats) -> float:
    """The largest share of variance that a row's fit explains; 1 where nothing varies."""
    whole_variance = values.var(axis=1)
    varies = whole_variance > 0
    if not varies.any():
        return 1.0
    return float(min((fitted.var(axis=1)[varies] / whole_variance[varies]).max(), 1.0))
