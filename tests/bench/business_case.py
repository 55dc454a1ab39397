"""Seconds for the whole business case with all its uncertainty, part by part, in one process.

Run with ``./run bench business_case`` after ``./run report``, whose estimates it reads. It computes all that
the stages ``costs`` and ``uncertainty`` compute; imports, reading and writing are not in it. Target: under
5 s in all. Beside the net present value of every draw stands the plain numpy way to it, every line and year
over the whole array of draws; the two must agree. No library has a counterpart: heormodel, which ``./run
bench decision`` compares with, begins where costs and effects are already drawn.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pipeline import paths
from pipeline.economics.assumptions import parse_costs
from pipeline.economics.bridge import bridges
from pipeline.economics.business_case import ledgers, results
from pipeline.economics.decision.sampling import Sample
from pipeline.economics.expression import evaluate
from pipeline.economics.information import information
from pipeline.economics.model import Costs
from pipeline.economics.present_value import Asked, valuation
from pipeline.economics.program import MAIN, Program, build, case, environment
from pipeline.economics.sensitivity import breakevens, swings, two_way
from pipeline.economics.uncertainty import by_draw, samples, spread
from pipeline.params import load
from pipeline.stages import costs as costs_stage
from pipeline.stages import uncertainty as uncertainty_stage
from pipeline.stages.measured import measure_of

TARGET_S = 5


class Clock:
    """Wall and processor seconds of each part, printed as they come."""

    def __init__(self) -> None:
        self.wall, self.cpu = 0.0, 0.0

    def part(self, what: str, work: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.wall, self.cpu = self.wall + wall, self.cpu + cpu
        line(what, wall, cpu)
        return made


def line(what: str, wall: float, cpu: float, note: str = "") -> None:
    print(f"{what:<52}{wall:8.2f} s {cpu:8.2f} s   {note}".rstrip())


def plain(costs: Costs, program: Program, alternative: str, drawn: Sample) -> dict[str, np.ndarray]:
    """Every line of the ledger over the whole array of draws, added up in each perspective that counts it."""
    chosen = case(costs, alternative)
    found = environment(costs, program, chosen, {name: drawn.of(name) for name in drawn.names})
    made = {view.name: np.zeros(drawn.scrambles * drawn.points) for view in costs.perspectives}
    for item in program.lines:
        if not chosen.counts(item):
            continue
        for year in costs.years:
            factor = float(costs.schedule.factor(year))
            amount = item.sign * factor * evaluate(item.quantity(year), found) * found[item.unit_cost]
            for view in costs.perspectives:
                if view.counts(item.account, item.benefit_class, item.kind):
                    made[view.name] += amount
    return made


def main() -> None:
    params, estimates = load(), paths.RESULTS / "estimates.parquet"
    measure = measure_of(estimates, params.as_of)
    # What is imported where it is used.
    import scipy.interpolate
    import scipy.stats  # noqa: F401

    print(f"{'':<52}{'wall':>8}   {'processor':>8}")
    clock = Clock()
    costs: Costs = clock.part("reading the assumptions", lambda: parse_costs(params.costs, measure))
    program: Program = clock.part("formulas of every use, year and account", lambda: build(costs))
    headline = case(costs)
    alternatives = [case(costs, item.name) for item in costs.alternatives]
    found = clock.part("ledgers of every case", lambda: ledgers(costs, program))
    made = clock.part("results", lambda: results(costs, found))
    clock.part(
        "one input at a time, every alternative",
        lambda: [swings(costs, program, one) for one in alternatives],
    )
    at = np.linspace(0, 1, costs.two_way.steps)
    chosen = costs.two_way
    clock.part(
        "two inputs at once",
        lambda: two_way(costs, program, headline, (chosen.across, at), (chosen.down, at)),
    )
    key = costs.decision.volume
    most = costs_stage.BEYOND * float(costs.inputs[key].high)
    alone = [case(costs, uses=(use.code,)) for use in costs.uses]
    clock.part(
        "break-even of alternatives and uses, seven perspectives",
        lambda: [breakevens(costs, program, one, key, 0, most) for one in alternatives + alone],
    )
    drawn, free = clock.part("draws of every uncertain input", lambda: samples(costs))
    valued = clock.part(
        "formulas of every alternative as steps",
        lambda: valuation(costs, program, [Asked(one) for one in alternatives], drawn.names),
    )
    before = clock.cpu
    npvs = clock.part("net present value of every draw", lambda: by_draw(valued, drawn))
    ours_s = clock.cpu - before
    named = {item.name: npv for item, npv in zip(costs.alternatives, npvs, strict=True)}
    clock.part(
        "means, percentiles and chances",
        lambda: [spread(name, view, npv) for name, by in named.items() for view, npv in by.items()],
    )
    part = drawn.first(uncertainty_stage.SCRAMBLES_BY_VOLUME)
    clock.part(
        "chances by volume",
        lambda: [
            (npv > 0).mean(axis=1)
            for volume in uncertainty_stage.volumes(costs)
            for found in by_draw(valued, part, {key: volume})
            for npv in found.values()
        ],
    )
    booked = {
        (item.alternative, item.perspective): item.amount_oere
        for item in made
        if (item.case, item.use_type, item.measure, item.region) == (MAIN, "sum", "npv", "all")
    }
    clock.part(
        "bridge from one value to the mean of all", lambda: bridges(costs, program, free, named, booked)
    )
    view = costs.decision.perspective
    clock.part("what knowing more is worth", lambda: information(costs, drawn, named, view))
    line("the whole business case", clock.wall, clock.cpu, f"(target < {TARGET_S} s)")
    print(f"    {drawn.scrambles} scrambles of {drawn.points:,} draws of {len(drawn.names)} inputs")
    beside = Clock()
    loops = beside.part(
        "the plain numpy way to every draw's net present value",
        lambda: [plain(costs, program, item.name, drawn) for item in costs.alternatives],
    )
    for by, loop in zip(npvs, loops, strict=True):
        for name, npv in by.items():
            assert np.allclose(npv.ravel(), loop[name], rtol=1e-9, atol=1e-3)
    print(f"    {beside.cpu / ours_s:.0f} times the processor seconds of ours, with the same result")


if __name__ == "__main__":
    main()
