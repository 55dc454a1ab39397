"""Matrix products over many draws, in pieces small enough for one processor."""

import numpy as np

from pipeline.economics.decision.errors import Floats

# Multiplications in a piece. From twice as many on OpenBLAS shares a product out between processors: at these
# sizes they wait for each other longer than they work, and a sum's order would follow their number.
PIECE = 2**18
# Draws in a piece. With so many columns that the fewest are more than a piece, sharing it out pays; products
# of single rows are shared out from 10,000 draws on.
FEWEST, MOST = 64, 8192


def over_draws(left: Floats, right: Floats) -> Floats:
    """Σ over draws of ``left`` (rows × draws) times ``right`` (columns × draws), rows × columns."""
    draws = left.shape[1]
    step, whole = _step(len(left) * len(right), draws)
    made: Floats = np.matmul(_pieces(left, step, whole), _pieces(right, step, whole).swapaxes(1, 2)).sum(
        axis=0
    )
    if whole < draws:
        made += left[:, whole:] @ right[:, whole:].T
    return made


def combined(weights: Floats, rows: Floats) -> Floats:
    """``weights`` (anything × rows) times ``rows`` (rows × draws)."""
    draws = rows.shape[1]
    step, whole = _step(weights.size, draws)
    made = np.empty((len(weights), draws))
    np.matmul(weights, _pieces(rows, step, whole), out=_pieces(made, step, whole))
    made[:, whole:] = weights @ rows[:, whole:]
    return made


def _step(products: int, draws: int) -> tuple[int, int]:
    """Draws in a piece, and how many draws the whole pieces have together."""
    step = min(max(PIECE // products, FEWEST), MOST, draws)
    return step, draws - draws % step


def _pieces(rows: Floats, step: int, whole: int) -> Floats:
    """Pieces × rows × draws of a piece, a view."""
    return rows[:, :whole].reshape(len(rows), whole // step, step, copy=False).transpose(1, 0, 2)
