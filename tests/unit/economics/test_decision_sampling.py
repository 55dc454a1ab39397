"""Draws: distributions against their moments, the copula against its correlation, bad assumptions refused."""

from math import asin, pi
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.economics.decision.copula import nearest_correlation
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
from pipeline.economics.decision.fitting import Z95, Kind, fit, three_point
from pipeline.economics.decision.precision import over_scrambles
from pipeline.economics.decision.sampling import draw, replicates

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


def test_three_points_by_hand() -> None:
    # Least 0, most likely 3, most 10: (0 + 4·3 + 10)/6 and (0 + 3 + 10)/3, within the ends to the last draw.
    for shape, mean in (("pert", 22 / 6), ("triangular", 13 / 3)):
        made = three_point(0, 3, 10, cast("Any", shape))
        assert made.mean == pytest.approx(mean)
        ends = made.quantile(np.array([2.0**-31, 1 - 2.0**-31]))
        assert 0 <= ends[0] < ends[1] <= 10
    assert three_point(4, 4, 4) == Point(4)
    with pytest.raises(DecisionError, match="uden for 5–9") as caught:
        three_point(5, 3, 9, what="visit_minutes")
    assert caught.value.rule == "distribution"


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


def test_what_clashes_is_named_and_the_nearest_is_suggested_and_not_used() -> None:
    clash = np.eye(4)
    for one, other, value in ((0, 1, 0.9), (0, 3, -0.9), (1, 3, 0.9)):
        clash[one, other] = clash[other, one] = value
    inputs: dict[str, Distribution] = {name: Normal(0, 1) for name in ("visits", "calls", "fee", "time")}
    with pytest.raises(DecisionError) as caught:
        draw(inputs, seed=1, correlation=clash)
    # 1 − 2·0.9, and "fee" has no part in it.
    assert "1 af 4 egenværdier er ikke over 0, den mindste er -0.8" in caught.value.message.da
    assert "visits, calls, time modsiger" in caught.value.message.da
    assert "nearest_correlation" in caught.value.message.en
    usable = nearest_correlation(clash)
    assert draw(inputs, seed=1, correlation=usable, log2_points=4).values.shape == (8, 16, 4)


def test_the_nearest_correlation_is_the_published_one() -> None:
    # N. J. Higham, IMA Journal of Numerical Analysis 2002;22:329–343, section 1.
    found = nearest_correlation([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    assert found == pytest.approx(
        np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=1e-4
    )


@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_the_nearest_correlation_can_be_used_and_what_can_be_used_stays(seed: int, size: int) -> None:
    upper = np.triu(np.random.default_rng(seed).uniform(-1, 1, (size, size)), 1)
    found = nearest_correlation(upper + upper.T + np.eye(size))
    assert np.linalg.eigvalsh(found)[0] > 1e-12
    assert (nearest_correlation(found) == found).all()
    assert np.abs(found).max() <= 1
    assert (np.diag(found) == 1).all()


def test_points_are_even_in_every_scramble_and_differ_between_them() -> None:
    found = replicates(5, 2**10, 4, 3)
    assert found.shape == (4, 2**10, 3)
    assert (found == replicates(5, 2**10, 4, 3)).all()
    assert (found[0] != found[1]).any()
    # Each of 1,024 equal intervals holds one point of each dimension of each scramble.
    assert (np.sort(np.floor(found * 2**10), axis=1) == np.arange(2**10)[None, :, None]).all()
    assert found.min() > 0
    assert found.max() < 1


def test_settings_and_small_mistakes_are_named() -> None:
    sample = draw({"a": Point(1)}, seed=1, log2_points=1, scrambles=2)
    for call, rule in (
        (lambda: draw({}, seed=1), "names"),
        (lambda: draw({"a": Point(1)}, seed=1, scrambles=1), "setting"),
        (lambda: draw({"a": Point(1)}, seed=1, log2_points=40), "setting"),
        (lambda: sample.of("b"), "names"),
        (lambda: over_scrambles([1.0]), "length"),
        (lambda: Event(1.2), "probability"),
        (lambda: replicates(1, 1000), "setting"),
        (lambda: replicates(1, 1024, 1), "setting"),
        (lambda: replicates(1, 1024, 8, 0), "setting"),
        (lambda: nearest_correlation([[1, 2], [2, 1]]), "correlation"),
        (lambda: nearest_correlation([[1, 0]]), "correlation"),
        (lambda: per_unit(100, 0, "cost_per_meeting"), "zero_volume"),
        (lambda: per_unit(float("nan"), 1, "cost_per_meeting"), "not_finite"),
    ):
        with pytest.raises(DecisionError) as caught:
            call()
        assert caught.value.rule == rule
    assert per_unit(100, 8, "cost_per_meeting") == 12.5
