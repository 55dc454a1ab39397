"""Products over draws in pieces, and least squares on columns that may coincide."""

import numpy as np
import pytest

from pipeline.economics.decision.pieces import MOST, PIECE, combined, over_draws
from pipeline.economics.decision.regression import explained, gains_of, smoother, value_by
from pipeline.economics.decision.value_of_information import evpi, evppi, evppi_value


@pytest.mark.parametrize("draws", [1, 63, MOST, MOST + 1, 3 * MOST + 17])
@pytest.mark.parametrize("columns", [1, 4, 31, 90])
def test_pieces_are_the_whole_product(draws: int, columns: int) -> None:
    assert columns * columns * 64 < 4 * PIECE
    stream = np.random.default_rng(draws)
    rows, others = stream.normal(0, 1, (columns, draws)), stream.normal(0, 1, (3, draws))
    assert over_draws(rows, rows) == pytest.approx(rows @ rows.T, rel=1e-9, abs=1e-9)
    assert over_draws(rows, others[:, :draws]) == pytest.approx(rows @ others.T, rel=1e-9, abs=1e-9)
    weights = stream.normal(0, 1, (2, columns))
    assert combined(weights, rows) == pytest.approx(weights @ rows, rel=1e-9, abs=1e-9)


def test_a_fit_in_blocks_is_least_squares_on_all_columns() -> None:
    stream = np.random.default_rng(1)
    inputs = stream.normal(0, 1, (2, 9000))
    values = np.sin(inputs[:1]) * inputs[1:] + stream.normal(0, 1, (1, 9000))
    found = smoother(inputs, 9000, 4, 2)
    columns = found.terms.of(slice(None))
    exact = np.linalg.lstsq(columns.T, values[0])[0] @ columns
    assert found.columns == len(columns)
    assert found.of(values)[0] == pytest.approx(exact, abs=1e-9)
    assert found.of(values).mean() == pytest.approx(values.mean())
    assert 0 < explained(values, found.of(values)) < 1


def test_columns_that_coincide_count_once() -> None:
    stream = np.random.default_rng(2)
    one = stream.normal(0, 1, 5000)
    values = (one**2 + stream.normal(0, 1, 5000))[None]
    twice, once = smoother(np.stack([one, one]), 5000, 3, 1), smoother(one[None], 5000, 3, 1)
    assert twice.columns == once.columns == 4
    assert twice.of(values) == pytest.approx(once.of(values), abs=1e-8)


def test_the_value_alone_is_the_value() -> None:
    stream = np.random.default_rng(3)
    inputs = stream.normal(0, 1, (5000, 3))
    benefit = np.column_stack([np.zeros(5000), inputs.sum(axis=1), inputs[:, 0] * inputs[:, 1]])
    gains = gains_of(benefit)
    assert gains_of(gains) is gains
    assert evppi_value(gains, inputs) == evppi(benefit, inputs).value == evppi(gains, inputs).value
    assert value_by(gains, gains.values) == pytest.approx(evpi(benefit).value)


def test_an_alternative_twice_is_worth_no_more_to_know_of() -> None:
    stream = np.random.default_rng(4)
    inputs = stream.normal(0.3, 1, 5000)
    single = np.column_stack([np.zeros(5000), inputs + stream.normal(0, 1, 5000)])
    twin = single[:, [0, 1, 1, 0]]
    assert evpi(twin) == evpi(single)
    once, twice = evppi(single, inputs), evppi(twin, inputs)
    assert (twice.value, twice.standard_error) == pytest.approx((once.value, once.standard_error))
