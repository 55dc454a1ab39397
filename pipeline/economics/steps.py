"""Many formulas as one list of steps: what is the same is computed once, and what is certain before any draw.

Formulas are recorded one after the other. A step is an operator and its operands; one that has been recorded
before is not recorded again (value numbering), one without a varying operand is a number at once, and one
that no output needs is left out. The steps are then run over blocks of draws so small that everything they
touch stays in the processor's cache. Source: A. W. Appel, Modern Compiler Implementation in ML, 1998,
chapters 10 (liveness), 17 and 19 (value numbering, dead code).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.expression import CEIL_SLACK, Tree, evaluate

Floats = NDArray[np.float64]
# Draws at a time: few enough that the couple of hundred values alive at once stay in the cache, and so many
# that calling numpy costs little beside what it computes.
BLOCK = 4096


class At(NamedTuple):
    """The value of a recorded step; a plain number is a value that is certain."""

    step: int


Operand = float | At


class _Step(NamedTuple):
    """``left operator right``; an operator of one has no ``right``, and an input's operator is its name."""

    operator: str
    left: Operand | None
    right: Operand | None


class Steps:
    """Formulas being recorded."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._recorded: dict[_Step, At] = {}
        self._weighted: dict[tuple[tuple[Operand, ...], tuple[float, ...]], Operand] = {}

    def varying(self, name: str) -> At:
        """What is not certain: its draws are given to ``Script.run`` by that name."""
        return self._record(_Step(name, None, None))

    def _record(self, step: _Step) -> At:
        found = self._recorded.get(step)
        if found is None:
            found = self._recorded[step] = At(len(self._steps))
            self._steps.append(step)
        return found

    def tree(self, tree: Tree, named: Callable[[str], Operand], *, is_smooth: bool = False) -> Operand:
        """A formula, whose names are looked up by ``named``; ``is_smooth`` as in ``expression.evaluate``."""
        if isinstance(tree, str):
            return named(tree)
        if not isinstance(tree, list):
            return tree
        parts = [self.tree(part, named, is_smooth=is_smooth) for part in cast("list[Tree]", tree[1:])]
        if tree[0] == "ceil" and is_smooth:
            return parts[0]
        return self.of(cast("str", tree[0]), *parts)

    def of(self, operator: str, left: Operand, right: Operand | None = None) -> Operand:
        """One step, or the number or operand that it comes to."""
        if not isinstance(left, At) and not isinstance(right, At):
            numbers = [left] if right is None else [left, right]
            return float(cast("float", evaluate([operator, *numbers], {})))
        match operator, left, right:
            # Draws are finite, so that nothing times them is nothing.
            case ("*", 0.0, _) | ("*", _, 0.0) | ("/", 0.0, _) | ("share", 0.0, _) | ("share", _, 0.0):
                return 0.0
            case (("*" | "/" | "share", At(), 1.0) | ("+" | "-", At(), 0.0)) as simple:
                return simple[1]
            case ("*", 1.0, At()) | ("+", 0.0, At()):
                return right
            case "share", _, float():
                return self._record(_Step("/", left, right))
            case "ceil", _, _:
                return self._record(_Step("ceil", self.of("-", left, CEIL_SLACK), None))
            case _:
                return self._record(_Step(operator, left, right))

    def weighted(self, operands: Sequence[Operand], weights: Sequence[float]) -> Operand:
        """Σ weight × operand, where what all operands share is taken outside the sum.

        Discounting one formula's years is such a sum, and most of the formula is the same in all of them.
        """
        key = (tuple(operands), tuple(weights))
        if key not in self._weighted:
            self._weighted[key] = self._sum([pair for pair in zip(*key, strict=True) if pair[0] != 0.0])
        return self._weighted[key]

    def _sum(self, some: Sequence[tuple[Operand, float]]) -> Operand:
        if not some:
            return 0.0
        weights = [weight for _, weight in some]
        if len({operand for operand, _ in some}) == 1:
            return self.of("*", some[0][0], sum(weights))
        steps = [self._steps[operand.step] for operand, _ in some if isinstance(operand, At)]
        if len(steps) == len(some) and len({step.operator for step in steps}) == 1:
            operator = steps[0].operator
            left, right = ([cast("Operand", step[side]) for step in steps] for side in (1, 2))
            if operator in ("+", "-"):
                return self.of(operator, self.weighted(left, weights), self.weighted(right, weights))
            if operator == "*" and len(set(left)) == 1:
                return self.of("*", left[0], self.weighted(right, weights))
            if operator in ("*", "/", "share") and len(set(right)) == 1:
                return self.of(operator, self.weighted(left, weights), right[0])
        total: Operand = 0.0
        for operand, weight in some:
            total = self.of("+", total, self.of("*", operand, weight))
        return total

    def script(self, outputs: Sequence[Operand]) -> "Script":
        """What ``outputs`` need, ready to run any number of times."""
        end = len(self._steps)
        last = {output.step: end for output in outputs if isinstance(output, At)}
        for number in range(end - 1, -1, -1):
            if number in last:
                for operand in self._steps[number][1:]:
                    if isinstance(operand, At):
                        last.setdefault(operand.step, number)
        slots, free, count = dict[int, int](), list[int](), 0
        for number in sorted(last):
            used = {operand.step for operand in self._steps[number][1:] if isinstance(operand, At)}
            free += [slots[step] for step in sorted(used) if last[step] == number]
            slots[number] = free.pop() if free else count
            count = max(count, slots[number] + 1)

        def placed(operand: Operand | None) -> Operand | None:
            return At(slots[operand.step]) if isinstance(operand, At) else operand

        return Script(
            tuple(
                (slot, _Step(operator, placed(left), placed(right)))
                for number, slot in slots.items()
                for operator, left, right in [self._steps[number]]
            ),
            tuple(cast("Operand", placed(output)) for output in outputs),
            count,
        )


@dataclass(frozen=True, eq=False)
class Script:
    """Steps in order, each with where it is held; ``outputs`` are where they are held in the end.

    ``At`` is such a place here, of which there are ``places``; it is used again after the last step that
    needs what it holds.
    """

    steps: tuple[tuple[int, _Step], ...]
    outputs: tuple[Operand, ...]
    places: int

    def run(self, values: Mapping[str, Floats], size: int) -> Floats:
        """Outputs × ``size`` draws, of the arrays of ``size`` in ``values`` for every varying name.

        Raises KeyError for a name without one.
        """
        made = np.empty((len(self.outputs), size))
        for number, output in enumerate(self.outputs):
            if not isinstance(output, At):
                made[number] = output
        for length in {min(BLOCK, size), size % BLOCK} - {0}:
            shelf = list(np.empty((self.places, length)))
            calls = [_call(slot, step, shelf, values) for slot, step in self.steps]
            found = [(number, shelf[at.step]) for number, at in enumerate(self.outputs) if isinstance(at, At)]
            starts = range(0, size - size % BLOCK, BLOCK) if length == BLOCK else [size - length]
            for start in starts:
                part = slice(start, start + length)
                for function, left, right, out in calls:
                    if function is None:
                        out[:] = cast("Floats", left)[part]
                    elif right is None:
                        function(left, out=out)
                    else:
                        function(left, right, out=out)
                for number, array in found:
                    made[number, part] = array
        return made


def _call(
    slot: int, step: _Step, shelf: Sequence[Floats], values: Mapping[str, Floats]
) -> tuple[Callable[..., object] | None, Floats | float, Floats | float | None, Floats]:
    """What is called for a step; no function where an input's draws are taken down from ``values``."""
    operator, left, right = step
    if left is None:
        return None, values[operator], None, shelf[slot]
    one, two = (shelf[at.step] if isinstance(at, At) else at for at in (left, right))
    return _FUNCTIONS[operator], cast("Floats | float", one), two, shelf[slot]


def _share(part: Floats | float, whole: Floats | float, out: Floats) -> None:
    """``part / whole``; nothing is a share of nothing."""
    is_nothing = np.equal(whole, 0)
    if is_nothing.any():
        np.divide(part, np.where(is_nothing, 1, whole), out)
        out[is_nothing] = 0
    else:
        np.divide(part, whole, out)


# An operand may be held where the result goes: all of these read a draw before they write it.
_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "ceil": np.ceil,
    "min": np.minimum,
    "max": np.maximum,
    "share": _share,
}
