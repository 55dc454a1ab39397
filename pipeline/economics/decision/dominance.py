"""Incremental cost-effectiveness: who is dominated, and the ratio between those that are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.errors import DecisionError, Floats, array, confidence_level
from pipeline.economics.decision.outcomes import Outcomes, identical
from pipeline.text import Text

Status = Literal["not dominated", "extendedly dominated", "dominated", "identical"]
Point = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Position:
    """One alternative's place. The increments are over ``compared_with``, the one before it on the frontier.

    ``ratio`` is money per unit of effect; it is None for the cheapest on the frontier, for whoever is not on
    it, and where the effect is not known to differ; ``why`` then says so. ``dominated_by``: the alternative
    that a dominated one is no better than. ``effect_low`` and ``effect_high``: the interval of the effect
    less that of ``compared_with`` or ``dominated_by``, when there were draws.
    """

    name: str
    cost: float
    effect: float
    status: Status
    compared_with: str | None = None
    incremental_cost: float | None = None
    incremental_effect: float | None = None
    ratio: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    why: Text | None = None
    dominated_by: str | None = None


def frontier(names: Sequence[str], costs: ArrayLike, effects: ArrayLike) -> tuple[Position, ...]:
    """The frontier by rising cost, then the extendedly dominated, the dominated and the identical.

    *Dominated*: another costs no more and gives no less, and is better in one of the two. *Extendedly
    dominated*: a mix of two others gives more for the same cost, which is to say that the ratio to the next
    is lower than the ratio to it. Of two alternatives with one cost and effect the first listed stands.
    Comparisons are exact (rational arithmetic), so that equal ratios stay on the frontier.
    Source: M. Johannesson and M. C. Weinstein, Journal of Health Economics 1993;12:459–467.
    Raises DecisionError ``not_finite``, ``names``.
    """
    cost, effect = array(costs, "costs", 1), array(effects, "effects", 1)
    if not len(set(names)) == len(names) == cost.size == effect.size:
        raise DecisionError(
            "names",
            "alternatives",
            f"hver alternativ skal have sit navn, én omkostning og én effekt; fandt {len(set(names))} navne, "
            f"{cost.size} omkostninger, {effect.size} effekter",
            f"every alternative needs its name, one cost and one effect; found {len(set(names))} names, "
            f"{cost.size} costs, {effect.size} effects",
        )
    points = [
        (Fraction(float(money)), Fraction(float(gain))) for money, gain in zip(cost, effect, strict=True)
    ]
    # By cost, then the most effect, then as listed: whoever gains nothing on those before is dominated.
    order = sorted(range(len(points)), key=lambda at: (points[at][0], -points[at][1], at))
    status: dict[int, tuple[Status, int]] = {}
    hull: list[int] = []
    best: int | None = None
    for at in order:
        if best is not None and points[at] == points[best]:
            status[at] = ("identical", best)
        elif best is not None and points[at][1] <= points[best][1]:
            status[at] = ("dominated", best)
        else:
            best = at
            while len(hull) > 1 and _bends_up(points[hull[-2]], points[hull[-1]], points[at]):
                status[hull.pop()] = ("extendedly dominated", at)
            hull.append(at)
    placed = [
        _on_frontier(at, before, names, cost, effect)
        for before, at in zip([None, *hull[:-1]], hull, strict=True)
    ]
    for kind in ("extendedly dominated", "dominated", "identical"):
        placed += [
            Position(
                names[at],
                float(cost[at]),
                float(effect[at]),
                kind,
                why=_why(kind, names, at, by),
                dominated_by=names[by] if kind == "dominated" else None,
            )
            for at, (found, by) in ((at, status[at]) for at in order if at in status)
            if found == kind
        ]
    return tuple(placed)


def _bends_up(first: Point, middle: Point, last: Point) -> bool:
    """Whether the ratio from ``middle`` to ``last`` is lower than the one from ``first`` to ``middle``."""
    return (last[0] - middle[0]) * (middle[1] - first[1]) < (middle[0] - first[0]) * (last[1] - middle[1])


def _on_frontier(at: int, before: int | None, names: Sequence[str], cost: Floats, effect: Floats) -> Position:
    money, gain = float(cost[at]), float(effect[at])
    if before is None:
        why = Text(
            "billigst på fronten: intet at sammenligne med",
            "cheapest on the frontier: nothing to compare with",
        )
        return Position(names[at], money, gain, "not dominated", why=why)
    more, better = money - float(cost[before]), gain - float(effect[before])
    return Position(names[at], money, gain, "not dominated", names[before], more, better, more / better)


def _why(kind: Status, names: Sequence[str], at: int, by: int) -> Text:
    if kind == "identical":
        return identical(names[by], names[at])
    if kind == "dominated":
        return Text(
            f"{names[by]} koster ikke mere og giver ikke mindre",
            f"{names[by]} costs no more and gives no less",
        )
    return Text(
        f"en blanding med {names[by]} giver mere for de samme penge",
        f"a mix with {names[by]} gives more for the same money",
    )


def incremental(found: Outcomes, confidence: float = 0.95) -> tuple[Position, ...]:
    """The frontier of the mean costs and effects, with the interval of each incremental effect.

    Where the interval (percentiles of the draws) covers zero no ratio is given: a ratio whose denominator may
    have either sign means opposite things on its two sides. The increments and the interval stand instead,
    and of a dominated alternative ``why`` says that only its cost is known to be no lower.
    Source: A. A. Stinnett and J. Mullahy, Medical Decision Making 1998;18(2 suppl):S68–S80.
    Raises DecisionError ``confidence``.
    """
    tail = (1 - confidence_level(confidence)) / 2
    placed = frontier(found.names, found.costs.mean(axis=0), found.effects.mean(axis=0))
    return tuple(_with_interval(item, found, tail) for item in placed)


def _with_interval(item: Position, found: Outcomes, tail: float) -> Position:
    other = item.compared_with or item.dominated_by
    if other is None:
        return item
    difference = found.effects[:, found.names.index(item.name)] - found.effects[:, found.names.index(other)]
    low, high = (float(limit) for limit in np.quantile(difference, [tail, 1 - tail]))
    known = replace(item, effect_low=low, effect_high=high)
    if not low <= 0 <= high:
        return known
    if item.status == "dominated":
        why = Text(
            f"{other} koster ikke mere; om effekten er forskellig, vides ikke",
            f"{other} costs no more; whether the effect differs is not known",
        )
    else:
        why = Text(
            f"effekten mod {other} kan have begge fortegn: intet forhold",
            f"the effect against {other} may have either sign: no ratio",
        )
    return replace(known, ratio=None, why=why)
