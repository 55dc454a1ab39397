"""Smooth functions of one input, and their products over several, as columns to regress on."""

from itertools import combinations

import numpy as np

from pipeline.economics.decision.errors import Floats

# What is smaller than this part of the largest is rounding, not a direction of its own.
RANK = 1e-10


def smooth_functions(values: Floats, count: int) -> Floats:
    """Up to ``count`` functions × draws: natural cubic splines from smooth to rough, the linear one first.

    Mean 0, mean square 1 and uncorrelated over the draws. The knots are quantiles, or the values themselves
    where there are so few. A natural spline is linear beyond its outer knots, so that a long tail does not
    swing. The order by ∫f″² is the Demmler–Reinsch basis, which lets products be cut by roughness.
    A constant input has no functions. Sources: T. Hastie, R. Tibshirani and J. Friedman, The Elements of
    Statistical Learning, 2nd ed., section 5.2.1; A. Demmler and C. Reinsch, Numerische Mathematik
    1975;24:375–382.
    """
    spread = float(values.max() - values.min())
    if spread == 0:
        return np.empty((0, values.size))
    scaled = (values - values.min()) / spread
    knots = _knots(scaled, count + 1)
    columns, bends = _natural(scaled, knots)
    columns -= columns.mean(axis=1, keepdims=True)
    gram = columns @ columns.T / values.size
    size = np.sqrt(np.diag(gram))
    weights, directions = np.linalg.eigh(gram / np.outer(size, size))
    kept = weights > RANK * weights[-1]
    whiten = directions[:, kept] / np.sqrt(weights[kept]) / size[:, None]
    # Second derivatives are piecewise linear between the knots, so that Simpson's rule is exact.
    gaps = np.diff(knots)
    middle = (bends[:, :-1] + bends[:, 1:]) / 2
    rough = (bends[:, :-1] * gaps) @ bends[:, :-1].T + (bends[:, 1:] * gaps) @ bends[:, 1:].T
    rough = (rough + 4 * (middle * gaps) @ middle.T) / 6
    _, order = np.linalg.eigh(whiten.T @ rough @ whiten)
    return (whiten @ order).T @ columns


def _knots(scaled: Floats, count: int) -> Floats:
    """``count`` quantiles inside the range, or every value where there are no more.

    Where one value is so common that quantiles coincide, each value is counted once.
    """
    places = (np.arange(count) + 0.5) / count
    at = (places * scaled.size).astype(np.int64)
    knots = np.unique(np.partition(scaled, np.unique(at))[at])
    if knots.size == count:
        return knots
    distinct = np.unique(scaled)
    return distinct if distinct.size <= count else distinct[(places * distinct.size).astype(np.int64)]


def _natural(scaled: Floats, knots: Floats) -> tuple[Floats, Floats]:
    """Natural cubic splines at the draws, constant left out, and their second derivatives at the knots."""
    last = knots[-1]

    spans = (last - knots[:-1])[:, None]
    above, beyond = np.maximum(scaled - knots[:-1, None], 0), np.maximum(scaled - last, 0)
    # Products, as a power of doubles is many times slower.
    curve = (above * above * above - beyond * beyond * beyond) / spans
    bend = 6 * np.maximum(knots - knots[:-1, None], 0) / spans
    columns = np.vstack([scaled, curve[:-1] - curve[-1]])
    return columns, np.vstack([np.zeros(knots.size), bend[:-1] - bend[-1]])


def design(inputs: Floats, functions: int, interaction: int) -> Floats:
    """Columns × draws of all products of the smooth functions of ``inputs`` (draws × inputs).

    A product takes at most ``interaction`` inputs, and its functions' places (1 linear, 2 the next rougher …)
    sum to at most ``functions``: a tensor product cut by total roughness. With one input per product the fit
    is additive. The first column is constant.
    """
    basis = [smooth_functions(inputs[:, index], functions) for index in range(inputs.shape[1])]
    products = [
        factors
        for number in range(1, min(interaction, len(basis)) + 1)
        for chosen in combinations(basis, number)
        for factors in _products(chosen, functions)
    ]
    columns = np.ones((len(products) + 1, inputs.shape[0]))
    for column, factors in zip(columns[1:], products, strict=True):
        for factor in factors:
            column *= factor
    return columns


def _products(chosen: tuple[Floats, ...], budget: int) -> list[tuple[Floats, ...]]:
    """One function of each input, for every choice whose places sum to at most ``budget``."""
    if not chosen:
        return [()]
    first, rest = chosen[0], chosen[1:]
    return [
        (first[place], *others)
        for place in range(min(len(first), budget - len(rest)))
        for others in _products(rest, budget - place - 1)
    ]


def columns_of(inputs: int, functions: int, interaction: int) -> int:
    """How many columns ``design`` has at most, without building it."""
    ways = np.zeros(functions + 1, dtype=np.int64)
    ways[0] = 1
    total = 1
    for number in range(1, min(interaction, inputs) + 1):
        # Ways in which `number` places of at least one come to each sum.
        ways = np.concatenate([[0], np.cumsum(ways)[:-1]])
        groups = 1
        for step in range(number):
            groups = groups * (inputs - step) // (step + 1)
        total += groups * int(ways.sum())
    return total
