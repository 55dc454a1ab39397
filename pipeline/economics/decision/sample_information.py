"""What a study would be worth (EVSI), for what a sample informs without bias, and for nothing else.

More data make an estimate exact, not right: a parameter whose observations come from those it went well for,
say, is learnt ever better about the wrong people. Such a parameter is refused, and the bias named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.errors import (
    DecisionError,
    Floats,
    array,
    design_effect,
    probability,
    same_length,
    whole,
)
from pipeline.economics.decision.precision import standard_error
from pipeline.economics.decision.regression import (
    FUNCTIONS,
    Gains,
    explained,
    gains_of,
    influence_on,
    smoother,
    value_by,
)
from pipeline.economics.decision.value_of_information import Worth
from pipeline.text import Text

# What a study may count at most; the sums stay exact in doubles.
LARGEST_SAMPLE = 10**12


@dataclass(frozen=True)
class Proportion:
    """Each observation is yes or no, yes with the parameter as its probability.

    ``design_effect`` ≥ 1: a clustered sample of n is worth n / design_effect, rounded down.
    """

    design_effect: float = 1.0


@dataclass(frozen=True)
class Average:
    """Each observation is normal around the parameter with standard deviation ``deviation``, which is known.

    The mean of not so few of any other distribution is as good as normal. ``design_effect`` as in
    :class:`Proportion`.
    """

    deviation: float
    design_effect: float = 1.0


@dataclass(frozen=True)
class Informative:
    """A parameter, the design of the sample that would inform it, and the bias that no sample removes."""

    parameter: str
    design: Proportion | Average
    bias: Text | None

    def refusal(self) -> Text | None:
        """Why no value is given, None when one can be: for the table that lists what a study is worth."""
        if self.bias is None:
            return None
        return Text(
            f"flere observationer af {self.parameter} gør skønnet mere præcist, ikke rigtigere; "
            f"de fjerner ikke denne skævhed: {self.bias.da}",
            f"more observations of {self.parameter} make the estimate more exact, not more right; "
            f"they do not remove this bias: {self.bias.en}",
        )


def evsi(
    net_benefit: ArrayLike | Gains,
    draws: ArrayLike,
    informs: Informative,
    sizes: Sequence[int],
    *,
    seed: int,
    functions: int = FUNCTIONS,
    scrambles: int = 1,
) -> tuple[Worth, ...]:
    """E_X max_j E(NB_j | X) − max_j E NB_j, X being a sample of each of the rising ``sizes``.

    ``draws`` are those of the parameter φ behind ``net_benefit`` and stand for what is known before; any
    prior will do. For each draw a sample is made, the larger ones holding the smaller, and summed up by its
    mean, which is sufficient in both designs. E(NB_j | φ) is fitted first, as in ``evppi``, and then its
    expectation given the summary: X tells of net benefit through φ alone. Without observations the value is
    0, it rises with the size within its standard error, and its limit is the EVPPI of φ, which it never
    exceeds. Time grows with the number of sizes, not with the sizes.

    Source: M. Strong, J. E. Oakley, A. Brennan and P. Breeze, Medical Decision Making 2015;35:570–583
    (regression on a summary statistic of simulated samples).
    Raises DecisionError ``bias`` with the bias named, ``sizes``, ``design_effect``, ``deviation``,
    ``probability``, ``length``, ``not_finite``, ``few_draws``, ``names``.
    """
    refused = informs.refusal()
    if refused is not None:
        raise DecisionError("bias", informs.parameter, refused.da, refused.en)
    gains = gains_of(net_benefit)
    parameter = array(draws, informs.parameter, 1)
    same_length([(informs.parameter, parameter.size), ("net_benefit", gains.draws)])
    effective = _effective_sizes(informs, sizes)
    known = smoother(parameter[None], gains.draws, functions, 1).of(gains.values)
    limit = value_by(gains, known)
    found: list[Worth] = []
    summaries = _summaries(parameter, informs, effective, np.random.default_rng(seed))
    for size, summary in zip(effective, summaries, strict=True):
        if size == 0:
            found.append(Worth(0.0, 0.0, functions, 1, 0.0))
            continue
        smooth = smoother(summary[None], gains.draws, functions, 1)
        fitted = smooth.of(known)
        error = standard_error(influence_on(gains, fitted, smooth), scrambles)
        share = explained(gains.values, fitted)
        found.append(Worth(min(value_by(gains, fitted), limit), error, functions, smooth.columns, share))
    return tuple(found)


def _effective_sizes(informs: Informative, sizes: Sequence[int]) -> list[int]:
    """How many independent observations each size is worth, once the design and the sizes are checked."""
    design = informs.design
    deviation = design.deviation if isinstance(design, Average) else 1.0
    array([design.design_effect, deviation], informs.parameter, 1)
    effect = design_effect(design.design_effect, informs.parameter)
    if deviation <= 0:
        raise DecisionError(
            "deviation",
            informs.parameter,
            f"en observations standardafvigelse skal være over 0, fandt {deviation}",
            f"the standard deviation of an observation must be above 0, found {deviation}",
        )
    for size in sizes:
        whole(size, "sizes", 0, LARGEST_SAMPLE)
    if not sizes or any(later <= earlier for earlier, later in pairwise(sizes)):
        raise DecisionError(
            "sizes", "sizes", "stikprøvestørrelser skal være stigende", "sample sizes must be rising"
        )
    return [int(size / effect) for size in sizes]


def _summaries(
    parameter: Floats, informs: Informative, sizes: Sequence[int], stream: np.random.Generator
) -> list[Floats]:
    """Per size and draw the mean of a sample that holds the samples of the sizes before; 0 without any."""
    design = informs.design
    if isinstance(design, Proportion):
        probability(float(parameter.min()), informs.parameter)
        probability(float(parameter.max()), informs.parameter)
    total, before, made = np.zeros(parameter.size), 0, list[Floats]()
    for size in sizes:
        more = size - before
        if isinstance(design, Proportion):
            total = total + stream.binomial(more, parameter)
        else:
            total = total + more * parameter
            total += design.deviation * sqrt(more) * stream.standard_normal(parameter.size)
        made.append(total / max(size, 1))
        before = size
    return made
