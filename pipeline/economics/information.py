"""What it would be worth to one decision-maker to know more before choosing among the alternatives."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.decision.sample_information import Average, Informative, Proportion, evsi
from pipeline.economics.decision.sampling import Sample
from pipeline.economics.decision.value_of_information import Worth, evpi, evppi, sensitivity
from pipeline.economics.model import Costs, Study
from pipeline.economics.program import Program, case, environment
from pipeline.text import Text

Floats = NDArray[np.float64]
# Screening takes part of the draws; what stands out is computed on all of them.
SCREENED_SCRAMBLES = 2
SHOWN = 12
WIDE_GROUP = 2  # inputs in a group beyond which products of two at a time suffice


@dataclass(frozen=True)
class Known:
    """The worth in kroner of knowing ``name`` (everything, one input, a group) before the decision.

    ``low`` and ``high``: with smoother and rougher fits. ``kind``: *evpi*, *per_contact*, *evppi*, *group*,
    or *evsi*, a study of ``size``.
    """

    kind: str
    name: str
    title: Text
    worth: Worth
    low: float
    high: float
    size: int = 0


EVERYTHING = Text("Alt på én gang", "Everything at once")


def net_benefit(costs: Costs, drawn: Mapping[str, Mapping[str, Floats]], perspective: str) -> Floats:
    """Draws × alternatives in kroner; going on as today is the first, and its net benefit is nought."""
    found = [drawn[name][perspective].ravel() for name in costs.decision.alternatives]
    return np.column_stack([np.zeros(found[0].size), *found])


def information(
    costs: Costs, sample: Sample, drawn: Mapping[str, Mapping[str, Floats]], perspective: str
) -> list[Known]:
    """EVPI, the inputs that are worth most (EVPPI), and every declared group, the most valuable first."""
    benefit = net_benefit(costs, drawn, perspective)
    whole = evpi(benefit, scrambles=sample.scrambles)
    made = [Known("evpi", "all", EVERYTHING, whole, whole.value, whole.value)]
    count = SCREENED_SCRAMBLES * sample.points
    screened = {name: evppi(benefit[:count], sample.of(name)[:count]).value for name in sample.names}
    chosen = sorted(
        (name for name in sample.names if screened[name] > 0), key=lambda name: (-screened[name], name)
    )
    singles = [
        _known("evppi", name, costs.inputs[name].title, benefit, sample, (name,)) for name in chosen[:SHOWN]
    ]
    groups = [
        _known(
            "group",
            item.name,
            item.title,
            benefit,
            sample,
            tuple(key for key in item.inputs if key in sample.names),
        )
        for item in costs.groups_of_interest
    ]
    for found in (singles, groups):
        made += sorted(found, key=lambda item: (-item.worth.value, item.name))
    for study in costs.studies:
        made += _of_study(costs, study, benefit, sample)
    return made


def contacts(costs: Costs, program: Program) -> Floats:
    """How many contacts each year's decision affects in the headline alternative."""
    found = environment(costs, program, case(costs), {})
    uses = next(item.uses for item in costs.volumes if item.name == costs.decision.contacts)
    return np.array(
        [sum(float(found[f"{costs.decision.contacts}.{use}.{year}"]) for use in uses) for year in costs.years]
    )


def informs(study: Study) -> Informative:
    """What the study would tell, and what no more of it removes."""
    effect = float(study.design_effect)
    design = Proportion(effect) if study.deviation is None else Average(float(study.deviation), effect)
    return Informative(study.input, design, study.bias)


def _of_study(costs: Costs, study: Study, benefit: Floats, sample: Sample) -> list[Known]:
    """The worth of each size of a study; none where a bias stays whatever the size."""
    told = informs(study)
    if told.refusal() is not None:
        return []
    seed = int(costs.settings["seed"])
    found = evsi(benefit, sample.of(study.input), told, study.sizes, seed=seed, scrambles=sample.scrambles)
    return [
        Known("evsi", f"{study.name}.{size}", study.title, worth, worth.value, worth.value, size)
        for size, worth in zip(study.sizes, found, strict=True)
    ]


def _known(
    kind: str, name: str, title: Text, benefit: Floats, sample: Sample, inputs: tuple[str, ...]
) -> Known:
    values = sample.group(*inputs)
    wide = len(inputs) > WIDE_GROUP
    interaction, functions = (2, 3) if wide else (3, 5)
    worth = evppi(benefit, values, functions=functions, interaction=interaction, scrambles=sample.scrambles)
    # How much the smoother decides is a difference on the same draws, for which part of them suffices.
    count = SCREENED_SCRAMBLES * sample.points
    sizes = (functions, functions - 2, functions + 1)
    base, *others = sensitivity(benefit[:count], values[:count], sizes, interaction=interaction).fits
    moved = [worth.value + item.value - base.value for item in others]
    return Known(kind, name, title, worth, max(min(worth.value, *moved), 0.0), max(worth.value, *moved))
