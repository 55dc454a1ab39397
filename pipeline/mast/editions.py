"""The public edition: the same estimates with small cells hidden, and whatever would give them away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from pipeline.mast.estimate import Estimate
from pipeline.mast.queries import ALL
from pipeline.stats.disclosure import suppress

Place = tuple[str, str, str, str, date]  # metric, item, stratum_by, stratum, as_of


def public(estimates: Iterable[Estimate], k: int) -> list[Estimate]:
    """The public edition of restricted ``estimates``: counts below ``k`` are hidden.

    A count is hidden in every estimate that carries it, whatever its denominator. Within a line of strata,
    and within the answers of one question, enough further cells are hidden that none can be had by
    subtraction.
    """
    restricted = list(estimates)
    counts: dict[Place, int] = {
        _place(row): int(row.numerator)
        for row in restricted
        if row.numerator is not None and row.kind not in ("mean", "median", "gini", "agreement")
    }
    hidden: set[Place] = set()
    for line in _lines(counts):
        hidden |= suppress_places(line, k)
    small = {_place(row) for row in restricted if _is_thin(row, k)}
    return [
        _hide(row) if _place(row) in hidden | small else replace(row, edition="public") for row in restricted
    ]


def suppress_places(line: Mapping[Place, int], k: int) -> set[Place]:
    """``suppress`` on places, which are named by their text so that ties break the same way twice."""
    names = {"|".join(map(str, place)): place for place in line}
    return {names[name] for name in suppress({name: line[place] for name, place in names.items()}, k)}


def _lines(counts: Mapping[Place, int]) -> list[dict[Place, int]]:
    """The cells that add up: the strata of one split, and the answers of one question."""
    strata: defaultdict[tuple[object, ...], dict[Place, int]] = defaultdict(dict)
    answers: defaultdict[tuple[object, ...], dict[Place, int]] = defaultdict(dict)
    for place, count in counts.items():
        metric, item, by, stratum, as_of = place
        if by != ALL:
            strata[(metric, item, by, as_of)][place] = count
        answers[(metric, by, stratum, as_of)][place] = count
    return [*strata.values(), *answers.values()]


def _is_thin(row: Estimate, k: int) -> bool:
    """A mean, median or spread over fewer than ``k`` rows, or a share of fewer than ``k``."""
    return (row.kind in ("mean", "median", "gini") and 0 < row.rows < k) or (
        row.denominator is not None and 0 < row.denominator < k
    )


def _place(row: Estimate) -> Place:
    return (row.metric, row.item, row.stratum_by, row.stratum, row.as_of)


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
