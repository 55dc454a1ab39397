"""All inputs uncertain at once: distributions, draws of them, and what those say of net present value."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.economics.decision.counts import External, beta_from_counts, power_prior
from pipeline.economics.decision.dirichlet import Dirichlet, mix
from pipeline.economics.decision.distributions import Beta, Distribution, Event, Point
from pipeline.economics.decision.fitting import fit
from pipeline.economics.decision.precision import Mean, over_scrambles
from pipeline.economics.decision.sampling import Sample, draw_twice, names_of
from pipeline.economics.inquiry import Borrow
from pipeline.economics.model import Costs, Quantity
from pipeline.economics.present_value import Asked, Valuation, valuation
from pipeline.economics.program import Case, Program
from pipeline.economics.steps import Floats


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
    return samples(costs)[0 if is_correlated else 1]


def samples(costs: Costs) -> tuple[Sample, Sample]:
    """Draws of every uncertain input, and those of the same points without correlation."""
    found = distributions(costs)
    drawn = draw_twice(
        found,
        seed=int(costs.settings["seed"]),
        correlation=correlation(costs, _plain(names_of(found))),
        log2_points=int(costs.settings["log2_points"]),
        scrambles=int(costs.settings["scrambles"]),
    )
    tied, free = (Sample(_plain(item.names), item.columns) for item in drawn)
    return tied, free


def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """A mix's parts are called by the input alone: its group says nothing more."""
    return tuple(name.rpartition(".")[2] for name in names)


def net_present_values(
    costs: Costs,
    program: Program,
    chosen: Case,
    drawn: Sample,
    *,
    is_smooth: bool = False,
) -> dict[str, Floats]:
    """Net present value in kroner of every draw, scrambles × points, by perspective."""
    valued = valuation(costs, program, [Asked(chosen, is_smooth)], drawn.names)
    return by_draw(valued, drawn)[0]


def by_draw(
    valued: Valuation, drawn: Sample, fixed: Mapping[str, float] | None = None
) -> list[dict[str, Floats]]:
    """What is valued, scrambles × points by perspective; ``fixed`` holds inputs at a value in every draw."""
    size = drawn.scrambles * drawn.points
    values = {name: drawn.of(name) for name in drawn.names}
    values.update((name, np.full(size, value)) for name, value in (fixed or {}).items())
    return [
        {name: npv.reshape(drawn.scrambles, drawn.points) for name, npv in found.items()}
        for found in valued.at(values, size)
    ]


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
