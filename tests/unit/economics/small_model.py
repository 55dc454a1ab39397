"""A cost model small enough to compute by hand: two uses, one transfer, one shared cost in steps, one risk.

100 contacts in year 0, 200 in year 1, half of each use. A talk saves 30 minutes at 600 kr and takes 10; a
walk saves 12 minutes and takes 30. A fee of 50 kr moves from region to clinic per talk. A room of 1,000 kr
holds 60 contacts.
"""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.economics.assumptions import parse_costs
from pipeline.economics.declared import Measured
from pipeline.economics.model import Costs

TITLE = {"da": "x", "en": "x"}
ALL = ["cashable", "capacity_released", "quality"]


def given_input(
    value: float, unit: str, low: float | None = None, high: float | None = None, **more: Any
) -> dict[str, Any]:
    ends = {"low": value if low is None else low, "high": value if high is None else high}
    return {"title": TITLE, "value": value, "unit": unit, "source": "en kilde", **ends, **more}


def activity(name: str, **more: Any) -> dict[str, Any]:
    common = {
        "title": TITLE, "uses": ["talk"], "side": "with", "volume": "held", "payer": "clinic",
        "kind": "staff_time",
        "benefit_class": "capacity_released", "price_basis": "factor", "owner": TITLE, "unit_cost": "wage",
    }  # fmt: skip
    return {"name": name, **common, **more}


def perspective(name: str, accounts: list[str], classes: list[str], *excludes: str) -> dict[str, Any]:
    return {
        "name": name, "title": TITLE, "accounts": accounts, "classes": classes, "excludes": list(excludes),
        "why": {"da": "derfor", "en": "therefore"}, "source": "x",
    }  # fmt: skip


SECTION: dict[str, Any] = {
    "decision_date": date(2020, 3, 2),
    "price_year": 2019,
    "first_year": 0,
    "horizon": 2,
    "net_tax_factor": "tax",
    "tax_distortion": "distortion",
    "decision": {
        "title": TITLE, "perspective": "society", "alternatives": ["now", "later"], "baseline": TITLE,
        "headline": "now", "context": "usual", "path": "expected",
        "contacts": "held", "volume": "volume",
    },
    "settings": {
        "min_sourced_share": 0.8, "prior_alpha": 0.5, "prior_beta": 0.5, "mix_size": 20, "seed": 1,
        "log2_points": 8, "scrambles": 2, "price_growth": 0.5,
    },
    "discounting": [
        {"bands": [{"rate": 0.25}], "source": "x"},
        {"valid_from": date(2021, 1, 7), "bands": [{"rate": 0.035}], "source": "x"},
    ],
    "dated": {
        "tax": {
            "title": TITLE,
            "entries": [
                {"values": {"factor": 1.25}, "assumption": "ukendt"},
                {"valid_from": date(2023, 6, 22), "values": {"factor": 1.5}, "source": "x"},
            ],
        },
        "distortion": {
            "title": TITLE,
            "entries": [
                {"values": {"share": 0.2}, "source": "x"},
                {"valid_from": date(2017, 8, 28), "values": {"share": 0.1}, "source": "x"},
                {"valid_from": date(2023, 6, 22), "values": {"share": 0}, "source": "x"},
            ],
        },
        "price_index": {"title": TITLE, "entries": [{"values": {"2018": 100, "2019": 110}, "source": "x"}]},
    },
    "uses": [{"code": "talk", "title": TITLE}, {"code": "walk", "title": TITLE}],
    "inputs": {
        "volume": given_input(200, "antal/år", 50, 400),
        "fewer": given_input(20, "antal/år"),
        "slow": given_input(0.5, "andel", 0.2, 0.8),
        "talks": given_input(0.5, "vægt", 0.2, 0.8, group="mix", distribution="weight"),
        "walks": given_input(0.5, "vægt", 0.2, 0.8, group="mix", distribution="weight"),
        "before": given_input(30, "min", 15, 45),
        "after": {"title": TITLE, "from_metric": "m.minutes", "unit": "min", "low": 5, "high": 60},
        "walk_before": given_input(12, "min"),
        "walk_after": given_input(30, "min"),
        "wage": given_input(600, "kr/time", 300, 900),
        "fee": given_input(50, "kr", 0, 100),
        "room": given_input(1000, "kr"),
        "per_room": given_input(60, "antal"),
        "tax": {"title": TITLE, "unit": "faktor", "from_table": "tax.factor"},
        "distortion": {"title": TITLE, "unit": "andel", "from_table": "distortion.share"},
        "chance": given_input(0.5, "andel"),
        "residual": given_input(0.25, "andel", distribution="event"),
        "damage": given_input(400, "kr", 200, 600),
        "guard": given_input(30, "kr"),
    },
    "volumes": [
        {"name": "once", "per_use": False, "formula": "is_first", "title": TITLE},
        {"name": "adopted", "per_use": False, "formula": "min(1, slow * (year + 1))", "title": TITLE},
        {
            "name": "held", "per_use": True, "formula": "volume * adopted * share({use}s, total_mix)",
            "title": TITLE,
        },
        {"name": "rooms", "per_use": False, "formula": "ceil(share(all_held, per_room))", "title": TITLE},
    ],
    "activities": [
        activity("old", side="without", each="before / 60"),
        activity("new", each="after / 60"),
        activity("old_walk", uses=["walk"], side="without", each="walk_before / 60"),
        activity("new_walk", uses=["walk"], each="walk_after / 60"),
        activity(
            "fee", unit_cost="fee", payer="region", receiver="clinic", kind="fee", benefit_class="cashable",
            price_basis="consumer",
        ),
        activity(
            "room", uses=["shared"], volume="rooms", unit_cost="room", payer="region", kind="operation",
            benefit_class="cashable",
        ),
    ],
    "risks": [
        {
            "name": "flood", "title": TITLE, "owner": TITLE, "measure": TITLE, "chance": "chance",
            "residual": "residual", "consequence": "damage", "mitigation": "guard", "payer": "region",
        }
    ],
    "alternatives": [
        {"name": "now", "title": TITLE},
        {"name": "later", "title": TITLE, "bindings": {"volume": "fewer"}, "uses": ["talk"]},
    ],
    "contexts": [{"name": "usual", "title": TITLE}],
    "paths": [{"name": "expected", "title": TITLE}],
    "perspectives": [
        perspective("budget", ["region"], ["cashable"]),
        perspective("clinic", ["clinic"], ["cashable", "capacity_released"]),
        perspective("care", ["clinic", "region", "patient"], ALL, "production", "tax", "distortion"),
        perspective("society", ["clinic", "region", "municipality", "patient", "society"], ALL),
    ],
    "correlations": [{"inputs": ["before", "after"], "rho": 0.5, "why": TITLE}],
    "regions": [],
    "information": [{"name": "minutes", "title": TITLE, "inputs": ["before", "after"]}],
    "studies": [],
    "borrows": [],
    "two_way": {"across": "talks", "down": "walks", "steps": 3},
    "benefits": [],
}  # fmt: skip


def section() -> dict[str, Any]:
    """The model's section, to change and parse."""
    return deepcopy(SECTION)


def measure(_metric: str, per: str) -> Measured:
    """Ten minutes, or a share of 13 in 100."""
    day = date(2020, 1, 31)
    if per == "-":
        return Measured(Decimal(10), None, None, day)
    share, low, high = Decimal("0.13"), Decimal("0.08"), Decimal("0.21")
    return Measured(share, low, high, day, count=Decimal(13), size=Decimal(100))


def parse(content: dict[str, Any] | None = None) -> Costs:
    return parse_costs(section() if content is None else content, measure)
