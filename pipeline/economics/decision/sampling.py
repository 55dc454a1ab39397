"""Draws of uncertain inputs: scrambled Sobol points, a Gaussian copula, inverse distributions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from pipeline.economics.decision.copula import cholesky, correlated
from pipeline.economics.decision.dirichlet import Dirichlet
from pipeline.economics.decision.distributions import Distribution
from pipeline.economics.decision.errors import DecisionError, Floats, whole
from pipeline.economics.decision.side_by_side import side_by_side

LOG2_POINTS = 14
SCRAMBLES = 8
# Sobol points are multiples of 2⁻³⁰ from 0; half a step further none is 0 or 1.
BITS = 30
# Points at a time, so that turning them over stays in the cache; a power of 2, as all numbers of points are.
AT_A_TIME = 2048
# Joe and Kuo's direction numbers go no further.
DIMENSIONS = 21_201


@dataclass(frozen=True, eq=False)
class Sample:
    """``columns``: scrambles × points of each of ``names``, in their order."""

    names: tuple[str, ...]
    columns: tuple[Floats, ...]

    @property
    def scrambles(self) -> int:
        """How many independently scrambled sets of points there are."""
        return self.columns[0].shape[0]

    @property
    def points(self) -> int:
        """How many draws there are in a scramble."""
        return self.columns[0].shape[1]

    @property
    def values(self) -> Floats:
        """Scrambles × points × inputs, a copy."""
        return np.stack(self.columns, axis=-1)

    def first(self, scrambles: int) -> "Sample":
        """The first so many scrambles of all."""
        return Sample(self.names, tuple(column[:scrambles] for column in self.columns))

    def each(self) -> Iterator["Sample"]:
        """Every scramble by itself."""
        for number in range(self.scrambles):
            yield Sample(self.names, tuple(column[number : number + 1] for column in self.columns))

    def of(self, name: str) -> Floats:
        """One input's draws, the scrambles one after the other."""
        return self.columns[self._place(name)].ravel()

    def group(self, *names: str) -> Floats:
        """Draws × inputs of the named inputs."""
        return np.stack([self.of(name) for name in names]).T

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise DecisionError(
                "names", name, "er ikke blandt de trukne input", "is not among the inputs that were drawn"
            )
        return self.names.index(name)


def replicates(
    seed: int, points: int = 2**LOG2_POINTS, scrambles: int = SCRAMBLES, dimension: int = 1
) -> Floats:
    """Scrambles × points × dimension uniforms in (0, 1), the same for the same ``seed``.

    Each scramble is a random linear scramble and digital shift of one Sobol sequence, so that each is a fair
    sample by itself and the spread between them is an honest standard error (``precision.over_scrambles``).
    ``points`` is a power of 2, as the sequence is even at those numbers only.
    Sources: A. B. Owen, Journal of Complexity 1998;14:466–489 (scrambling) and Monte Carlo and Quasi-Monte
    Carlo Methods 2020, 2022, 71–86 (do not drop or skip points); J. Matoušek, Journal of Complexity
    1998;14:527–556 (the linear scramble used). Raises DecisionError ``setting``.
    """
    from scipy.stats import qmc  # a second to import

    whole(points, "points", 2, 2**BITS)
    whole(scrambles, "scrambles", 2, 10_000)
    whole(dimension, "dimension", 1, DIMENSIONS)
    if points & (points - 1):
        raise DecisionError(
            "setting",
            "points",
            f"antallet af punkter skal være en potens af 2, fandt {points}",
            f"the number of points must be a power of 2, found {points}",
        )
    # One input's draws lie side by side, as they are worked on one input at a time.
    made = np.empty((dimension, scrambles, points))

    def scramble(one: tuple[int, np.random.SeedSequence]) -> None:
        number, stream = one
        sobol = qmc.Sobol(dimension, scramble=True, bits=BITS, rng=np.random.default_rng(stream))
        for start in range(0, points, AT_A_TIME):
            found = sobol.random(min(AT_A_TIME, points - start))
            found += 2.0 ** -(BITS + 1)
            made[:, number, start : start + AT_A_TIME] = found.T

    side_by_side(scramble, enumerate(np.random.SeedSequence(seed).spawn(scrambles)))
    return np.moveaxis(made, 0, -1)


