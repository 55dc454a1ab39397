"""What the pilot itself published: which estimates it vouches for, and whether they agree."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.mast.estimate import Basis, Estimate
from pipeline.mast.queries import NONE
from pipeline.text import Problem, Text, number_da, round_half_up

Key = tuple[str, str, str, str, str, date]


def with_basis(
    estimates: Iterable[Estimate], published: Sequence[Mapping[str, Any]], *, is_reconstructed: bool
) -> list[Estimate]:
    """The estimates, each marked with what vouches for it.

    ``published`` are the rows of ``published_figures``. A figure nobody published is *reconstructed* where
    the deliveries are, else *observed*.
    """
    vouched: defaultdict[Key, dict[str, Basis]] = defaultdict(dict)
    for row in published:
        vouched[_key(row)][row["statistic"]] = row["basis"]
        if row["statistic"] == "numerator":
            vouched[_count_of(_key(row))]["value"] = row["basis"]
    other: Basis = "reconstructed" if is_reconstructed else "observed"
    return [replace(row, basis=_basis(vouched.get(row.key, {}), other)) for row in estimates]


def _basis(told: Mapping[str, Basis], other: Basis) -> Basis:
    """A numerator alone does not tell its share; with its denominator, or as the value itself, it does."""
    if "value" in told:
        return told["value"]
    return "implied" if {"numerator", "denominator"} <= told.keys() else other


def _count_of(key: Key) -> Key:
    """The count that is a share's numerator."""
    metric, item, by, stratum, _, as_of = key
    return (metric, item, by, stratum, NONE, as_of)


def disagreements(estimates: Iterable[Estimate], published: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """One problem per published figure that the results do not equal, rounded half up as written."""
    found = {row.key: row for row in estimates if row.edition == "restricted"}
    return [
        _problem(row, found.get(_key(row))) for row in published if not _agrees(found.get(_key(row)), row)
    ]


def _problem(row: Mapping[str, Any], estimate: Estimate | None) -> Problem:
    name = f"{row['metric']} ({row['item']}, {row['per']})"
    wanted = number_da(row["figure"], row["decimals"])
    value: Decimal | None = getattr(estimate, row["statistic"], None)
    got = "–" if value is None else number_da(value, row["decimals"] + 2)
    da_over, en_over = ("over ", "more than ") if row["comparison"] == "more_than" else ("", "")
    message = Text(
        f"{name} pr. {row['as_of']}: offentliggjort {da_over}{wanted}, beregnet {got}",
        f"{name} at {row['as_of']}: published {en_over}{wanted}, computed {got}",
    )
    return Problem(row["source_file"], row["source_row"], row["statistic"], "published", message, "critical")


def _agrees(estimate: Estimate | None, row: Mapping[str, Any]) -> bool:
    value: Decimal | None = getattr(estimate, row["statistic"], None)
    if value is None:
        return False
    if row["comparison"] == "more_than":
        return value > row["figure"]
    return round_half_up(value, row["decimals"]) == round_half_up(row["figure"], row["decimals"])


def _key(row: Mapping[str, Any]) -> Key:
    return (row["metric"], row["item"], row["stratum_by"], row["stratum"], row["per"], row["as_of"])
