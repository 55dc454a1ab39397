"""Value of sample information: closed forms, its ends and its order, and the bias that no sample removes."""

from collections.abc import Callable
from itertools import pairwise
from math import comb, exp, hypot, lgamma, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.economics.decision.distributions import Beta, Normal
from pipeline.economics.decision.errors import DecisionError, Floats
from pipeline.economics.decision.sample_information import Average, Informative, Proportion, evsi
from pipeline.economics.decision.sampling import Sample, draw
from pipeline.economics.decision.value_of_information import evpi, evppi
from pipeline.text import Text

SIZES = [0, 1, 2, 4, 8, 16, 64, 256, 4096, 10**9]
MEASURED = Informative("p2", Average(3), None)
COUNTED = Informative("share", Proportion(), None)


def benefit_of(gain: Floats) -> Floats:
    return np.column_stack([np.zeros(gain.size), gain])


def preposterior(mean: float, deviation: float) -> float:
    """E max(0, N(mean, deviation)) − max(0, mean)."""
    z = mean / deviation
    return mean * NormalDist().cdf(z) + deviation * exp(-z * z / 2) / sqrt(2 * pi) - max(0.0, mean)


def log_beta(alpha: float, beta: float) -> float:
    return lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta)


def beta_binomial(size: int, alpha: float, beta: float, limit: float) -> float:
    """E max(0, E(p | x) − limit) − max(0, E p − limit) over the size + 1 outcomes x."""
    outcomes = range(size + 1)
    chance = [
        comb(size, x) * exp(log_beta(alpha + x, beta + size - x) - log_beta(alpha, beta)) for x in outcomes
    ]
    means = [(alpha + x) / (alpha + beta + size) for x in outcomes]
    gained = sum(weight * max(0.0, mean - limit) for weight, mean in zip(chance, means, strict=True))
    return gained - max(0.0, alpha / (alpha + beta) - limit)


def two_normals() -> Sample:
    return draw({"p1": Normal(1, 1), "p2": Normal(0, 2)}, seed=1)


def test_the_closed_form_of_normal_observations() -> None:
    sample = two_normals()
    gain = benefit_of(sample.of("p1") - sample.of("p2"))
    found = evsi(gain, sample.of("p2"), MEASURED, SIZES, seed=3, scrambles=sample.scrambles)
    assert found[0].value == found[0].standard_error == 0
    for size, item in list(zip(SIZES, found, strict=True))[1:]:
        # The posterior mean has the variance σ²·nσ²/(nσ² + s²), σ = 2 before and s = 3 in an observation.
        expected = preposterior(1, 2 * sqrt(4 * size / (4 * size + 9)))
        assert abs(item.value - expected) < 4 * item.standard_error + 1e-5
        assert item.value == pytest.approx(expected, abs=3e-3)


def test_the_sum_over_all_outcomes_of_counted_observations() -> None:
    sample = draw({"share": Beta(2, 3)}, seed=1)
    share = sample.of("share")
    sizes = [1, 2, 3, 5, 8, 16, 64, 256]
    for limit in (0.3, 0.45):
        found = evsi(benefit_of(share - limit), share, COUNTED, sizes, seed=4, scrambles=sample.scrambles)
        for size, item in zip(sizes, found, strict=True):
            expected = beta_binomial(size, 2, 3, limit)
            assert abs(item.value - expected) < 5 * item.standard_error + 1e-4
        # One yes or no has two outcomes: a constant and a line.
        assert found[0].columns == 2


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(-1, 1),
    st.sampled_from(["average", "proportion"]),
    st.floats(0, 2),
    st.floats(1, 4),
)
def test_nothing_for_nothing_rising_to_the_value_of_knowing(
    seed: int, shift: float, kind: str, noise: float, design_effect: float
) -> None:
    stream = np.random.default_rng(seed)
    if kind == "average":
        parameter = stream.normal(0, 1, 4000)
        informs = Informative("x", Average(2, design_effect), None)
    else:
        parameter = stream.beta(2, 2, 4000)
        informs = Informative("x", Proportion(design_effect), None)
    gain = parameter + parameter**2 / 2 + shift + stream.normal(0, 1, 4000) * noise
    found = evsi(benefit_of(gain), parameter, informs, [0, 1, 5, 50, 10**3, 10**12], seed=seed)
    limit = evppi(benefit_of(gain), parameter)
    assert found[0].value == 0
    for fewer, more in pairwise(found):
        slack = 4 * hypot(fewer.standard_error, more.standard_error) + 1e-9
        assert fewer.value <= more.value + slack
    assert all(0 <= item.value <= limit.value + 1e-12 for item in found)
    assert found[-1].value == pytest.approx(limit.value, rel=1e-3, abs=1e-5)
    assert limit.value <= evpi(benefit_of(gain)).value


