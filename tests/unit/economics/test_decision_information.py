"""Value of information: closed forms of two normals, properties, the smoother, bad input."""

from math import exp, hypot, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.economics.decision.acceptability import acceptability
from pipeline.economics.decision.basis import columns_of, design, smooth_functions
from pipeline.economics.decision.distributions import Distribution, Normal
from pipeline.economics.decision.errors import DecisionError, Floats
from pipeline.economics.decision.outcomes import outcomes
from pipeline.economics.decision.population import population
from pipeline.economics.decision.precision import over_scrambles
from pipeline.economics.decision.sampling import draw
from pipeline.economics.decision.value_of_information import (
    evpi,
    evppi,
    evppi_curve,
    ranking,
    sensitivity,
)

# inb = p1 − p2, p1 ~ N(1, 1), p2 ~ N(0, 2): published closed forms.
EVPI, EVPPI_1, EVPPI_2 = 0.4798107063, 0.0833154706, 0.3955931148
TWO: dict[str, Distribution] = {"p1": Normal(1, 1), "p2": Normal(0, 2)}


def closed(mean: float, deviation: float) -> float:
    """E max(0, N(mean, deviation)) − max(0, mean)."""
    if deviation == 0:
        return 0.0
    z = mean / deviation
    return mean * NormalDist().cdf(z) + deviation * exp(-z * z / 2) / sqrt(2 * pi) - max(0.0, mean)


def two_normals(seed: int, draws: int, mean: float, first: float, second: float) -> tuple[Floats, Floats]:
    """Inputs, and the net benefit of doing nothing and of p1 − p2."""
    stream = np.random.default_rng(seed)
    inputs = np.column_stack([stream.normal(mean, first, draws), stream.normal(0, second, draws)])
    return inputs, np.column_stack([np.zeros(draws), inputs[:, 0] - inputs[:, 1]])


def test_the_published_closed_forms() -> None:
    assert closed(1, sqrt(5)) == pytest.approx(EVPI, abs=1e-10)
    assert closed(1, 1) == pytest.approx(EVPPI_1, abs=1e-10)
    assert closed(1, 2) == pytest.approx(EVPPI_2, abs=1e-10)
    sample = draw(TWO, seed=1)
    all_of_it, first, second = [], [], []
    for points in sample.values:
        benefit = np.column_stack([np.zeros(len(points)), points[:, 0] - points[:, 1]])
        all_of_it.append(evpi(benefit).value)
        first.append(evppi(benefit, points[:, 0]).value)
        second.append(evppi(benefit, points[:, 1]).value)
    for values, expected in ((all_of_it, EVPI), (first, EVPPI_1), (second, EVPPI_2)):
        found = over_scrambles(values)
        assert found.value == pytest.approx(expected, abs=1e-4)
        assert abs(found.value - expected) < 5 * found.standard_error + 1e-6


def test_independent_draws_agree_within_their_standard_error() -> None:
    inputs, benefit = two_normals(5, 100_000, 1, 1, 2)
    for found, expected in (
        (evpi(benefit), EVPI),
        (evppi(benefit, inputs[:, 0]), EVPPI_1),
        (evppi(benefit, inputs[:, 1]), EVPPI_2),
        (evppi(benefit, inputs), EVPI),
    ):
        assert abs(found.value - expected) < 3 * found.standard_error
        assert found.standard_error < 0.005


def test_the_standard_error_is_the_spread_of_repeated_analyses() -> None:
    found = []
    for seed in range(120):
        inputs, benefit = two_normals(seed, 2000, 1, 1, 2)
        found.append(evppi(benefit, inputs[:, 1]))
    spread = float(np.std([item.value for item in found], ddof=1))
    # A spread over 120 has a standard error of 6.5 %.
    assert spread == pytest.approx(np.mean([item.standard_error for item in found]), rel=0.25)


