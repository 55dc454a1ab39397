"""The cost model as one list of definitions and lines, whose formulas Python and the offline page evaluate
alike.

A *definition* is a volume of one use and year; a *line* is one activity of one use on one account, whose
amount in a year is sign × volume × each × weight × unit cost. What society adds to a line (net tax, tax
distortion) is a line of its own beside it. Alternatives change only what names stand for, never a formula.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.economics.accounts import PUBLIC, SOCIETY
from pipeline.economics.definitions import Definition, definitions, said
from pipeline.economics.expression import Tree, Value, evaluate, names
from pipeline.economics.model import RISK, SHARED, Activity, Costs, Variant
from pipeline.text import Text

ONE: Tree = 1.0
MAIN = "main"  # the name of the decision's own case


@dataclass(frozen=True)
class Line:
    """One activity of a ``block`` (a use, or what all share) on one account, in any year."""

    activity: str
    block: str
    title: Text
    side: str
    sign: int
    volume: str
    each: Tree
    weight: Tree
    unit: str
    unit_cost: str
    payer: str
    receiver: str | None
    account: str
    kind: str
    benefit_class: str
    price_basis: str
    has_vat: bool
    owner: Text
    lag: int
    only: tuple[str, ...]

    @property
    def key(self) -> str:
        """Unique among the lines."""
        extra = f"/{self.kind}" if self.account == SOCIETY else ""
        return f"{self.block}/{self.activity}/{self.account}{extra}"

    def volume_key(self, year: int) -> str:
        """The definition it is multiplied by in a year."""
        return f"{self.volume}.{year}"

    def quantity(self, year: int) -> Tree:
        """volume × each × weight, in ``unit``."""
        made: Tree = self.volume_key(year)
        for factor in (self.each, self.weight):
            made = made if factor == ONE else ["*", made, factor]
        return made


@dataclass(frozen=True)
class Formula:
    """A line's quantity in a year as text (its tree in JSON), and every name in it."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """Definitions in the order in which they are computed, and the lines of every alternative.

    ``formulas`` are the lines' quantities by key and year; they are the same in every case.
    """

    definitions: tuple[Definition, ...]
    lines: tuple[Line, ...]
    formulas: Mapping[tuple[str, int], Formula]


@dataclass(frozen=True)
class Case:
    """What is evaluated: an alternative in a context on an adoption path, for some uses; ``name`` tells them
    apart.
    """

    name: str
    alternative: Variant
    context: Variant
    path: Variant
    uses: tuple[str, ...]

    @property
    def bindings(self) -> Mapping[str, str]:
        """Which input stands in for which; the alternative has the last word."""
        return {**self.context.bindings, **self.path.bindings, **self.alternative.bindings}

    def counts(self, line: Line) -> bool:
        """Whether the line belongs to the case."""
        is_named = not line.only or self.alternative.name in line.only
        return is_named and (line.block in (SHARED, RISK) or line.block in self.uses)


def case(
    costs: Costs,
    alternative: str = "",
    *,
    name: str = MAIN,
    context: str = "",
    path: str = "",
    uses: tuple[str, ...] | None = None,
) -> Case:
    """The case of that alternative (else the headline one), where nothing else is said as the decision has
    it.
    """
    chosen = costs.alternative(alternative or costs.decision.headline)
    return Case(
        name,
        chosen,
        _named(costs.contexts, context or costs.decision.context),
        _named(costs.paths, path or costs.decision.path),
        uses_of(costs, chosen) if uses is None else uses,
    )


def uses_of(costs: Costs, alternative: Variant) -> tuple[str, ...]:
    """The uses that an alternative has."""
    return alternative.uses or tuple(use.code for use in costs.uses)


def _named(variants: tuple[Variant, ...], name: str) -> Variant:
    return next(item for item in variants if item.name == name)


def build(costs: Costs) -> Program:
    """The program of the model."""
    lines = tuple(_lines(costs))
    formulas = {
        (line.key, year): Formula(json.dumps(tree), tuple(names(tree)))
        for line in lines
        for year in costs.years
        for tree in [line.quantity(year)]
    }
    return Program(tuple(definitions(costs)), lines, formulas)


def _lines(costs: Costs) -> Iterator[Line]:
    per_use = {volume.name for volume in costs.volumes if volume.uses}
    for activity in costs.activities:
        for block in activity.uses:
            yield from _of_activity(costs, activity, block, is_per_use=activity.volume in per_use)


def _of_activity(costs: Costs, activity: Activity, block: str, *, is_per_use: bool) -> Iterator[Line]:
    volume = f"{activity.volume}.{block}" if is_per_use else activity.volume
    sign = -1 if activity.side == "with" else 1
    paid = Line(
        activity=activity.name,
        block=block,
        title=activity.title,
        side=activity.side,
        sign=sign,
        volume=volume,
        each=costs.formulas[said(activity.each, block)],
        weight=ONE,
        unit=activity.unit,
        unit_cost=activity.unit_cost,
        payer=activity.payer,
        receiver=activity.receiver,
        account=activity.payer,
        kind=activity.kind,
        benefit_class=activity.benefit_class,
        price_basis=activity.price_basis,
        has_vat=activity.has_vat,
        owner=activity.owner,
        lag=activity.lag,
        only=activity.only,
    )
    yield paid
    if activity.receiver is not None:
        yield replace(paid, account=activity.receiver, sign=-sign)
    if activity.price_basis == "factor" and activity.receiver is None:
        yield replace(paid, account=SOCIETY, kind="tax", weight=["-", costs.net_tax_factor, 1.0])
    if activity.payer in PUBLIC and activity.benefit_class == "cashable":
        yield replace(paid, account=SOCIETY, kind="distortion", weight=costs.tax_distortion, receiver=None)


def environment(
    costs: Costs, program: Program, chosen: Case, values: Mapping[str, Value], *, is_smooth: bool = False
) -> dict[str, Value]:
    """Every name's value in a case: inputs (``values`` before the model's own) and all definitions."""
    inputs: dict[str, Value] = {key: float(item.value) for key, item in costs.inputs.items()}
    inputs.update(values)
    found = dict(inputs)
    for name, other in chosen.bindings.items():
        found[name] = inputs[other]
    for item in program.definitions:
        is_out = item.use != "" and item.use not in chosen.uses
        found[item.key] = 0.0 if is_out else evaluate(item.tree, found, is_smooth=is_smooth)
    return found