def test_a_clustered_sample_is_worth_its_effective_size() -> None:
    sample = two_normals()
    gain, draws = benefit_of(sample.of("p1") - sample.of("p2")), sample.of("p2")
    clustered = Informative("p2", Average(3, 2.5), None)
    assert evsi(gain, draws, clustered, [2, 20], seed=1) == evsi(gain, draws, MEASURED, [0, 8], seed=1)


def test_a_sample_of_what_does_not_matter_is_worth_nothing() -> None:
    sample = draw({"share": Beta(2, 3), "gain": Normal(0, 1)}, seed=1)
    found = evsi(benefit_of(sample.of("gain")), sample.of("share"), COUNTED, [10, 10_000], seed=1)
    assert max(item.value for item in found) < 2e-3


def test_without_uncertainty_there_is_nothing_to_learn() -> None:
    share = np.full(500, 0.3)
    for gain in (share - 0.2, share - 0.4):
        found = evsi(benefit_of(gain), share, COUNTED, [0, 10, 10_000], seed=1)
        assert [item.value for item in found] == pytest.approx([0, 0, 0], abs=1e-12)
        assert [item.standard_error for item in found] == pytest.approx([0, 0, 0], abs=1e-12)


def test_the_same_seed_gives_the_same_study() -> None:
    share = draw({"share": Beta(2, 3)}, seed=1, log2_points=8).of("share")
    once, again, other = (
        evsi(benefit_of(share - 0.4), share, COUNTED, [3, 9], seed=seed) for seed in (1, 1, 2)
    )
    assert once == again != other


def test_a_bias_that_more_observations_do_not_remove_is_named_and_refused() -> None:
    bias = Text("kun de tilfredse svarer", "only the satisfied answer")
    informs = Informative("share", Proportion(), bias)
    share = np.linspace(0.1, 0.9, 200)
    with pytest.raises(DecisionError) as caught:
        evsi(benefit_of(share - 0.5), share, informs, [100], seed=1)
    assert caught.value.rule == "bias"
    assert "kun de tilfredse svarer" in caught.value.message.da
    assert "only the satisfied answer" in caught.value.message.en
    assert informs.refusal() == caught.value.message
    assert COUNTED.refusal() is None


SHARE = np.linspace(0.1, 0.9, 200)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: evsi(benefit_of(SHARE), SHARE * 2, COUNTED, [1], seed=1), "probability"),
        (lambda: evsi(benefit_of(SHARE), SHARE - 1, COUNTED, [1], seed=1), "probability"),
        (lambda: evsi(benefit_of(SHARE), SHARE[1:], COUNTED, [1], seed=1), "length"),
        (lambda: evsi(benefit_of(SHARE), SHARE * np.nan, COUNTED, [1], seed=1), "not_finite"),
        (lambda: evsi(benefit_of(SHARE)[:, :1], SHARE, COUNTED, [1], seed=1), "names"),
        (lambda: evsi(benefit_of(SHARE[:9]), SHARE[:9], COUNTED, [1], seed=1), "few_draws"),
        (lambda: evsi(benefit_of(SHARE), SHARE, COUNTED, [], seed=1), "sizes"),
        (lambda: evsi(benefit_of(SHARE), SHARE, COUNTED, [5, 5], seed=1), "sizes"),
        (lambda: evsi(benefit_of(SHARE), SHARE, COUNTED, [-1], seed=1), "setting"),
        (
            lambda: evsi(benefit_of(SHARE), SHARE, Informative("x", Average(0), None), [1], seed=1),
            "deviation",
        ),
        (
            lambda: evsi(benefit_of(SHARE), SHARE, Informative("x", Proportion(0.5), None), [1], seed=1),
            "design_effect",
        ),
    ],
)
def test_bad_studies_are_named(call: Callable[[], object], rule: str) -> None:
    with pytest.raises(DecisionError) as caught:
        call()
    assert caught.value.rule == rule
