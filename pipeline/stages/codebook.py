"""The codebook: tables, codes, rules, indicators with their SQL, and assumptions, in one JSON file."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.dictionary import code_lists, entries, rules
from pipeline.economics.assumptions import assumption_rows
from pipeline.mast import queries
from pipeline.mast.catalogue import DENOMINATORS, METRICS, UNFED
from pipeline.mast.metric import Metric
from pipeline.mast.queries import ALL, Cell
from pipeline.params import Params, load
from pipeline.stages.measured import measure_of
from pipeline.stages.run import run_stage


def run(*, estimates: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write ``out``: everything a reader needs to know what a number, a column or a code means.

    ``estimates`` gives the assumptions that the evaluation measured their values.
    """
    contracts = load_contracts(schemas)
    assumptions = assumption_rows(params.costs, measure_of(estimates, params.as_of))
    content = {
        "tables": entries(contracts),
        "codes": code_lists(contracts),
        "rules": rules(contracts),
        "metrics": [_metric(metric, params) for metric in METRICS],
        "denominators": [
            {
                "id": per.id,
                "label_da": per.label.da,
                "label_en": per.label.en,
                "table": per.table,
                "where": per.where,
            }
            for per in DENOMINATORS
        ],
        "unfed": [
            {
                "id": row.id,
                "domain": row.domain,
                "title_da": row.title.da,
                "title_en": row.title.en,
                "reason_da": row.reason.da,
                "reason_en": row.reason.en,
            }
            for row in UNFED
        ],
        "assumptions": [{key: _plain(value) for key, value in row.items()} for row in assumptions],
    }
    paths.write_json(out, content)
    print(f"Kodebog: {len(contracts.tables)} tabeller, {len(METRICS)} indikatorer · codebook")


def _plain(value: object) -> object:
    """A decimal as its digits, so that it is the same text on every machine."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _metric(metric: Metric, params: Params) -> dict[str, Any]:
    return {
        "id": metric.id,
        "domain": metric.domain,
        "kind": metric.kind,
        "title_da": metric.title.da,
        "title_en": metric.title.en,
        "definition_da": metric.definition.da,
        "definition_en": metric.definition.en,
        "unit_da": metric.unit.da,
        "unit_en": metric.unit.en,
        "table": metric.table,
        "per": [per.id for per in metric.per],
        "by": list(metric.by),
        "items": [
            {"code": item.code, "label_da": item.label.da, "label_en": item.label.en} for item in metric.items
        ],
        "is_census": metric.is_census,
        "sql": sql(metric, params),
    }


def sql(metric: Metric, params: Params) -> str:
    """The query of the metric's headline at the cut-off; the first answer's where it has several."""
    cell = Cell(ALL, ALL, params.as_of)
    item = metric.items[0] if metric.items else None
    if metric.kind in ("mean", "median"):
        return queries.averaged(metric, cell)
    if metric.kind == "gini":
        return queries.listed(metric, cell)
    if metric.kind == "agreement" and item:
        return queries.coded(item.code, cell)
    return queries.counted(metric, item, cell)


def main() -> None:
    """Bind the paths."""
    run(
        estimates=paths.RESULTS / "estimates.parquet",
        schemas=paths.SCHEMAS,
        out=paths.RESULTS / "codebook.json",
        params=load(),
    )


if __name__ == "__main__":
    run_stage(main)
