"""Decision analysis of any alternatives × draws, as pure functions that stand alone.

Make draws
    ``fit``, ``three_point``, ``beta_from_counts``, ``power_prior``, ``dirichlet_from_counts`` and ``mix``
    make distributions from what is known; ``draw`` draws them together (``replicates`` gives the bare
    points), ``nearest_correlation`` mends what is no correlation.
Decide
    ``outcomes`` checks costs and effects; ``acceptability`` gives the curve, the frontier, expected loss and
    EVPI per threshold; ``frontier`` and ``incremental`` give dominance and ratios; ``probability_positive`` a
    net present value's chance.
Learn
    ``evpi``, ``evppi``, ``evppi_curve``, ``sensitivity``, ``ranking`` say what knowing would be worth,
    ``evsi`` what a sample would, ``population`` what it comes to for everybody.
Trust
    ``over_scrambles`` gives a standard error; whatever is wrong with the input stops with a
    :class:`DecisionError` that names the rule, and no function returns NaN.

>>> import numpy as np
>>> from pipeline.economics.decision import Normal, draw, evppi
>>> sample = draw({"gain": Normal(1, 1), "loss": Normal(0, 2)}, seed=1)
>>> worth = np.column_stack([np.zeros(2**17), sample.of("gain") - sample.of("loss")])
>>> round(evppi(worth, sample.of("loss"), scrambles=sample.scrambles).value, 3)
0.396
"""

from pipeline.economics.decision.acceptability import Curves, acceptability
from pipeline.economics.decision.copula import nearest_correlation
from pipeline.economics.decision.counts import (
    Borrowed,
    External,
    beta_from_counts,
    dirichlet_from_counts,
    power_prior,
)
from pipeline.economics.decision.dirichlet import Dirichlet, mix
from pipeline.economics.decision.distributions import (
    Beta,
    Distribution,
    Event,
    Gamma,
    Lognormal,
    Normal,
    Point,
    Triangular,
    Uniform,
)
from pipeline.economics.decision.dominance import Position, frontier, incremental
from pipeline.economics.decision.errors import DecisionError
from pipeline.economics.decision.fitting import fit, three_point
from pipeline.economics.decision.outcomes import Outcomes, outcomes
from pipeline.economics.decision.population import population
from pipeline.economics.decision.precision import Mean, Share, over_scrambles, probability_positive
from pipeline.economics.decision.sample_information import Average, Informative, Proportion, evsi
from pipeline.economics.decision.sampling import Sample, draw, names_of, replicates
from pipeline.economics.decision.value_of_information import (
    Sensitivity,
    Worth,
    evpi,
    evppi,
    evppi_curve,
    ranking,
    sensitivity,
)

__all__ = [
    "Average",
    "Beta",
    "Borrowed",
    "Curves",
    "DecisionError",
    "Dirichlet",
    "Distribution",
    "Event",
    "External",
    "Gamma",
    "Informative",
    "Lognormal",
    "Mean",
    "Normal",
    "Outcomes",
    "Point",
    "Position",
    "Proportion",
    "Sample",
    "Sensitivity",
    "Share",
    "Triangular",
    "Uniform",
    "Worth",
    "acceptability",
    "beta_from_counts",
    "dirichlet_from_counts",
    "draw",
    "evpi",
    "evppi",
    "evppi_curve",
    "evsi",
    "fit",
    "frontier",
    "incremental",
    "mix",
    "names_of",
    "nearest_correlation",
    "outcomes",
    "over_scrambles",
    "population",
    "power_prior",
    "probability_positive",
    "ranking",
    "replicates",
    "sensitivity",
    "three_point",
]
