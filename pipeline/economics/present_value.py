"""Net present values of cases in every perspective, over as many values of the inputs as one likes.

NPV = Σ over lines of sign × weight × each × unit cost × Σ over years of discount factor × volume: the
ledger's sum without its rounding to whole øre. A line's formula has no year in it, so that the years are
summed first, and lines that the same perspectives count with the same weight are added up before it is put
on them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.economics.expression import Tree
from pipeline.economics.model import Costs
from pipeline.economics.program import Case, Line, Program
from pipeline.economics.steps import Floats, Operand, Script, Steps


@dataclass(frozen=True)
class Asked:
    """A case to value; ``is_smooth`` leaves out the steps in costs, so that what they cost can be told."""

    case: Case
    is_smooth: bool = False


@dataclass(frozen=True, eq=False)
class Valuation:
    """The formulas of what was asked, recorded once for any number of draws of what varies."""

    script: Script
    perspectives: tuple[str, ...]

    def at(self, values: Mapping[str, Floats], size: int) -> list[dict[str, Floats]]:
        """Kroner per perspective, for each that was asked in its order; every array holds ``size`` values.

        ``values``: an array of ``size`` for every varying input. Raises KeyError for one without.
        """
        found = self.script.run(values, size)
        count = len(self.perspectives)
        return [
            dict(zip(self.perspectives, found[place : place + count], strict=True))
            for place in range(0, len(found), count)
        ]


def valuation(
    costs: Costs,
    program: Program,
    asked: Sequence[Asked],
    varying: Collection[str],
    certain: Mapping[str, float] | None = None,
) -> Valuation:
    """What is ``asked``, with arrays for the inputs in ``varying`` and ``certain`` before the model's own.

    What cases have in common is computed once for all of them.
    """
    steps = Steps()
    inputs: dict[str, Operand] = {key: float(item.value) for key, item in costs.inputs.items()}
    inputs.update(certain or {})
    inputs.update((name, steps.varying(name)) for name in varying)
    seen_by: dict[tuple[str, str, str], tuple[str, ...]] = {}
    outputs = [one for item in asked for one in _case(steps, costs, program, item, inputs, seen_by)]
    return Valuation(steps.script(outputs), tuple(item.name for item in costs.perspectives))


def present_values(
    costs: Costs, program: Program, asked: Sequence[Asked], values: Mapping[str, float]
) -> list[dict[str, float]]:
    """Kroner per perspective for each that is ``asked``, with ``values`` before the model's own."""
    found = valuation(costs, program, asked, (), values).at({}, 1)
    return [{name: float(npv[0]) for name, npv in item.items()} for item in found]


class _Names:
    """What the names in a case's formulas stand for; a definition is recorded when it is first asked for."""

    def __init__(self, steps: Steps, program: Program, asked: Asked, inputs: Mapping[str, Operand]) -> None:
        self._steps, self._asked = steps, asked
        self._waiting = {item.key: item for item in program.definitions}
        self._found = dict(inputs)
        self._found.update((name, inputs[other]) for name, other in asked.case.bindings.items())

    def __call__(self, name: str) -> Operand:
        if name not in self._found:
            item = self._waiting[name]
            is_out = item.use != "" and item.use not in self._asked.case.uses
            self._found[name] = 0.0 if is_out else self.tree(item.tree)
        return self._found[name]

    def tree(self, tree: Tree) -> Operand:
        """A formula of these names."""
        return self._steps.tree(tree, self, is_smooth=self._asked.is_smooth)


def _case(
    steps: Steps,
    costs: Costs,
    program: Program,
    asked: Asked,
    inputs: Mapping[str, Operand],
    seen_by: dict[tuple[str, str, str], tuple[str, ...]],
) -> list[Operand]:
    """The case's net present value in each perspective."""
    named = _Names(steps, program, asked, inputs)
    factors = [float(costs.schedule.factor(year)) for year in costs.years]
    # An activity's lines (payer, receiver, what society adds) differ by sign and weight alone.
    paid: dict[tuple[str, str], Operand] = {}
    sums: dict[tuple[tuple[str, ...], Operand], Operand] = {}
    for line in program.lines:
        place = (line.account, line.benefit_class, line.kind)
        if place not in seen_by:
            seen_by[place] = _counted_by(costs, line)
        if not asked.case.counts(line) or not seen_by[place]:
            continue
        activity = (line.block, line.activity)
        if activity not in paid:
            volume = steps.weighted([named(line.volume_key(year)) for year in costs.years], factors)
            price = steps.of("*", named.tree(line.each), named(line.unit_cost))
            paid[activity] = steps.of("*", volume, price)
        group = (seen_by[place], named.tree(line.weight))
        sums[group] = steps.of("+" if line.sign > 0 else "-", sums.get(group, 0.0), paid[activity])
    made: list[Operand] = []
    for perspective in costs.perspectives:
        total: Operand = 0.0
        for (names, weight), amount in sums.items():
            if perspective.name in names:
                total = steps.of("+", total, steps.of("*", amount, weight))
        made.append(total)
    return made


def _counted_by(costs: Costs, line: Line) -> tuple[str, ...]:
    """The perspectives that count the line."""
    return tuple(
        item.name for item in costs.perspectives if item.counts(line.account, line.benefit_class, line.kind)
    )
