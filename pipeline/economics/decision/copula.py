"""The Gaussian copula: uniforms made to depend on each other, and what is no correlation matrix explained."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pipeline.economics.decision.errors import DecisionError, Floats, array

# The least eigenvalue of a matrix that can be used: below it the root is rounding.
LEAST = 1e-12
# Least eigenvalue of the matrix suggested instead, so that it can be used as it is.
SUGGESTED = 1e-6
# Half a Sobol step: see ``sampling``. Further out a quantile could be infinite.
EDGE = 2.0**-32


def correlated(columns: Sequence[Floats], factor: Floats) -> tuple[Floats, ...]:
    """Uniforms of every input whose normal scores have the correlation of ``factor``.

    Those that depend on no other are the arrays that were given.
    """
    scores: dict[int, Floats] = {}
    made: list[Floats] = []
    for column, weights in zip(columns, factor, strict=True):
        number = len(made)
        needed = np.flatnonzero(weights).tolist()
        if needed == [number]:
            made.append(column)
            continue
        total = np.zeros(column.shape)
        for place in needed:
            if place not in scores:
                scores[place] = special.ndtri(columns[place])
            total += weights[place] * scores[place]
        # Far out in a tail rounding could reach 0 or 1, where a quantile is infinite.
        made.append(np.clip(special.ndtr(total), EDGE, 1 - EDGE))
    return tuple(made)


def cholesky(correlation: ArrayLike, names: Sequence[str]) -> Floats:
    """The lower triangular root of the correlation matrix of ``names``, in their order.

    Raises DecisionError ``correlation``: another size, not symmetric, a diagonal that is not 1, an entry
    beyond ±1, or not positive definite. The last names the eigenvalue, the inputs that clash, and how far the
    nearest matrix that can be used is; nothing is used in its place unasked (``nearest_correlation``).
    """
    matrix = _checked(correlation, len(names))
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= LEAST:
        raise _not_positive_definite(matrix, values, vectors[:, 0], names)
    root: Floats = np.linalg.cholesky(matrix).astype(np.float64)
    return root


def nearest_correlation(correlation: ArrayLike) -> Floats:
    """The correlation matrix nearest in the sum of squared differences, made usable (least eigenvalue 1e-6).

    A matrix that is usable already is given back unchanged. It is for the analyst to look at and state: what
    clashes is an assumption, and which one to give up is a judgement.
    Source: N. J. Higham, IMA Journal of Numerical Analysis 2002;22:329–343 (alternating projections).
    Raises DecisionError ``correlation``.
    """
    matrix = _checked(correlation)
    if np.linalg.eigvalsh(matrix)[0] > LEAST:
        return matrix
    made, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(1000):
        before = made
        target = made - correction
        values, vectors = np.linalg.eigh(target)
        positive = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = positive - target
        made = (positive + positive.T) / 2
        np.fill_diagonal(made, 1.0)
        if float(np.abs(made - before).max()) < 1e-9:
            break
    # What the iteration leaves on the edge is drawn towards independence just as far as it takes.
    least = float(np.linalg.eigvalsh(made)[0])
    pull = max(0.0, (SUGGESTED - least) / (1 - least))
    result: Floats = (1 - pull) * made + pull * np.eye(len(made))
    np.fill_diagonal(result, 1.0)
    return result


def _checked(correlation: ArrayLike, size: int | None = None) -> Floats:
    """What could be a correlation matrix but for its eigenvalues, of ``size`` inputs when given."""
    matrix = array(correlation, "correlation", 2)
    size = len(matrix) if size is None else size
    if matrix.shape != (size, size):
        raise _no_correlation(
            f"skal være {size} × {size}, er {matrix.shape}", f"must be {size} × {size}, is {matrix.shape}"
        )
    if not np.array_equal(matrix, matrix.T) or bool((np.diag(matrix) != 1).any()):
        raise _no_correlation(
            "skal være symmetrisk med 1 i diagonalen", "must be symmetric with a diagonal of 1"
        )
    if float(np.abs(matrix).max()) > 1:
        raise _no_correlation("en korrelation ligger mellem −1 og 1", "a correlation lies between −1 and 1")
    return matrix


def _not_positive_definite(
    matrix: Floats, values: Floats, direction: Floats, names: Sequence[str]
) -> DecisionError:
    """What clashes: the inputs that the direction of the least eigenvalue is made of."""
    weights = np.abs(direction)
    inputs = ", ".join(name for name, weight in zip(names, weights, strict=True) if weight > 0.1)
    bad = int((values <= LEAST).sum())
    change = float(np.abs(nearest_correlation(matrix) - matrix).max())
    return _no_correlation(
        f"er ikke positivt definit: {bad} af {len(names)} egenværdier er ikke over 0, den mindste er "
        f"{values[0]:.3g}; korrelationerne mellem {inputs} modsiger hinanden. Ret dem, eller angiv selv "
        f"nearest_correlation(…), hvor ingen korrelation flyttes mere end {change:.2g}",
        f"is not positive definite: {bad} of {len(names)} eigenvalues are not above 0, the least is "
        f"{values[0]:.3g}; the correlations between {inputs} clash. Mend them, or give "
        f"nearest_correlation(…) yourself, where none is moved by more than {change:.2g}",
    )


def _no_correlation(da: str, en: str) -> DecisionError:
    return DecisionError("correlation", "correlation", da, en)
