"""One number: what it is of, what it came to, and on what grounds it stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from pipeline.mast.queries import Query

State = Literal["observed", "structural_zero", "missing", "suppressed"]
Basis = Literal["observed", "published", "implied", "reconstructed"]
Edition = Literal["restricted", "public"]
DECIMALS = 9


class Key(NamedTuple):
    """What makes an estimate the one it is, but for the edition."""

    metric: str
    item: str
    stratum_by: str
    stratum: str
    per: str
    as_of: date


class Cell(NamedTuple):
    """What a count counts. The same rows counted in two metrics are one cell, for disclosure control."""

    table: str
    where: str
    distinct: str
    amount: str
    stratum_by: str
    stratum: str
    as_of: date


@dataclass(frozen=True)
class Estimate:
    """A number with its numerator and denominator, exact; ``low`` and ``high`` are None where none is meant.

    ``numerator_cell`` and ``denominator_cell`` name the counts it shows, None where it shows none.
    """

    key: Key
    query: Query
    state: State
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    value: Fraction | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    rows: int = 0
    basis: Basis = "observed"
    numerator_cell: Cell | None = None
    denominator_cell: Cell | None = None

    @property
    def unit(self) -> str:
        """The unit of ``value``; the bare count of a share is a count."""
        metric = self.query.metric
        return "count" if metric.is_share and self.query.base is None else metric.unit


def decimal(value: Fraction | Decimal | None) -> Decimal | None:
    """``value`` with nine decimals, rounded half away from zero from the exact fraction."""
    if value is None:
        return None
    scaled = Fraction(value) * 10**DECIMALS
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-DECIMALS)
