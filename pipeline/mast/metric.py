"""What a metric is. Everything a reader, the SQL and the report need to know of it stands in one object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.contract import Contracts
from pipeline.text import Text

Kind = Literal["proportion", "likert", "theme", "count", "rate", "mean", "median", "gini", "agreement"]
Better = Literal["higher", "lower", "neither"]

# Kinds whose numerator counts what their denominators count.
SHARES: tuple[Kind, ...] = ("proportion", "likert", "theme")
NO_ITEM = "-"
NO_DENOMINATOR = "-"
DONT_KNOW = "dont_know"

UNITS = {
    "share": Text("andel", "share"),
    "count": Text("antal", "count"),
    "minutes": Text("minutter", "minutes"),
    "seconds": Text("sekunder", "seconds"),
    "days": Text("dage", "days"),
    "meetings": Text("møder", "meetings"),
    "meetings_per_month": Text("møder pr. aktiv praksis pr. måned", "meetings per active practice per month"),
    "lines_per_meeting": Text("ydelseslinjer pr. møde", "fee lines per meeting"),
    "kroner": Text("kr.", "DKK"),
    "coefficient": Text("koefficient", "coefficient"),
}


@dataclass(frozen=True)
class Codes:
    """One estimate per code of a code list; ``{item}`` in a metric's SQL is the code."""

    code_list: str


@dataclass(frozen=True)
class Columns:
    """One estimate per yes/no column of the metric's table whose name starts with ``prefix``.

    For questions with several answers. ``{item}`` is the rest of the column's name.
    """

    prefix: str


@dataclass(frozen=True)
class Metric:
    """One row of the indicator catalogue.

    ``table``    the linked table its rows are counted in
    ``where``    SQL predicate: which rows are asked at all ("" = every row)
    ``value``    SQL: for shares and agreement a predicate, true for those who count; else the number that is
                 summed, averaged or ranked. ``{item}`` stands for the item
    ``answered`` SQL predicate: who answered the question; the denominators ``answer…`` need it
    ``per``      named denominators (``denominators.py``), the published one first
    ``by``       what it is split by, where table and denominator both have the column
    ``scale``    what the sum is divided by to come in ``unit`` (60: seconds to minutes)
    ``is_census`` everything was counted, not a sample of it: no interval
    ``is_open``  counts neither people nor practices: never hidden in the public edition
    ``better``   which way is better, for the reader
    ``decimals`` how many a report shows
    """

    id: str
    domain: str
    title: Text
    definition: Text
    kind: Kind
    table: str
    value: str = "true"
    where: str = ""
    answered: str = ""
    per: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    items: Codes | Columns | None = None
    distinct: str = ""
    unit: str = "share"
    scale: int = 1
    is_census: bool = False
    is_open: bool = False
    better: Better = "neither"
    decimals: int = 0

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.id}: ukendt enhed {self.unit} · unknown unit {self.unit}")
        if (self.kind in SHARES or self.kind == "rate") != bool(self.per):
            raise ValueError(
                f"{self.id}: netop andele og rater har nævnere · shares and rates, and only they, have "
                f"denominators"
            )

    @property
    def is_share(self) -> bool:
        return self.kind in SHARES


@dataclass(frozen=True)
class Unfed:
    """A row of the indicator catalogue that this evaluation's sources cannot feed, and why."""

    id: str
    domain: str
    title: Text
    reason: Text


def items(metric: Metric, contracts: Contracts) -> Sequence[tuple[str, Text | None]]:
    """The metric's items with their labels, in the order shown; ``-`` without a label when it has none."""
    if metric.items is None:
        return ((NO_ITEM, None),)
    if isinstance(metric.items, Codes):
        codes = contracts.codes[metric.items.code_list]
        return tuple((item.code, item.label) for item in codes.items)
    prefix = metric.items.prefix
    columns = contracts.tables[metric.table].columns
    return tuple(
        (column.name.removeprefix(prefix), column.label)
        for column in columns
        if column.name.startswith(prefix)
    )