def test_the_standard_error_over_scrambles_is_the_spread_of_repeated_quasi_random_analyses() -> None:
    everything, part = [], []
    for seed in range(60):
        sample = draw(TWO, seed=seed, log2_points=8)
        benefit = np.column_stack([np.zeros(8 * 2**8), sample.of("p1") - sample.of("p2")])
        everything.append(evpi(benefit, scrambles=sample.scrambles))
        part.append(evppi(benefit, sample.of("p2"), scrambles=sample.scrambles))
    for found in (everything, part):
        spread = float(np.std([item.value for item in found], ddof=1))
        # Seven degrees of freedom each: the root mean square, and not the mean, estimates the spread.
        stated = float(np.sqrt(np.mean([item.standard_error**2 for item in found])))
        assert spread == pytest.approx(stated, rel=0.35)
        # Independent draws of that number would be off by several times as much.
        assert stated < 0.3 * evpi(benefit).standard_error


@given(st.integers(0, 2**32 - 1), st.integers(60, 400))
def test_few_draws_and_much_noise_never_make_a_part_worth_more_than_the_whole(seed: int, draws: int) -> None:
    stream = np.random.default_rng(seed)
    benefit, inputs = stream.standard_t(2, (draws, 4)), stream.normal(0, 1, (draws, 2))
    for count in (1, 2, 4):
        assert 0 <= evppi(benefit, inputs, functions=count, interaction=1).value <= evpi(benefit).value


@settings(max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(-2, 2),
    st.floats(0, 2).filter(lambda item: item == 0 or item > 0.01),
    st.floats(0, 2).filter(lambda item: item == 0 or item > 0.01),
)
def test_between_nought_and_everything_and_monotone(
    seed: int, mean: float, first: float, second: float
) -> None:
    inputs, benefit = two_normals(seed, 4000, mean, first, second)
    everything = evpi(benefit)
    one, other, both = evppi(benefit, inputs[:, 0]), evppi(benefit, inputs[:, 1]), evppi(benefit, inputs)
    for part, deviation in ((one, first), (other, second), (both, hypot(first, second))):
        slack = 5 * hypot(part.standard_error, everything.standard_error) + 1e-9
        assert 0 <= part.value <= everything.value + slack
        assert (
            abs(part.value - closed(mean, deviation))
            < 6 * hypot(part.standard_error, hypot(first, second) / sqrt(4000)) + 1e-9
        )
        assert part.value <= both.value + slack
    assert both.value == pytest.approx(everything.value, abs=1e-9)
    assert closed(mean, first) <= closed(mean, hypot(first, second)) + 1e-15


def test_products_are_seen_by_the_group_and_not_by_its_parts() -> None:
    stream = np.random.default_rng(2)
    inputs = stream.normal(0, 1, (20_000, 2))
    benefit = np.column_stack([np.zeros(20_000), inputs[:, 0] * inputs[:, 1]])
    # E max(0, XY) = E|XY|/2 = 1/π, and each alone says nothing.
    found = evppi(benefit, inputs)
    assert abs(found.value - 1 / pi) < 4 * found.standard_error
    assert found.explained == pytest.approx(1)
    assert evppi(benefit, inputs[:, 0]).value < 0.02
    additive = evppi(benefit, inputs, interaction=1)
    assert additive.value < 0.03
    assert additive.explained < 0.01


def test_the_smoother_shows_where_it_decides() -> None:
    stream = np.random.default_rng(4)
    inputs = stream.uniform(-1, 1, 20_000)
    benefit = np.column_stack([np.zeros(20_000), np.cos(2 * pi * inputs) + stream.normal(0, 1, 20_000)])
    # A straight line sees nothing of a cosine; E max(0, cos) = 1/π.
    found = sensitivity(benefit, inputs, (1, 5, 7, 9))
    straight, *rough = found.fits
    assert found.spread > 0.25
    assert straight.value < 0.02
    assert [item.functions for item in rough] == [5, 7, 9]
    assert rough[-1].value == pytest.approx(1 / pi, abs=0.02)
    linear = two_normals(9, 20_000, 1, 1, 2)
    assert sensitivity(linear[1], linear[0][:, 0]).spread < 0.003


def test_an_input_that_is_mostly_nought_is_still_smoothed() -> None:
    stream = np.random.default_rng(5)
    inputs = np.where(stream.random(20_000) < 0.8, 0.0, stream.gamma(2, 1, 20_000))
    truth = np.column_stack([np.zeros(20_000), inputs - inputs**2 / 4 - 0.2])
    noisy = truth + stream.normal(0, 1, 20_000)[:, None] * [0, 1]
    found = evppi(noisy, inputs)
    assert abs(found.value - evpi(truth).value) < 4 * found.standard_error


