"""The business case: estimates and assumptions become the cost ledger, and the rest is sums of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline import paths
from pipeline.contract import Table, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import arrow_schema, nullable
from pipeline.economics.assumptions import parse_costs
from pipeline.economics.business_case import Result, ledgers, results, sourced
from pipeline.economics.cost_ledger import LedgerRow, npv
from pipeline.economics.model import SUM, Costs
from pipeline.economics.offline import as_json
from pipeline.economics.program import MAIN, Case, Program, build, case, uses_of
from pipeline.economics.sensitivity import Interval, Swing, breakevens, swings, turning, two_way
from pipeline.params import Params, load
from pipeline.stages.measured import measure_of
from pipeline.stages.run import run_stage
from pipeline.text import round_half_up

DECIMALS = 9
# Of the inputs that turn the sign by themselves, those whose break-even is told.
TURNING = 5
# Break-even volumes are looked for beyond the range, up to so many times its high.
BEYOND = 3


def run(*, estimates: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write ledger, results, sensitivity, break-even, evidence and the model as JSON below ``out``."""
    contracts = load_contracts(schemas)
    tables = contracts.tables
    costs = parse_costs(params.costs, measure_of(estimates, params.as_of))
    program = build(costs)
    found = ledgers(costs, program)
    made = results(costs, found)
    main = {item.name: found[MAIN, item.name] for item in costs.alternatives}
    evidence = replace(tables["evidence"], name="cost_evidence")
    write_checked(
        [
            filled(tables["cost_ledger"], (_ledger_row(row) for rows in found.values() for row in rows)),
            filled(tables["cost_results"], (_result_row(item) for item in made)),
            filled(tables["cost_sensitivity"], _sensitivity(costs, program)),
            filled(tables["cost_two_way"], _two_way(costs, program)),
            filled(tables["cost_breakeven"], _breakeven(costs, program, main)),
            filled(evidence, (_evidence_row(costs, item, params.as_of) for item in made)),
        ],
        contracts,
        out,
    )
    rests = sourced(costs, main[costs.decision.headline])
    paths.write_json(out / "cost_model.json", as_json(costs, program, rests))
    print(
        f"{rests.sourced_inputs} af {rests.inputs} forudsætninger og {rests.share:.0%} af kronerne hviler på"
        f" kilder · {rests.sourced_inputs} of {rests.inputs} assumptions rest on sources"
    )


def filled(table: Table, rows: Iterable[Mapping[str, object]]) -> tuple[Table, pa.Table]:
    """The rows as the table's contract has them, to be checked against it."""
    schema = nullable(arrow_schema(table))
    return table, pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def oere(kroner: float) -> int:
    """Kroner as whole øre."""
    return int(round_half_up(Decimal(repr(float(kroner))) * 100))


def decimal(value: float) -> Decimal:
    """A computed double as it is stored."""
    return round_half_up(Decimal(repr(float(value))), DECIMALS)


def _ledger_row(row: LedgerRow) -> dict[str, object]:
    return {
        **{
            name: getattr(row, name)
            for name in (
                "row_id", "case", "alternative", "use_type", "activity", "side", "resource", "unit",
                "quantity", "unit_cost_oere", "amount_oere", "present_value_oere", "year", "realised_year",
                "price_year",
                "price_basis", "has_vat", "account", "payer", "receiver", "kind", "benefit_class", "formula",
            )
        },
        "title_da": row.title.da,
        "title_en": row.title.en,
        "owner_da": row.owner.da,
        "owner_en": row.owner.en,
        "assumptions": ",".join(row.assumptions),
        "source": row.source or None,
    }  # fmt: skip


def _result_row(item: Result) -> dict[str, object]:
    return {
        "case": item.case,
        "alternative": item.alternative,
        "use_type": item.use_type,
        "perspective": item.perspective,
        "measure": item.measure,
        "year": item.year or 0,  # a present value is of year 0
        "region": item.region,
        "amount_oere": item.amount_oere,
        "rows": item.rows,
    }


