"""Draws: distributions against their moments, the copula against its correlation, bad assumptions refused."""

from math import asin, pi
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.economics.decision.distributions import (
    Beta,
    Distribution,
    Event,
    Gamma,
    Lognormal,
    Normal,
    Point,
    Triangular,
    Uniform,
)
from pipeline.economics.decision.errors import DecisionError, per_unit
from pipeline.economics.decision.fitting import Z95, Kind, beta_of_counts, fit
from pipeline.economics.decision.sampling import draw, over_scrambles

MIDDLES = (np.arange(200_000) + 0.5) / 200_000
EVERY: dict[str, Distribution] = {
    "normal": fit("normal", 10, 6, 14),
    "lognormal": fit("lognormal", 10, 6, 15),
    "gamma": fit("gamma", 10, 6, 15),
    "beta": fit("beta", 0.3, 0.2, 0.4),
    "triangular": fit("triangular", 3, 1, 10),
    "pert": fit("pert", 3, 1, 10),
    "uniform": fit("uniform", 5, 0, 10),
    "event": Event(0.2),
    "point": fit("point", 7, 7, 7),
}


@pytest.mark.parametrize("name", EVERY)
def test_quantiles_rise_and_have_the_mean(name: str) -> None:
    values = EVERY[name].quantile(MIDDLES)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()
    assert values.mean() == pytest.approx(EVERY[name].mean, rel=1e-4)


@pytest.mark.parametrize(
    ("made", "peer"),
    [
        (Normal(2, 3), stats.norm(2, 3)),
        (Lognormal(0.5, 0.4), stats.lognorm(0.4, scale=np.exp(0.5))),
        (Gamma(3, 2), stats.gamma(3, scale=2)),
        (Beta(2, 5), stats.beta(2, 5)),
        (Triangular(1, 3, 10), stats.triang(2 / 9, loc=1, scale=9)),
        (Triangular(1, 1, 10), stats.triang(0, loc=1, scale=9)),
        (Uniform(2, 5), stats.uniform(2, 3)),
    ],
)
def test_quantiles_are_those_of_scipy(made: Distribution, peer: Any) -> None:
    at = np.array([1e-6, 0.01, 0.2, 0.5, 0.9, 0.999])
    assert made.quantile(at) == pytest.approx(peer.ppf(at), rel=1e-9)
    assert made.mean == pytest.approx(peer.mean())


@pytest.mark.parametrize(
    ("made", "peer"),
    [
        (Beta(0.1, 0.5), stats.beta(0.1, 0.5)),
        (Beta(0.5, 60.5), stats.beta(0.5, 60.5)),
        (Beta(300, 4000), stats.beta(300, 4000)),
        (Gamma(0.05, 1), stats.gamma(0.05)),
        (Gamma(9, 1), stats.gamma(9)),
        (Gamma(1e4, 1), stats.gamma(1e4)),
    ],
)
def test_many_quantiles_are_those_of_scipy_and_rise(made: Distribution, peer: Any) -> None:
    at = np.append(np.append(2.0**-31, (np.arange(20_000) + 0.5) / 20_000), 1 - 2.0**-31)
    found, exact = made.quantile(at), peer.ppf(at)
    assert np.abs(found - exact).max() < 1e-8 * exact[-1]
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("kind", ["normal", "lognormal", "gamma"])
def test_a_fit_has_the_mean_and_the_deviation(kind: str) -> None:
    values = fit(cast("Kind", kind), 100, 80, 125).quantile(MIDDLES)
    assert values.mean() == pytest.approx(100, rel=1e-4)
    assert values.std() == pytest.approx(45 / (2 * Z95), rel=1e-2)


def test_pert_and_counts_by_hand() -> None:
    # (0 + 4·3 + 10)/6; of counts (5 + ½)/(61 + 1).
    assert fit("pert", 3, 0, 10).mean == pytest.approx(22 / 6)
    assert beta_of_counts(5, 61, prior_alpha=0.5, prior_beta=0.5).mean == pytest.approx(5.5 / 62)


@given(st.sampled_from(["normal", "lognormal", "gamma", "beta", "triangular", "pert", "uniform", "point"]))
def test_no_width_is_a_point(kind: str) -> None:
    assert fit(cast("Kind", kind), 0.25, 0.25, 0.25) == Point(0.25)


@pytest.mark.parametrize(
    ("kind", "value", "low", "high", "rule", "says"),
    [
        ("normal", 5, 6, 9, "distribution", "uden for"),
        ("normal", 5, 9, 1, "distribution", "uden for"),
        ("gamma", 5, -1, 9, "distribution", "over 0"),
        ("lognormal", 0, 0, 9, "distribution", "over 0"),
        ("gamma", 10, 9, 100, "distribution", "inden for"),
        ("normal", 1, 0, 100, "distribution", "inden for"),
        ("beta", 0.02, 0, 1, "distribution", "bredt"),
        ("beta", 0.9, 0.8, 1.2, "probability", "mellem 0 og 1"),
        ("beta", 1.5, 0.8, 1.9, "probability", "mellem 0 og 1"),
        ("uniform", 3, 0, 10, "distribution", "midten"),
        ("point", 3, 0, 10, "distribution", "fast værdi"),
        ("normal", float("nan"), 0, 10, "not_finite", "endeligt"),
    ],
)
def test_contradictions_are_named(
    kind: str, value: float, low: float, high: float, rule: str, says: str
) -> None:
    with pytest.raises(DecisionError) as caught:
        fit(cast("Kind", kind), value, low, high, "visit_minutes")
    assert caught.value.rule == rule
    assert says in str(caught.value)
    assert str(caught.value).startswith("visit_minutes")


