"""What the cost model is made of. Everything particular (uses, prices, formulas, perspectives) is data of
these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pipeline.economics.accounts import Account, BenefitClass, Kind, Perspective, PriceBasis, Side
from pipeline.economics.dated import DatedTable, Values
from pipeline.economics.discounting import Schedule
from pipeline.economics.expression import Tree
from pipeline.economics.inquiry import Borrow, Correlation, Interest, Study, TwoWay
from pipeline.text import Text

# Blocks that are no use: what all uses share, and what may happen to all of them.
SHARED, RISK, SUM = "shared", "risk", "sum"
# All uses together, before what they share.
USES = "uses"
EVERYWHERE = "all"


@dataclass(frozen=True)
class Evidence:
    """Counts behind a share: ``count`` of ``size``; the effective size is ``size`` divided by
    ``design_effect``.
    """

    count: Decimal
    size: Decimal
    design_effect: Decimal


@dataclass(frozen=True)
class Quantity:
    """One number: its value, unit, range and where it is from (``source``), or why it is assumed.

    ``kind`` is how it varies within its range (``point``, ``pert``, ``event``, ``counts``, ``weight``); with
    ``counts`` by ``evidence``, with ``weight`` as one of the weights of ``group``. ``table`` names the dated
    table that it was taken from.
    """

    value: Decimal
    unit: str
    low: Decimal
    high: Decimal
    source: str
    is_assumption: bool
    title: Text
    kind: str = "pert"
    group: str = ""
    table: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Use:
    """One use of the technology, a part of the portfolio."""

    code: str
    title: Text


@dataclass(frozen=True)
class Volume:
    """How much there is of something in a year, as a formula of inputs and of volumes declared before it.

    ``uses`` are those it is of, each by itself; empty for a volume that all uses share.
    """

    name: str
    formula: str
    uses: tuple[str, ...]
    title: Text


@dataclass(frozen=True)
class Activity:
    """What one use costs on one side: ``volume`` × ``each`` × ``unit_cost``.

    With a ``receiver`` it is a transfer: it costs the payer what the receiver gets, and society nothing.
    ``only`` names the alternatives it belongs to, all when empty. A gain is realised ``lag`` years after its
    year by ``owner``.
    """

    name: str
    title: Text
    uses: tuple[str, ...]
    side: Side
    volume: str
    each: str
    unit: str
    unit_cost: str
    payer: Account
    receiver: Account | None
    kind: Kind
    benefit_class: BenefitClass
    price_basis: PriceBasis
    has_vat: bool
    owner: Text
    lag: int
    only: tuple[str, ...]
    hours_of: str


@dataclass(frozen=True)
class Variant:
    """The same model with other numbers in some places: ``bindings`` says which input takes whose."""

    name: str
    title: Text
    bindings: Mapping[str, str] = field(default_factory=dict[str, str])
    uses: tuple[str, ...] = ()
    why: Text | None = None


@dataclass(frozen=True)
class Risk:
    """An event that may happen: probability before and after mitigation, consequence, and who watches it.

    ``chance``, ``residual``, ``consequence`` and ``mitigation`` are inputs; the cost model holds the
    residual.
    """

    name: str
    title: Text
    owner: Text
    measure: Text
    chance: str
    residual: str
    consequence: str
    mitigation: str
    payer: Account


@dataclass(frozen=True)
class Region:
    """A part of the country; ``share`` names the input that says how much of it."""

    code: str
    share: str


@dataclass(frozen=True)
class Benefit:
    """A gain to be realised: what is measured, from what to what, by whom and when."""

    title: Text
    measure: Text
    baseline: Text
    target: Text
    owner: Text
    measured_on: date


@dataclass(frozen=True)
class Decision:
    """Who decides, from which perspective and between what: whom information would be worth something."""

    title: Text
    perspective: str
    alternatives: tuple[str, ...]
    baseline: Text
    headline: str
    context: str
    path: str
    contacts: str
    volume: str


@dataclass(frozen=True)
class Costs:
    """The whole cost model."""

    decision_date: date
    price_year: int
    first_year: int
    horizon: int
    discounting: DatedTable[Schedule]
    tables: tuple[DatedTable[Values], ...]
    inputs: Mapping[str, Quantity]
    uses: tuple[Use, ...]
    volumes: tuple[Volume, ...]
    activities: tuple[Activity, ...]
    alternatives: tuple[Variant, ...]
    contexts: tuple[Variant, ...]
    paths: tuple[Variant, ...]
    perspectives: tuple[Perspective, ...]
    risks: tuple[Risk, ...]
    correlations: tuple[Correlation, ...]
    regions: tuple[Region, ...]
    groups_of_interest: tuple[Interest, ...]
    studies: tuple[Study, ...]
    borrows: tuple[Borrow, ...]
    two_way: TwoWay
    benefits: tuple[Benefit, ...]
    decision: Decision
    settings: Mapping[str, Decimal]
    net_tax_factor: str
    tax_distortion: str
    formulas: Mapping[str, Tree] = field(default_factory=dict[str, Tree])

    def value(self, key: str) -> Decimal:
        """The value of one input."""
        return self.inputs[key].value

    @property
    def years(self) -> range:
        """The years of the horizon; the year of the decision is year 0."""
        return range(self.first_year, self.first_year + self.horizon)

    @property
    def schedule(self) -> Schedule:
        """The discount rates in force on the day of the decision."""
        return self.discounting.at(self.decision_date)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The inputs of every group of weights."""
        made: dict[str, tuple[str, ...]] = {}
        for key, item in self.inputs.items():
            if item.group:
                made[item.group] = (*made.get(item.group, ()), key)
        return made

    def perspective(self, name: str) -> Perspective:
        """The perspective of that name."""
        return next(item for item in self.perspectives if item.name == name)

    def alternative(self, name: str) -> Variant:
        """The alternative of that name."""
        return next(item for item in self.alternatives if item.name == name)

    def with_values(self, values: Mapping[str, Decimal]) -> "Costs":
        """The same model with other values of some inputs."""
        inputs = dict(self.inputs)
        for key, value in values.items():
            inputs[key] = replace(inputs[key], value=value)
        return replace(self, inputs=inputs)
