"""What it would be worth to know: everything (EVPI), or some inputs (EVPPI), before deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.acceptability import acceptability
from pipeline.economics.decision.envelope import envelope
from pipeline.economics.decision.errors import Floats
from pipeline.economics.decision.outcomes import Outcomes
from pipeline.economics.decision.precision import standard_error
from pipeline.economics.decision.regression import (
    FUNCTIONS,
    INTERACTION,
    Gains,
    as_group,
    beyond_first,
    explained,
    gains_of,
    influence_on,
    smoother,
    value_by,
)


@dataclass(frozen=True)
class Worth:
    """A value of information per decision, in the unit of net benefit, and its Monte Carlo standard error.

    ``functions``, ``columns`` and ``explained`` describe the smoother: functions per input, columns in all,
    and the largest share of an incremental net benefit's variance that the inputs explain. EVPI has none.
    """

    value: float
    standard_error: float
    functions: int = 0
    columns: int = 0
    explained: float = 1.0


@dataclass(frozen=True)
class Sensitivity:
    """The same value by smoother and rougher fits; ``spread`` is how much the choice of smoother decides."""

    fits: tuple[Worth, ...]

    @property
    def spread(self) -> float:
        """The highest of the values less the lowest."""
        values = [item.value for item in self.fits]
        return max(values) - min(values)


def evpi(net_benefit: ArrayLike | Gains, *, scrambles: int = 1) -> Worth:
    """E max_j NB_j − max_j E NB_j over draws × alternatives.

    Standard error: that of the mean of max_l NB_l − NB_j*, j* being the best alternative on average; s/√n of
    independent draws, and from the spread between ``scrambles`` where so many equal sets of quasi-random
    draws stand one after the other (s/√n is far too large there).
    Sources: K. Claxton, Journal of Health Economics 1999;18:341–364; E. Fenwick et al. (ISPOR task force on
    value of information), Value in Health 2020;23:139–150.
    Raises DecisionError ``not_finite``, ``names``, ``length``.
    """
    gains = gains_of(net_benefit)
    return Worth(float(gains.regret.mean()), standard_error(gains.regret, scrambles))


def evppi(
    net_benefit: ArrayLike | Gains,
    inputs: ArrayLike,
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
    scrambles: int = 1,
) -> Worth:
    """E_φ max_j E(NB_j | φ) − max_j E NB_j, φ being one input (draws) or a group (draws × inputs).

    E(NB_j − NB_1 | φ) is a least-squares fit on smooth functions of φ and their products (``basis.design``):
    ``functions`` per input, at most ``interaction`` inputs in one product, 1 being additive. Functions linear
    or multilinear in φ are fitted without error. The value lies between 0 and the EVPI of the same draws.
    The standard error (of ``regression.influence_on``, ``scrambles`` as in :func:`evpi`) holds the
    noise of the draws and of the fit, not its lack of fit, which :func:`sensitivity` shows. The estimate is a
    little high for few draws per column; fewer than 5 per column are refused.

    Sources: M. Strong, J. E. Oakley and A. Brennan, Medical Decision Making 2014;34:311–326 (regression);
    A. Heath, I. Manolopoulou and G. Baio, Medical Decision Making 2017;37:747–758 (review).
    Raises DecisionError ``length``, ``not_finite``, ``setting``, ``few_draws``, ``names``.
    """
    gains = gains_of(net_benefit)
    smooth = smoother(as_group(inputs), gains.draws, functions, interaction)
    fitted = smooth.of(gains.values)
    error = standard_error(influence_on(gains, fitted, smooth), scrambles)
    share = explained(gains.values, fitted)
    return Worth(value_by(gains, fitted), error, functions, smooth.columns, share)


def evppi_value(
    net_benefit: ArrayLike | Gains,
    inputs: ArrayLike,
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> float:
    """The value of :func:`evppi` alone, in half the time: for choosing what to look into."""
    gains = gains_of(net_benefit)
    smooth = smoother(as_group(inputs), gains.draws, functions, interaction)
    return value_by(gains, smooth.of(gains.values))


def sensitivity(
    net_benefit: ArrayLike | Gains,
    inputs: ArrayLike,
    functions: Sequence[int] = (1, 3, 5, 7),
    *,
    interaction: int = INTERACTION,
    scrambles: int = 1,
) -> Sensitivity:
    """EVPPI with smoother and rougher fits, one per entry of ``functions``.

    One function per input is a straight line without products; the knots are one more than the functions.
    Raises DecisionError as :func:`evppi`.
    """
    gains = gains_of(net_benefit)
    return Sensitivity(
        tuple(
            evppi(gains, inputs, functions=count, interaction=interaction, scrambles=scrambles)
            for count in functions
        )
    )


def evppi_curve(
    found: Outcomes,
    inputs: ArrayLike,
    thresholds: ArrayLike,
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> Floats:
    """EVPPI at every threshold from one fit, as λ·E(effect | φ) − E(cost | φ) is linear in λ as well.

    Raises DecisionError ``thresholds``, and as :func:`evppi`.
    """
    everything = acceptability(found, thresholds)
    levels = everything.thresholds
    effects, costs = beyond_first(found.effects.T), beyond_first(found.costs.T)
    count, draws = effects.shape
    smooth = smoother(as_group(inputs), draws, functions, interaction)
    fitted = smooth.of(np.vstack([effects, costs]))
    nought = np.zeros((1, draws))  # the first alternative's
    effect, cost = (np.vstack([nought, part]).T for part in (fitted[:count], fitted[count:]))
    best = envelope(cost, effect, levels)
    means = levels[:, None] * effects.mean(axis=1) - costs.mean(axis=1)
    highest = (levels * best.effect - best.cost) / draws
    return np.clip(highest - np.maximum(means.max(axis=1), 0.0), 0.0, everything.evpi)


def ranking(
    net_benefit: ArrayLike | Gains,
    inputs: Mapping[str, ArrayLike],
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> tuple[tuple[str, Worth], ...]:
    """EVPPI of each named input or group, the most valuable first and equals by name."""
    gains = gains_of(net_benefit)
    found = [
        (name, evppi(gains, values, functions=functions, interaction=interaction))
        for name, values in inputs.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item[1].value, item[0])))
