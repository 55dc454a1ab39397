"""Every indicator at every cut-off, in both editions, with one row of evidence per number."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import read
from pipeline.engine import DuckEngine, Engine
from pipeline.mast.catalogue import METRICS
from pipeline.mast.compute import Setting, compute
from pipeline.mast.editions import public
from pipeline.mast.estimate import Estimate
from pipeline.mast.metric import KIND, PRACTICE_TYPE, REGION
from pipeline.mast.published import disagreements, with_basis
from pipeline.params import Params, load
from pipeline.stages.run import run_stage
from pipeline.text import ProblemError

# Which deliveries a linked table is made of; a table that is not named here is made of the one of its name.
MADE_OF = {
    "contacts": ("session_events", "bookings", "practices", "postcards"),
    "cards": ("postcards", "bookings", "practices", "session_events"),
    "clinics": ("practices", "clinic_exposure", "dropout_reasons", "regions", "session_events", "bookings"),
    "responses": ("questionnaires",),
    "coded_units": ("interview_units", "interview_codings"),
}


def run(*, linked: Path, delivered: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write ``estimates`` and ``evidence``; then ProblemError where a published figure is missed."""
    contracts = load_contracts(schemas)
    published = [
        row
        for row in read(delivered / "published_figures.parquet").to_pylist()
        if row["as_of"] in params.cut_offs and row["programme"] == params.programme
    ]
    deliveries = [
        row
        for row in read(delivered / "deliveries.parquet").to_pylist()
        if row["programme"] == params.programme
    ]
    with DuckEngine() as engine:
        tables = {file.stem: read(file) for file in sorted(linked.glob("*.parquet"))}
        for name, table in tables.items():
            engine.add(name, table)
        setting = Setting(
            cut_offs=params.cut_offs,
            strata={
                REGION: contracts.codes["region"].codes,
                PRACTICE_TYPE: contracts.codes["practice_type"].codes,
                KIND: contracts.codes["meeting_kind"].codes,
            },
            closed=_closed(engine, params),
            empty=frozenset(name for name, table in tables.items() if not _delivered(name, deliveries)),
            confidence=params.metrics.confidence,
        )
        restricted = with_basis(
            compute(METRICS, engine, setting),
            published,
            is_reconstructed=any(row["is_reconstructed"] for row in deliveries),
        )
    estimates = restricted + public(restricted, params.metrics.suppress_below)
    write_checked(
        (
            (contracts.tables["estimates"], _table(contracts, "estimates", map(asdict, estimates))),
            (contracts.tables["evidence"], _table(contracts, "evidence", _evidence(restricted, deliveries))),
        ),
        contracts,
        out,
    )
    print(f"{len(METRICS)} indikatorer, {len(estimates)} estimater · {len(METRICS)} indicators")
    wrong = disagreements(estimates, published)
    if wrong and params.metrics.require_published:
        raise ProblemError(wrong)
    for problem in wrong:
        print(problem.line())


def _closed(engine: Engine, params: Params) -> frozenset[tuple[str, str, Any]]:
    """Regions whose server was not installed at a cut-off, so that nothing could happen there."""
    return frozenset(
        (REGION, row["region"], row["as_of"])
        for row in engine.query(
            "select region, as_of from regions where server_from is null or server_from > as_of"
        ).to_pylist()
        if row["as_of"] in params.cut_offs
    )


def _delivered(name: str, deliveries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The fingerprints of the deliveries a linked table is made of, in order."""
    sources = set(MADE_OF.get(name, (name,)))
    return sorted({str(row["sha256"]) for row in deliveries if sources & set(str(row["tables"]).split(","))})


def _evidence(estimates: Iterable[Estimate], deliveries: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    hashes: dict[tuple[str, ...], str] = {}
    for row in estimates:
        if row.tables not in hashes:
            hashes[row.tables] = " ".join(
                dict.fromkeys(digest for name in row.tables for digest in _delivered(name, deliveries))
            )
        name = "|".join(map(str, row.key))
        yield {
            "evidence_id": hashlib.sha256(name.encode()).hexdigest()[:16],
            "metric_or_cost": row.metric,
            **{
                field: getattr(row, field)
                for field in ("item", "stratum_by", "stratum", "per", "as_of", "rows")
            },
            "sql": row.sql or None,
            "source_tables": " ".join(row.tables),
            "delivery_hashes": hashes[row.tables] or None,
        }


def _table(contracts: Contracts, name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    columns = contracts.tables[name].column_names
    return pa.Table.from_pylist([{column: row[column] for column in columns} for row in rows])


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
