"""The SQL of a metric, in the portable subset: one SELECT per item, denominator and split, at every cut-off.

Summed kinds return ``as_of, stratum, numerator, known, rows_read, denominator``; ``known`` is on how many
rows the value could be said at all. Median and Gini return ``as_of, stratum, value, times``. Agreement
returns ``as_of, stratum, unit, coder, value``.
"""

from dataclasses import dataclass

from pipeline.mast.denominators import DENOMINATORS, STRATA, Denominator, Stratum
from pipeline.mast.metric import DONT_KNOW, NO_DENOMINATOR, Metric

COUNTED_VALUES = ("median", "gini")


@dataclass(frozen=True)
class Query:
    """One SELECT and what it is for. ``counts`` and ``base`` say in SQL what its two numbers count."""

    metric: Metric
    item: str
    per: str
    stratum: Stratum
    sql: str
    counts: "Counted"
    base: "Counted | None"

    def of(self, as_of: str, stratum: str) -> str:
        """The SELECT narrowed to one cut-off and stratum."""
        return f"{self.sql}where as_of = date '{as_of}' and stratum = '{stratum}'\n"

    @property
    def tables(self) -> tuple[str, ...]:
        """The linked tables it reads, its own first."""
        tables = [self.counts.table]
        if self.base is not None and self.base.table not in tables:
            tables.append(self.base.table)
        return tuple(tables)


@dataclass(frozen=True)
class Counted:
    """What a number counts: rows (or different values of ``distinct``) of ``table`` where ``where`` holds."""

    table: str
    where: str
    distinct: str = ""
    amount: str = ""


def query(metric: Metric, item: str, per: str, by: str) -> Query:
    """The SELECT of one item of a metric over one denominator (``-``: none), split by ``by``."""
    stratum = STRATA[by]
    where, value = metric.where.format(item=item), metric.value.format(item=item)
    over = None if per == NO_DENOMINATOR else DENOMINATORS[per]
    # The bare count of a share counts what the share's first denominator counts: cards, or practices.
    first = over or (DENOMINATORS[metric.per[0]] if metric.is_share else None)
    distinct = metric.distinct or (first.distinct if first is not None else "")
    counts = Counted(
        metric.table,
        _and(where, value if metric.is_share else ""),
        distinct,
        "" if metric.is_share or value == "true" else value,
    )
    base = None if over is None else _base(metric, over)
    if metric.kind in COUNTED_VALUES:
        text = _values(metric.table, where, value, stratum)
    elif metric.kind == "agreement":
        text = _coded(metric.table, where, value, stratum)
    else:
        text = _summed(metric, where, value, distinct, base, stratum)
    return Query(metric, item, per, stratum, text, counts, base)


def unsure(metric: Metric) -> str:
    """The predicate of having answered "don't know"."""
    return f"({metric.value.format(item=DONT_KNOW)})"


def _base(metric: Metric, over: Denominator) -> Counted:
    where = over.where.format(answered=_bracketed(metric.answered), unsure=unsure(metric))
    return Counted(over.table, where, over.distinct, over.amount)


def _summed(
    metric: Metric, where: str, value: str, distinct: str, base: Counted | None, stratum: Stratum
) -> str:
    if distinct:
        numerator = f"count(distinct case when {value} then {distinct} end)"
    elif metric.is_share:
        numerator = f"sum(case when {value} then 1 else 0 end)"
    else:
        numerator = f"sum({value})" if value != "true" else "count(*)"
    counted = (
        "with\ncounted as (\n    select\n"
        f"        as_of,\n        {stratum.expression} as stratum,\n"
        f"        cast({numerator} as decimal(38, 9)) as numerator,\n"
        f"        count({value}) as known,\n        count(*) as rows_read\n"
        f"    from {metric.table}\n{_where(where)}    group by as_of, {stratum.expression}\n)"
    )
    if base is None:
        return (
            f"{counted},\nfinal as (\n    select *, cast(null as decimal(38, 9)) as denominator from "
            f"counted\n)\n"
            "select * from final\n"
        )
    if base.amount:
        denominator = f"sum({base.amount})"
    else:
        denominator = f"count(distinct {base.distinct})" if base.distinct else "count(*)"
    return (
        f"{counted},\nbase as (\n    select\n"
        f"        as_of,\n        {stratum.expression} as stratum,\n"
        f"        cast({denominator} as decimal(38, 9)) as denominator\n"
        f"    from {base.table}\n{_where(base.where)}    group by as_of, {stratum.expression}\n),\n"
        "final as (\n    select\n"
        "        coalesce(counted.as_of, base.as_of) as as_of,\n"
        "        coalesce(counted.stratum, base.stratum) as stratum,\n"
        "        counted.numerator,\n        counted.known,\n        counted.rows_read,\n"
        "        base.denominator\n"
        "    from counted\n"
        "    full outer join base on base.as_of = counted.as_of and base.stratum = counted.stratum\n)\n"
        "select * from final\n"
    )


def _values(table: str, where: str, value: str, stratum: Stratum) -> str:
    known = _and(where, f"({value}) is not null")
    return (
        f"with\nfinal as (\n    select as_of, {stratum.expression} as stratum, {value} as value, "
        f"count(*) as times\n    from {table}\n{_where(known)}"
        f"    group by as_of, {stratum.expression}, {value}\n)\nselect * from final\n"
    )


def _coded(table: str, where: str, value: str, stratum: Stratum) -> str:
    return (
        f"with\nfinal as (\n    select\n        as_of,\n        {stratum.expression} as stratum,\n"
        "        concat(interview_group, '-', unit) as unit,\n        coder,\n"
        f"        case when {value} then 1 else 0 end as value\n"
        f"    from {table}\n{_where(where)})\nselect * from final\n"
    )


def _where(predicate: str) -> str:
    return f"    where {predicate}\n" if predicate else ""


def _and(*predicates: str) -> str:
    given = [predicate for predicate in predicates if predicate and predicate != "true"]
    return given[0] if len(given) == 1 else " and ".join(_bracketed(predicate) for predicate in given)


def _bracketed(predicate: str) -> str:
    return f"({predicate})" if " or " in predicate else predicate
