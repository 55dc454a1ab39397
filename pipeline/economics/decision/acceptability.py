"""Acceptability curve and frontier, expected loss and EVPI per threshold, in one pass over the draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.envelope import Indices, envelope
from pipeline.economics.decision.errors import DecisionError, Floats, array
from pipeline.economics.decision.outcomes import Outcomes
from pipeline.text import Text


@dataclass(frozen=True, eq=False)
class Curves:
    """Row by row the thresholds, column by column the alternatives of ``names``.

    ``probability``: the share of draws in which the alternative has the highest net benefit (acceptability
    curve); every row sums to 1. ``frontier``: the index of the alternative with the highest *expected* net
    benefit; ``frontier_probability``: that alternative's probability (acceptability frontier), which need
    not be the highest. ``expected_loss``: what choosing the alternative is expected to forgo, in money;
    ``evpi``: the expected loss of the best choice, the least of its row.

    A tie, in one draw or in expectation, goes to the alternative listed first.
    """

    names: tuple[str, ...]
    thresholds: Floats
    probability: Floats
    frontier: Indices
    frontier_probability: Floats
    expected_loss: Floats
    evpi: Floats
    notes: tuple[Text, ...]

    def switches(self) -> tuple[tuple[float, str], ...]:
        """The first threshold given at which each optimal alternative takes over, the first one included."""
        changes = np.flatnonzero(np.diff(self.frontier, prepend=-1))
        return tuple((float(self.thresholds[at]), self.names[int(self.frontier[at])]) for at in changes)


def rising(thresholds: ArrayLike) -> Floats:
    """Thresholds that are finite, not negative and strictly rising, else ``thresholds``."""
    made = array(thresholds, "thresholds", 1)
    if made[0] < 0 or bool((np.diff(made) <= 0).any()):
        raise DecisionError(
            "thresholds",
            "thresholds",
            "tærskler skal være stigende og mindst 0",
            "thresholds must rise and be at least 0",
        )
    return made


def acceptability(found: Outcomes, thresholds: ArrayLike) -> Curves:
    """The four curves of ``found`` at ``thresholds`` (money per unit of effect).

    With NB(j, λ) = λ·effect_j − cost_j over draws θ:
    probability_j = P(NB_j is the highest), frontier = argmax_j E NB_j,
    expected loss_j = E max_l NB_l − E NB_j, EVPI = E max_l NB_l − max_l E NB_l.

    The threshold may be anything that net benefit is linear in: with contribution per unit as effect and
    fixed cost as cost it is the volume. Time hardly depends on how many there are (see ``envelope``).

    Sources: E. Fenwick, K. Claxton and M. Sculpher, Health Economics 2001;10:779–787 (curve and frontier);
    G. R. Barton, A. H. Briggs and E. A. L. Fenwick, Value in Health 2008;11:886–897 (frontier and EVPI);
    F. Alarid-Escudero et al., Value in Health 2019;22:611–618 (expected loss curves).
    Raises DecisionError ``thresholds``.
    """
    levels = rising(thresholds)
    draws = found.costs.shape[0]
    best = envelope(found.costs, found.effects, levels)
    expected = levels[:, None] * _beyond_first(found.effects) - _beyond_first(found.costs)
    highest = (levels * best.effect - best.cost) / draws
    frontier: Indices = np.argmax(expected, axis=1)
    # Nobody loses by knowing: what rounding leaves below zero is zero.
    loss = np.maximum(highest[:, None] - expected, 0.0)
    rows = np.arange(levels.size)
    probability = best.count / draws
    return Curves(
        found.names,
        levels,
        probability,
        frontier,
        probability[rows, frontier],
        loss,
        loss[rows, frontier],
        found.notes,
    )


def _beyond_first(values: Floats) -> Floats:
    """Per alternative the mean difference from the first."""
    return np.array([(values[:, index] - values[:, 0]).mean() for index in range(values.shape[1])])
