"""How much there is of everything, year by year: the adoption path."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.economics.model import Base, Costs


@dataclass(frozen=True)
class Volumes:
    """Of one year: what one unit of each base comes to. ``uses`` holds held, failed and attempts per use."""

    uses: Mapping[str, Mapping[Base, Decimal]]
    shared: Mapping[Base, Decimal]

    def of(self, use: str, base: Base) -> Decimal:
        """The number of units of ``base`` for a use, or for the shared block."""
        return self.uses[use][base] if use in self.uses else self.shared[base]


def share_of_use(costs: Costs, use: str) -> Decimal:
    """The use's part of the volume. Shares are weights, so that one can be varied and the sum stay whole."""
    total = sum((costs.value(key) for key in costs.roles.shares.values()), Decimal(0))
    return costs.value(costs.roles.shares[use]) / total if total else Decimal(0)


def volumes(costs: Costs) -> tuple[Volumes, ...]:
    """One item a year from year 0. The adoption share of a year applies to volume and clinics alike."""
    roles = costs.roles
    made: list[Volumes] = []
    before = Decimal(0)
    for year, key in enumerate(roles.adoption):
        adopted = costs.value(key)
        uses = {use: _of_use(costs, use, adopted) for use in costs.uses}
        clinics = costs.value(roles.clinics)
        shared: dict[Base, Decimal] = {
            "clinic": clinics * adopted,
            "new_clinic": clinics * max(adopted - before, Decimal(0)),
            "year": Decimal(1),
            "start": Decimal(1 if year == 0 else 0),
        }
        made.append(Volumes(uses, shared))
        before = max(before, adopted)
    return tuple(made)


def _of_use(costs: Costs, use: str, adopted: Decimal) -> dict[Base, Decimal]:
    attempts = costs.value(costs.roles.volume) * adopted * share_of_use(costs, use)
    failed = attempts * costs.value(costs.roles.failed)
    return {"attempt": attempts, "failed": failed, "held": attempts - failed}
