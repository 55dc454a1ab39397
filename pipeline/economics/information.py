"""What it would be worth to one decision-maker to know more before choosing among the alternatives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.economics.decision.regression import Gains, gains_of
from pipeline.economics.decision.sample_information import Average, Informative, Proportion, evsi
from pipeline.economics.decision.sampling import Sample
from pipeline.economics.decision.side_by_side import side_by_side
from pipeline.economics.decision.value_of_information import Worth, evpi, evppi, evppi_value
from pipeline.economics.inquiry import Study
from pipeline.economics.model import Costs
from pipeline.economics.program import Program, case, environment
from pipeline.economics.steps import Floats
from pipeline.text import Text

# All inputs are screened on a scramble, the LEFT best of them on two, and those SHOWN are computed on all.
SCREENED_SCRAMBLES, COMPARED_SCRAMBLES = 1, 2
LEFT, SHOWN = 36, 12
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
    whole, part, least = (
        _Drawn(sample.first(count), gains_of(benefit[: count * sample.points]))
        for count in (sample.scrambles, COMPARED_SCRAMBLES, SCREENED_SCRAMBLES)
    )
    everything = evpi(whole.gains, scrambles=sample.scrambles)
    made = [Known("evpi", "all", EVERYTHING, everything, everything.value, everything.value)]
    chosen = _screened(_screened(sample.names, least, LEFT), part, SHOWN)
    singles = [("evppi", name, costs.inputs[name].title, (name,)) for name in chosen]
    groups = [
        ("group", item.name, item.title, tuple(key for key in item.inputs if key in sample.names))
        for item in costs.groups_of_interest
    ]
    found = side_by_side(lambda asked: _known(*asked, whole, part), [*groups, *singles])
    for kind in ("evppi", "group"):
        these = [item for item in found if item.kind == kind]
        made += sorted(these, key=lambda item: (-item.worth.value, item.name))
    for studied in side_by_side(lambda study: _of_study(costs, study, whole), costs.studies):
        made += studied
    return made


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Draws of the inputs, and what the alternatives gain in each."""

    sample: Sample
    gains: Gains


def _screened(names: Sequence[str], drawn: _Drawn, count: int) -> list[str]:
    """Those ``count`` inputs at most that are worth most in these draws, if they are worth anything."""
    worths = side_by_side(lambda name: evppi_value(drawn.gains, drawn.sample.of(name)), names)
    values = dict(zip(names, worths, strict=True))
    worthy = [name for name in names if values[name] > 0]
    return sorted(worthy, key=lambda name: (-values[name], name))[:count]


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


def _of_study(costs: Costs, study: Study, drawn: _Drawn) -> list[Known]:
    """The worth of each size of a study; none where a bias stays whatever the size."""
    told = informs(study)
    if told.refusal() is not None:
        return []
    sample, seed = drawn.sample, int(costs.settings["seed"])
    found = evsi(
        drawn.gains, sample.of(study.input), told, study.sizes, seed=seed, scrambles=sample.scrambles
    )
    return [
        Known("evsi", f"{study.name}.{size}", study.title, worth, worth.value, worth.value, size)
        for size, worth in zip(study.sizes, found, strict=True)
    ]


def _known(kind: str, name: str, title: Text, inputs: tuple[str, ...], whole: _Drawn, part: _Drawn) -> Known:
    functions, interaction = (3, 2) if len(inputs) > WIDE_GROUP else (5, 3)
    worth = evppi(
        whole.gains,
        whole.sample.group(*inputs),
        functions=functions,
        interaction=interaction,
        scrambles=whole.sample.scrambles,
    )
    # How much the smoother decides is a difference on the same draws, for which part of them suffices.
    values = part.sample.group(*inputs)
    base, *others = (
        evppi_value(part.gains, values, functions=count, interaction=interaction)
        for count in (functions, functions - 2, functions + 1)
    )
    moved = [worth.value + other - base for other in others]
    return Known(kind, name, title, worth, max(min(worth.value, *moved), 0.0), max(worth.value, *moved))
