"""Standard errors and intervals over scrambles, and the package's public names."""

import subprocess
import sys
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

import pipeline.economics.decision as decision
from pipeline.economics.decision.distributions import Normal
from pipeline.economics.decision.errors import DecisionError
from pipeline.economics.decision.precision import Mean, over_scrambles, probability_positive
from pipeline.economics.decision.sampling import draw


def test_by_hand() -> None:
    found = over_scrambles([1, 2, 3, 4])
    # s² = 5/3, s over √4 is .645497; t of three degrees of freedom at 97.5 % is 3.1824.
    assert found == Mean(2.5, sqrt(5 / 3) / 2, 4)
    assert found.interval() == pytest.approx((2.5 - 2.054263, 2.5 + 2.054263), abs=1e-5)


def test_a_probability_covers_the_true_one_as_often_as_it_says() -> None:
    truth, hits = NormalDist().cdf(0.7), 0
    for seed in range(100):
        sample = draw({"x": Normal(0.7, 0.6), "y": Normal(0, 0.8)}, seed=seed, log2_points=7)
        found = probability_positive(sample.values.sum(axis=2), 0.9)
        assert 0 <= found.low <= found.value <= found.high <= 1
        hits += found.low <= truth <= found.high
    # Binomial(100, 0.9) lies within 80–99 but for one in a thousand.
    assert hits >= 80


def test_certainty_is_no_surer_than_the_draws() -> None:
    always = probability_positive(np.ones((8, 100)))
    assert (always.value, always.high, always.standard_error) == (1, 1, 0)
    assert always.low == pytest.approx(1 - 1 / 800)
    # Nought is not above nought.
    never = probability_positive(np.zeros((8, 100)))
    assert (never.value, never.low, never.high) == (0, 0, pytest.approx(1 / 800))


@pytest.mark.parametrize(
    ("draws", "confidence", "rule"),
    [
        (np.ones((1, 9)), 0.95, "length"),
        (np.ones(9), 0.95, "shape"),
        (np.full((2, 9), np.nan), 0.95, "not_finite"),
        (np.ones((2, 9)), 1.0, "confidence"),
    ],
)
def test_bad_input_is_named(draws: np.ndarray, confidence: float, rule: str) -> None:
    with pytest.raises(DecisionError) as caught:
        probability_positive(draws, confidence)
    assert caught.value.rule == rule


def test_every_public_name_is_explained_and_every_function_is_listed_for_researchers() -> None:
    for name in decision.__all__:
        public = getattr(decision, name)
        assert public.__doc__ is not None, name
        assert not public.__doc__.startswith(f"{name}("), f"{name} has only what the dataclass writes itself"
        if name[0].islower() and name != "names_of":
            assert f"``{name}``" in str(decision.__doc__), name


def test_the_import_brings_no_statistics_package() -> None:
    code = "import sys, pipeline.economics.decision; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
