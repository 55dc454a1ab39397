"""What the cost ledger and its results come to: sums by perspective, year and use; each input in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipeline.report.facts import SUM, quantity
from pipeline.report.results import label
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled
from pipeline.report.table import cell
from pipeline.text import number_da, percent_da

MILLION_OERE = 100_000_000
SHARED, SOCIETY = "shared", "society"
MILLION_NOTE = "Mio. kr.; negative tal er en udgift."
Entry = Mapping[str, Any]


def million(oere: int | Decimal | None, decimals: int = 1) -> Spelled:
    """An amount in millions of kroner, without its unit."""
    return cell(None) if oere is None else (Part(number_da(Decimal(oere) / MILLION_OERE, decimals)),)


def block_label(run: Run, block: str) -> str:
    """What a use type, the shared items or the sum is called."""
    found = run.word("cost_block", block)
    return label(run.codes, "use_type", block) if found == block else found


def net_present_values(run: Run) -> dict[tuple[str, str], int]:
    """Net present value in øre by perspective and block."""
    return {
        (row["perspective"], row["use_type"]): int(row["amount_oere"])
        for row in run.tables["cost_results"]
        if row["measure"] == "npv"
    }


def perspectives(run: Run) -> list[str]:
    """The perspectives that have results, in the order of their words."""
    present = dict.fromkeys(str(row["perspective"]) for row in run.tables["cost_results"])
    known = list(run.words.get("perspective", {}))
    return sorted(present, key=lambda code: known.index(code) if code in known else len(known))


def blocks(run: Run) -> list[str]:
    """The use types that have results, then what they share, then the sum."""
    present = {str(row["use_type"]) for row in run.tables["cost_results"]}
    listed = [code for code in run.codes["use_type"].codes if code in present]
    return [*listed, *(code for code in (SHARED, SUM) if code in present)]


def years(run: Run) -> list[int]:
    """The years, first to last."""
    return sorted({int(row["year"]) for row in run.tables["cost_results"]})


def concerns(row: Entry, perspective: str) -> bool:
    """Whether a ledger row counts in a perspective: its own account, or for society every account."""
    return perspective in (SOCIETY, row["account"])


def gross(run: Run, perspective: str) -> dict[int, tuple[int, int]]:
    """Costs and benefits in øre by year, undiscounted; transfers stand in neither for society."""
    made: dict[int, tuple[int, int]] = dict.fromkeys(years(run), (0, 0))
    for row in run.tables["cost_ledger"]:
        is_hidden = perspective == SOCIETY and row["receiver"] is not None
        if not concerns(row, perspective) or is_hidden:
            continue
        costs, benefits = made[row["year"]]
        amount = int(row["amount_oere"])
        made[row["year"]] = (costs + min(amount, 0), benefits + max(amount, 0))
    return made


def ranked(run: Run, perspective: str) -> list[Entry]:
    """A perspective's inputs that move its result, the one that moves it most first."""
    found = [
        row
        for row in run.tables["cost_sensitivity"]
        if row["perspective"] == perspective and row["npv_low_oere"] != row["npv_high_oere"]
    ]
    return sorted(
        found, key=lambda row: (-abs(row["npv_high_oere"] - row["npv_low_oere"]), row["assumption"])
    )


def is_assumed(run: Run, key: str) -> bool:
    """Whether an input has no source and is not measured."""
    return any(row["key"] == key and row["is_assumption"] for row in run.book.assumptions)


def input_text(run: Run, row: Entry, column: str) -> tuple[str, str]:
    """An input's number and its unit as a table prints them."""
    value, unit = quantity(row, column)
    if unit == "share":
        places = 0 if (value * 100) == (value * 100).to_integral_value() else 1
        return percent_da(value, places), "andel"
    if unit == "oere":
        value, unit = value / 100, "kr"
    places = 0 if value == value.to_integral_value() else 1 if abs(value) >= 10 else 2
    return number_da(value, places), run.word("unit", unit)
