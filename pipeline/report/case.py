"""The business case as the reports see it: results by name, what is called what, amounts as printed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.report.facts import quantity
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled, millions
from pipeline.report.table import cell
from pipeline.text import full_date, number, percent, uncapitalised

MAIN, SUM, USES, SHARED, RISK, EVERYWHERE = "main", "sum", "uses", "shared", "risk", "all"
# The unit of an input that is printed as a percentage.
SHARE = "andel"
Entry = Mapping[str, Any]


def million(run: Run, oere: int | Decimal | None, decimals: int = 1) -> Spelled:
    """An amount in millions of kroner, without its unit."""
    return cell(None) if oere is None else (Part(millions(oere, decimals, run.language)),)


def million_note(run: Run) -> str:
    """What stands below a table in millions."""
    return run.say("Mio. kr.; negative tal er en udgift.", "DKK million; negative numbers are a cost.")


def amounts(run: Run, measure: str = "npv", *, case: str = MAIN, region: str = EVERYWHERE) -> dict[
    tuple[str, str, str, int], int
]:  # fmt: skip
    """Results in øre by alternative, perspective, block and year."""
    return {
        (row["alternative"], row["perspective"], row["use_type"], row["year"]): int(row["amount_oere"])
        for row in run.tables["cost_results"]
        if (row["measure"], row["case"], row["region"]) == (measure, case, region)
    }


def headline(run: Run) -> str:
    """The alternative that is shown where one is."""
    return str(run.model["decision"]["headline"])


def decision_perspective(run: Run) -> str:
    """The decision-maker's perspective."""
    return str(run.model["decision"]["perspective"])


def alternatives(run: Run) -> dict[str, str]:
    """The alternatives' titles by name, in the order of the model."""
    return {str(row["name"]): run.titled(row) for row in run.model["alternatives"]}


def perspectives(run: Run) -> dict[str, str]:
    """The perspectives' titles by name, in the order of the model."""
    return {str(row["name"]): run.titled(row) for row in run.model["perspectives"]}


def blocks(run: Run) -> dict[str, str]:
    """The uses' titles by code, then what they share, the risk pool and the sum."""
    made = {str(row["code"]): run.titled(row) for row in run.model["uses"]}
    made[SHARED] = run.say("Fælles omkostninger", "Shared costs")
    made[RISK] = run.say("Risikopulje", "Risk pool")
    return made | {SUM: run.say("I alt", "In all")}


def years(run: Run) -> list[int]:
    """The years, first to last."""
    return [int(year) for year in run.model["years"]]


def year_name(run: Run, year: int) -> str:
    """``År 2``."""
    return f"{run.say('År', 'Year')} {year}"


def listed(run: Run, words: Sequence[str]) -> str:
    """``a, b og c``; a word for none."""
    if len(words) < 2:
        return words[0] if words else run.say("ingen", "none")
    return f"{', '.join(words[:-1])} {run.say('og', 'and')} {words[-1]}"


def day_name(run: Run, iso: str | None) -> str | None:
    """A day of the model as it is printed; nothing where there is none."""
    return None if iso is None else full_date(date.fromisoformat(iso), run.language)


def counted(run: Run, perspective: str, alternative: str) -> Iterator[Entry]:
    """The ledger's rows that a perspective counts in an alternative, as the decision has it."""
    chosen = next(row for row in run.model["perspectives"] if row["name"] == perspective)
    for row in run.tables["cost_ledger"]:
        if (
            row["case"] == MAIN
            and row["alternative"] == alternative
            and row["account"] in chosen["accounts"]
            and row["benefit_class"] in chosen["classes"]
            and row["kind"] not in chosen["excludes"]
        ):
            yield row


