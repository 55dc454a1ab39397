"""The business case's numbers by name, for the narrative: ``cost.<result>``."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.report.case import (
    MAIN,
    SUM,
    alternatives,
    amounts,
    blocks,
    decision_perspective,
    headline,
    nearest,
    perspectives,
    ranged,
    turning,
)
from pipeline.report.results import Fact
from pipeline.report.run import Run

EPOCH = date(1970, 1, 1)
SHOWN_TURNS = 3


def facts(run: Run) -> Iterator[Fact]:
    """``cost.npv``, ``sign``, ``kind``, ``size`` by perspective, and alternative and use_type where they are
    not the headline and the sum; ``mean``, ``low``, ``high``, ``chance`` of the draws; ``evpi``; what rests
    on sources; the inputs that turn the sign; the day of decision and the price year."""
    found = amounts(run)
    for perspective in perspectives(run):
        for alternative in alternatives(run):
            for block in blocks(run):
                amount = Decimal(found.get((alternative, perspective, block, 0), 0))
                place = _place(run, perspective, alternative, block)
                yield Fact("cost.npv", amount, "oere", place)
                yield Fact("cost.size", abs(amount), "oere", place)
                yield Fact("cost.sign", amount, "", place, text=_sign(run, amount))
    for row in run.tables["cost_uncertainty"]:
        place = _place(run, str(row["perspective"]), str(row["alternative"]), SUM)
        for name in ("mean", "low", "high"):
            yield Fact(f"cost.{name}", Decimal(row[f"{name}_oere"]), "oere", place)
        yield Fact("cost.chance", Decimal(row["probability"]), "share", place)
    (everything,) = [row for row in run.tables["cost_information"] if row["kind"] == "evpi"]
    yield Fact("cost.evpi", Decimal(everything["value_oere"]), "oere")
    groups = [row for row in run.tables["cost_information"] if row["kind"] == "group"]
    best = max(groups, key=lambda row: (row["value_oere"], row["name"]))
    yield Fact("cost.best_study", Decimal(best["value_oere"]), "oere")
    yield Fact("cost.best_study_title", Decimal(0), "", text=run.titled(best).lower())
    yield from _sources(run)
    yield from _turns(run)
    decision = run.model["decision"]
    yield Fact("cost.decision_date", Decimal((date.fromisoformat(decision["date"]) - EPOCH).days), "day")
    yield Fact("cost.price_year", Decimal(decision["price_year"]), "", text=str(decision["price_year"]))
    yield Fact("cost.ledger_rows", Decimal(len(run.tables["cost_ledger"])), "count")
    own = sum(row["case"] == MAIN for row in run.tables["cost_ledger"])
    yield Fact("cost.ledger_rows_main", Decimal(own), "count")


def _sources(run: Run) -> Iterator[Fact]:
    rests: Mapping[str, Any] = run.model["sourced"]
    yield Fact("cost.sourced", Decimal(rests["sourced_oere"]), "oere")
    yield Fact("cost.total", Decimal(rests["total_oere"]), "oere")
    share = (
        Decimal(rests["sourced_oere"]) / Decimal(rests["total_oere"]) if rests["total_oere"] else Decimal(0)
    )
    yield Fact("cost.sourced_share", share, "share")
    word = (
        run.say("regneeksempel", "worked example")
        if rests["is_example"]
        else run.say("business case", "business case")
    )
    yield Fact("cost.word", Decimal(0), "", text=word)


def _turns(run: Run) -> Iterator[Fact]:
    """The alternative nearest to turning, and the inputs that turn its sign by themselves."""
    perspective = decision_perspective(run)
    name = nearest(run, perspective)
    yield Fact("cost.nearest", Decimal(0), "", text=alternatives(run)[name])
    found = turning(run, perspective, name)
    yield Fact("cost.turns", Decimal(len(found)), "count")
    for place in range(SHOWN_TURNS):
        text = run.say("ingen flere gør det alene", "no more do so alone")
        if place < len(found):
            text = f"{run.titled(found[place])} ({ranged(run, found[place])})"
        yield Fact("cost.turn", Decimal(place + 1), "", {"place": str(place + 1)}, text=text)


def _sign(run: Run, amount: Decimal) -> str:
    return run.say("positiv", "positive") if amount >= 0 else run.say("negativ", "negative")


def _place(run: Run, perspective: str, alternative: str, block: str) -> dict[str, str]:
    place = {"perspective": perspective}
    if alternative != headline(run):
        place["alternative"] = alternative
    return place if block == SUM else {**place, "use_type": block}
