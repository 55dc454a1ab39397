"""Correlated draws of uncertain inputs: scrambled Sobol points, a Gaussian copula, inverse distributions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pipeline.economics.decision.distributions import Distribution
from pipeline.economics.decision.errors import DecisionError, Floats, array, whole

LOG2_POINTS = 14
SCRAMBLES = 8
# Sobol points are multiples of 2⁻³⁰ from 0; half a step further none is 0 or 1.
BITS = 30


@dataclass(frozen=True)
class Mean:
    """A mean over scrambles and its standard error, with ``scrambles`` − 1 degrees of freedom."""

    value: float
    standard_error: float
    scrambles: int


@dataclass(frozen=True, eq=False)
class Sample:
    """``values``: scrambles × points × inputs, the inputs in the order of ``names``."""

    names: tuple[str, ...]
    values: Floats

    @property
    def scrambles(self) -> int:
        """How many independently scrambled sets of points there are."""
        return self.values.shape[0]

    def of(self, name: str) -> Floats:
        """One input's draws, the scrambles one after the other."""
        return np.ascontiguousarray(self.values[:, :, self._place(name)]).ravel()

    def group(self, *names: str) -> Floats:
        """Draws × inputs of the named inputs."""
        return np.column_stack([self.of(name) for name in names])

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise DecisionError(
                "names", name, "er ikke blandt de trukne input", "is not among the inputs that were drawn"
            )
        return self.names.index(name)


def draw(
    inputs: Mapping[str, Distribution],
    *,
    seed: int,
    correlation: ArrayLike | None = None,
    log2_points: int = LOG2_POINTS,
    scrambles: int = SCRAMBLES,
) -> Sample:
    """2^``log2_points`` draws of every input, ``scrambles`` times over, the same for the same ``seed``.

    Each scramble is a random linear scramble and digital shift of one Sobol sequence, so that each is a fair
    sample by itself and the spread between them is an honest standard error. ``correlation`` is that of the
    normal scores (Gaussian copula), inputs in the order of the mapping; two normal inputs have exactly that
    correlation, and any two the rank correlation (6/π)·asin(ρ/2).

    Sources: A. B. Owen, Journal of Complexity 1998;14:466–489 (scrambling); J. Matoušek, Journal of
    Complexity 1998;14:527–556 (the linear scramble used); M. C. Cario and B. L. Nelson, Modeling and
    generating random vectors with arbitrary marginal distributions and correlation matrix, 1997 (copula).
    Raises DecisionError ``correlation``, ``setting``, ``names``.
    """
    from scipy.stats import qmc  # a second to import

    names = tuple(inputs)
    if not names:
        raise DecisionError("names", "inputs", "der er intet at trække", "there is nothing to draw")
    whole(log2_points, "log2_points", 1, BITS)
    whole(scrambles, "scrambles", 2, 10_000)
    factor = None if correlation is None else cholesky(correlation, len(names))
    made = np.empty((scrambles, 2**log2_points, len(names)))
    for number, stream in enumerate(np.random.SeedSequence(seed).spawn(scrambles)):
        sobol = qmc.Sobol(len(names), scramble=True, bits=BITS, rng=np.random.default_rng(stream))
        points = sobol.random_base2(log2_points) + 2.0 ** -(BITS + 1)
        made[number] = points if factor is None else _correlated(points, factor)
    for place, name in enumerate(names):
        made[:, :, place] = inputs[name].quantile(np.ascontiguousarray(made[:, :, place]))
    return Sample(names, made)


def _correlated(points: Floats, factor: Floats) -> Floats:
    """Uniforms whose normal scores have the correlation of ``factor``; the uncorrelated stay as they were."""
    made = points.copy()
    moved = np.flatnonzero((factor != np.eye(len(factor))).any(axis=1))
    needed = np.flatnonzero(factor[moved].any(axis=0))
    scores = special.ndtri(points[:, needed]) @ factor[np.ix_(moved, needed)].T
    # Far out in a tail rounding could reach 0 or 1, where a quantile is infinite.
    made[:, moved] = np.clip(special.ndtr(scores), 2.0 ** -(BITS + 2), 1 - 2.0 ** -(BITS + 2))
    return made


def cholesky(correlation: ArrayLike, size: int) -> Floats:
    """The lower triangular root of a correlation matrix; ``correlation`` says why there is none."""
    matrix = array(correlation, "correlation", 2)
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
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least <= 1e-12:
        raise _no_correlation(
            f"er ikke positivt definit (mindste egenværdi {least:.3g}): korrelationerne modsiger hinanden",
            f"is not positive definite (least eigenvalue {least:.3g}), the correlations clash",
        )
    root: Floats = np.linalg.cholesky(matrix).astype(np.float64)
    return root


def over_scrambles(per_scramble: ArrayLike) -> Mean:
    """The mean of a statistic computed in each scramble by itself, and s/√R over the R scrambles.

    Source: A. B. Owen, Journal of Complexity 1998;14:466–489. Raises DecisionError ``length``.
    """
    values = array(per_scramble, "per_scramble", 1)
    if values.size < 2:
        raise DecisionError(
            "length",
            "per_scramble",
            "der skal to eller flere sæt til en standardfejl",
            "a standard error needs two sets or more",
        )
    return Mean(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)), values.size)


def _no_correlation(da: str, en: str) -> DecisionError:
    return DecisionError("correlation", "correlation", da, en)
