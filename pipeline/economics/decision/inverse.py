"""Tables of inverse distribution functions that have no formula, and take a microsecond a value."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.economics.decision.errors import Floats

# Values of the inverse that a table is made from. For fewer probabilities than this it is called itself.
NODES = 2049
# Probabilities at a time, so that what is worked on stays in the cache.
BLOCK = 8192
# The normal scores of 2⁻³² lie at ±6.24.
WIDEST_SCORE = 6.4


@dataclass(frozen=True, eq=False)
class Table:
    """A rising ``inverse`` at 2,049 normal scores, and the cubic between each two of them.

    ``cubic`` holds its coefficients by power, 0 to 3, of the part of the cell that lies behind.
    """

    inverse: Callable[[Floats], Floats]
    cubic: tuple[Floats, Floats, Floats, Floats]

    def __call__(self, probabilities: Floats) -> Floats:
        """The inverse of each probability."""
        if probabilities.size <= NODES:
            return self.inverse(probabilities)
        made = np.empty(probabilities.shape)
        flat, given = made.reshape(-1), probabilities.reshape(-1)
        for start in range(0, flat.size, BLOCK):
            part = slice(start, start + BLOCK)
            self._fill(flat[part], given[part])
        return made

    def _fill(self, made: Floats, probabilities: Floats) -> None:
        at: Floats = special.ndtri(probabilities)
        at += WIDEST_SCORE
        at *= (NODES - 1) / (2 * WIDEST_SCORE)
        cell = at.astype(np.int64)
        at -= cell
        level, slope, bend, twist = self.cubic
        twist.take(cell, out=made, mode="clip")
        for coefficients in (bend, slope, level):
            made *= at
            made += coefficients.take(cell, mode="clip")


def table(inverse: Callable[[Floats], Floats]) -> Table:
    """The table of a rising ``inverse`` (probabilities in (0, 1) to values), which rises as well.

    The cubic spline runs over normal scores, where inverses are smooth; a cell in which it would fall, where
    all that the values differ by is rounding, gets a straight line. It is off by less than 1e-8 of the
    largest value, by far the most of it in the last millionth, where 1 − u has few digits, and by less than
    1e-10 of it elsewhere where no parameter is below a half.
    Source: C. de Boor, A Practical Guide to Splines, 1978, chapter IV.
    """
    from scipy.interpolate import CubicSpline  # slow to import

    nodes = np.linspace(-WIDEST_SCORE, WIDEST_SCORE, NODES)
    values = np.maximum.accumulate(inverse(special.ndtr(nodes)))
    spline = np.asarray(CubicSpline(np.arange(NODES), values).c, dtype=np.float64)
    twist, bend, slope, level = (np.ascontiguousarray(row) for row in spline)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.clip(np.where(twist > 0, -bend / (3 * twist), 0.0), 0.0, 1.0)
    falls = np.zeros(turn.size, dtype=np.bool_)
    for place in (np.zeros_like(turn), np.ones_like(turn), turn):
        falls |= (3 * twist * place + 2 * bend) * place + slope < 0
    twist[falls], bend[falls] = 0.0, 0.0
    slope[falls] = np.diff(values)[falls]
    return Table(inverse, (level, slope, bend, twist))
