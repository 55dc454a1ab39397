"""The figures already published: on what basis an estimate stands, and whether the results agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pipeline.mast.estimate import Basis, Cell, Estimate, Key, decimal
from pipeline.mast.lineage import Delivered, feeding
from pipeline.mast.metric import NO_DENOMINATOR
from pipeline.text import Problem, Text, date_da, round_half_up

Statistic = Literal["value", "numerator", "denominator"]


@dataclass(frozen=True)
class Published:
    """One figure of a report: which number of which estimate, and to how many decimals it was printed."""

    key: Key
    statistic: Statistic
    is_exact: bool
    figure: Decimal
    decimals: int
    basis: Basis
    source: str

    def holds(self, found: Decimal) -> bool:
        """Whether a result, rounded half up to the published decimals, is the figure (or is above it)."""
        return round_half_up(found, self.decimals) == self.figure if self.is_exact else found > self.figure


def with_basis(
    estimates: Iterable[Estimate], figures: Iterable[Published], deliveries: Sequence[Delivered]
) -> list[Estimate]:
    """The estimates, each with the basis it stands on.

    *Published* or *implied* is an estimate whose value is printed, and a count that is printed anywhere, also
    as another share's denominator; *implied* also a share of two such counts. A figure that only says "more
    than" fixes nothing. Any other number is *reconstructed* when a delivery behind it is, else *observed*.
    """
    made = list(estimates)
    exact = [figure for figure in figures if figure.is_exact]
    values = {figure.key: figure.basis for figure in exact if figure.statistic == "value"}
    counts = _counts(exact, {estimate.key: estimate for estimate in made})
    return [
        replace(
            estimate,
            basis=values.get(estimate.key) or _of_counts(estimate, counts) or _own(estimate, deliveries),
        )
        for estimate in made
    ]


def disagreements(figures: Iterable[Published], estimates: Iterable[Estimate], file: str) -> list[Problem]:
    """The published figures that the results do not come to, each as one line."""
    results = {estimate.key: estimate for estimate in estimates}
    return [
        _problem(figure, found, file)
        for figure in figures
        if (found := _statistic(results.get(figure.key), figure.statistic)) is None or not figure.holds(found)
    ]


def _counts(figures: Iterable[Published], estimates: Mapping[Key, Estimate]) -> dict[Cell, Basis]:
    """The counts that are printed, each by what it counts; published outright goes before implied."""
    found: dict[Cell, Basis] = {}
    for figure in figures:
        estimate = estimates.get(figure.key)
        if estimate is None:
            continue
        is_bare_count = figure.statistic == "value" and estimate.query.base is None
        is_above = figure.statistic == "numerator" or is_bare_count
        is_below = figure.statistic == "denominator"
        cell = estimate.numerator_cell if is_above else estimate.denominator_cell if is_below else None
        if cell is not None and found.get(cell) != "published":
            found[cell] = figure.basis
    return found


def _of_counts(estimate: Estimate, counts: Mapping[Cell, Basis]) -> Basis | None:
    above, below = estimate.numerator_cell, estimate.denominator_cell
    if above is None or above not in counts:
        return None
    if estimate.query.base is None:
        return counts[above]
    return "implied" if below in counts else None


def _own(estimate: Estimate, deliveries: Sequence[Delivered]) -> Basis:
    behind = feeding(estimate.query.tables, estimate.key.as_of, deliveries)
    return "reconstructed" if any(item.is_reconstructed for item in behind) else "observed"


def _statistic(estimate: Estimate | None, statistic: Statistic) -> Decimal | None:
    if estimate is None:
        return None
    numbers = {
        "value": estimate.value,
        "numerator": estimate.numerator,
        "denominator": estimate.denominator,
    }
    return decimal(numbers[statistic])


def _problem(figure: Published, found: Decimal | None, file: str) -> Problem:
    key = figure.key
    parts = [key.metric, *(part for part in (key.item, key.per) if part != NO_DENOMINATOR)]
    if key.stratum_by != "all":
        parts.append(f"{key.stratum_by} {key.stratum}")
    what = f"{' / '.join(parts)} ({figure.statistic}) {date_da(key.as_of)}"
    sign = "" if figure.is_exact else "> "
    rounded = "–" if found is None else str(round_half_up(found, max(figure.decimals, 0)))
    message = Text(
        f"{what}: offentliggjort er {sign}{figure.figure}, resultatet er {rounded}",
        f"published is {sign}{figure.figure}, the result is {rounded}",
    )
    return Problem(file, None, key.metric, "metrics.published", message, "critical")
