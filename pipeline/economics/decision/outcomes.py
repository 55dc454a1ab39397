"""Costs and effects of any alternatives, draw by draw: what every function here starts from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.errors import DecisionError, Floats, array, not_negative, same_length
from pipeline.text import Text


@dataclass(frozen=True, eq=False)
class Outcomes:
    """``costs`` and ``effects``: draws × alternatives, in one money unit and one effect unit.

    The order of ``names`` matters where two alternatives are equally good: the one listed first is kept,
    so list what is done today first. ``notes`` explains alternatives that no draw tells apart.
    """

    names: tuple[str, ...]
    costs: Floats
    effects: Floats
    notes: tuple[Text, ...]

    def net_benefit(self, threshold: float) -> Floats:
        """λ·effect − cost, draws × alternatives, at a willingness to pay of λ for a unit of effect.

        Source: A. A. Stinnett and J. Mullahy, Medical Decision Making 1998;18(2 suppl):S68–S80.
        """
        return float(array([threshold], "threshold", 1)[0]) * self.effects - self.costs


def outcomes(
    costs: ArrayLike, effects: ArrayLike, names: Sequence[str] | None = None, *, is_net: bool = False
) -> Outcomes:
    """Checked draws of at least two alternatives; ``is_net`` allows costs below zero (savings subtracted).

    Raises DecisionError: ``not_finite``, ``negative_cost``, ``length``, ``shape``, ``names``.
    """
    cost, effect = array(costs, "costs", 2), array(effects, "effects", 2)
    same_length([("costs", cost.shape[0]), ("effects", effect.shape[0])])
    count = cost.shape[1]
    titles = tuple(names) if names is not None else tuple(f"alternative_{n}" for n in range(1, count + 1))
    if not (effect.shape[1] == len(titles) == len(set(titles)) == count) or count < 2:
        raise DecisionError(
            "names",
            "alternatives",
            f"mindst to alternativer med hver sit navn, omkostning og effekt; fandt {len(set(titles))} "
            f"navne, {count} omkostninger, {effect.shape[1]} effekter",
            f"at least two alternatives, each with a name, a cost and an effect; found {len(set(titles))} "
            f"names, {count} costs, {effect.shape[1]} effects",
        )
    if not is_net:
        not_negative(cost, "costs", titles)
    return Outcomes(titles, cost, effect, tuple(_identical(titles, cost, effect)))


def _identical(names: Sequence[str], costs: Floats, effects: Floats) -> Iterator[Text]:
    for later in range(1, len(names)):
        for first in range(later):
            # The first draw tells most pairs apart without reading the rest.
            if all(
                values[0, first] == values[0, later] and np.array_equal(values[:, first], values[:, later])
                for values in (costs, effects)
            ):
                yield identical(names[first], names[later])
                break


def identical(first: str, later: str) -> Text:
    """The explanation of two alternatives that are one."""
    return Text(
        f"{later} er den samme som {first} i omkostning og effekt; kun {first}, som står først, tælles",
        f"{later} is the same as {first} in cost and effect; only {first}, which is listed first, counts",
    )
