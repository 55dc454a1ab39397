"""The business case's numbers by name, for the narrative: ``cost.<result>``."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.report.case import (
    MAIN,
    RISK,
    SHARED,
    SUM,
    alternatives,
    amounts,
    blocks,
    decision_perspective,
    headline,
    listed,
    nearest,
    perspectives,
    turning,
)
from pipeline.report.results import Fact
from pipeline.report.run import Run
from pipeline.text import uncapitalised

EPOCH = date(1970, 1, 1)


def facts(run: Run) -> Iterator[Fact]:
    """``cost.npv``, ``sign``, ``size`` by perspective, and alternative and use_type where they are not the
    headline and the sum; ``mean``, ``low``, ``high``, ``chance`` of the draws; ``evpi``, ``knowing`` by group
    and ``best_input``; what rests on sources; the alternative nearest to turning, ``cheapest``, ``gainers``
    and ``losers`` by perspective; what the map over two assumptions spans; the day of decision and the price
    year."""
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
    single = [row for row in run.tables["cost_information"] if row["kind"] == "evppi"]
    top = max(single, key=lambda row: (row["value_oere"], row["name"]))
    yield Fact("cost.best_input", Decimal(top["value_oere"]), "oere")
    yield Fact("cost.best_input_title", Decimal(0), "", text=uncapitalised(run.titled(top)))
    for row in groups:
        yield Fact("cost.knowing", Decimal(row["value_oere"]), "oere", {"group": str(row["name"])})
    yield from _sources(run)
    yield from _turns(run)
    yield from _uses(run)
    yield from _map(run)
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
        run.say("et regneeksempel", "a worked example")
        if rests["is_example"]
        else run.say("en business case", "a business case")
    )
    yield Fact("cost.word", Decimal(0), "", text=word)


def _turns(run: Run) -> Iterator[Fact]:
    """The alternative nearest to turning, and how many inputs turn its sign by themselves; the cheapest."""
    perspective = decision_perspective(run)
    name = nearest(run, perspective)
    yield Fact("cost.nearest", Decimal(0), "", text=alternatives(run)[name])
    yield Fact("cost.turns", Decimal(len(turning(run, perspective, name))), "count")
    found = amounts(run)
    for view in perspectives(run):
        best = max(alternatives(run), key=lambda code: found[code, view, SUM, 0])
        is_gain = found[best, view, SUM, 0] > 0
        title = alternatives(run)[best] if is_gain else run.titled(run.model["decision"], "baseline")
        yield Fact("cost.cheapest", Decimal(0), "", {"perspective": view}, text=title)


def _uses(run: Run) -> Iterator[Fact]:
    """The uses that bring something before shared costs, and those that take away, the largest first."""
    found, name = amounts(run), headline(run)
    own = {code: title for code, title in blocks(run).items() if code not in (SHARED, RISK, SUM)}
    for view in perspectives(run):
        worth = {code: found.get((name, view, code, 0), 0) for code in own}
        for kind, chosen in (
            ("gainers", sorted((code for code in own if worth[code] > 0), key=lambda code: -worth[code])),
            ("losers", sorted((code for code in own if worth[code] < 0), key=lambda code: worth[code])),
        ):
            said = listed(run, [uncapitalised(own[code]) for code in chosen])
            yield Fact(f"cost.{kind}", Decimal(len(chosen)), "", {"perspective": view}, text=said)


def _map(run: Run) -> Iterator[Fact]:
    """The least and the most of the map over two assumptions, and whether its zero line is in it."""
    view = decision_perspective(run)
    rows = run.tables["cost_two_way"]
    found = [row["npv_oere"] for row in rows if row["perspective"] == view and row["npv_oere"] is not None]
    yield Fact("cost.map_least", Decimal(min(found)), "oere")
    yield Fact("cost.map_most", Decimal(max(found)), "oere")
    line = run.say("Den tykke linje er nul", "The thick line is zero")
    if max(found) < 0:
        line = run.say("Ingen sammensætning giver nul eller mere", "No mix gives zero or more")
    if min(found) > 0:
        line = run.say("Enhver sammensætning giver mere end nul", "Every mix gives more than zero")
    yield Fact("cost.map_line", Decimal(0), "", text=line)


def _sign(run: Run, amount: Decimal) -> str:
    return run.say("positiv", "positive") if amount >= 0 else run.say("negativ", "negative")


def _place(run: Run, perspective: str, alternative: str, block: str) -> dict[str, str]:
    place = {"perspective": perspective}
    if alternative != headline(run):
        place["alternative"] = alternative
    return place if block == SUM else {**place, "use_type": block}