def _sensitivity(costs: Costs, program: Program) -> Iterator[dict[str, object]]:
    for alternative in costs.alternatives:
        for item in swings(costs, program, case(costs, alternative.name)):
            yield _swing(alternative.name, item)


def _swing(alternative: str, item: Swing) -> dict[str, object]:
    return {
        "alternative": alternative,
        "assumption": item.assumption,
        "title_da": item.title.da,
        "title_en": item.title.en,
        "perspective": item.perspective,
        "npv_low_oere": oere(item.npv_low),
        "npv_high_oere": oere(item.npv_high),
        "npv_base_oere": oere(item.npv_base),
        "low": item.low,
        "high": item.high,
        "unit": item.unit,
    }


def _two_way(costs: Costs, program: Program) -> Iterator[dict[str, object]]:
    at = np.linspace(0, 1, costs.two_way.steps)
    chosen = costs.two_way
    found = two_way(costs, program, case(costs), (chosen.across, at), (chosen.down, at))
    for perspective, grid in found.items():
        for row, down in enumerate(at):
            for column, across in enumerate(at):
                npv = float(grid[row, column])
                yield {
                    "perspective": perspective,
                    "across": decimal(across),
                    "down": decimal(down),
                    "npv_oere": None if np.isnan(npv) else oere(npv),
                }


def _breakeven(
    costs: Costs, program: Program, main: Mapping[str, Iterable[LedgerRow]]
) -> Iterator[dict[str, object]]:
    """The volume of every alternative, of each use by itself, and inputs that turn the decision's sign."""
    volume = costs.decision.volume
    most = BEYOND * float(costs.inputs[volume].high)
    headline = costs.alternative(costs.decision.headline)
    whole = [(case(costs, item.name), SUM) for item in costs.alternatives]
    alone = [(case(costs, uses=(use,)), use) for use in uses_of(costs, headline)]
    found = [
        (chosen, use, breakevens(costs, program, chosen, volume, 0, most)) for chosen, use in whole + alone
    ]
    for perspective in costs.perspectives:
        for chosen, use, by_perspective in found:
            intervals = by_perspective[perspective.name]
            yield from _intervals(chosen, use, perspective.name, volume, 0, most, intervals)
    view = costs.decision.perspective
    nearest = max(costs.alternatives, key=lambda item: npv(costs, main[item.name], view))
    chosen = case(costs, nearest.name)
    for item in turning(swings(costs, program, chosen), view)[:TURNING]:
        if item.assumption != volume:
            low, high = float(item.low), float(item.high)
            intervals = breakevens(costs, program, chosen, item.assumption, low, high)[view]
            yield from _intervals(chosen, SUM, view, item.assumption, low, high, intervals)


def _intervals(
    chosen: Case, use: str, perspective: str, key: str, low: float, high: float, found: tuple[Interval, ...]
) -> Iterator[dict[str, object]]:
    place = {
        "alternative": chosen.alternative.name, "use_type": use, "perspective": perspective,
        "assumption": key, "low": decimal(low), "high": decimal(high),
    }  # fmt: skip
    if not found:
        yield place | {"number": 0, "start": None, "end": None, "is_start_open": False, "is_end_open": False}
    for number, item in enumerate(found, 1):
        yield place | {
            "number": number,
            "start": decimal(item.start),
            "end": decimal(item.end),
            "is_start_open": item.is_start_open,
            "is_end_open": item.is_end_open,
        }


def _evidence_row(costs: Costs, item: Result, as_of: date) -> dict[str, object]:
    """The SELECT over the ledger that gives the number, and how many rows it sums."""
    year = "-" if item.year is None else str(item.year)
    case = f"{item.case}/{item.alternative}"
    return {
        "evidence_id": f"cost.{item.measure}/{case}/{item.use_type}/{item.perspective}/{item.region}/{year}",
        "metric_or_cost": f"cost.{item.measure}",
        "item": item.use_type,
        "stratum_by": "perspective",
        "stratum": item.perspective,
        "per": f"{case}/{item.region}/{year}",
        "as_of": as_of,
        "sql": item.sql(costs),
        "source_tables": "cost_ledger",
        "rows": item.rows,
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
