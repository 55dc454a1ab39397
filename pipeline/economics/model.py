"""What the cost model is made of: quantities with range and source, activities, and the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from pipeline.economics.discounting import Schedule
from pipeline.text import Text

Perspective = Literal["clinic", "region", "municipality", "patient", "society"]
PERSPECTIVES: tuple[Perspective, ...] = get_args(Perspective)
# Society is the sum of the accounts, never an account that pays or is paid.
ACCOUNTS = PERSPECTIVES[:-1]
Scenario = Literal["with", "without"]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
BenefitClass = Literal["cashable", "capacity_released", "quality"]
BENEFIT_CLASSES: tuple[BenefitClass, ...] = get_args(BenefitClass)
Base = Literal["held", "failed", "attempt", "clinic", "new_clinic", "year", "start"]
BASES: tuple[Base, ...] = get_args(Base)
SHARED_BASES = frozenset({"clinic", "new_clinic", "year", "start"})
SHARED = "shared"
SUM = "sum"


@dataclass(frozen=True)
class Quantity:
    """One number: its value, unit, range and where it is from (``source``), or why it is assumed."""

    value: Decimal
    unit: str
    low: Decimal
    high: Decimal
    source: str
    is_assumption: bool
    title: Text


@dataclass(frozen=True)
class Activity:
    """What one use costs in one scenario: ``per`` × the product of ``quantity`` × ``unit_cost``.

    With a ``receiver`` it is a transfer: it costs the payer what the receiver gets, and society nothing.
    ``is_factor_price`` marks a resource that society values in consumer prices by the net tax factor.
    """

    name: str
    title: Text
    uses: tuple[str, ...]
    scenario: Scenario
    per: Base
    quantity: tuple[str, ...]
    unit_cost: str
    payer: str
    receiver: str | None
    benefit_class: BenefitClass
    is_factor_price: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The assumptions it rests on."""
        return (*self.quantity, self.unit_cost)


@dataclass(frozen=True)
class Roles:
    """Which inputs play a part in the model itself; ``adoption`` has one key a year, ``shares`` one a use."""

    volume: str
    failed: str
    clinics: str
    net_tax_factor: str
    adoption: tuple[str, ...]
    shares: Mapping[str, str]


@dataclass(frozen=True)
class Costs:
    """The whole cost model."""

    decision_date: date
    price_year: int
    schedules: tuple[Schedule, ...]
    roles: Roles
    inputs: Mapping[str, Quantity]
    activities: tuple[Activity, ...]

    def value(self, key: str) -> Decimal:
        """The value of one input."""
        return self.inputs[key].value

    @property
    def uses(self) -> tuple[str, ...]:
        """The uses, in the order of the file."""
        return tuple(self.roles.shares)

    def with_value(self, key: str, value: Decimal) -> "Costs":
        """The same model with another value of one input."""
        return replace(self, inputs={**self.inputs, key: replace(self.inputs[key], value=value)})
