"""What the evaluation measured, as the business case asks for it."""

from datetime import date
from pathlib import Path
from typing import Any, cast

from pipeline.contract.store import read
from pipeline.economics.declared import Measure, Measured


def measure_of(estimates: Path, as_of: date) -> Measure:
    """Look up what the evaluation measured for everybody by the cut-off, in the restricted edition.

    A figure that is observed, published or implied at some cut-off counts as of the latest such; one that is
    only reconstructed is an assumption, as of the last cut-off.
    """
    rows: list[dict[str, Any]] = [
        row
        for row in cast("Any", read(estimates)).to_pylist()
        if row["edition"] == "restricted"
        and row["stratum_by"] == "all"
        and row["item"] == "-"
        and row["as_of"] <= as_of
        and row["value"] is not None
    ]

    def measure(metric: str, per: str) -> Measured | None:
        found = [row for row in rows if (row["metric"], row["per"]) == (metric, per)]
        vouched = [row for row in found if row["basis"] != "reconstructed"]
        chosen = max(vouched or found, key=lambda row: row["as_of"], default=None)
        if chosen is None:
            return None
        return Measured(
            chosen["value"],
            chosen["low"],
            chosen["high"],
            chosen["as_of"],
            not vouched,
            chosen["numerator"],
            chosen["denominator"],
        )

    return measure
