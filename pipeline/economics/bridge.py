"""From the deterministic net present value to the mean of the draws, step by step and without a remainder.

Both come from the same formulas, so that what lies between them has names: skewed ranges, steps in costs,
what is multiplied, what varies together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.economics.decision.dirichlet import Dirichlet
from pipeline.economics.decision.sampling import Sample
from pipeline.economics.model import Costs
from pipeline.economics.present_value import Asked, Valuation, valuation
from pipeline.economics.program import Program, case
from pipeline.economics.steps import Floats
from pipeline.economics.uncertainty import by_draw, distributions


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
    chosen = [case(costs, item.name) for item in costs.alternatives]
    asked = [Asked(one) for one in chosen] + [Asked(one, is_smooth=True) for one in chosen]
    valued = valuation(costs, program, asked, drawn.names)
    free = _mean_values(valued, drawn)
    ends = {name: np.array([float(costs.value(name)), means[name]]) for name in drawn.names}
    at_ends = valued.at(ends, 2)
    made: list[Bridge] = []
    for number, alternative in enumerate(costs.alternatives):
        smooth = number + len(chosen)
        for perspective in costs.perspectives:
            name = perspective.name
            exact, mean = at_ends[number][name].tolist()
            whole = free[number][name]
            loose = free[smooth][name] - float(at_ends[smooth][name][1])
            together = float(correlated[alternative.name][name].mean())
            ledger = booked[alternative.name, name] / 100
            made.append(
                Bridge(
                    alternative.name, name, ledger, exact - ledger, mean - exact, loose, whole - mean - loose,
                    together - whole, together,
                )
            )  # fmt: skip
    return made


def _mean_values(valued: Valuation, drawn: Sample) -> list[dict[str, float]]:
    """The mean over all draws of what is valued; a scramble at a time, as only the means are kept."""
    parts = [
        [{name: float(npv.mean()) for name, npv in item.items()} for item in by_draw(valued, part)]
        for part in drawn.each()
    ]
    return [
        {name: sum(item[name] for item in same) / drawn.scrambles for name in same[0]}
        for same in zip(*parts, strict=True)
    ]


def _means(costs: Costs) -> dict[str, float]:
    made: dict[str, float] = {}
    for key, item in distributions(costs).items():
        made.update(item.mean if isinstance(item, Dirichlet) else {key: item.mean})
    return made
