"""Which cells of a table may not be shown: small ones, and those that would give a small one away."""

from collections.abc import Mapping


def suppress(cells: Mapping[str, int], k: int) -> set[str]:
    """The keys to hide in one line of cells whose total is shown.

    A cell from 1 to k-1 is hidden; zero is shown, as it tells of nobody. When a hidden part of the
    line could be had by subtraction - one cell hidden, or hidden cells that together stay below k - the
    smallest shown cell that is not zero (the first by key) goes too, until it cannot. Source: Hundepool et
    al., Statistical Disclosure Control, 2012, chapter 4. Raises ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"k = {k}")
    hidden = {key for key, count in cells.items() if 0 < count < k}
    shown = sorted((count, key) for key, count in cells.items() if count >= k)
    while hidden and shown and (len(hidden) == 1 or sum(cells[key] for key in hidden) < k):
        hidden.add(shown.pop(0)[1])
    return hidden
