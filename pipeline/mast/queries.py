"""The SQL of one number: small enough to stand in the evidence beside it, and exactly what was run."""

from dataclasses import dataclass
from datetime import date

from pipeline.mast.metric import Denominator, Item, Metric

ALL = "all"
NONE = "-"


@dataclass(frozen=True)
class Cell:
    """Where an estimate stands: which answer, which stratum, which cut-off."""

    stratum_by: str
    stratum: str
    as_of: date


def rows_of(table: str, condition: str, cell: Cell) -> str:
    """The FROM and WHERE of the rows one number looks at."""
    parts = [f"as_of = date '{cell.as_of.isoformat()}'"]
    if cell.stratum_by != ALL:
        parts.append(f"{cell.stratum_by} = '{cell.stratum}'")
    if condition != "true":
        parts.append(f"({condition})")
    return f"from {table} where {' and '.join(parts)}"


def counted(metric: Metric, item: Item | None, cell: Cell) -> str:
    """How much of ``metric.amount`` fulfils the metric's value (and the item's)."""
    conditions = [
        part for part in (metric.where, metric.value, item.value if item else "true") if part != "true"
    ]
    condition = " and ".join(f"({part})" for part in conditions) or "true"
    return f"select cast({metric.amount} as decimal(18, 9)) as n {rows_of(metric.table, condition, cell)}"


def averaged(metric: Metric, cell: Cell) -> str:
    """Sum and count of a mean's values; a median as its middle values' sum over their count."""
    condition = f"({metric.where}) and {metric.value} is not null"
    source = rows_of(metric.table, condition, cell)
    if metric.kind == "mean":
        total = f"cast(sum({metric.value}) as decimal(18, 9)) as n"
        return f"select {total}, cast(count(*) as decimal(18, 9)) as d {source}"
    return (
        f"with ranked as (select {metric.value} as v, row_number() over (order by {metric.value}) as nth, "
        f"count(*) over () as total {source}) "
        "select cast(sum(v) as decimal(18, 9)) as n, cast(count(*) as decimal(18, 9)) as d from ranked "
        "where 2 * nth between total and total + 2"
    )


def listed(metric: Metric, cell: Cell) -> str:
    """The values a spread is computed over, in order."""
    condition = f"({metric.where}) and {metric.value} is not null"
    return f"select {metric.value} as v {rows_of(metric.table, condition, cell)} order by v"


def coded(theme: str, cell: Cell) -> str:
    """Every unit of every interview, with the answer each coder gave to one theme."""
    source = rows_of("coded_units", f"theme = '{theme}'", cell)
    return f"select interview_group, unit, is_coded {source} order by interview_group, unit, coder"


def whole(per: Denominator, cell: Cell) -> str:
    """How much the denominator holds."""
    return f"select cast({per.amount} as decimal(18, 9)) as n {rows_of(per.table, per.where, cell)}"
