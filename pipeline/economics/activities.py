"""Volumes, activities and risks read from the section ``costs``: what there is of things, and what each
costs.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pipeline.economics.accounts import (
    BENEFIT_CLASSES,
    KINDS,
    MADE_KINDS,
    PARTIES,
    PRICE_BASES,
    SIDES,
    SOCIETY,
)
from pipeline.economics.declared import MONEY, PRICES, SHARE
from pipeline.economics.model import RISK, SHARED, Activity, Quantity, Risk, Volume
from pipeline.economics.section import Section, failure
from pipeline.text import Text

MOST_RISKS = 12
ONCE = "once"


def read_volumes(root: Section, uses: Sequence[str]) -> tuple[Volume, ...]:
    """Every volume in the order of the file; a formula knows only those before it."""
    made: list[Volume] = []
    for number, item in enumerate(root.items("volumes"), 1):
        part = Section(f"costs.volumes[{number}]", item)
        chosen = part.strings("uses", uses) if part.has("uses") else tuple(uses)
        is_per_use = part.boolean("per_use")
        made.append(
            Volume(
                part.string("name"), part.string("formula"), chosen if is_per_use else (), part.text("title")
            )
        )
        part.done()
    return tuple(made)


def read_activities(
    root: Section, inputs: Mapping[str, Quantity], uses: Sequence[str], volumes: Sequence[Volume]
) -> tuple[Activity, ...]:
    """Every activity; an hour that two value is refused, since it is worked or free but not both."""
    made: list[Activity] = []
    hours: dict[tuple[str, str, str], str] = {}
    for number, item in enumerate(root.items("activities"), 1):
        part = Section(f"costs.activities[{number}]", item)
        activity = _activity(part, inputs, uses, volumes)
        made.append(activity)
        if not activity.hours_of:
            continue
        for use in activity.uses:
            other = hours.setdefault((use, activity.side, activity.hours_of), activity.name)
            if other != activity.name:
                raise failure(
                    part.key("hours_of"),
                    f"timerne {activity.hours_of} er værdisat i {other}; en time er arbejde eller fritid",
                    f"the hours {activity.hours_of} are valued in {other}; an hour is work or leisure",
                )
    return tuple(made)


def _activity(
    part: Section, inputs: Mapping[str, Quantity], uses: Sequence[str], volumes: Sequence[Volume]
) -> Activity:
    priced = [key for key, item in inputs.items() if item.unit in MONEY]
    unit_cost = part.string("unit_cost", priced)
    activity = Activity(
        name=part.string("name"),
        title=part.text("title"),
        uses=part.strings("uses", (*uses, SHARED)),
        side=cast("Any", part.string("side", SIDES)),
        volume=part.string("volume", [item.name for item in volumes]),
        each=str(part.raw("each")) if part.has("each") else "1",
        unit=PRICES[inputs[unit_cost].unit],
        unit_cost=unit_cost,
        payer=cast("Any", part.string("payer", (*PARTIES, SOCIETY))),
        receiver=cast("Any", part.string("receiver", PARTIES)) if part.has("receiver") else None,
        kind=cast("Any", part.string("kind", [kind for kind in KINDS if kind not in MADE_KINDS])),
        benefit_class=cast("Any", part.string("benefit_class", BENEFIT_CLASSES)),
        price_basis=cast("Any", part.string("price_basis", PRICE_BASES)),
        has_vat=part.boolean("has_vat") if part.has("has_vat") else False,
        owner=part.text("owner"),
        lag=part.whole("lag") if part.has("lag") else 0,
        only=part.strings("only") if part.has("only") else (),
        hours_of=part.string("hours_of") if part.has("hours_of") else "",
    )
    part.done()
    if activity.receiver is not None and (
        activity.price_basis == "factor" or activity.receiver == activity.payer
    ):
        raise failure(
            part.key("receiver"),
            "en overførsel har to parter og ingen afgiftsfaktor",
            "a transfer has two parties and no tax factor",
        )
    counted = next(item for item in volumes if item.name == activity.volume)
    lacking = [use for use in activity.uses if use not in (counted.uses or (SHARED,))]
    if lacking:
        raise failure(
            part.key("volume"),
            f"{activity.volume} findes ikke for {', '.join(lacking)}",
            f"there is no {activity.volume} of {', '.join(lacking)}",
        )
    if activity.price_basis == "factor" and activity.has_vat:
        raise failure(
            part.key("has_vat"), "en faktorpris er uden moms", "a factor price is without value-added tax"
        )
    return activity


def read_risks(
    root: Section, inputs: Mapping[str, Quantity]
) -> tuple[tuple[Risk, ...], tuple[Activity, ...]]:
    """The risk pool, and its activities: the residual event × consequence once, and what mitigating costs."""
    risks: list[Risk] = []
    activities: list[Activity] = []
    chances = [key for key, item in inputs.items() if item.unit == SHARE]
    prices = [key for key, item in inputs.items() if item.unit == "kr"]
    items = root.items("risks")
    if len(items) > MOST_RISKS:
        raise failure(
            "costs.risks", f"højst {MOST_RISKS} risici, fandt {len(items)}", f"at most {MOST_RISKS} risks"
        )
    for number, item in enumerate(items, 1):
        part = Section(f"costs.risks[{number}]", item)
        risk = Risk(
            name=part.string("name"),
            title=part.text("title"),
            owner=part.text("owner"),
            measure=part.text("measure"),
            chance=part.string("chance", chances),
            residual=part.string("residual", chances),
            consequence=part.string("consequence", prices),
            mitigation=part.string("mitigation", prices),
            payer=cast("Any", part.string("payer", PARTIES)),
        )
        part.done()
        if inputs[risk.residual].kind != "event":
            raise failure(
                part.key("residual"),
                "en risiko er en begivenhed (distribution: event), ikke et spænd",
                "a risk is an event (distribution: event), not a range",
            )
        risks.append(risk)
        activities += _of_risk(risk)
    used = [key for risk in risks for key in (risk.chance, risk.residual, risk.consequence, risk.mitigation)]
    for key in used:
        if used.count(key) > 1:
            raise failure("costs.risks", f"{key} står to gange", f"{key} is there twice")
    return tuple(risks), tuple(activities)


def _of_risk(risk: Risk) -> tuple[Activity, Activity]:
    def activity(suffix: str, title: Text, each: str, unit_cost: str, kind: str) -> Activity:
        return Activity(
            name=f"{risk.name}_{suffix}", title=title, uses=(RISK,), side="with", volume=ONCE, each=each,
            unit="antal", unit_cost=unit_cost, payer=risk.payer, receiver=None, kind=cast("Any", kind),
            benefit_class="cashable", price_basis="factor", has_vat=False, owner=risk.owner, lag=0, only=(),
            hours_of="",
        )  # fmt: skip

    prevented = Text(f"{risk.title.da}: forebyggelse", f"{risk.title.en}: mitigation")
    return (
        activity("event", risk.title, risk.residual, risk.consequence, "risk"),
        activity("mitigation", prevented, "1", risk.mitigation, "project"),
    )