def gross(run: Run, perspective: str, alternative: str) -> dict[int, tuple[int, int]]:
    """Costs and benefits in øre by year, undiscounted. Where both parties count, a transfer is in neither."""
    chosen = next(row for row in run.model["perspectives"] if row["name"] == perspective)
    made: dict[int, tuple[int, int]] = dict.fromkeys(years(run), (0, 0))
    for row in counted(run, perspective, alternative):
        is_internal = row["receiver"] in chosen["accounts"] and row["payer"] in chosen["accounts"]
        if row["receiver"] is not None and is_internal:
            continue
        costs, benefits = made[row["year"]]
        amount = int(row["amount_oere"])
        made[row["year"]] = (costs + min(amount, 0), benefits + max(amount, 0))
    return made


def ranked(run: Run, perspective: str, alternative: str) -> list[Entry]:
    """The inputs that move a result, the one that moves it most first."""
    found = [
        row
        for row in run.tables["cost_sensitivity"]
        if (row["perspective"], row["alternative"]) == (perspective, alternative)
        and row["npv_low_oere"] != row["npv_high_oere"]
    ]
    return sorted(
        found, key=lambda row: (-abs(row["npv_high_oere"] - row["npv_low_oere"]), row["assumption"])
    )


def turns(row: Entry) -> bool:
    """Whether an input turns the sign within its range, all else unchanged."""
    ends = (row["npv_low_oere"], row["npv_base_oere"], row["npv_high_oere"])
    return min(ends) < 0 <= max(ends)


def turning(run: Run, perspective: str, alternative: str) -> list[Entry]:
    """The inputs that turn the sign of an alternative's result by themselves, the strongest first."""
    return [row for row in ranked(run, perspective, alternative) if turns(row)]


def nearest(run: Run, perspective: str) -> str:
    """The alternative whose result is nearest to turning: the one with the highest net present value."""
    found = amounts(run)
    return max(alternatives(run), key=lambda name: found[name, perspective, SUM, 0])


def is_assumed(run: Run, key: str) -> bool:
    """Whether an input has no source and is not measured."""
    return bool(run.model["inputs"][key]["is_assumption"])


def input_text(run: Run, row: Entry, column: str) -> tuple[str, str]:
    """An input's number and its unit as a table prints them."""
    value, unit = quantity(row, column)
    if unit == "share":
        places = 0 if (value * 100) == (value * 100).to_integral_value() else 1
        return percent(value, places, run.language), SHARE
    if unit == "oere":
        value, unit = value / 100, "kr"
    is_money = unit.startswith("kr")
    tenths = (value * 10) == (value * 10).to_integral_value()
    places = (
        0 if value == value.to_integral_value() else 1 if abs(value) >= 10 or (tenths and not is_money) else 2
    )
    kinds = ("with_unit", "unit_one") if value == 1 else ("with_unit",)
    words = next((kind for kind in kinds if unit in run.words.get(kind, {})), "unit")
    return number(value, places, run.language), run.word(words, unit)


def input_said(run: Run, row: Entry, column: str) -> str:
    """``8 minutter``, ``5 %``, ``1.700``."""
    shown, unit = input_text(run, row, column)
    return shown if unit == SHARE else with_unit(unit, shown)


def ranged(run: Run, row: Entry) -> str:
    """``8 til 20 minutter``."""
    low, _ = input_text(run, row, "low")
    high, unit = input_text(run, row, "high")
    said = f"{low} {run.say('til', 'to')} {high}"
    return said if unit == SHARE else with_unit(unit, said)


def with_unit(unit: str, value: str) -> str:
    """A number with its unit after it, or where the unit's word says: ``DKK {} per hour``."""
    return unit.format(value) if "{}" in unit else f"{value} {unit}".strip()


def with_titles(run: Run, text: str) -> str:
    """A text of the model in which an input stands by its key, with the input's title instead."""

    def put(match: re.Match[str]) -> str:
        found = run.model["inputs"].get(match[0])
        outer = run.phrases.quotes
        return match[0] if found is None else f"{outer[0]}{uncapitalised(run.titled(found))}{outer[1]}"

    return re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", put, text)


def measured(run: Run, table: str, **wanted: str) -> list[Entry]:
    """The rows of a results table that fit."""
    return [row for row in run.tables[table] if all(row[key] == value for key, value in wanted.items())]
