"""Net present values of every draw: the ledger's own formulas, alternative by alternative."""

import numpy as np
import pytest
from small_model import parse, perspective, section

from pipeline.economics.cost_ledger import ledger, npv
from pipeline.economics.decision.errors import Floats
from pipeline.economics.expression import evaluate
from pipeline.economics.present_value import Asked, present_values, valuation
from pipeline.economics.program import Case, build, case, environment
from pipeline.economics.uncertainty import by_draw, net_present_values, sample

COSTS = parse()
PROGRAM = build(COSTS)
DRAWN = sample(COSTS)
CASES = [case(COSTS, item.name) for item in COSTS.alternatives]
ASKED = [Asked(chosen, is_smooth) for chosen in CASES for is_smooth in (False, True)]


def line_by_line(asked: Asked, view: str) -> Floats:
    """Every line of every year over the whole array of draws."""
    chosen, size = asked.case, DRAWN.scrambles * DRAWN.points
    values = {name: DRAWN.of(name) for name in DRAWN.names}
    found = environment(COSTS, PROGRAM, chosen, values, is_smooth=asked.is_smooth)
    total = np.zeros(size)
    for line in PROGRAM.lines:
        if chosen.counts(line) and COSTS.perspective(view).counts(
            line.account, line.benefit_class, line.kind
        ):
            for year in COSTS.years:
                quantity = evaluate(line.quantity(year), found, is_smooth=asked.is_smooth)
                factor = float(COSTS.schedule.factor(year))
                total += line.sign * factor * quantity * found[line.unit_cost]
    return total


def test_together_or_alone_they_are_the_lines_added_up() -> None:
    together = by_draw(valuation(COSTS, PROGRAM, ASKED, DRAWN.names), DRAWN)
    for asked, found in zip(ASKED, together, strict=True):
        alone = net_present_values(COSTS, PROGRAM, asked.case, DRAWN, is_smooth=asked.is_smooth)
        for view, npv_of_draws in found.items():
            assert npv_of_draws.shape == (DRAWN.scrambles, DRAWN.points)
            assert npv_of_draws == pytest.approx(alone[view], rel=1e-12, abs=1e-6)
            assert npv_of_draws.ravel() == pytest.approx(line_by_line(asked, view), rel=1e-12, abs=1e-6)


def at(chosen: Case, **values: float) -> dict[str, float]:
    return present_values(COSTS, PROGRAM, [Asked(chosen)], values)[0]


def test_an_input_held_is_an_input_set() -> None:
    (found,) = by_draw(valuation(COSTS, PROGRAM, ASKED[:1], DRAWN.names), DRAWN.first(1), {"volume": 100.0})
    (drawn,) = by_draw(valuation(COSTS, PROGRAM, ASKED[:1], DRAWN.names), DRAWN.first(1))
    assert (found["clinic"] != drawn["clinic"]).any()
    everything = {name: float(DRAWN.of(name)[0]) for name in DRAWN.names} | {"volume": 100.0}
    for view, value in at(case(COSTS), **everything).items():
        assert found[view][0, 0] == pytest.approx(value, rel=1e-12, abs=1e-6)


def test_without_volume_there_is_the_risk_alone_and_no_draw_is_nan() -> None:
    (found,) = by_draw(valuation(COSTS, PROGRAM, ASKED[:1], DRAWN.names), DRAWN, {"volume": 0.0})
    assert all(np.isfinite(draws).all() for draws in found.values())
    assert not found["clinic"].any()
    assert (found["budget"] <= -30).all()  # the guard is paid for whatever happens


def test_who_counts_nothing_has_nothing() -> None:
    content = section()
    content["perspectives"].append(perspective("nobody", ["municipality"], ["cashable"]))
    costs = parse(content)
    program = build(costs)
    (found,) = present_values(costs, program, [Asked(case(costs))], {})
    assert found["nobody"] == npv(costs, ledger(costs, program, case(costs)), "nobody") == 0