def draw(
    inputs: Mapping[str, Distribution | Dirichlet],
    *,
    seed: int,
    correlation: ArrayLike | None = None,
    log2_points: int = LOG2_POINTS,
    scrambles: int = SCRAMBLES,
) -> Sample:
    """2^``log2_points`` draws of every input, ``scrambles`` times over, the same for the same ``seed``.

    A mix (``Dirichlet``) called ``m`` becomes one input per part, ``m.part``, which sum to 1 in every draw.
    ``correlation`` is that of the normal scores (Gaussian copula), inputs in the order of ``names_of``; two
    normal inputs have exactly that correlation, and any two that are in no mix the rank correlation
    (6/π)·asin(ρ/2); in a mix it ties the amounts before they are made shares.

    Source: M. C. Cario and B. L. Nelson, Modeling and generating random vectors with arbitrary marginal
    distributions and correlation matrix, 1997. Raises DecisionError ``correlation``, ``setting``, ``names``.
    """
    tied, _ = draw_twice(
        inputs, seed=seed, correlation=correlation, log2_points=log2_points, scrambles=scrambles
    )
    return tied


def draw_twice(
    inputs: Mapping[str, Distribution | Dirichlet],
    *,
    seed: int,
    correlation: ArrayLike | None,
    log2_points: int = LOG2_POINTS,
    scrambles: int = SCRAMBLES,
) -> tuple[Sample, Sample]:
    """The draws of :func:`draw`, and those of the same points without the correlation.

    What is correlated with nothing has the same array in both. Raises DecisionError as :func:`draw`.
    """
    names = names_of(inputs)
    whole(log2_points, "log2_points", 1, BITS)
    factor = None if correlation is None else cholesky(correlation, names)
    points = replicates(seed, 2**log2_points, scrambles, len(names))
    free = list(np.moveaxis(points, -1, 0))
    tied = free.copy() if factor is None else list(correlated(free, factor))
    sizes = [len(item.names) if isinstance(item, Dirichlet) else 1 for item in inputs.values()]
    starts = accumulate(sizes, initial=0)

    def transform(one: tuple[Distribution | Dirichlet, int, int]) -> None:
        item, start, size = one
        parts = slice(start, start + size)
        if any(one is not other for one, other in zip(tied[parts], free[parts], strict=True)):
            tied[parts] = _values(item, tied[parts])
        for column, values in zip(free[parts], _values(item, free[parts]), strict=True):
            column[:] = values  # where the uniforms were: memory that is new costs more than a copy

    side_by_side(transform, zip(inputs.values(), starts, sizes, strict=False))
    return Sample(names, tuple(tied)), Sample(names, tuple(free))


def _values(item: Distribution | Dirichlet, uniforms: Sequence[Floats]) -> Sequence[Floats]:
    """An input's values of its uniforms, one array per part."""
    if isinstance(item, Dirichlet):
        flat = np.stack([column.ravel() for column in uniforms])
        return list(item.shares(flat).reshape(len(uniforms), *uniforms[0].shape))
    return [item.quantile(uniforms[0])]


def names_of(inputs: Mapping[str, Distribution | Dirichlet]) -> tuple[str, ...]:
    """What :func:`draw` calls its columns: a mix gives one per part. Raises DecisionError ``names``."""
    names = tuple(
        column
        for name, item in inputs.items()
        for column in ([f"{name}.{part}" for part in item.names] if isinstance(item, Dirichlet) else [name])
    )
    if not names or len(set(names)) < len(names):
        raise DecisionError(
            "names",
            "inputs",
            "der skal være mindst ét input, og to må ikke hedde det samme",
            "there must be at least one input, and no two of one name",
        )
    return names
