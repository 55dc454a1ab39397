"""One number and where it comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Literal

State = Literal["observed", "structural_zero", "missing", "suppressed"]
Basis = Literal["observed", "published", "implied", "reconstructed"]

NINE = Decimal("0.000000001")


@dataclass(frozen=True)
class Estimate:
    """One indicator's value for one answer, stratum, denominator, cut-off and edition.

    ``value``, ``low`` and ``high`` are shares 0-1 for proportions, else in ``unit``; None unless ``state`` is
    observed or a structural zero. ``sql`` and ``rows`` are the evidence: the queries as run, and the rows
    they looked at.
    """

    metric: str
    item: str
    stratum_by: str
    stratum: str
    per: str
    as_of: date
    edition: str
    domain: str
    kind: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    state: State
    basis: Basis
    sql: str = ""
    tables: tuple[str, ...] = ()
    rows: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, str, date]:
        """What tells estimates of one edition apart."""
        return (self.metric, self.item, self.stratum_by, self.stratum, self.per, self.as_of)


def decimal(value: Fraction | None) -> Decimal | None:
    """``value`` at nine decimals, as it is stored."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(NINE, rounding=ROUND_HALF_EVEN)
