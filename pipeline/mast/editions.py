"""The public edition: the same estimates with small cells hidden, and whatever would give them away."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipeline.mast.estimate import Estimate
from pipeline.mast.queries import ALL, NONE
from pipeline.stats.disclosure import Sum, suppress

# What is counted (metric and answer, or a denominator), in which stratum, at which cut-off.
Cell = tuple[str, str, str, str, date]
COUNTED = ("proportion", "count", "likert", "theme")


def public(estimates: Iterable[Estimate], k: int) -> list[Estimate]:
    """The public edition of restricted ``estimates``: counts below ``k`` are hidden, and what reveals them.

    A count is hidden wherever it stands, whatever its denominator; so is a share, with its numerator, where
    those who did *not* are fewer than ``k``; and a mean, median or spread over fewer than ``k`` rows.
    """
    restricted = list(estimates)
    counts, sums, unprinted = _cells(restricted)
    hidden = suppress(counts, sums, k, unprinted)
    return [
        _hide(row)
        if _is_thin(row, k) or not hidden.isdisjoint(_printed(row))
        else replace(row, edition="public")
        for row in restricted
    ]


def _cells(rows: list[Estimate]) -> tuple[dict[Cell, int], list[Sum[Cell]], set[Cell]]:
    """Every count printed, which of them add up, and the counts that only follow from others."""
    counts: dict[Cell, int] = {}
    sums: list[Sum[Cell]] = []
    unprinted: set[Cell] = set()
    splits: dict[tuple[Cell, str], list[Cell]] = {}
    for row in rows:
        if row.kind not in COUNTED or row.numerator is None:
            continue
        numerator = _numerator(row)
        counts[numerator] = int(row.numerator)
        found = [numerator]
        if row.denominator is not None and len(row.tables) == 1 and row.denominator >= row.numerator:
            whole = _denominator(row)
            rest: Cell = (f"not {row.metric}/{row.per}", *numerator[1:])
            counts[whole], counts[rest] = int(row.denominator), int(row.denominator - row.numerator)
            unprinted.add(rest)
            sums.append(Sum(whole, (numerator, rest)))
            found.append(whole)
        if row.stratum_by != ALL:
            for cell in found:
                total: Cell = (cell[0], cell[1], ALL, ALL, cell[4])
                parts = splits.setdefault((total, row.stratum_by), [])
                if cell not in parts:
                    parts.append(cell)
    for (total, _), parts in splits.items():
        if counts.get(total) == sum(counts[part] for part in parts):
            sums.append(Sum(total, tuple(parts)))
    return counts, sums, unprinted


def _printed(row: Estimate) -> set[Cell]:
    return set() if row.kind not in COUNTED else {_numerator(row), _denominator(row)}


def _numerator(row: Estimate) -> Cell:
    return (row.metric, row.item, row.stratum_by, row.stratum, row.as_of)


def _denominator(row: Estimate) -> Cell:
    """Who was asked differs from question to question; then a denominator of one name differs too."""
    name = f"{row.metric}/{row.per}" if row.per == "answer" else row.per
    return (f"per {name}", NONE, row.stratum_by, row.stratum, row.as_of)


def _is_thin(row: Estimate, k: int) -> bool:
    return row.kind not in COUNTED and 0 < row.rows < k


def _hide(row: Estimate) -> Estimate:
    return replace(
        row,
        edition="public",
        state="suppressed",
        numerator=None,
        denominator=None,
        value=None,
        low=None,
        high=None,
    )
