"""The public edition: the same estimates with every small count hidden, and what would give one away."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.mast.denominators import ALL
from pipeline.mast.estimate import Cell, Estimate
from pipeline.stats.disclosure import Sum, suppress

COUNTED = ("proportion", "likert", "theme", "count", "rate")


def public(estimates: Sequence[Estimate], k: int) -> list[Estimate]:
    """The estimates as an outsider may see them: below ``k`` (and complementary) *suppressed*.

    Cells are tied together by sums: strata to their whole; exclusive answers to those who answered; a share's
    numerator with those who did not to its denominator; and counts that must be guessed to be the same.
    Numbers for the whole are hidden last.
    """
    watched = [estimate for estimate in estimates if not estimate.query.metric.is_open]
    cells, unprinted = _cells(watched)
    sums = [*_strata(cells), *_answers(watched), *_complements(watched), *_twins(cells)]
    whole = {cell for cell in cells if isinstance(cell, Cell) and cell.stratum_by == ALL.name}
    hidden = suppress(cells, sums, k, unprinted, whole)
    return [estimate if estimate.query.metric.is_open else _shown(estimate, hidden) for estimate in estimates]


def _shown(estimate: Estimate, hidden: frozenset[Hashable]) -> Estimate:
    is_above_hidden = estimate.numerator_cell in hidden
    is_below_hidden = estimate.denominator_cell in hidden
    if not (is_above_hidden or is_below_hidden):
        return estimate
    keeps_above = estimate.query.metric.kind in COUNTED and not is_above_hidden
    return replace(
        estimate,
        state="missing" if estimate.state == "missing" else "suppressed",
        numerator=estimate.numerator if keeps_above else None,
        denominator=None if is_below_hidden else estimate.denominator,
        value=None,
        low=None,
        high=None,
    )


def _cells(estimates: Iterable[Estimate]) -> tuple[dict[Hashable, int], set[Hashable]]:
    """Every count that is printed, and those that are not but follow from two that are."""
    cells: dict[Hashable, int] = {}
    unprinted: set[Hashable] = set()
    for estimate in estimates:
        above, below = estimate.numerator_cell, estimate.denominator_cell
        if above is not None and estimate.numerator is not None:
            cells[above] = int(abs(estimate.numerator))
        if below is not None and estimate.denominator is not None:
            cells[below] = int(estimate.denominator)
        if above is not None and below is not None and _is_part(above, below):
            rest = _rest(above, below)
            cells[rest] = max(cells[below] - cells[above], 0)
            unprinted.add(rest)
    return cells, unprinted


def _strata(cells: Iterable[Hashable]) -> list[Sum[Hashable]]:
    parts: dict[Cell, list[Hashable]] = defaultdict(list)
    known = set(cells)
    for cell in known:
        if isinstance(cell, Cell) and cell.stratum_by != ALL.name:
            parts[cell._replace(stratum="")].append(cell)
    sums: list[Sum[Hashable]] = []
    for split, members in parts.items():
        whole = split._replace(stratum_by=ALL.name, stratum=ALL.name)
        if whole in known:
            sums.append(Sum(whole, tuple(members)))
    return sums


def _answers(estimates: Iterable[Estimate]) -> list[Sum[Hashable]]:
    """Exclusive answers sum to those who answered."""
    parts: dict[Cell, set[Hashable]] = defaultdict(set)
    for estimate in estimates:
        above, below = estimate.numerator_cell, estimate.denominator_cell
        if estimate.query.metric.kind == "likert" and above and below and _is_part(above, below):
            parts[below].add(above)
    return [Sum(whole, tuple(members)) for whole, members in parts.items()]


def _complements(estimates: Iterable[Estimate]) -> list[Sum[Hashable]]:
    return [
        Sum(below, (above, _rest(above, below)))
        for estimate in estimates
        if (above := estimate.numerator_cell) is not None
        and (below := estimate.denominator_cell) is not None
        and _is_part(above, below)
    ]


def _twins(cells: Mapping[Hashable, int]) -> list[Sum[Hashable]]:
    """Counts that come out alike because one only narrows the other: who sees one knows the other.

    All held cards and those that answered, when all did; a split's stratum and the metric for it alone.
    """
    alike: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
    for cell, count in cells.items():
        if isinstance(cell, Cell) and count:
            whole = _spelt_out(cell)
            place = (whole.table, whole.distinct, whole.amount, whole.stratum_by, whole.stratum)
            alike[(*place, str(whole.as_of), str(count))].append(cell)
    return [
        Sum(one, (other,))
        for group in alike.values()
        for one in group
        for other in group
        if one != other and _narrows(_spelt_out(other).where, _spelt_out(one).where)
    ]


def _narrows(narrow: str, wide: str) -> bool:
    return narrow == wide or not wide or narrow.startswith(f"{wide} and ")


def _spelt_out(cell: Cell) -> Cell:
    """A stratum of a column as the predicate it is: region 1083 of the held is "held and region = '1083'"."""
    if cell.stratum_by in (ALL.name, "month"):
        return cell
    where = (
        f"{cell.where} and {cell.stratum_by} = '{cell.stratum}'"
        if cell.where
        else (f"{cell.stratum_by} = '{cell.stratum}'")
    )
    return cell._replace(where=where, stratum_by=ALL.name, stratum=ALL.name)


def _is_part(above: Cell, below: Cell) -> bool:
    """Whether those above the line are some of those below it: rows of one table, or the same practices."""
    if above == below:
        return False
    return above.distinct == below.distinct and (above.table == below.table or bool(above.distinct))


def _rest(above: Cell, below: Cell) -> Hashable:
    return ("not", above, below)
