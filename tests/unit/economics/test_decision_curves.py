"""Acceptability, expected loss and EVPI per threshold: published results, brute force, properties."""

import csv
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.economics.decision.acceptability import acceptability
from pipeline.economics.decision.errors import DecisionError, Floats
from pipeline.economics.decision.outcomes import outcomes
from pipeline.economics.decision.value_of_information import evpi

ORACLES = Path(os.environ.get("MAST_ORACLES", "none"))
NAMES = ("Chemo", "Radio", "Surgery")

# Few values, so that ties of two and of three are common.
SMALL = st.integers(2, 4).flatmap(
    lambda count: st.integers(1, 12).flatmap(
        lambda draws: st.tuples(
            arrays(np.float64, (draws, count), elements=st.integers(0, 6).map(float)),
            arrays(np.float64, (draws, count), elements=st.integers(-3, 3).map(float)),
        )
    )
)
LEVELS = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, 50])


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def near_ties(benefit: Floats) -> int:
    ordered = np.sort(benefit, axis=1)
    return int((ordered[:, -1] - ordered[:, -2] < 1e-5 * np.abs(benefit).max(axis=1)).sum())


@pytest.mark.skipif(not ORACLES.is_dir(), reason="MAST_ORACLES names no folder of published results")
def test_the_published_probabilistic_example() -> None:
    costs = np.loadtxt(ORACLES / "dampack_example_cost.csv", delimiter=",", skiprows=1)
    effects = np.loadtxt(ORACLES / "dampack_example_eff.csv", delimiter=",", skiprows=1)
    thresholds = np.arange(1000, 141001, 10000)
    found = acceptability(outcomes(costs, effects, NAMES), thresholds)
    at = {float(level): number for number, level in enumerate(thresholds)}
    # The published shares agree but for draws whose best two all but tie: R's max.col takes entries within
    # 1e-5 of the row's largest in magnitude as equal and draws lots. At most 4 in 10,000 draws are so close.
    near = [near_ties(level * effects - costs) for level in thresholds]
    assert max(near) == 4
    assert min(near) == 0
    for row in rows("dampack_example_ceac.csv"):
        level, who = at[float(row["WTP"])], NAMES.index(row["Strategy"])
        difference = found.probability[level, who] - float(row["Proportion"])
        assert abs(difference) * len(costs) <= near[level] + 1e-6
        assert (found.frontier[level] == who) == (row["On_Frontier"] == "TRUE")
    for row in rows("dampack_example_elc.csv"):
        level, who = at[float(row["WTP"])], NAMES.index(row["Strategy"])
        assert found.expected_loss[level, who] == pytest.approx(float(row["Expected_Loss"]), rel=1e-7)
    for row in rows("dampack_example_evpi.csv"):
        assert found.evpi[at[float(row["WTP"])]] == pytest.approx(float(row["EVPI"]), rel=1e-7)


def test_by_hand() -> None:
    # Now costs and gives nothing. New costs 2 and gives 1 in one draw and 3 in the other: worth it from 2
    # and from 2/3; on average from 1, where the loss of waiting is half of 3 − 2.
    found = acceptability(outcomes([[0, 2], [0, 2]], [[0, 1], [0, 3]], ["now", "new"]), [0, 0.5, 1, 2, 3])
    # At 2 the first draw is a tie, which stays with what is listed first.
    assert found.probability.tolist() == [[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1]]
    assert found.frontier.tolist() == [0, 0, 0, 1, 1]
    assert found.frontier_probability.tolist() == [1, 1, 0.5, 0.5, 1]
    assert found.evpi == pytest.approx([0, 0, 0.5, 0, 0])
    assert found.expected_loss[:, 0] == pytest.approx([0, 0, 0.5, 2, 4])
    assert found.switches() == ((0.0, "now"), (2.0, "new"))


@given(SMALL)
def test_it_is_what_every_draw_says_at_every_threshold_ties_included(pair: tuple[Floats, Floats]) -> None:
    costs, effects = pair
    found = acceptability(outcomes(costs, effects), LEVELS)
    for number, level in enumerate(LEVELS):
        benefit = level * effects - costs
        best = np.bincount(np.argmax(benefit, axis=1), minlength=costs.shape[1])
        assert (found.probability[number] == best / len(costs)).all()
        expected = benefit.max(axis=1).mean() - benefit.mean(axis=0)
        assert found.expected_loss[number] == pytest.approx(expected, abs=1e-9)
        assert found.evpi[number] == pytest.approx(evpi(benefit).value, abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 400), st.sampled_from([1.0, 1e-6, 1e9]))
def test_curves_sum_to_one_and_no_loss_is_negative(seed: int, count: int, draws: int, scale: float) -> None:
    stream = np.random.default_rng(seed)
    costs = stream.lognormal(3, 1, (draws, count)) * scale
    effects = stream.normal(0, 1, (draws, count))
    found = acceptability(outcomes(costs, effects), np.linspace(0, 60, 13) * scale)
    assert (found.probability >= 0).all()
    assert found.probability.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert (found.expected_loss >= 0).all()
    assert (found.evpi == found.expected_loss.min(axis=1)).all()


