"""From metrics to estimates: every number by a query of its own, which is its evidence."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Protocol

from pipeline.mast import queries
from pipeline.mast.estimate import Estimate, decimal
from pipeline.mast.metric import Denominator, Item, Metric
from pipeline.mast.queries import ALL, NONE, Cell
from pipeline.stats.agreement import krippendorff_alpha
from pipeline.stats.intervals import wilson
from pipeline.stats.summary import gini


class Queries(Protocol):
    """What is asked of an engine here."""

    def query(self, sql: str) -> Any:
        """Run one SELECT; an Arrow table."""
        ...


@dataclass(frozen=True)
class Setting:
    """What all estimates of a run share.

    ``strata`` are the codes of each column that a metric may be split by; ``closed`` the strata that could
    not have had anything at a cut-off, such as a region whose server was not installed; ``empty`` the tables
    without a delivery.
    """

    cut_offs: tuple[date, ...]
    strata: Mapping[str, tuple[str, ...]]
    closed: frozenset[tuple[str, str, date]]
    empty: frozenset[str]
    confidence: float


def compute(metrics: Iterable[Metric], engine: Queries, setting: Setting) -> list[Estimate]:
    """Every estimate of the restricted edition, in the order of the catalogue; their basis is set later."""
    engine = _Once(engine)
    return [
        estimate
        for metric in metrics
        for as_of in setting.cut_offs
        for by in (ALL, *metric.by)
        for stratum in ((ALL,) if by == ALL else setting.strata[by])
        for item in metric.items or (None,)
        for estimate in _estimates(metric, item, Cell(by, stratum, as_of), engine, setting)
    ]


class _Once:
    """Asks each query once: a denominator serves many metrics."""

    def __init__(self, engine: Queries) -> None:
        self._engine = engine
        self._answers: dict[str, Any] = {}

    def query(self, sql: str) -> Any:
        if sql not in self._answers:
            self._answers[sql] = self._engine.query(sql)
        return self._answers[sql]


def _estimates(
    metric: Metric, item: Item | None, cell: Cell, engine: Queries, setting: Setting
) -> Iterator[Estimate]:
    base = Estimate(
        metric.id,
        item.code if item else NONE,
        cell.stratum_by,
        cell.stratum,
        NONE,
        cell.as_of,
        "restricted",
        metric.domain,
        metric.kind,
        None,
        None,
        None,
        None,
        None,
        metric.unit.da,
        "missing",
        "reconstructed",
        tables=(metric.table,),
    )
    if metric.table in setting.empty:
        yield from (replace(base, per=per) for per in (NONE, *(per.id for per in metric.per)))
        return
    is_closed = (cell.stratum_by, cell.stratum, cell.as_of) in setting.closed
    if metric.kind in ("mean", "median"):
        yield _mean(base, queries.averaged(metric, cell), engine)
    elif metric.kind == "gini":
        sql = queries.listed(metric, cell)
        values = _column(engine, sql, "v")
        yield _known(
            replace(base, sql=sql, rows=len(values)), decimal(gini(Counter(int(value) for value in values)))
        )
    elif metric.kind == "agreement":
        assert item is not None
        yield _agreement(base, queries.coded(item.code, cell), engine)
    else:
        sql = queries.counted(metric, item, cell)
        count = _number(engine, sql) or Decimal(0)
        counted = replace(base, numerator=count, sql=sql, rows=int(count))
        if metric.kind != "rate":
            state = "structural_zero" if is_closed and count == 0 else "observed"
            yield replace(counted, value=count, state=state)
        for per in metric.per:
            if cell.stratum_by == ALL or cell.stratum_by in per.columns:
                yield _share(metric, counted, per, cell, engine, setting, is_closed=is_closed)


def _share(
    metric: Metric,
    counted: Estimate,
    per: Denominator,
    cell: Cell,
    engine: Queries,
    setting: Setting,
    *,
    is_closed: bool,
) -> Estimate:
    sql = queries.whole(per, cell)
    whole = _number(engine, sql) or Decimal(0)
    share = replace(
        counted,
        per=per.id,
        denominator=whole,
        sql=f"{counted.sql};\n{sql}",
        tables=tuple(dict.fromkeys((metric.table, per.table))),
    )
    count = counted.numerator or Decimal(0)
    if whole == 0:
        return replace(share, state="structural_zero" if is_closed else "missing")
    value = decimal(Fraction(count) / Fraction(whole))
    is_sample = metric.kind in ("proportion", "likert") and not metric.is_census
    if not is_sample or per.table != metric.table or count > whole:
        return replace(share, value=value, state="observed")
    limits = wilson(int(count), int(whole), setting.confidence)
    return replace(
        share,
        value=value,
        low=decimal(Fraction(limits.low)),
        high=decimal(Fraction(limits.high)),
        state="observed",
    )


def _mean(base: Estimate, sql: str, engine: Queries) -> Estimate:
    row = engine.query(sql).to_pylist()[0]
    known = replace(base, numerator=row["n"], denominator=row["d"], sql=sql, rows=int(row["d"] or 0))
    value = decimal(Fraction(row["n"]) / Fraction(row["d"])) if row["d"] else None
    return _known(known, value)


def _agreement(base: Estimate, sql: str, engine: Queries) -> Estimate:
    rows: Sequence[Mapping[str, Any]] = engine.query(sql).to_pylist()
    units = [
        [int(row["is_coded"]) for row in unit]
        for _, unit in groupby(rows, key=lambda row: (row["interview_group"], row["unit"]))
    ]
    return _known(replace(base, sql=sql, rows=len(rows)), decimal(krippendorff_alpha(units)))


def _known(estimate: Estimate, value: Decimal | None) -> Estimate:
    return replace(estimate, value=value, state="missing" if value is None else "observed")


def _number(engine: Queries, sql: str) -> Decimal | None:
    return _column(engine, sql, "n")[0]


def _column(engine: Queries, sql: str, name: str) -> list[Any]:
    return engine.query(sql).column(name).to_pylist()
