"""What the reports print from: estimates with what is published of them, and other named numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

from pipeline.contract import CodeList, store

ALL = "all"
NONE = "-"
# Kinds whose value is a share when there is a denominator.
SHARES = frozenset({"proportion", "likert", "theme", "count"})
Statistic = Literal["value", "numerator", "denominator"]


@dataclass(frozen=True)
class Published:
    """A published figure: equal to ``figure`` as rounded, or more than it."""

    comparison: str
    figure: Decimal
    decimals: int


@dataclass(frozen=True)
class Estimate:
    """One row of the contract ``estimates``, with what is published of it.

    ``is_rate``: its numerator counts other things than its denominator (meetings per practice), which shows
    where the one exceeds the other.
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
    unit: str
    state: str
    basis: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    is_rate: bool = False
    published: Mapping[str, Published] = field(default_factory=dict[str, Published])

    @property
    def is_share(self) -> bool:
        """Whether it says how many of its denominator count, so that it can be written as a share of it."""
        return (
            self.per != NONE
            and self.kind in SHARES
            and not self.is_rate
            and self.numerator is not None
            and self.denominator is not None
        )

    def is_fixed(self, statistic: Statistic, decimals: int = 0) -> bool:
        """Whether the statistic, printed with ``decimals``, is observed, published or implied.

        The basis is that of the row; where published figures name only some of its statistics, the others
        are not fixed. A figure published as a bound fixes nothing.
        """
        if self.basis == "observed" or self.state in ("structural_zero", "missing", "suppressed"):
            return True
        exact = {name: item.decimals for name, item in self.published.items() if item.comparison == "eq"}
        if not self.published:
            return self.basis in ("published", "implied")
        if statistic in exact:
            return statistic != "value" or self.kind == "count" or exact["value"] >= decimals
        if statistic == "value":
            return {"numerator", "denominator"} <= exact.keys()
        return False

    @property
    def is_reconstructed(self) -> bool:
        """Whether none of its numbers is observed, published or implied."""
        return not any(self.is_fixed(name) for name in ("value", "numerator"))


Key = tuple[str, str, str, str, str, date]


@dataclass(frozen=True)
class Estimates:
    """Estimates of one edition, in the order of the results; ``pers`` is each metric's denominators in order.

    The first denominator of a metric is the one its headline is printed with.
    """

    rows: tuple[Estimate, ...]
    pers: Mapping[str, tuple[str, ...]]
    _by_key: Mapping[Key, Estimate] = field(init=False, repr=False, compare=False)
    _metrics: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[Key, Estimate] = {
            (row.metric, row.item, row.stratum_by, row.stratum, row.per, row.as_of): row for row in self.rows
        }
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_metrics", tuple(dict.fromkeys(row.metric for row in self.rows)))

    @property
    def metrics(self) -> tuple[str, ...]:
        return self._metrics

    def get(
        self,
        metric: str,
        as_of: date,
        *,
        item: str = NONE,
        stratum_by: str = ALL,
        stratum: str = ALL,
        per: str | None = None,
    ) -> Estimate | None:
        """The estimate, or None; without ``per`` the metric's headline."""
        for candidate in (per,) if per is not None else self.denominators(metric):
            found = self._by_key.get((metric, item, stratum_by, stratum, candidate, as_of))
            if found is not None:
                return found
        return None

    def denominators(self, metric: str) -> tuple[str, ...]:
        """The metric's denominators, the headline's first."""
        known = self.pers.get(metric)
        if known:
            return known
        return tuple(dict.fromkeys(row.per for row in self.rows if row.metric == metric))

    def strata(self, metric: str, stratum_by: str, as_of: date) -> tuple[str, ...]:
        """The strata by which the metric is broken down, in the order of the results."""
        found = (
            row.stratum
            for row in self.rows
            if (row.metric, row.stratum_by, row.as_of) == (metric, stratum_by, as_of)
        )
        return tuple(dict.fromkeys(found))

    def items(self, metric: str, as_of: date) -> tuple[str, ...]:
        """The metric's items, in the order of the results; ``("-",)`` when it has none."""
        found = (
            row.item for row in self.rows if (row.metric, row.stratum_by, row.as_of) == (metric, ALL, as_of)
        )
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Fact:
    """A named number that is no estimate: a step of the flow, a count of deliveries, a cost, an assumption.

    ``selectors`` tell facts of one name apart; ``unit`` decides how the number is printed, unless ``text``
    says it in words.
    """

    name: str
    value: Decimal
    unit: str
    selectors: Mapping[str, str] = field(default_factory=dict[str, str])
    is_reconstructed: bool = False
    text: str = ""


def load_estimates(
    estimates: Path, published: Path, *, edition: str, pers: Mapping[str, tuple[str, ...]]
) -> Estimates:
    """Read the contract ``estimates`` (one edition) and ``published_figures``."""
    figures: dict[Key, dict[str, Published]] = {}
    for row in rows_of(published):
        key = (row["metric"], row["item"], row["stratum_by"], row["stratum"], row["per"], row["as_of"])
        figures.setdefault(key, {})[row["statistic"]] = Published(
            row["comparison"], row["figure"], int(row["decimals"])
        )
    found = [row for row in rows_of(estimates) if row["edition"] == edition]
    rates = {
        (row["metric"], row["per"])
        for row in found
        if row["denominator"] is not None and (row["numerator"] or 0) > row["denominator"]
    }
    made: list[Estimate] = []
    for row in found:
        key = (row["metric"], row["item"], row["stratum_by"], row["stratum"], row["per"], row["as_of"])
        known = {name: row[name] for name in Estimate.__dataclass_fields__ if name in row}
        is_rate = (row["metric"], row["per"]) in rates
        made.append(Estimate(**known, is_rate=is_rate, published=figures.get(key, {})))
    return Estimates(tuple(made), pers)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """A Parquet file's rows as dicts, in the file's order."""
    return cast("list[dict[str, Any]]", cast("Any", store).read(path).to_pylist())


def label(codes: Mapping[str, CodeList], name: str | None, code: str) -> str:
    """The Danish label of a code, or the code itself where no list has it."""
    listed = codes.get(name) if name else None
    return listed.label(code).da if listed is not None and code in listed.codes else code


def find_label(codes: Mapping[str, CodeList], names: Iterable[str], code: str) -> str | None:
    """The Danish label of ``code`` in the first of the named lists that has it."""
    for name in names:
        listed = codes.get(name)
        if listed is not None and code in listed.codes:
            return listed.label(code).da
    return None