def test_many_draws_are_as_few_at_a_time() -> None:
    stream = np.random.default_rng(3)
    costs, effects = stream.gamma(4, 100, (40_000, 4)), stream.normal(1, 0.3, (40_000, 4))
    levels = np.linspace(0, 2000, 41)
    whole = acceptability(outcomes(costs, effects), levels)
    for number in (0, 7, 40):
        best = np.argmax(levels[number] * effects - costs, axis=1)
        assert (whole.probability[number] == np.bincount(best, minlength=4) / 40_000).all()


def test_lines_that_nearly_meet_never_make_more_or_fewer_draws() -> None:
    # Many alternatives through nearly one point: crossings that rounding may put in the wrong order.
    stream = np.random.default_rng(11)
    effects = np.round(stream.normal(0, 1, (3000, 8)), 2)
    costs = 0.1 * effects + stream.choice([0, 1e-17, 1e-16], (3000, 8)) + 5
    levels = np.unique(np.concatenate([[0, 0.1, 1], np.nextafter(0.1, [0, 1]), np.linspace(0, 0.2, 21)]))
    found = acceptability(outcomes(costs, effects), levels)
    assert (found.probability >= 0).all()
    assert found.probability.sum(axis=1) == pytest.approx(1, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=5, unique=True))
def test_without_variance_it_is_the_deterministic_decision(points: list[tuple[int, int]]) -> None:
    costs = np.tile([cost for cost, _ in points], (50, 1))
    effects = np.tile([effect for _, effect in points], (50, 1))
    found = acceptability(outcomes(costs, effects), LEVELS)
    best = [int(np.argmax([level * effect - cost for cost, effect in points])) for level in LEVELS]
    assert found.frontier.tolist() == best
    assert found.frontier_probability.tolist() == [1] * len(LEVELS)
    assert found.evpi == pytest.approx(0, abs=1e-12)


def test_identical_alternatives_are_explained_and_count_once() -> None:
    costs, effects = [[1, 1, 3], [2, 2, 2]], [[1, 1, 2], [1, 1, 2]]
    found = acceptability(outcomes(costs, effects, ["now", "twin", "new"]), [0, 10])
    assert found.probability[:, 1].tolist() == [0, 0]
    assert [note.en.split(" is ")[0] for note in found.notes] == ["twin"]


def test_the_frontier_may_be_less_probable_than_another() -> None:
    # Nine small gains against one large loss: likely best, but worse on average.
    found = acceptability(outcomes(np.zeros((10, 2)), [[0, 1]] * 9 + [[0, -20]], ["now", "new"]), [1])
    assert found.probability.tolist() == [[0.1, 0.9]]
    assert found.frontier.tolist() == [0]
    assert found.frontier_probability.tolist() == [0.1]
    assert found.evpi == pytest.approx([0.9])


@pytest.mark.parametrize(
    ("costs", "effects", "rule", "place"),
    [
        ([[1, -2]], [[1, 2]], "negative_cost", "costs, linje 1, kolonne alternative_2"),
        ([[1, 2]], [[1, float("nan")]], "not_finite", "effects, linje 1, kolonne 2"),
        ([[1, float("inf")]], [[1, 2]], "not_finite", "costs"),
        ([[1, 2], [1, 2]], [[1, 2]], "length", "costs 2, effects 1"),
        ([[1, 2]], [[1, 2, 3]], "names", "alternatives"),
        ([[1]], [[1]], "names", "alternatives"),
        ([1, 2], [[1, 2]], "shape", "costs"),
        ([], [], "shape", "costs"),
        ([["a", "b"]], [[1, 2]], "not_numbers", "costs"),
    ],
)
def test_bad_outcomes_are_named(costs: object, effects: object, rule: str, place: str) -> None:
    with pytest.raises(DecisionError) as caught:
        outcomes(costs, effects)  # pyright: ignore[reportArgumentType]
    assert caught.value.rule == rule
    assert place in str(caught.value)


@pytest.mark.parametrize("thresholds", [[1, 1], [2, 1], [-1, 1]])
def test_thresholds_rise_from_nought(thresholds: list[float]) -> None:
    with pytest.raises(DecisionError, match="stigende"):
        acceptability(outcomes([[1, 2]], [[1, 2]]), thresholds)


def test_savings_are_allowed_when_said() -> None:
    found = acceptability(outcomes([[0, -5]], [[0, 0]], is_net=True), [0, 1])
    assert found.probability.tolist() == [[0, 1], [0, 1]]


def test_a_threshold_may_be_a_volume() -> None:
    # 100 in fixed cost, 2 gained per unit: pays from 50 units.
    found = acceptability(outcomes([[0, 100]], [[0, 2]], ["continue", "build"]), [0, 49, 50, 51])
    assert [name for _, name in found.switches()] == ["continue", "build"]
    assert all(before <= after for before, after in pairwise(found.probability[:, 1]))
    assert found.switches()[1][0] == 51
