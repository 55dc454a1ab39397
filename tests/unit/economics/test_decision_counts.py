"""Shares from counts and mixes: by hand, closed moments, what was borrowed shown, bad counts refused."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.economics.decision.counts import External, beta_from_counts, dirichlet_from_counts, power_prior
from pipeline.economics.decision.dirichlet import Dirichlet, mix
from pipeline.economics.decision.distributions import Beta, Normal
from pipeline.economics.decision.errors import DecisionError
from pipeline.economics.decision.sampling import draw, names_of, replicates

JEFFREYS = (0.5, 0.5)


def test_counts_by_hand() -> None:
    # 6 of 60 in a sample worth half of its number: ½ + 3, ½ + 27.
    assert beta_from_counts(6, 60, prior=JEFFREYS, design_effect=2) == Beta(3.5, 27.5)
    assert beta_from_counts(0, 0, prior=(2, 3)) == Beta(2, 3)
    assert dirichlet_from_counts({"visit": 30, "call": 0}, prior=1, design_effect=3) == Dirichlet(
        ("visit", "call"), (11, 1)
    )
    assert mix({"visit": 0.75, "call": 0.25}, 20).concentration == (15, 5)


def test_a_source_from_outside_is_shown_with_and_without() -> None:
    outside = External("another region's register", 40, 100, 0.25)
    found = power_prior(6, 60, prior=JEFFREYS, design_effect=2, external=(outside,))
    assert found.alone == Beta(3.5, 27.5)
    assert found.together == Beta(3.5 + 10, 27.5 + 15)
    assert found.external[0].name == "another region's register"


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 80), st.integers(0, 80), st.floats(0, 1))
def test_a_source_from_outside_draws_the_mean_to_its_own_and_no_further(
    yes: int, no: int, yes_outside: int, no_outside: int, weight: float
) -> None:
    outside = External("x", yes_outside, yes_outside + no_outside, weight)
    found = power_prior(yes, yes + no, prior=(1, 1), external=(outside,))
    assert found.alone == beta_from_counts(yes, yes + no, prior=(1, 1))
    ends = [found.alone.mean, yes_outside / (yes_outside + no_outside) if yes_outside + no_outside else 0.5]
    if weight == 0 or yes_outside + no_outside == 0:
        assert found.together == found.alone
    else:
        assert min(ends) - 1e-12 <= found.together.mean <= max(ends) + 1e-12


@pytest.mark.parametrize("concentration", [(3, 20, 0.5), (1, 1, 1), (0.01, 0.02, 0.005), (1e-4, 1e-4, 1e-4)])
def test_shares_have_the_moments_of_the_dirichlet_and_sum_to_one(
    concentration: tuple[float, float, float],
) -> None:
    made = Dirichlet(("a", "b", "c"), concentration)
    shares = draw({"mix": made}, seed=2).values
    assert shares.sum(axis=2) == pytest.approx(1, abs=1e-12)
    assert (shares >= 0).all()
    mean, total = np.array(list(made.mean.values())), sum(concentration)
    assert shares.mean(axis=(0, 1)) == pytest.approx(mean, abs=5e-4)
    variance = mean * (1 - mean) / (total + 1)
    assert shares.var(axis=(0, 1)) == pytest.approx(variance, abs=1e-3 * float(np.sqrt(variance.max())))
    covariance = np.cov(shares.reshape(-1, 3).T)[0, 1]
    assert covariance == pytest.approx(-mean[0] * mean[1] / (total + 1), abs=2e-3)


def test_two_shares_are_a_beta_and_its_rest() -> None:
    shares = Dirichlet(("a", "b"), (2, 5)).shares(replicates(3, 2**12, 2, 2)[0].T)
    at = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert np.quantile(shares[0], at) == pytest.approx(Beta(2, 5).quantile(np.array(at)), abs=4e-3)


def test_a_mix_among_other_inputs_has_a_column_a_part_and_follows_the_copula() -> None:
    inputs = {"cost": Normal(5, 1), "mix": Dirichlet(("visit", "call"), (20, 20)), "other": Normal(0, 1)}
    names = names_of(inputs)
    assert names == ("cost", "mix.visit", "mix.call", "other")
    tied = np.eye(4)
    tied[0, 1] = tied[1, 0] = 0.7
    sample, loose = draw(inputs, seed=4, correlation=tied), draw(inputs, seed=4)
    assert sample.group("mix.visit", "mix.call").sum(axis=1) == pytest.approx(1)
    assert np.corrcoef(sample.of("cost"), sample.of("mix.visit"))[0, 1] > 0.4
    assert abs(np.corrcoef(loose.of("cost"), loose.of("mix.visit"))[0, 1]) < 0.01
    assert (sample.of("other") == loose.of("other")).all()
    assert sample.of("mix.visit").mean() == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("call", "rule", "says"),
    [
        (lambda: Dirichlet(("a", "b"), (1, 0)), "concentration", "b"),
        (lambda: Dirichlet(("a", "b"), (-1, 2)), "concentration", "a"),
        (lambda: Dirichlet(("a", "b"), (1, float("nan"))), "not_finite", "mix"),
        (lambda: Dirichlet(("a", "a"), (1, 1)), "names", "mindst to"),
        (lambda: Dirichlet(("a",), (1,)), "names", "mindst to"),
        (lambda: mix({"a": 0.5, "b": 0.4}, 10), "shares", "giver 0.9"),
        (lambda: mix({"a": 1.0, "b": 0.0}, 10), "concentration", "b"),
        (lambda: dirichlet_from_counts({"a": -1, "b": 1}, prior=1), "distribution", "negativt"),
        (lambda: dirichlet_from_counts({"a": 0, "b": 1}, prior=0), "concentration", "a"),
        (lambda: beta_from_counts(9, 5, prior=(1, 1), what="share"), "distribution", "share: 9 af 5"),
        (lambda: beta_from_counts(-1, 5, prior=(1, 1)), "distribution", "ingen andel"),
        (lambda: beta_from_counts(1, 5, prior=(0, 1)), "prior", "over 0"),
        (lambda: beta_from_counts(1, 5, prior=(1, 1), design_effect=0), "design_effect", "mindst 1"),
        (lambda: beta_from_counts(1, float("inf"), prior=(1, 1)), "not_finite", "endeligt"),
        (lambda: External("x", 1, 2, 1.5), "weight", "mellem 0 og 1"),
        (lambda: External("x", 3, 2, 0.5), "distribution", "3 af 2"),
        (lambda: External(" ", 1, 2, 0.5), "names", "navn"),
        (lambda: power_prior(1, 2, prior=(1, 1), external=()), "names", "med og uden"),
        (lambda: draw({"m": Dirichlet(("a", "b"), (1, 1)), "m.a": Normal(0, 1)}, seed=1), "names", "samme"),
    ],
)
def test_what_is_no_share_is_named(call: Callable[[], object], rule: str, says: str) -> None:
    with pytest.raises(DecisionError) as caught:
        call()
    assert caught.value.rule == rule
    assert says in str(caught.value)
