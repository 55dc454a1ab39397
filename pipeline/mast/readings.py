"""What the rows of one query come to: one estimate, in the state it deserves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pipeline.mast.estimate import Cell, Estimate, Key
from pipeline.mast.metric import SHARES
from pipeline.mast.queries import Counted, Query
from pipeline.stats.agreement import krippendorff_alpha, percent_agreement
from pipeline.stats.intervals import wilson
from pipeline.stats.summary import gini, median

Row = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """One estimate to be read: which, from which query, and whether a nought would be structural."""

    key: Key
    query: Query
    can_be_structural: bool
    confidence: float

    def cell(self, counted: Counted | None) -> Cell | None:
        """The cell a count fills, or None for what is no count (an amount of something else)."""
        if counted is None or counted.amount not in ("", "lines"):
            return None
        by, stratum, as_of = self.key.stratum_by, self.key.stratum, self.key.as_of
        return Cell(counted.table, counted.where, counted.distinct, counted.amount, by, stratum, as_of)


def read(setting: Setting, rows: Sequence[Row]) -> Estimate:
    """The estimate of one cut-off and stratum, from the rows its query gave for them."""
    kind = setting.query.metric.kind
    if kind in ("median", "gini"):
        return _ranked(setting, rows)
    if kind == "agreement":
        return _agreed(setting, rows)
    row = rows[0] if rows else {}
    return _mean(setting, row) if kind == "mean" else _counted(setting, row)


def _counted(setting: Setting, row: Row) -> Estimate:
    """Counts, shares and rates."""
    key, asked, metric = setting.key, setting.query, setting.query.metric
    rows, denominator = row.get("rows_read") or 0, _fraction(row.get("denominator"))
    numerator_cell, denominator_cell = setting.cell(asked.counts), setting.cell(asked.base)
    if rows and not row["known"]:
        # There are rows, but on none of them can it be said: unknown, not nought.
        return Estimate(
            key, asked, "missing", denominator=denominator, rows=rows, denominator_cell=denominator_cell
        )
    numerator = (_fraction(row.get("numerator")) or Fraction(0)) / metric.scale
    if setting.can_be_structural and not numerator:
        value = numerator if asked.base is None or denominator else None
        zero = Fraction(0) if asked.base is not None else None
        return Estimate(key, asked, "structural_zero", numerator, denominator or zero, value, rows=rows)
    if asked.base is None:
        return Estimate(
            key, asked, "observed", numerator, None, numerator, rows=rows, numerator_cell=numerator_cell
        )
    if not denominator:
        return Estimate(key, asked, "missing", numerator, Fraction(0), rows=rows)
    low, high = _interval(setting, numerator, denominator)
    return Estimate(
        key,
        asked,
        "observed",
        numerator,
        denominator,
        numerator / denominator,
        low,
        high,
        rows,
        numerator_cell=numerator_cell,
        denominator_cell=denominator_cell,
    )


def _interval(
    setting: Setting, numerator: Fraction, denominator: Fraction
) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Wilson's, for a share of a sample whose numerator is some of its denominator's rows."""
    asked = setting.query
    is_sample = asked.metric.kind in SHARES and not asked.metric.is_census
    if not is_sample or asked.base is None or asked.base.table != asked.counts.table:
        return None, None
    found = wilson(int(numerator), int(denominator), setting.confidence)
    return found.low, found.high


def _mean(setting: Setting, row: Row) -> Estimate:
    rows, known = row.get("rows_read") or 0, row.get("known") or 0
    total = _fraction(row.get("numerator"))
    if not known or total is None:
        return _nothing(setting, rows)
    total /= setting.query.metric.scale
    return Estimate(
        setting.key,
        setting.query,
        "observed",
        total,
        Fraction(known),
        total / known,
        rows=rows,
        denominator_cell=setting.cell(_known(setting.query)),
    )


def _ranked(setting: Setting, rows: Sequence[Row]) -> Estimate:
    """Median and Gini, from the values and how often each occurs."""
    metric = setting.query.metric
    counted = {int(row["value"]): int(row["times"]) for row in rows}
    value = median(counted) if metric.kind == "median" else gini(counted)
    n = sum(counted.values())
    if value is None:
        return _nothing(setting, n)
    return Estimate(
        setting.key,
        setting.query,
        "observed",
        None,
        Fraction(n),
        value / metric.scale,
        rows=n,
        denominator_cell=setting.cell(_known(setting.query)),
    )


def _agreed(setting: Setting, rows: Sequence[Row]) -> Estimate:
    """Krippendorff's alpha, or for the unit ``share`` the share of units on which all coders agree."""
    by_unit: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_unit[row["unit"]].append(row["value"])
    units = list(by_unit.values())
    agreeing, compared = percent_agreement(units)
    is_share = setting.query.metric.unit == "share"
    value = Fraction(agreeing, compared) if compared else None
    if not is_share:
        value = krippendorff_alpha(units)
    if value is None:
        return _nothing(setting, len(rows))
    numerator = Fraction(agreeing) if is_share else None
    return Estimate(
        setting.key, setting.query, "observed", numerator, Fraction(compared), value, rows=len(rows)
    )


def _nothing(setting: Setting, rows: int) -> Estimate:
    state = "structural_zero" if setting.can_be_structural else "missing"
    return Estimate(setting.key, setting.query, state, rows=rows)


def _known(asked: Query) -> Counted:
    """What the denominator of a mean or a median counts: the rows that have a value."""
    counts = asked.counts
    known = f"({counts.amount}) is not null"
    return Counted(counts.table, f"{counts.where} and {known}" if counts.where else known, counts.distinct)


def _fraction(value: Decimal | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)
