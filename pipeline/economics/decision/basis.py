"""Smooth functions of one input, and their products over several, as columns to regress on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.economics.decision.errors import Floats
from pipeline.economics.decision.pieces import combined, over_draws

# What is smaller than this part of the largest is rounding, not a direction of its own.
RANK = 1e-10
# Draws of all columns at a time: fewer stay in the cache of one processor, and let go of the interpreter so
# often that two wait for each other.
BLOCK = 32_768


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
    gram = over_draws(columns, columns) / values.size
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
    return combined((whiten @ order).T, columns)


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
    spans = last - knots[:-1]
    columns = np.empty((knots.size - 1, scaled.size))
    for start in range(0, scaled.size, BLOCK):
        part = slice(start, start + BLOCK)
        beyond = _cubed(scaled[part] - last)
        curves = [
            np.multiply(np.subtract(curve, beyond, curve), 1 / span, curve)
            for knot, span in zip(knots[:-1], spans, strict=True)
            for curve in [_cubed(scaled[part] - knot)]
        ]
        columns[0, part] = scaled[part]
        for column, curve in zip(columns[1:], curves, strict=False):
            np.subtract(curve, curves[-1], column[part])
    bend = 6 * np.maximum(knots - knots[:-1, None], 0) / spans[:, None]
    return columns, np.vstack([np.zeros(knots.size), bend[:-1] - bend[-1]])


def _cubed(values: Floats) -> Floats:
    """max(x, 0)³ in place and by products, as a power of doubles is many times slower."""
    np.maximum(values, 0, out=values)
    square = values * values
    values *= square
    return values


@dataclass(frozen=True, eq=False)
class Design:
    """Products of smooth functions of some inputs, made for as many draws at a time as asked for.

    ``basis``: per input its functions × draws. ``products``: the earlier column, the input and its function
    that each column after the first, which is constant, is the product of. ``made``: all columns, where that
    is hardly more than the basis.
    """

    basis: tuple[Floats, ...]
    products: tuple[tuple[int, int, int], ...]
    draws: int
    made: Floats | None = None

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.products) + 1

    def of(self, part: slice) -> Floats:
        """Columns × those draws."""
        if self.made is not None:
            return self.made[:, part]
        start, stop, _ = part.indices(self.draws)
        made = np.empty((self.columns, stop - start))
        made[0] = 1.0
        for column, (before, number, place) in zip(made[1:], self.products, strict=True):
            function = self.basis[number][place, part]
            if before:
                np.multiply(made[before], function, out=column)
            else:
                column[:] = function
        return made

    def parts(self) -> Iterator[slice]:
        """All draws, a block at a time."""
        for start in range(0, self.draws, BLOCK):
            yield slice(start, start + BLOCK)


def design(inputs: Floats, functions: int, interaction: int) -> Design:
    """All products of the smooth functions of ``inputs`` (inputs × draws).

    A product takes at most ``interaction`` inputs, and its functions' places (1 linear, 2 the next rougher …)
    sum to at most ``functions``: a tensor product cut by total roughness. With one input per product the fit
    is additive.
    """
    basis = tuple(smooth_functions(values, functions) for values in inputs)
    column_of: dict[tuple[tuple[int, int], ...], int] = {(): 0}
    products: list[tuple[int, int, int]] = []
    for number in range(1, min(interaction, len(basis)) + 1):
        for chosen in combinations(range(len(basis)), number):
            for places in _places([len(basis[one]) for one in chosen], functions):
                factors = tuple(zip(chosen, places, strict=True))
                # What is left without the last factor is a product of fewer inputs, and smoother.
                products.append((column_of[factors[:-1]], *factors[-1]))
                column_of[factors] = len(products)
    draws = inputs.shape[1]
    made = np.vstack([np.ones((1, draws)), *basis]) if len(basis) == 1 else None
    return Design(basis, tuple(products), draws, made)


def _places(counts: Sequence[int], budget: int) -> list[tuple[int, ...]]:
    """One function of each input, counted from 0, in every way in which the places sum to ``budget``."""
    if not counts:
        return [()]
    first, *rest = counts
    return [
        (place, *others)
        for place in range(min(first, budget - len(rest)))
        for others in _places(rest, budget - place - 1)
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