def test_an_event_is_worth_what_it_says() -> None:
    occurs = np.repeat([0.0, 1.0], [800, 200])
    benefit = np.column_stack([np.zeros(1000), 1 - 10 * occurs])
    # On average 1 − 2 < 0: nothing is done. Knowing gives 1 in four of five.
    found = evppi(benefit, occurs)
    assert found.value == pytest.approx(0.8)
    assert found.columns == 2
    assert evppi(benefit, np.ones(1000)).value == 0


def test_a_curve_is_its_points() -> None:
    stream = np.random.default_rng(6)
    inputs = stream.normal(0, 1, (5000, 2))
    costs = np.column_stack([np.zeros(5000), 10 + inputs[:, 0], 20 + stream.normal(0, 1, 5000)])
    effects = np.column_stack([np.zeros(5000), 1 + 0.2 * inputs[:, 1], 1.5 + 0.3 * inputs[:, 1] ** 2])
    found, levels = outcomes(costs, effects, is_net=True), np.array([0, 5, 10, 12, 20, 60])
    curve = evppi_curve(found, inputs, levels)
    points = [evppi(found.net_benefit(level), inputs).value for level in levels]
    assert curve == pytest.approx(points, abs=1e-9)
    assert acceptability(found, levels).evpi == pytest.approx(
        [evpi(found.net_benefit(level)).value for level in levels], abs=1e-9
    )


def test_ranking_puts_the_most_valuable_first() -> None:
    inputs, benefit = two_normals(8, 5000, 1, 1, 2)
    found = ranking(benefit, {"a": inputs[:, 0], "b": inputs[:, 1], "both": inputs})
    assert [name for name, _ in found] == ["both", "b", "a"]


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.sampled_from(["normal", "lognormal", "few", "spike"]))
def test_smooth_functions_are_orthonormal_and_begin_with_the_line(seed: int, count: int, kind: str) -> None:
    stream = np.random.default_rng(seed)
    values = {
        "normal": stream.normal(5, 2, 500),
        "lognormal": stream.lognormal(0, 2, 500),
        "few": stream.integers(0, 4, 500).astype(np.float64),
        "spike": np.where(stream.random(500) < 0.9, 0.0, stream.normal(0, 1, 500)),
    }[kind]
    found = smooth_functions(values, count)
    assert 1 <= len(found) <= count
    # What rounding leaves: of a long tail the splines differ little, and the least of them is kept to 1e-10.
    assert found @ found.T / 500 == pytest.approx(np.eye(len(found)), abs=1e-4)
    assert found.mean(axis=1) == pytest.approx(0, abs=1e-4)
    assert abs(np.corrcoef(found[0], values)[0, 1]) == pytest.approx(1, abs=1e-4)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 4))
def test_columns_are_counted_without_building_them(inputs: int, functions: int, interaction: int) -> None:
    values = np.random.default_rng(1).normal(0, 1, (inputs, 40))
    assert design(values, functions, interaction).columns == columns_of(inputs, functions, interaction)


def test_population_by_hand() -> None:
    assert population(2, [100, 200], [1, 0.5]) == 400


def test_bad_input_is_named() -> None:
    inputs, benefit = two_normals(1, 100, 1, 1, 2)
    for call, rule in (
        (lambda: evppi(benefit, inputs[:-1]), "length"),
        (lambda: evppi(benefit, np.append(inputs[:-1, 0], np.nan)), "not_finite"),
        (lambda: evppi(benefit, inputs, functions=0), "setting"),
        (lambda: evppi(benefit, inputs), "few_draws"),
        (lambda: evpi(benefit[:, :1]), "names"),
        (lambda: evpi(benefit, scrambles=7), "length"),
        (lambda: population(1, [0, 0], [1, 1]), "zero_volume"),
        (lambda: population(1, [5, -1], [1, 1]), "zero_volume"),
        (lambda: population(1, [5], [1, 1]), "length"),
        (lambda: population(1, [5], [1.5]), "discount_factor"),
        (lambda: population(float("nan"), [5], [1]), "not_finite"),
    ):
        with pytest.raises(DecisionError) as caught:
            call()
        assert caught.value.rule == rule
