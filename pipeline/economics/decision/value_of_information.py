"""What it would be worth to know: everything (EVPI), or some inputs (EVPPI), before deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.acceptability import rising
from pipeline.economics.decision.basis import RANK, columns_of, design
from pipeline.economics.decision.envelope import envelope
from pipeline.economics.decision.errors import DecisionError, Floats, array, same_length, whole
from pipeline.economics.decision.outcomes import Outcomes

FUNCTIONS = 5
INTERACTION = 3
DRAWS_PER_COLUMN = 5


@dataclass(frozen=True)
class Worth:
    """A value of information per decision, in the unit of net benefit, and its Monte Carlo standard error.

    The standard error takes the draws as independent; over quasi-random draws it is too large, and the spread
    between scrambles (``sampling.over_scrambles``) is the right one. ``functions``, ``columns`` and
    ``explained`` describe the smoother: functions per input, columns in all, and the largest share of an
    incremental net benefit's variance that the inputs explain. EVPI has none.
    """

    value: float
    standard_error: float
    functions: int = 0
    columns: int = 0
    explained: float = 1.0


def evpi(net_benefit: ArrayLike) -> Worth:
    """E max_j NB_j − max_j E NB_j over draws × alternatives.

    Standard error: s/√n of max_l NB_l − NB_j*, j* being the best alternative on average.
    Sources: K. Claxton, Journal of Health Economics 1999;18:341–364; E. Fenwick et al. (ISPOR task force on
    value of information), Value in Health 2020;23:139–150.
    """
    gains = _beyond_first(array(net_benefit, "net_benefit", 2))
    regret = gains.max(axis=1) - gains[:, int(np.argmax(gains.mean(axis=0)))]
    return Worth(float(regret.mean()), _standard_error(regret))


def evppi(
    net_benefit: ArrayLike,
    inputs: ArrayLike,
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> Worth:
    """E_φ max_j E(NB_j | φ) − max_j E NB_j, φ being one input (draws) or a group (draws × inputs).

    E(NB_j − NB_1 | φ) is a least-squares fit on smooth functions of φ and their products (``basis.design``):
    ``functions`` per input, at most ``interaction`` inputs in one product, 1 being additive. Functions linear
    or multilinear in φ are fitted without error. With d(φ) the alternative of the highest fit, the standard
    error is s/√n of NB_d(φ) − NB_j*: it holds the noise of the draws and of the fit, not its lack of fit,
    which ``sensitivity`` shows. The estimate is a little high for few draws per column; fewer than 5 per
    column are refused.

    Sources: M. Strong, J. E. Oakley and A. Brennan, Medical Decision Making 2014;34:311–326 (regression);
    A. Heath, I. Manolopoulou and G. Baio, Medical Decision Making 2017;37:747–758 (review).
    Raises DecisionError ``length``, ``not_finite``, ``setting``, ``few_draws``.
    """
    gains = _beyond_first(array(net_benefit, "net_benefit", 2))
    fitted, columns = _fit(gains, _group(inputs), functions, interaction)
    best = int(np.argmax(gains.mean(axis=0)))
    rows, chosen = np.arange(len(gains)), np.argmax(fitted, axis=1)
    # A fit with a constant keeps the means, so that the gain over the best on average is never negative.
    value = max(float((fitted[rows, chosen] - fitted[:, best]).mean()), 0.0)
    error = _standard_error(gains[rows, chosen] - gains[:, best])
    return Worth(value, error, functions, columns, _explained(gains, fitted))


def sensitivity(
    net_benefit: ArrayLike,
    inputs: ArrayLike,
    functions: Sequence[int] = (1, 3, 5, 7),
    *,
    interaction: int = INTERACTION,
) -> tuple[Worth, ...]:
    """EVPPI with smoother and rougher fits; how far they differ is what the smoother decides.

    One function per input is a straight line without products; the knots are one more than the functions.
    """
    return tuple(evppi(net_benefit, inputs, functions=count, interaction=interaction) for count in functions)


def evppi_curve(
    found: Outcomes,
    inputs: ArrayLike,
    thresholds: ArrayLike,
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> Floats:
    """EVPPI at every threshold from one fit, as λ·E(effect | φ) − E(cost | φ) is linear in λ as well."""
    levels = rising(thresholds)
    effects, costs = _beyond_first(found.effects), _beyond_first(found.costs)
    count = effects.shape[1]
    fitted, _ = _fit(np.hstack([effects, costs]), _group(inputs), functions, interaction)
    best = envelope(np.ascontiguousarray(fitted[:, count:]), np.ascontiguousarray(fitted[:, :count]), levels)
    means = levels[:, None] * effects.mean(axis=0) - costs.mean(axis=0)
    highest = (levels * best.effect - best.cost) / len(effects)
    return np.maximum(highest - means.max(axis=1), 0.0)


def ranking(
    net_benefit: ArrayLike,
    inputs: Mapping[str, ArrayLike],
    *,
    functions: int = FUNCTIONS,
    interaction: int = INTERACTION,
) -> tuple[tuple[str, Worth], ...]:
    """EVPPI of each named input or group, the most valuable first and equals by name."""
    found = [
        (name, evppi(net_benefit, values, functions=functions, interaction=interaction))
        for name, values in inputs.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item[1].value, item[0])))


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


def _beyond_first(values: Floats) -> Floats:
    """Draws × alternatives less the first alternative; the differences are all that a decision turns on."""
    if values.shape[1] < 2:
        raise DecisionError(
            "names",
            "alternatives",
            "der skal være mindst to at vælge imellem",
            "there must be at least two to choose between",
        )
    return values - values[:, :1]


def _group(inputs: ArrayLike) -> Floats:
    made: Floats = np.asarray(inputs, dtype=np.float64)
    return array(made[:, None] if made.ndim == 1 else made, "inputs", 2)


def _fit(gains: Floats, group: Floats, functions: int, interaction: int) -> tuple[Floats, int]:
    """The least-squares fit of each column of ``gains``, and the rank of what it was fitted on."""
    same_length([("inputs", len(group)), ("net_benefit", len(gains))])
    whole(functions, "functions", 1, 50)
    whole(interaction, "interaction", 1, 50)
    columns = columns_of(group.shape[1], functions, interaction)
    if len(gains) < DRAWS_PER_COLUMN * columns:
        raise DecisionError(
            "few_draws",
            "inputs",
            f"{len(gains)} trækninger er for få til {columns} søjler; tag færre functions, interaction 1",
            f"{len(gains)} draws are too few for {columns} columns; take fewer functions, interaction 1",
        )
    terms = design(group, functions, interaction)
    gram = terms @ terms.T
    # The normal equations are safe here: the columns are near orthonormal, and what coincides is dropped.
    weights, directions = np.linalg.eigh(gram)
    kept = weights > RANK * weights[-1]
    inverse = (directions[:, kept] / weights[kept]) @ directions[:, kept].T
    fitted: Floats = np.ascontiguousarray((inverse @ (terms @ gains)).T @ terms).T
    return fitted, int(kept.sum())


def _explained(gains: Floats, fitted: Floats) -> float:
    """The largest share of variance that a column's fit explains; 1 where nothing varies."""
    whole_variance = gains.var(axis=0)
    varies = whole_variance > 0
    if not varies.any():
        return 1.0
    return float(min((fitted.var(axis=0)[varies] / whole_variance[varies]).max(), 1.0))


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 0.0
