"""Every indicator, at every cut-off, in both editions, with the evidence behind each number."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import empty, read
from pipeline.engine import DuckEngine, Engine
from pipeline.mast.catalogue import METRICS
from pipeline.mast.compute import compute
from pipeline.mast.estimate import Edition, Estimate, Key, decimal
from pipeline.mast.lineage import Delivered, feeding
from pipeline.mast.public import public
from pipeline.mast.published import Published, disagreements, with_basis
from pipeline.params import Params, load
from pipeline.stages.run import run_stage
from pipeline.text import ProblemError

Row = dict[str, Any]
ESTIMATES, EVIDENCE = "estimates", "evidence"


def run(*, linked: Path, delivered: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write ``estimates.parquet`` and ``evidence.parquet`` below ``out``.

    Every published figure that the results do not come to is printed. Raises ProblemError with them, after
    writing, when the parameters demand that published figures hold: the report would mislead.
    """
    contracts = load_contracts(schemas)
    cut_offs = params.cut_offs
    figures = published(read(delivered / "published_figures.parquet"), params.programme, cut_offs)
    known = deliveries(read(delivered / "deliveries.parquet"), params.programme)
    with DuckEngine() as engine:
        add_linked(engine, linked)
        found = compute(engine, METRICS, contracts, cut_offs, params.metrics.confidence)
    restricted = with_basis(found, figures, known)
    editions: dict[Edition, list[Estimate]] = {
        "restricted": restricted,
        "public": public(restricted, params.metrics.suppress_below),
    }
    made = [
        (ESTIMATES, _table(estimate_rows(editions), contracts, ESTIMATES)),
        (EVIDENCE, _table(evidence_rows(restricted, known), contracts, EVIDENCE)),
    ]
    write_checked(((contracts.tables[name], table) for name, table in made), contracts, out)
    wrong = disagreements(figures, restricted, "published_figures")
    if wrong and params.metrics.require_published:
        raise ProblemError(wrong)
    for problem in wrong:
        print(problem.line())
    print(
        f"{len(restricted)} tal, {len(figures)} offentliggjorte tal genfundet · "
        f"{len(restricted)} numbers, {len(figures)} published figures found again"
        if not wrong
        else f"{len(wrong)} offentliggjorte tal afviger · {len(wrong)} published figures differ"
    )


def add_linked(engine: Engine, linked: Path) -> None:
    """Put the linked tables into an engine under their names."""
    for file in sorted(linked.glob("*.parquet")):
        engine.add(file.stem, read(file))


def published(table: pa.Table, programme: str, cut_offs: tuple[date, ...]) -> list[Published]:
    """The published figures of a programme at the cut-offs of this run, however late they were received."""
    return [
        Published(
            Key(*(row[name] for name in Key._fields)),
            row["statistic"],
            row["comparison"] == "eq",
            row["figure"],
            row["decimals"],
            row["basis"],
            row["source"],
        )
        for row in _rows(table)
        if row["programme"] == programme and row["as_of"] in cut_offs
    ]


def deliveries(table: pa.Table, programme: str) -> list[Delivered]:
    """The deliveries of a programme. A withdrawn or superseded one counts until the day it was replaced."""
    return [
        Delivered(
            frozenset(row["tables"].split(",")),
            row["received_date"],
            row["superseded_on"],
            tuple(row["sha256"].split(",")),
            row["is_reconstructed"],
        )
        for row in _rows(table)
        if row["programme"] == programme
    ]


def estimate_rows(editions: dict[Edition, list[Estimate]]) -> list[Row]:
    """The estimates of both editions as rows of their contract."""
    return [
        estimate.key._asdict()
        | {
            "edition": edition,
            "domain": estimate.query.metric.domain,
            "kind": estimate.query.metric.kind,
            "numerator": decimal(estimate.numerator),
            "denominator": decimal(estimate.denominator),
            "value": decimal(estimate.value),
            "low": decimal(estimate.low),
            "high": decimal(estimate.high),
            "unit": estimate.unit,
            "state": estimate.state,
            "basis": estimate.basis,
        }
        for edition, estimates in editions.items()
        for estimate in estimates
    ]


def evidence_rows(estimates: Sequence[Estimate], known: Sequence[Delivered]) -> list[Row]:
    """One row per number: the SELECT that gives it, what it read, and the deliveries behind."""
    hashes: dict[tuple[tuple[str, ...], date], str] = {}
    rows: list[Row] = []
    for estimate in estimates:
        key, asked = estimate.key, estimate.query
        place = (asked.tables, key.as_of)
        if place not in hashes:
            behind = feeding(*place, known)
            hashes[place] = ",".join(sorted({digest for item in behind for digest in item.hashes}))
        rows.append(
            {"metric_or_cost" if name == "metric" else name: part for name, part in key._asdict().items()}
            | {
                "evidence_id": "/".join(str(part) for part in key),
                "sql": asked.of(key.as_of.isoformat(), key.stratum),
                "source_tables": ",".join(asked.tables),
                "rows": estimate.rows,
                "delivery_hashes": hashes[place],
            }
        )
    return rows


def _table(rows: Sequence[Row], contracts: Contracts, name: str) -> pa.Table:
    schema = empty(contracts.tables[name]).schema
    nullable = pa.schema([field.with_nullable(True) for field in schema])
    return pa.Table.from_pylist(rows, schema=nullable)


def _rows(table: pa.Table) -> list[Row]:
    return cast("list[Row]", table.to_pylist())


def main() -> None:
    """Bind the paths."""
    run(
        linked=paths.LINKED,
        delivered=paths.DELIVERED,
        schemas=paths.SCHEMAS,
        out=paths.RESULTS,
        params=load(),
    )


if __name__ == "__main__":
    run_stage(main)
