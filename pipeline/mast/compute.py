"""Every metric, at every cut-off, whole and split: the restricted edition's estimates."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.contract import Contracts
from pipeline.engine import Engine
from pipeline.mast.denominators import ALL, DENOMINATORS, STRATA
from pipeline.mast.estimate import Estimate, Key
from pipeline.mast.metric import DONT_KNOW, NO_DENOMINATOR, Metric, items
from pipeline.mast.queries import Query, query
from pipeline.mast.readings import Setting, read

# Tables that stay empty in a region until its server is installed, so that a nought there is structural.
SERVER_TABLES = frozenset({"contacts", "cards", "responses", "fee_lines"})
NOT_READY = "select as_of, region from regions where server_from is null or server_from > as_of"

Row = dict[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """What is the same for every query: the dates, which tables hold rows, which regions were not ready."""

    cut_offs: tuple[date, ...]
    filled: frozenset[tuple[str, date]]
    not_ready: frozenset[tuple[str, date]]


def compute(
    engine: Engine,
    metrics: Sequence[Metric],
    contracts: Contracts,
    cut_offs: tuple[date, ...],
    confidence: float,
) -> list[Estimate]:
    """The estimates of ``metrics`` on the linked tables that ``engine`` holds, in the order of the catalogue.

    A table without rows at a cut-off gives the state *missing*: nothing was delivered, which is not nought.
    """
    around = surroundings(engine, metrics, cut_offs)
    return [
        estimate
        for metric in metrics
        for asked in queries(metric, contracts)
        for estimate in _estimates(asked, _rows(engine, asked), contracts, around, confidence)
    ]


def queries(metric: Metric, contracts: Contracts) -> Iterator[Query]:
    """Every SELECT of a metric: items × denominators (the bare count first) × splits both tables allow."""
    for item, _ in items(metric, contracts):
        for per in denominators(metric, item):
            for by in (ALL.name, *metric.by):
                if _can_split(metric, per, by, contracts):
                    yield query(metric, item, per, by)


def denominators(metric: Metric, item: str) -> tuple[str, ...]:
    """The denominators of one item: none (the count or the number itself) and the named ones, as they come.

    "Don't know" has no place among those who knew; a rate is nothing without its denominator.
    """
    named = tuple(per for per in metric.per if not (per == "answer_known" and item == DONT_KNOW))
    return named if metric.kind == "rate" else (NO_DENOMINATOR, *named)


def surroundings(engine: Engine, metrics: Iterable[Metric], cut_offs: tuple[date, ...]) -> Surroundings:
    """Which tables hold rows at which date, and which regions had no server yet."""
    tables = sorted(
        {metric.table for metric in metrics}
        | {DENOMINATORS[per].table for metric in metrics for per in metric.per}
    )
    filled = {
        (table, row["as_of"])
        for table in tables
        for row in engine.query(f"select distinct as_of from {table}").to_pylist()
    }
    not_ready = {(row["region"], row["as_of"]) for row in engine.query(NOT_READY).to_pylist()}
    return Surroundings(cut_offs, frozenset(filled), frozenset(not_ready))


def strata(asked: Query, found: Iterable[Row], contracts: Contracts) -> tuple[str, ...]:
    """The strata of a split: the codes of its column, or where it has no codes those that occur."""
    if asked.stratum == ALL:
        return (ALL.name,)
    column = contracts.tables[asked.metric.table].column(asked.stratum.column)
    if column.codes is not None:
        return contracts.codes[column.codes].codes
    return tuple(sorted({row["stratum"] for row in found if row["stratum"] is not None}))


def _rows(engine: Engine, asked: Query) -> list[Row]:
    return engine.query(asked.sql).to_pylist()


def _can_split(metric: Metric, per: str, by: str, contracts: Contracts) -> bool:
    if by == ALL.name:
        return True
    tables = [metric.table] if per == NO_DENOMINATOR else [metric.table, DENOMINATORS[per].table]
    column = STRATA[by].column
    return all(column in contracts.tables[table].column_names for table in tables)


def _estimates(
    asked: Query, found: list[Row], contracts: Contracts, around: Surroundings, confidence: float
) -> Iterator[Estimate]:
    for as_of in around.cut_offs:
        here = [row for row in found if row["as_of"] == as_of]
        for stratum in strata(asked, here, contracts):
            key = Key(asked.metric.id, asked.item, asked.stratum.name, stratum, asked.per, as_of)
            if any((table, as_of) not in around.filled for table in asked.tables):
                yield Estimate(key, asked, "missing")
                continue
            is_server_table = asked.metric.table in SERVER_TABLES and asked.stratum.name == "region"
            setting = Setting(
                key,
                asked,
                can_be_structural=is_server_table and (stratum, as_of) in around.not_ready,
                confidence=confidence,
            )
            yield read(setting, [row for row in here if row["stratum"] == stratum])
