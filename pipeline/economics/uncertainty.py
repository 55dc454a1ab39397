"""All inputs uncertain at once: distributions, draws, and what moves from one value to the mean of many.

The deterministic and the probabilistic result come from the same formulas and reconcile: the bridge between
them has a step for skewed ranges, for steps in costs, for what varies together, and sums without a remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.decision.distributions import Distribution, Event, Gamma, Point
from pipeline.economics.decision.fitting import beta_of_counts, fit
from pipeline.economics.decision.sampling import Mean, Sample, draw, over_scrambles
from pipeline.economics.expression import Value
from pipeline.economics.model import Costs, Quantity
from pipeline.economics.program import Case, Program, case, present_values, seen

Floats = NDArray[np.float64]


def distributions(costs: Costs) -> dict[str, Distribution]:
    """How every input that is not certain varies. Raises DecisionError where value and range contradict.

    Weights of a mix are gamma with shape share × size, so that their normalised values are Dirichlet of that
    size (L. Devroye, Non-Uniform Random Variate Generation, 1986, chapter XI.4).
    """
    made = {key: _distribution(costs, key, item) for key, item in costs.inputs.items()}
    return {key: item for key, item in made.items() if not isinstance(item, Point)}


def _distribution(costs: Costs, key: str, item: Quantity) -> Distribution:
    value, low, high = float(item.value), float(item.low), float(item.high)
    if item.kind == "event":
        return Event(value)
    if item.kind == "weight":
        size = float(costs.settings["mix_size"])
        return Gamma(value * size, 1 / size) if value else Point(0.0)
    if item.kind == "counts" and item.evidence is not None:
        deflated = float(item.evidence.design_effect)
        return beta_of_counts(
            float(item.evidence.count) / deflated,
            float(item.evidence.size) / deflated,
            prior_alpha=float(costs.settings["prior_alpha"]),
            prior_beta=float(costs.settings["prior_beta"]),
            what=f"costs.inputs.{key}",
        )
    if item.kind == "point":
        return Point(value)
    return fit(item.kind, value, low, high, f"costs.inputs.{key}")  # type: ignore[arg-type]


def correlation(costs: Costs, names: tuple[str, ...]) -> Floats:
    """The correlation matrix of the normal scores, in the order of ``names``; what is certain is left out."""
    matrix = np.eye(len(names))
    for item in costs.correlations:
        places = [names.index(key) for key in item.inputs if key in names]
        for one in places:
            for other in places:
                if one != other:
                    matrix[one, other] = float(item.rho)
    return matrix


def sample(costs: Costs, *, is_correlated: bool = True) -> Sample:
    """Draws of every uncertain input; the same points whether correlated or not."""
    found = distributions(costs)
    return draw(
        found,
        seed=int(costs.settings["seed"]),
        correlation=correlation(costs, tuple(found)) if is_correlated else None,
        log2_points=int(costs.settings["log2_points"]),
        scrambles=int(costs.settings["scrambles"]),
    )


def net_present_values(
    costs: Costs,
    program: Program,
    chosen: Case,
    drawn: Sample,
    *,
    fixed: Mapping[str, float] | None = None,
    is_smooth: bool = False,
) -> dict[str, Floats]:
    """Net present value in kroner of every draw, scrambles × points, by perspective.

    ``fixed`` holds inputs at a value. Each scramble is computed by itself, so that its arrays stay in the
    cache.
    """
    made = {item.name: np.empty(drawn.values.shape[:2]) for item in costs.perspectives}
    for number in range(drawn.scrambles):
        values: dict[str, Value] = {
            name: np.ascontiguousarray(drawn.values[number, :, place])
            for place, name in enumerate(drawn.names)
        }
        values.update(fixed or {})
        amounts = present_values(costs, program, chosen, values, is_smooth=is_smooth)
        for name, found in made.items():
            found[number] = seen(costs, name, amounts)
    return made


@dataclass(frozen=True)
class Spread:
    """What one alternative's draws say in one perspective: mean, percentiles, chance of a gain; kroner."""

    alternative: str
    perspective: str
    mean: Mean
    median: float
    low: float
    high: float
    probability: Mean


def spread(alternative: str, perspective: str, npv: Floats) -> Spread:
    """The summary of scrambles × points; ``low`` and ``high`` are the 2.5 and 97.5 percentiles."""
    low, median, high = np.quantile(npv, [0.025, 0.5, 0.975])
    return Spread(
        alternative,
        perspective,
        over_scrambles(npv.mean(axis=1)),
        float(median),
        float(low),
        float(high),
        over_scrambles((npv > 0).mean(axis=1)),
    )


@dataclass(frozen=True)
class Bridge:
    """From the deterministic value to the probabilistic mean, in kroner; every step is added to the one
    before.

    ``skew``: inputs at their means instead of their values; ``steps``: half a room is a whole one;
    ``products``: what varies is multiplied by what varies; ``correlation``: some of it varies together;
    ``rounding``: the ledger is in whole øre. ``mean`` is their sum.
    """

    alternative: str
    perspective: str
    deterministic: float
    rounding: float
    skew: float
    products: float
    steps: float
    correlation: float
    mean: float


def bridges(
    costs: Costs,
    program: Program,
    drawn: Sample,
    correlated: Mapping[str, Mapping[str, Floats]],
    booked: Mapping[tuple[str, str], int],
) -> list[Bridge]:
    """The bridge of every alternative and perspective; ``booked`` is the ledger's net present value in øre.

    ``correlated``: the draws of ``net_present_values`` by alternative; ``drawn``: the same points without
    correlation.
    """
    means: dict[str, Value] = {key: item.mean for key, item in distributions(costs).items()}
    made: list[Bridge] = []
    for alternative in costs.alternatives:
        chosen = case(costs, alternative.name)
        at_value = present_values(costs, program, chosen, {})
        at_mean = present_values(costs, program, chosen, means)
        smooth_mean = present_values(costs, program, chosen, means, is_smooth=True)
        free = net_present_values(costs, program, chosen, drawn)
        smooth = net_present_values(costs, program, chosen, drawn, is_smooth=True)
        for perspective in costs.perspectives:
            name = perspective.name
            exact, mean = float(seen(costs, name, at_value)), float(seen(costs, name, at_mean))
            loose = float(smooth[name].mean()) - float(seen(costs, name, smooth_mean))
            whole = float(free[name].mean()) - mean
            together = float(correlated[alternative.name][name].mean())
            ledger = booked[alternative.name, name] / 100
            made.append(
                Bridge(
                    alternative.name, name, ledger, exact - ledger, mean - exact, loose, whole - loose,
                    together - float(free[name].mean()), together,
                )
            )  # fmt: skip
    return made
