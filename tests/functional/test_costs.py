"""The costs stage on files: contracts hold, every number is its evidence's SELECT, the same bytes twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema, write
from pipeline.economics.assumptions import AssumptionError
from pipeline.params import load
from pipeline.stages import costs

AS_OF = date(2020, 1, 31)
MEASURED = (
    ("meetings.minutes_consultation", "-", "8.4"),
    ("meetings.minutes_conference", "-", "16.2"),
    ("postcards.not_held", "usable_card", "0.08"),
)
TABLES = ("cost_ledger", "cost_results", "cost_sensitivity", "cost_breakeven", "cost_evidence")


def estimates(folder: Path, measured: tuple[tuple[str, str, str], ...] = MEASURED) -> Path:
    """A file of estimates with the three measurements, and others that must not count."""
    table = load_contracts().tables["estimates"]
    rows = [
        {
            "metric": metric, "item": "-", "stratum_by": "all", "stratum": "all", "per": per, "as_of": as_of,
            "edition": edition, "domain": "economy", "kind": "mean", "value": Decimal(value) + extra,
            "unit": "min", "state": "observed", "basis": "observed",
        }
        for metric, per, value in measured
        for as_of, edition, extra in (
            (AS_OF, "restricted", 0), (AS_OF, "public", 1), (date(2019, 10, 9), "restricted", 2),
        )
    ]  # fmt: skip
    made = pa.Table.from_pylist(rows, schema=pa.schema([f.with_nullable(True) for f in arrow_schema(table)]))
    path = folder / "estimates.parquet"
    write(table, made, path)
    return path


def run(folder: Path, name: str = "out") -> Path:
    out = folder / name
    params = replace(load(), as_of=AS_OF)
    costs.run(estimates=estimates(folder), schemas=paths.SCHEMAS, out=out, params=params)
    return out


def test_every_result_is_the_number_its_evidence_selects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(tmp_path)
    assert "antagelser har en kilde" in capsys.readouterr().out
    with duckdb.connect() as db:
        for name in TABLES:
            db.execute(f"create view {name} as select * from read_parquet('{out / name}.parquet')")
        found = db.execute("""
            select e.sql, r.amount_oere
            from cost_evidence e join cost_results r
              on e.metric_or_cost = 'cost.' || r.measure and e.item = r.use_type and e.stratum = r.perspective
             and e.per = case r.measure when 'npv' then '-' else 'year_' || r.year end
        """).fetchall()
        assert len(found) == db.execute("select count(*) from cost_results").fetchall()[0][0] == 300
        for sql, amount in found:
            assert db.execute(sql).fetchall() == [(amount,)]
        base = db.execute("""
            select count(*) from cost_sensitivity s join cost_results r using (perspective)
            where r.use_type = 'sum' and r.measure = 'npv' and s.npv_base_oere <> r.amount_oere
        """).fetchall()
        assert base == [(0,)]


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    first, second = run(tmp_path, "a"), run(tmp_path, "b")
    for name in TABLES:
        assert (first / f"{name}.parquet").read_bytes() == (second / f"{name}.parquet").read_bytes()


def test_a_measurement_that_is_not_there_stops_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(AssumptionError, match=r"params\.yaml.*share_failed.*postcards\.not_held"):
        costs.run(
            estimates=estimates(tmp_path, MEASURED[:2]),
            schemas=paths.SCHEMAS,
            out=tmp_path / "out",
            params=replace(load(), as_of=AS_OF),
        )
    assert not (tmp_path / "out").exists()