@given(
    st.sampled_from(["normal", "lognormal", "gamma", "beta", "triangular", "pert", "uniform"]),
    st.floats(-2, 2),
    st.floats(0, 2) | st.floats(0, 1e-9),
    st.floats(0, 2) | st.floats(0, 1e-9),
)
def test_whatever_is_fitted_is_finite(kind: str, value: float, below: float, above: float) -> None:
    try:
        made = fit(cast("Kind", kind), value, value - below, value + above)
    except DecisionError:
        return
    assert np.isfinite(made.mean)
    assert kind in ("triangular", "pert") or made.mean == pytest.approx(
        value, rel=1e-6, abs=1e-9 * (below + above)
    )
    assert np.isfinite(made.quantile(np.array([2.0**-31, 0.01, 0.5, 0.99, 1 - 2.0**-31]))).all()


def test_draws_are_the_same_for_the_same_seed_and_their_mean_is_exact_to_its_standard_error() -> None:
    sample, again = draw(EVERY, seed=7), draw(EVERY, seed=7)
    assert (sample.values == again.values).all()
    assert (sample.values != draw(EVERY, seed=8).values).any()
    assert sample.values.shape == (8, 2**14, len(EVERY))
    for place, name in enumerate(sample.names):
        found = over_scrambles(sample.values[:, :, place].mean(axis=1))
        mean = EVERY[name].mean
        assert abs(found.value - mean) <= 6 * found.standard_error + 1e-9
        # Sixteen thousand independent draws would be off by a hundredth of a deviation or so.
        assert found.standard_error <= 1e-3 * abs(mean)
    assert sample.group("gamma", "point").shape == (8 * 2**14, 2)
    assert (sample.of("point") == 7).all()


def test_the_copula_has_the_correlation_asked_for() -> None:
    inputs: dict[str, Distribution] = {"a": Normal(0, 1), "b": Normal(5, 2), "c": Gamma(2, 3)}
    asked = np.array([[1, 0.6, -0.3], [0.6, 1, 0], [-0.3, 0, 1]])
    sample = draw(inputs, seed=3, correlation=asked)
    assert np.corrcoef(sample.of("a"), sample.of("b"))[0, 1] == pytest.approx(0.6, abs=1e-3)
    ranks = stats.spearmanr(sample.of("a"), sample.of("c")).statistic
    assert ranks == pytest.approx(6 / pi * asin(-0.3 / 2), abs=1e-3)
    # Whatever the copula, each input keeps its own distribution.
    assert sample.of("c").mean() == pytest.approx(6, rel=1e-3)
    assert sample.of("b").std() == pytest.approx(2, rel=1e-3)
    independent = draw(inputs, seed=3)
    assert (draw(inputs, seed=3, correlation=np.eye(3)).values == independent.values).all()


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        ([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], "positivt definit"),
        ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], "positivt definit"),
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], "symmetrisk"),
        ([[2, 0, 0], [0, 1, 0], [0, 0, 1]], "symmetrisk"),
        ([[1, 1.5, 0], [1.5, 1, 0], [0, 0, 1]], "mellem −1 og 1"),
        ([[1, 0], [0, 1]], "3 × 3"),
    ],
)
def test_what_is_no_correlation_is_explained(matrix: list[list[float]], says: str) -> None:
    with pytest.raises(DecisionError) as caught:
        draw({"a": Point(1), "b": Point(1), "c": Point(1)}, seed=1, correlation=matrix)
    assert caught.value.rule == "correlation"
    assert says in str(caught.value)


def test_settings_and_small_mistakes_are_named() -> None:
    sample = draw({"a": Point(1)}, seed=1, log2_points=1, scrambles=2)
    for call, rule in (
        (lambda: draw({}, seed=1), "names"),
        (lambda: draw({"a": Point(1)}, seed=1, scrambles=1), "setting"),
        (lambda: draw({"a": Point(1)}, seed=1, log2_points=40), "setting"),
        (lambda: sample.of("b"), "names"),
        (lambda: over_scrambles([1.0]), "length"),
        (lambda: Event(1.2), "probability"),
        (lambda: beta_of_counts(9, 5, prior_alpha=1, prior_beta=1), "distribution"),
        (lambda: per_unit(100, 0, "cost_per_meeting"), "zero_volume"),
        (lambda: per_unit(float("nan"), 1, "cost_per_meeting"), "not_finite"),
    ):
        with pytest.raises(DecisionError) as caught:
            call()
        assert caught.value.rule == rule
    assert per_unit(100, 8, "cost_per_meeting") == 12.5
