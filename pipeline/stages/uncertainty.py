"""The business case with everything uncertain at once: chances of a gain, the bridge, what knowing more is
worth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import read
from pipeline.economics.assumptions import parse_costs
from pipeline.economics.bridge import Bridge, bridges
from pipeline.economics.decision.precision import over_scrambles
from pipeline.economics.decision.sampling import Sample
from pipeline.economics.information import contacts, information
from pipeline.economics.model import Costs
from pipeline.economics.present_value import Asked, Valuation, present_values, valuation
from pipeline.economics.program import MAIN, Program, build, case
from pipeline.economics.steps import Floats
from pipeline.economics.uncertainty import borrowed, by_draw, samples, spread
from pipeline.params import Params, load
from pipeline.stages.costs import decimal, filled, oere
from pipeline.stages.measured import measure_of
from pipeline.stages.run import run_stage

VOLUMES = 6
# Chances by volume take part of the draws: the figure is read to a percent.
SCRAMBLES_BY_VOLUME = 2


def run(*, estimates: Path, results: Path, schemas: Path, out: Path, params: Params) -> None:
    """Write uncertainty, chances by volume, bridge and value of information in the folder ``out``.

    ``results`` is ``cost_results.parquet``, whose net present values the bridge starts from.
    """
    contracts = load_contracts(schemas)
    tables = contracts.tables
    costs = parse_costs(params.costs, measure_of(estimates, params.as_of))
    program = build(costs)
    drawn, free = samples(costs)
    valued = valuation(costs, program, _asked(costs), drawn.names)
    npvs = zip(costs.alternatives, by_draw(valued, drawn), strict=True)
    found = {item.name: by_perspective for item, by_perspective in npvs}
    write_checked(
        [
            filled(tables["cost_uncertainty"], _uncertainty(found)),
            filled(tables["cost_probability"], _by_volume(costs, valued, drawn)),
            filled(tables["cost_bridge"], _bridges(bridges(costs, program, free, found, _booked(results)))),
            filled(tables["cost_information"], _information(costs, program, drawn, found)),
            filled(tables["cost_borrowed"], _borrowed(costs, program)),
        ],
        contracts,
        out,
    )
    draws = drawn.scrambles * drawn.points
    print(f"{draws} trækninger af {len(drawn.names)} forudsætninger · draws of assumptions")


def _asked(costs: Costs) -> list[Asked]:
    """Every alternative, as the decision has it."""
    return [Asked(case(costs, item.name)) for item in costs.alternatives]


def _booked(results: Path) -> dict[tuple[str, str], int]:
    rows = cast("list[dict[str, Any]]", cast("Any", read(results)).to_pylist())
    return {
        (row["alternative"], row["perspective"]): row["amount_oere"]
        for row in rows
        if (row["case"], row["use_type"], row["measure"]) == (MAIN, "sum", "npv")
    }


def _uncertainty(found: Mapping[str, Mapping[str, Floats]]) -> Iterator[dict[str, object]]:
    for alternative, by_perspective in found.items():
        for perspective, npv in by_perspective.items():
            made = spread(alternative, perspective, npv)
            yield {
                "alternative": alternative,
                "perspective": perspective,
                "mean_oere": oere(made.mean.value),
                "standard_error_oere": oere(made.mean.standard_error),
                "median_oere": oere(made.median),
                "low_oere": oere(made.low),
                "high_oere": oere(made.high),
                "probability": decimal(made.probability.value),
                "probability_standard_error": decimal(made.probability.standard_error),
                "draws": npv.size,
            }


def volumes(costs: Costs) -> list[float]:
    """The volumes at which the chance of a gain is told, in whole thousands."""
    item = costs.inputs[costs.decision.volume]
    return np.linspace(float(item.low), float(item.high), VOLUMES).round(-3).tolist()


def _by_volume(costs: Costs, valued: Valuation, drawn: Sample) -> Iterator[dict[str, object]]:
    part = drawn.first(SCRAMBLES_BY_VOLUME)
    for volume in volumes(costs):
        found = by_draw(valued, part, {costs.decision.volume: volume})
        for alternative, by_perspective in zip(costs.alternatives, found, strict=True):
            for perspective, npv in by_perspective.items():
                chance = over_scrambles((npv > 0).mean(axis=1))
                yield {
                    "alternative": alternative.name,
                    "perspective": perspective,
                    "volume_per_year": int(volume),
                    "probability": decimal(chance.value),
                    "standard_error": decimal(chance.standard_error),
                }


def _bridges(found: list[Bridge]) -> Iterator[dict[str, object]]:
    """Each step in whole øre; rounding takes what is left, so that the table sums to the øre."""
    steps = [item.name for item in fields(Bridge)][2:]
    for item in found:
        amounts = {name: oere(getattr(item, name)) for name in steps}
        between = [name for name in steps if name not in ("deterministic", "rounding", "mean")]
        amounts["rounding"] = (
            amounts["mean"] - amounts["deterministic"] - sum(amounts[name] for name in between)
        )
        for number, name in enumerate(steps):
            yield {
                "alternative": item.alternative,
                "perspective": item.perspective,
                "number": number,
                "step": name,
                "amount_oere": amounts[name],
            }


def _information(
    costs: Costs, program: Program, drawn: Sample, found: Mapping[str, Mapping[str, Floats]]
) -> Iterator[dict[str, object]]:
    made = information(costs, drawn, found, costs.decision.perspective)
    factors = [float(costs.schedule.factor(year)) for year in costs.years]
    affected = float(contacts(costs, program) @ factors)
    whole = made[0]
    each = replace(whole.worth, value=whole.worth.value / affected, standard_error=0.0)
    made.append(replace(whole, kind="per_contact", worth=each, low=each.value, high=each.value))
    for item in made:
        yield {
            "kind": item.kind,
            "name": item.name,
            "title_da": item.title.da,
            "title_en": item.title.en,
            "value_oere": oere(item.worth.value),
            "standard_error_oere": oere(item.worth.standard_error),
            "low_oere": oere(item.low),
            "high_oere": oere(item.high),
            "size": item.size,
        }


def _borrowed(costs: Costs, program: Program) -> Iterator[dict[str, object]]:
    """Each borrowed prior: the input's mean and interval with and without, and what it does to the result."""
    for item in costs.borrows:
        for is_with, found in enumerate(borrowed(costs, item)):
            low, high = found.quantile(np.array([0.025, 0.975]))
            npvs = present_values(costs, program, _asked(costs), {item.input: found.mean})
            for alternative, npv in zip(costs.alternatives, npvs, strict=True):
                yield {
                    "name": item.name,
                    "is_with": bool(is_with),
                    "alternative": alternative.name,
                    "title_da": item.title.da,
                    "title_en": item.title.en,
                    "assumption": item.input,
                    "weight": item.weight,
                    "source": item.source,
                    "mean": decimal(found.mean),
                    "low": decimal(float(low)),
                    "high": decimal(float(high)),
                    "npv_oere": oere(npv[costs.decision.perspective]),
                }


def main() -> None:
    """Bind the paths."""
    run(
        estimates=paths.RESULTS / "estimates.parquet",
        results=paths.RESULTS / "cost_results.parquet",
        schemas=paths.SCHEMAS,
        out=paths.RESULTS,
        params=load(),
    )


if __name__ == "__main__":
    run_stage(main)
