"""The section ``costs`` of ``pipeline/params.yaml`` read strictly into the cost model."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from pipeline.economics.declared import MONEY, SHARE, Measure, assumption_rows, read_inputs
from pipeline.economics.discounting import Band, Schedule
from pipeline.economics.model import (
    ACCOUNTS,
    BASES,
    BENEFIT_CLASSES,
    SCENARIOS,
    SHARED,
    SHARED_BASES,
    Activity,
    Base,
    BenefitClass,
    Costs,
    Quantity,
    Roles,
    Scenario,
)
from pipeline.economics.section import AssumptionError, Section, failure

DIMENSIONS: dict[str, tuple[str, ...]] = {"kr/time": ("min", "timer"), "kr/km": ("km",), "kr": ()}

__all__ = ["AssumptionError", "assumption_rows", "parse_costs"]


def parse_costs(costs: Mapping[str, Any], uses: Sequence[str], measure: Measure) -> Costs:
    """The cost model of ``uses``; ``measure`` gives what the evaluation measured.

    Raises AssumptionError naming file and key at the first thing that is wrong.
    """
    root = Section("costs", costs)
    inputs = {key: item.quantity(measure) for key, item in read_inputs(root.section("inputs")).items()}
    roles = _roles(root.section("roles"), inputs, uses)
    parts = [Section(f"costs.activities[{n}]", item) for n, item in enumerate(root.items("activities"), 1)]
    model = Costs(
        decision_date=root.day("decision_date"),
        price_year=root.whole("price_year"),
        schedules=_schedules(root),
        roles=roles,
        inputs=inputs,
        activities=tuple(_activity(part, inputs, uses) for part in parts),
    )
    root.done()
    _complete(model)
    return model


def _schedules(root: Section) -> tuple[Schedule, ...]:
    made: list[Schedule] = []
    for number, item in enumerate(root.items("discounting"), 1):
        part = Section(f"costs.discounting[{number}]", item)
        valid_from = part.day("valid_from") if part.has("valid_from") else None
        bands: list[Band] = []
        for entry in part.items("bands"):
            band = Section(part.key("bands"), entry)
            bands.append(Band(band.whole("to_year") if band.has("to_year") else None, band.number("rate")))
            band.done()
            if not 0 <= bands[-1].rate < 1:
                raise failure(part.key("bands"), "renten skal være 0-1", "the rate must be 0-1")
        ends = [band.to_year for band in bands]
        known = [end for end in ends[:-1] if end is not None]
        if not ends or ends[-1] is not None or len(known) != len(ends) - 1 or known != sorted(set(known)):
            raise failure(
                part.key("bands"),
                "bånd skal stige, og det sidste være uden to_year",
                "bands must rise, and the last be without to_year",
            )
        made.append(Schedule(valid_from, tuple(bands), part.string("source")))
        part.done()
    return tuple(made)


def _roles(part: Section, inputs: Mapping[str, Quantity], uses: Sequence[str]) -> Roles:
    shares = part.section("shares")
    roles = Roles(
        volume=part.string("volume", inputs),
        failed=part.string("failed", _of_unit(inputs, [SHARE])),
        clinics=part.string("clinics", inputs),
        net_tax_factor=part.string("net_tax_factor", inputs),
        adoption=part.strings("adoption", _of_unit(inputs, [SHARE])),
        shares={use: shares.string(use, _of_unit(inputs, [SHARE])) for use in uses},
    )
    shares.done()
    part.done()
    total = sum((inputs[key].value for key in roles.shares.values()), Decimal(0))
    if total != 1:
        raise failure(
            shares.where, f"andelene skal give 1, giver {total}", f"the shares must add to 1, add to {total}"
        )
    return roles


def _of_unit(inputs: Mapping[str, Quantity], units: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(units)
    return tuple(key for key, item in inputs.items() if item.unit in wanted)


def _activity(part: Section, inputs: Mapping[str, Quantity], uses: Sequence[str]) -> Activity:
    amounts = tuple(key for key in inputs if inputs[key].unit not in MONEY)
    activity = Activity(
        name=part.string("name"),
        title=part.text("title"),
        uses=part.strings("uses", (*uses, SHARED)),
        scenario=cast("Scenario", part.string("scenario", SCENARIOS)),
        per=cast("Base", part.string("per", BASES)),
        quantity=part.strings("quantity", amounts) if part.has("quantity") else (),
        unit_cost=part.string("unit_cost", _of_unit(inputs, MONEY)),
        payer=part.string("payer", ACCOUNTS),
        receiver=part.string("receiver", ACCOUNTS) if part.has("receiver") else None,
        benefit_class=cast("BenefitClass", part.string("benefit_class", BENEFIT_CLASSES)),
        is_factor_price=part.boolean("is_factor_price") if part.has("is_factor_price") else False,
    )
    part.done()
    if (activity.per in SHARED_BASES) != (activity.uses == (SHARED,)):
        raise failure(
            part.key("per"), "fælles poster er pr. klinik eller år", "shared items are per clinic or year"
        )
    if activity.receiver is not None and (activity.is_factor_price or activity.receiver == activity.payer):
        raise failure(
            part.key("receiver"),
            "en overførsel har to parter og ingen afgiftsfaktor",
            "a transfer has two parties and no tax factor",
        )
    _fits(part, activity, inputs)
    return activity


def _fits(part: Section, activity: Activity, inputs: Mapping[str, Quantity]) -> None:
    """Minutes or hours go with an hourly rate, kilometres with a rate per km, and neither with a price."""
    wanted = DIMENSIONS[inputs[activity.unit_cost].unit]
    measured = [inputs[key].unit for key in activity.quantity if inputs[key].unit in ("min", "timer", "km")]
    if len(measured) != (1 if wanted else 0) or any(unit not in wanted for unit in measured):
        found = ", ".join(measured) or "-"
        raise failure(
            part.key("quantity"),
            f"enhederne {found} passer ikke til {inputs[activity.unit_cost].unit}",
            f"the units {found} do not go with {inputs[activity.unit_cost].unit}",
        )


def _complete(model: Costs) -> None:
    if all(item.valid_from and item.valid_from > model.decision_date for item in model.schedules):
        day = model.decision_date
        raise failure("costs.decision_date", f"ingen rente gælder {day}", f"no rate is in force on {day}")
    names = [activity.name for activity in model.activities]
    for name in names:
        if names.count(name) > 1:
            raise failure(
                "costs.activities", f"navnet {name} står to gange", f"the name {name} is there twice"
            )
    roles = model.roles
    used = {roles.volume, roles.failed, roles.clinics, roles.net_tax_factor, *roles.adoption}
    used |= set(roles.shares.values()) | {key for activity in model.activities for key in activity.keys}
    for key in model.inputs:
        if key not in used:
            raise failure(f"costs.inputs.{key}", "bruges ikke", "is not used")
