"""Dominance and incremental ratios: the published frontier of a hundred, hand computation, properties."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.economics.decision.dominance import Position, frontier, incremental
from pipeline.economics.decision.errors import DecisionError
from pipeline.economics.decision.outcomes import outcomes

ORACLES = Path(os.environ.get("MAST_ORACLES", "none"))

# Cost, effect and published ratio of the six on the frontier, then cost and effect of the four extendedly
# dominated and of three dominated, of a published comparison of a hundred strategies.
PUBLISHED = {
    "8": (3.245, 0.206739828, None),
    "97": (196.622445, 0.753874473, 353.436666398634),
    "89": (450.8715326, 0.911119441, 1616.89808477687),
    "93": (1228.280245, 0.922366526, 69120.9066527013),
    "70": (4620.228763, 0.967290045, 75504.9602859473),
    "52": (7738.694336, 0.982385545, 206582.463184394),
}
BETWEEN = {
    "91": (48.46275658, 0.255613768),
    "34": (137.50424, 0.44196786),
    "87": (948.0534885, 0.917041098),
    "83": (4529.233517, 0.9423048),
}
WORSE = {
    "58": (481.1270684, 0.506803403),
    "12": (2510.192488, 0.89337348),
    "60": (9999.22446, 0.29671157),
}
SHORT = {"ND": "not dominated", "ED": "extendedly dominated", "D": "dominated"}


def by_name(found: tuple[Position, ...]) -> dict[str, Position]:
    return {item.name: item for item in found}


def test_the_published_frontier() -> None:
    every = {name: pair[:2] for name, pair in PUBLISHED.items()} | BETWEEN | WORSE
    names = sorted(every, key=int)
    found = frontier(names, [every[name][0] for name in names], [every[name][1] for name in names])
    assert [item.name for item in found] == [*PUBLISHED, *BETWEEN, *WORSE]
    assert [item.status for item in found[6:]] == ["extendedly dominated"] * 4 + ["dominated"] * 3
    for item in found[:6]:
        expected = PUBLISHED[item.name][2]
        assert item.ratio == (expected if expected is None else pytest.approx(expected, rel=1e-12))


@pytest.mark.skipif(not ORACLES.is_dir(), reason="MAST_ORACLES names no folder of published results")
def test_all_hundred_published_strategies() -> None:
    with (ORACLES / "dampack_hund_strat.csv").open(encoding="utf-8") as file:
        given_rows = list(csv.DictReader(file))
    with (ORACLES / "dampack_hund_icers.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    found = by_name(
        frontier(
            [row["Strategy"] for row in given_rows],
            [float(row["Cost"]) for row in given_rows],
            [float(row["QALYs"]) for row in given_rows],
        )
    )
    assert list(found) == [row["Strategy"] for row in expected]
    for row in expected:
        item = found[row["Strategy"]]
        assert item.status == SHORT[row["Status"]]
        if row["ICER"] != "NA":
            assert item.ratio == pytest.approx(float(row["ICER"]), rel=1e-9)
            assert item.incremental_effect == pytest.approx(float(row["Inc_Effect"]), rel=1e-9)


def test_equal_ratios_stay_equal_effects_do_not_and_twins_are_explained() -> None:
    found = by_name(
        frontier(
            ["none", "half", "all", "dear", "twin", "same cost"], [0, 5, 10, 12, 5, 10], [0, 1, 2, 2, 1, 1.5]
        )
    )
    assert [found[name].ratio for name in ("none", "half", "all")] == [None, 5, 5]
    assert found["dear"].status == found["same cost"].status == "dominated"
    assert found["twin"].status == "identical"
    assert "half" in str(found["twin"].why)


def test_an_effect_that_may_have_either_sign_gets_no_ratio() -> None:
    draws = np.linspace(-1, 1, 101)
    costs = np.column_stack([np.zeros(101), np.full(101, 100.0), np.full(101, 400.0)])
    effects = np.column_stack([np.zeros(101), 0.01 + draws, 5 + draws])
    found = by_name(incremental(outcomes(costs, effects, ["now", "maybe", "better"])))
    # 400 for 5 is 80 per unit; "maybe" costs 10,000 per unit and is extendedly dominated.
    assert found["maybe"].status == "extendedly dominated"
    assert found["better"].ratio == pytest.approx(80)
    assert found["better"].effect_low == pytest.approx(4.05)
    # Dearer and on average worse, but the effect may be better: only the cost counts against it.
    worse = outcomes(costs[:, :2], effects[:, :2] * [1, -1], ["now", "dear"])
    dear = by_name(incremental(worse))["dear"]
    assert (dear.status, dear.dominated_by) == ("dominated", "now")
    assert dear.why is not None
    assert "vides ikke" in dear.why.da
    assert dear.effect_low == pytest.approx(-0.96)
    assert dear.effect_high == pytest.approx(0.94)
    found = by_name(incremental(outcomes(costs[:, :2], effects[:, :2], ["now", "maybe"])))
    assert found["maybe"].ratio is None
    assert found["maybe"].incremental_cost == pytest.approx(100)
    assert "begge fortegn" in str(found["maybe"].why)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=9))
def test_ratios_rise_and_nobody_is_lost(points: list[tuple[int, int]]) -> None:
    names = [str(number) for number in range(len(points))]
    found = frontier(names, [cost for cost, _ in points], [effect for _, effect in points])
    assert sorted(item.name for item in found) == sorted(names)
    ratios = [item.ratio for item in found if item.ratio is not None]
    assert ratios == sorted(ratios)
    best = {item.name for item in found if item.status in ("not dominated", "identical")}
    for threshold in (0, 0.5, 1, 3, 100):
        worth = [threshold * effect - cost for cost, effect in points]
        # Whatever the threshold, one of the best stands on the frontier.
        assert max(worth) == max(worth[int(name)] for name in best)


def test_nonsense_is_refused() -> None:
    with pytest.raises(DecisionError, match="sit navn"):
        frontier(["a", "a"], [1, 2], [1, 2])
    with pytest.raises(DecisionError, match="endeligt"):
        frontier(["a", "b"], [1, float("nan")], [1, 2])
    with pytest.raises(DecisionError, match="konfidensniveauet"):
        incremental(outcomes([[1, 2]], [[1, 2]]), confidence=1)
