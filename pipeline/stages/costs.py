"""The business case: estimates and assumptions become the cost ledger, and the rest is sums of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from pipeline import paths
from pipeline.contract import Table, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import arrow_schema, read
from pipeline.economics.assumptions import parse_costs
from pipeline.economics.business_case import Result, breakeven, results, sensitivity
from pipeline.economics.cost_ledger import SOCIETY, LedgerRow, ledger
from pipeline.economics.declared import Measure, Measured
from pipeline.economics.model import SUM
from pipeline.params import Params, load
from pipeline.stages.run import run_stage

OTHER = "other"  # a use nobody named cannot be given costs


def run(*, estimates: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write ledger, results, sensitivity, break-even and evidence as Parquet in the folder ``out``."""
    contracts = load_contracts(schemas)
    uses = [item.code for item in contracts.codes["use_type"].items if item.code != OTHER]
    costs = parse_costs(params.costs, uses, measure_of(estimates, params.as_of))
    rows = ledger(costs)
    made = results(costs, rows)
    tables = contracts.tables
    evidence = replace(tables["evidence"], name="cost_evidence")
    write_checked(
        [
            _filled(tables["cost_ledger"], (_ledger_row(row) for row in rows)),
            _filled(tables["cost_results"], (_result_row(item) for item in made)),
            _filled(
                tables["cost_sensitivity"],
                (
                    {
                        "assumption": item.assumption,
                        "title_da": item.title.da,
                        "title_en": item.title.en,
                        "perspective": item.perspective,
                        "npv_low_oere": item.npv_low_oere,
                        "npv_high_oere": item.npv_high_oere,
                        "npv_base_oere": item.npv_base_oere,
                        "low": item.low,
                        "high": item.high,
                        "unit": item.unit,
                    }
                    for item in sensitivity(costs)
                ),
            ),
            _filled(
                tables["cost_breakeven"],
                (
                    {
                        "use_type": item.use_type,
                        "perspective": item.perspective,
                        "volume_per_year": item.volume_per_year,
                        "explanation_da": item.explanation.da,
                        "explanation_en": item.explanation.en,
                    }
                    for item in breakeven(costs, rows)
                ),
            ),
            _filled(evidence, (_evidence_row(item, rows, params.as_of) for item in made)),
        ],
        contracts,
        out,
    )
    sourced = sum(not item.is_assumption for item in costs.inputs.values())
    total = len(costs.inputs)
    print(f"{sourced} af {total} antagelser har en kilde · {sourced} of {total} assumptions have a source")


def measure_of(estimates: Path, as_of: date) -> Measure:
    """Look up what the evaluation measured for everybody by the cut-off, in the restricted edition.

    A figure that is observed, published or implied at some cut-off counts as of the latest such; one that is
    only reconstructed is an assumption, as of the last cut-off.
    """
    rows: list[dict[str, Any]] = [
        row
        for row in cast("Any", read(estimates)).to_pylist()
        if row["edition"] == "restricted"
        and row["stratum_by"] == "all"
        and row["item"] == "-"
        and row["as_of"] <= as_of
        and row["value"] is not None
    ]

    def measure(metric: str, per: str) -> Measured | None:
        found = [row for row in rows if (row["metric"], row["per"]) == (metric, per)]
        vouched = [row for row in found if row["basis"] != "reconstructed"]
        chosen = max(vouched or found, key=lambda row: row["as_of"], default=None)
        if chosen is None:
            return None
        return Measured(chosen["value"], chosen["low"], chosen["high"], chosen["as_of"], not vouched)

    return measure


def _filled(table: Table, rows: Iterable[Mapping[str, object]]) -> tuple[Table, pa.Table]:
    nullable = [field.with_nullable(True) for field in arrow_schema(table)]
    return table, pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(nullable))


def _ledger_row(row: LedgerRow) -> dict[str, object]:
    return {
        "row_id": row.row_id,
        "use_type": row.use_type,
        "activity": row.activity,
        "title_da": row.title.da,
        "title_en": row.title.en,
        "scenario": row.scenario,
        "resource": row.resource,
        "unit": row.unit,
        "quantity": row.quantity,
        "unit_cost_oere": row.unit_cost_oere,
        "amount_oere": row.amount_oere,
        "present_value_oere": row.present_value_oere,
        "year": row.year,
        "price_year": row.price_year,
        "account": row.account,
        "payer": row.payer,
        "receiver": row.receiver,
        "benefit_class": row.benefit_class,
        "assumptions": ",".join(row.assumptions),
    }


def _result_row(item: Result) -> dict[str, object]:
    return {
        "use_type": item.use_type,
        "perspective": item.perspective,
        "measure": item.measure,
        "year": item.year or 0,  # a present value is of year 0
        "amount_oere": item.amount_oere,
    }


def _evidence_row(item: Result, rows: Iterable[LedgerRow], as_of: date) -> dict[str, object]:
    """The SELECT over the ledger that gives the number, and how many rows it sums."""
    conditions = [] if item.use_type == SUM else [f"use_type = '{item.use_type}'"]
    if item.perspective != SOCIETY:
        conditions.append(f"account = '{item.perspective}'")
    if item.year is not None:
        conditions.append(f"year = {item.year}")
    column = "present_value_oere" if item.measure == "npv" else "amount_oere"
    where = f" where {' and '.join(conditions)}" if conditions else ""
    per = "-" if item.year is None else f"year_{item.year}"
    summed = [
        row
        for row in rows
        if row.concerns(item.perspective)
        and item.use_type in (SUM, row.use_type)
        and item.year in (None, row.year)
    ]
    return {
        "evidence_id": f"cost.{item.measure}/{item.use_type}/{item.perspective}/{per}",
        "metric_or_cost": f"cost.{item.measure}",
        "item": item.use_type,
        "stratum_by": "perspective",
        "stratum": item.perspective,
        "per": per,
        "as_of": as_of,
        "sql": f"select coalesce(sum({column}), 0) as amount_oere from cost_ledger{where}",
        "source_tables": "cost_ledger",
        "rows": len(summed),
        "delivery_hashes": None,
    }


def main() -> None:
    """Bind the paths."""
    run(
        estimates=paths.RESULTS / "estimates.parquet",
        schemas=paths.SCHEMAS,
        out=paths.RESULTS,
        params=load(),
    )


if __name__ == "__main__":
    run_stage(main)
