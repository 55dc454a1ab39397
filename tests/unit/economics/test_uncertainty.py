"""Everything uncertain at once: the draws and the deterministic result are one model, and reconcile."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from small_model import given_input, parse, section

from pipeline.economics.bridge import bridges
from pipeline.economics.cost_ledger import ledger, npv
from pipeline.economics.decision.distributions import Beta
from pipeline.economics.decision.errors import DecisionError
from pipeline.economics.information import information, net_benefit
from pipeline.economics.model import Costs, Evidence
from pipeline.economics.program import build, case
from pipeline.economics.uncertainty import (
    correlation,
    distributions,
    net_present_values,
    sample,
    samples,
    spread,
)

COSTS = parse()
PROGRAM = build(COSTS)


def drawn(costs: Costs) -> dict[str, dict[str, np.ndarray]]:
    points = sample(costs)
    return {
        item.name: net_present_values(costs, PROGRAM, case(costs, item.name), points)
        for item in costs.alternatives
    }


def booked(costs: Costs) -> dict[tuple[str, str], int]:
    return {
        (item.name, view.name): npv(costs, ledger(costs, PROGRAM, case(costs, item.name)), view.name)
        for item in costs.alternatives
        for view in costs.perspectives
    }


def test_without_variance_the_draws_are_the_ledger() -> None:
    certain = replace(
        COSTS,
        inputs={
            key: replace(item, low=item.value, high=item.value, kind="point")
            for key, item in COSTS.inputs.items()
        }
        | {"residual": replace(COSTS.inputs["residual"], value=Decimal(1))},
        correlations=(),
    )
    # One event that always happens is left, so that there is something to draw.
    for (alternative, perspective), amount in booked(certain).items():
        found = drawn(certain)[alternative][perspective]
        assert np.ptp(found) < 1e-6
        assert round(float(found.mean())) == round(amount / 100)


def test_the_bridge_sums_without_a_remainder() -> None:
    found = drawn(COSTS)
    made = bridges(COSTS, PROGRAM, sample(COSTS, is_correlated=False), found, booked(COSTS))
    assert len(made) == len(COSTS.alternatives) * len(COSTS.perspectives)
    for item in made:
        steps = item.rounding + item.skew + item.products + item.steps + item.correlation
        assert item.deterministic + steps == pytest.approx(item.mean, abs=1e-6)
        assert item.mean == pytest.approx(float(found[item.alternative][item.perspective].mean()))
    # A volume with a range makes half rooms whole ones: the step costs differ from the smooth ones.
    assert any(abs(item.steps) > 1 for item in made)


def test_the_same_points_without_correlation() -> None:
    tied, free = samples(COSTS)
    assert np.corrcoef(tied.of("before"), tied.of("after"))[0, 1] == pytest.approx(0.5, abs=0.05)
    # The normal scores are correlated in their order, and only those that must be are moved.
    moved = [name for name in tied.names if not np.array_equal(tied.of(name), free.of(name))]
    assert moved == ["after"]
    assert abs(np.corrcoef(free.of("before"), free.of("after"))[0, 1]) < 0.05


def test_a_mix_is_always_whole_and_keeps_its_mean() -> None:
    points = sample(COSTS)
    talks, walks = points.of("talks"), points.of("walks")
    share = talks / (talks + walks)
    assert share.mean() == pytest.approx(0.5, abs=0.01)
    # Beta(10, 10): a Dirichlet of size 20 in two parts.
    assert share.var() == pytest.approx(0.25 / 21, rel=0.05)


def test_an_event_happens_as_often_as_it_is_said() -> None:
    assert sample(COSTS).of("residual").mean() == pytest.approx(0.25, abs=0.01)


def test_what_is_counted_varies_by_its_effective_number() -> None:
    content = section()
    content["inputs"]["slow"] = given_input(0.5, "andel", 0, 1)
    costs = parse(content)
    item = replace(
        costs.inputs["slow"], kind="counts", evidence=Evidence(Decimal(30), Decimal(60), Decimal(2))
    )
    found = distributions(replace(costs, inputs={**costs.inputs, "slow": item}))["slow"]
    # 15 of 30 and Jeffreys' prior: Beta(15.5, 15.5).
    assert found.mean == 0.5
    assert isinstance(found, Beta)
    assert float(found.quantile(np.array([0.975]))[0]) == pytest.approx(0.6717, abs=1e-3)


def test_a_value_outside_its_range_is_refused_by_name() -> None:
    wrong = replace(COSTS.inputs["wage"], low=Decimal(700))
    with pytest.raises(DecisionError, match=r"costs\.inputs\.wage"):
        distributions(replace(COSTS, inputs={**COSTS.inputs, "wage": wrong}))


def test_correlations_that_clash_are_refused() -> None:
    content = section()
    content["correlations"] = [
        {"inputs": ["before", "after"], "rho": 0.9, "why": {"da": "x", "en": "x"}},
        {"inputs": ["after", "wage"], "rho": 0.9, "why": {"da": "x", "en": "x"}},
        {"inputs": ["before", "wage"], "rho": -0.9, "why": {"da": "x", "en": "x"}},
    ]
    with pytest.raises(DecisionError, match="positivt definit"):
        sample(parse(content))
    assert correlation(COSTS, ("before", "wage", "after"))[0].tolist() == [1, 0, 0.5]


def test_the_spread_of_draws() -> None:
    made = spread("now", "clinic", np.array([[-1.0, 1.0], [1.0, 3.0]]))
    assert (made.mean.value, made.probability.value) == (1.0, 0.75)


def test_knowing_is_worth_between_nothing_and_everything() -> None:
    points = sample(COSTS)
    found = drawn(COSTS)
    benefit = net_benefit(COSTS, found, "clinic")
    assert benefit.shape == (points.scrambles * points.points, 3)
    assert not benefit[:, 0].any()
    whole, *others = information(COSTS, points, found, "clinic")
    assert whole.kind == "evpi"
    assert others
    for item in others:
        assert 0 <= item.worth.value <= whole.worth.value + 3 * item.worth.standard_error
