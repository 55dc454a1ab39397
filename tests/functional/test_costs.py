"""The costs stage on files: contracts hold, every number is its evidence's SELECT, the same bytes twice."""

import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema, nullable, read, write
from pipeline.economics.assumptions import AssumptionError
from pipeline.economics.expression import evaluate
from pipeline.params import load
from pipeline.stages import costs, uncertainty

AS_OF = date(2020, 1, 31)
MEASURED = (
    ("meetings.minutes_consultation", "-", "14"),
    ("meetings.minutes_conference", "-", "8"),
    ("postcards.not_held", "usable_card", "0.08"),
    ("practices.stopped_by_technology", "enrolled_practice", "0.24"),
)
TABLES = (
    "cost_ledger", "cost_results", "cost_sensitivity", "cost_two_way", "cost_breakeven", "cost_evidence",
)  # fmt: skip
UNCERTAIN = ("cost_uncertainty", "cost_probability", "cost_bridge", "cost_information")


def estimates(folder: Path, measured: tuple[tuple[str, str, str], ...] = MEASURED) -> Path:
    """A file of estimates with the measurements, and others that must not count."""
    table = load_contracts().tables["estimates"]
    rows = [
        {
            "metric": metric, "item": "-", "stratum_by": "all", "stratum": "all", "per": per, "as_of": as_of,
            "edition": edition, "domain": "economy", "kind": "mean", "value": Decimal(value) + extra,
            "unit": "min", "state": "observed", "basis": "observed",
            "numerator": None if per == "-" else Decimal(value) * 50,
            "denominator": None if per == "-" else 50,
        }
        for metric, per, value in measured
        for as_of, edition, extra in (
            (AS_OF, "restricted", 0), (AS_OF, "public", 1), (date(2019, 10, 9), "restricted", 2),
        )
    ]  # fmt: skip
    made = pa.Table.from_pylist(rows, schema=nullable(arrow_schema(table)))
    path = folder / "estimates.parquet"
    write(table, made, path)
    return path


def run(folder: Path, name: str = "out") -> Path:
    out = folder / name
    params = replace(load(), as_of=AS_OF)
    costs.run(estimates=estimates(folder), schemas=paths.SCHEMAS, out=out, params=params)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both stages' tables, made once."""
    folder = tmp_path_factory.mktemp("costs")
    out = run(folder)
    uncertainty.run(
        estimates=folder / "estimates.parquet",
        results=out / "cost_results.parquet",
        schemas=paths.SCHEMAS,
        out=out,
        params=replace(load(), as_of=AS_OF),
    )
    return out


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    return read(folder / f"{name}.parquet").to_pylist()


def test_every_result_is_the_number_its_evidence_selects(made: Path) -> None:
    with duckdb.connect() as db:
        for name in TABLES:
            db.execute(f"create view {name} as select * from read_parquet('{made / name}.parquet')")
        found = db.execute("""
            select e.sql, r.amount_oere, r.measure, r.rows, e.rows
            from cost_evidence e join cost_results r
              on e.metric_or_cost = 'cost.' || r.measure and e.item = r.use_type and e.stratum = r.perspective
             and e.per = r."case" || '/' || r.alternative || '/' || r.region || '/'
                 || case when r.measure in ('amount', 'nominal') then cast(r.year as varchar) else '-' end
        """).fetchall()
        results = db.execute("select count(*) from cost_results").fetchall()[0][0]
        assert len(found) == results == db.execute("select count(*) from cost_evidence").fetchall()[0][0]
        for sql, amount, measure, rows, told in random.Random(4).sample(found, 600):
            assert rows == told
            assert db.execute(sql).fetchall() == [(amount,)], (measure, sql)


def test_the_draws_reconcile_with_the_ledger(made: Path) -> None:
    booked = {
        (row["alternative"], row["perspective"]): row["amount_oere"]
        for row in rows_of(made, "cost_results")
        if (row["case"], row["use_type"], row["measure"]) == ("main", "sum", "npv")
    }
    means = {
        (row["alternative"], row["perspective"]): row["mean_oere"]
        for row in rows_of(made, "cost_uncertainty")
    }
    steps: dict[tuple[str, str], int] = {}
    for row in rows_of(made, "cost_bridge"):
        place = (row["alternative"], row["perspective"])
        if row["step"] == "deterministic":
            assert row["amount_oere"] == booked[place]
        if row["step"] == "mean":
            assert row["amount_oere"] == means[place]
        else:
            steps[place] = steps.get(place, 0) + row["amount_oere"]
    assert steps == means
    assert all(0 <= row["probability"] <= 1 for row in rows_of(made, "cost_probability"))
    worth = {row["name"]: row for row in rows_of(made, "cost_information") if row["kind"] != "per_contact"}
    assert all(
        row["value_oere"] <= worth["all"]["value_oere"] + 3 * row["standard_error_oere"]
        for row in worth.values()
    )


def test_the_model_as_json_gives_the_ledger(made: Path) -> None:
    """Whoever evaluates the trees of the JSON gets the ledger's present values, to the øre."""
    model = json.loads((made / "cost_model.json").read_text("utf-8"))
    booked = {
        (row["alternative"], row["perspective"]): row["amount_oere"]
        for row in rows_of(made, "cost_results")
        if (row["case"], row["use_type"], row["measure"]) == ("main", "sum", "npv")
    }
    for alternative in model["alternatives"]:
        values: dict[str, Any] = {key: item["value"] for key, item in model["inputs"].items()}
        inputs = dict(values)
        values |= {name: inputs[other] for name, other in alternative["bindings"].items()}
        for key, use, tree in model["definitions"]:
            values[key] = 0.0 if use and use not in alternative["uses"] else evaluate(tree, values)
        for perspective in model["perspectives"]:
            total = 0
            for line in model["lines"]:
                is_here = not line["only"] or alternative["name"] in line["only"]
                is_seen = (
                    line["account"] in perspective["accounts"]
                    and line["benefit_class"] in perspective["classes"]
                    and line["kind"] not in perspective["excludes"]
                )
                if (
                    not is_here
                    or not is_seen
                    or line["block"] not in (*alternative["uses"], "shared", "risk")
                ):
                    continue
                price = line["sign"] * round(values[line["unit_cost"]] * 100)
                for tree, factor in zip(line["quantity"], model["factors"], strict=True):
                    amount = round(evaluate(tree, values) * price)  # type: ignore[arg-type]
                    total += round(amount * factor)
            assert abs(total - booked[alternative["name"], perspective["name"]]) < 100


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
