"""All inputs uncertain at once: distributions, draws, and what moves from one value to the mean of many.

The deterministic and the probabilistic result come from the same formulas and reconcile: the bridge between
them has a step for skewed ranges, for steps in costs, for what varies together, and sums without a remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.decision.counts import External, beta_from_counts, power_prior
from pipeline.economics.decision.dirichlet import Dirichlet, mix
from pipeline.economics.decision.distributions import Beta, Distribution, Event, Point
from pipeline.economics.decision.fitting import fit
from pipeline.economics.decision.precision import Mean, over_scrambles
from pipeline.economics.decision.sampling import Sample, draw, names_of, replicates
from pipeline.economics.expression import Value
from pipeline.economics.model import Borrow, Costs, Quantity
from pipeline.economics.program import Case, Program, case, present_values, seen

Floats = NDArray[np.float64]


def distributions(costs: Costs) -> dict[str, Distribution | Dirichlet]:
    """How every input that is not certain varies; the weights of a group vary together, under its name.

    Raises DecisionError where value and range contradict.
    """
    made: dict[str, Distribution | Dirichlet] = {}
    for key, item in costs.inputs.items():
        if item.kind == "weight":
            if item.group not in made:
                shares = {one: float(costs.value(one)) for one in costs.groups[item.group]}
                size = float(costs.settings["mix_size"])
                made[item.group] = mix({one: share for one, share in shares.items() if share}, size)
            continue
        found = _distribution(costs, key, item)
        if not isinstance(found, Point):
            made[key] = found
    return made


def _distribution(costs: Costs, key: str, item: Quantity) -> Distribution:
    what = f"costs.inputs.{key}"
    value, low, high = float(item.value), float(item.low), float(item.high)
    match item.kind:
        case "event":
            return Event(value)
        case "counts" if item.evidence is not None:
            found = item.evidence
            return beta_from_counts(
                float(found.count),
                float(found.size),
                prior=prior(costs),
                design_effect=float(found.design_effect),
                what=what,
            )
        case "pert" | "triangular" | "uniform":
            return fit(item.kind, value, low, high, what)
        case _:
            return Point(value)


def prior(costs: Costs) -> tuple[float, float]:
    """The stated beta prior of every counted share."""
    return float(costs.settings["prior_alpha"]), float(costs.settings["prior_beta"])


def borrowed(costs: Costs, borrow: Borrow) -> tuple[Beta, Beta]:
    """A counted input's distribution alone, and together with the down-weighted counts from elsewhere."""
    found = costs.inputs[borrow.input].evidence
    assert found is not None  # only counted inputs may borrow
    outside = External(borrow.name, float(borrow.count), float(borrow.size), float(borrow.weight))
    made = power_prior(
        float(found.count),
        float(found.size),
        prior=prior(costs),
        external=(outside,),
        design_effect=float(found.design_effect),
        what=f"costs.borrows.{borrow.name}",
    )
    return made.alone, made.together


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
    names = _plain(names_of(found))
    return _drawn(costs, found, correlation(costs, names) if is_correlated else None)


def uncorrelated(costs: Costs, drawn: Sample) -> Sample:
    """The points of ``drawn`` without correlation: only what is correlated is drawn again."""
    found = distributions(costs)
    moved = [key for item in costs.correlations for key in item.inputs if key in drawn.names]
    if any(key not in found for key in moved):  # part of a mix, which is drawn as a whole
        return sample(costs, is_correlated=False)
    scrambles, points, dimension = drawn.values.shape
    uniforms = replicates(int(costs.settings["seed"]), points, scrambles, dimension)
    values = drawn.values.copy()
    for key in moved:
        place, item = drawn.names.index(key), found[key]
        assert not isinstance(item, Dirichlet)
        values[:, :, place] = item.quantile(np.ascontiguousarray(uniforms[:, :, place]))
    return Sample(drawn.names, values)


def _drawn(costs: Costs, found: Mapping[str, Distribution | Dirichlet], matrix: Floats | None) -> Sample:
    drawn = draw(
        found,
        seed=int(costs.settings["seed"]),
        correlation=matrix,
        log2_points=int(costs.settings["log2_points"]),
        scrambles=int(costs.settings["scrambles"]),
    )
    return Sample(_plain(drawn.names), drawn.values)


def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """A mix's parts are called by the input alone: its group says nothing more."""
    return tuple(name.rpartition(".")[2] for name in names)


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


def _means(costs: Costs) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for key, item in distributions(costs).items():
        made.update(item.mean if isinstance(item, Dirichlet) else {key: item.mean})
    return made


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
    means = _means(costs)
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
