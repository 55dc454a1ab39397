"""The section ``costs`` of ``pipeline/params.yaml`` read strictly into the cost model."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from pipeline.economics.accounts import ACCOUNTS, BENEFIT_CLASSES, KINDS, Perspective
from pipeline.economics.activities import read_activities, read_risks, read_volumes
from pipeline.economics.consistency import consistent
from pipeline.economics.dated import DatedTable, Values
from pipeline.economics.declared import Context, Measure, assumption_row
from pipeline.economics.discounting import Band, Schedule
from pipeline.economics.inputs import read_inputs
from pipeline.economics.inquiry import (
    read_borrow,
    read_correlation,
    read_interest,
    read_study,
    read_two_way,
)
from pipeline.economics.model import Benefit, Costs, Decision, Quantity, Region, Use, Variant
from pipeline.economics.section import AssumptionError, Section, failure
from pipeline.text import Text

__all__ = ["AssumptionError", "assumption_rows", "parse_costs"]

SETTINGS = (
    "min_sourced_share", "prior_alpha", "prior_beta", "mix_size", "seed", "log2_points", "scrambles",
    "price_growth",
)  # fmt: skip


def parse_costs(costs: Mapping[str, Any], measure: Measure) -> Costs:
    """The cost model; ``measure`` gives what the evaluation measured.

    Raises AssumptionError naming file and key at the first thing that is wrong.
    """
    root = Section("costs", costs)
    day, price_year = root.day("decision_date"), root.whole("price_year")
    tables = {table.name: table for table in _tables(root.section("dated"))}
    context = Context(day, price_year, tables, measure)
    inputs = {key: item.quantity(context) for key, item in read_inputs(root.section("inputs")).items()}
    uses = tuple(_use(Section(f"costs.uses[{n}]", item)) for n, item in enumerate(root.items("uses"), 1))
    codes = [use.code for use in uses]
    risks, risk_activities = read_risks(root, inputs)
    volumes = read_volumes(root, codes)
    activities = (*read_activities(root, inputs, codes, volumes), *risk_activities)
    alternatives = tuple(_variants(root, "alternatives", inputs, codes))
    decision = _decision(root.section("decision"), inputs)
    counted = [key for key, item in inputs.items() if item.kind == "counts"]
    model = Costs(
        decision_date=day,
        price_year=price_year,
        first_year=root.whole("first_year"),
        horizon=root.whole("horizon"),
        discounting=DatedTable("discounting", Text("Kalkulationsrente", "Discount rate"), _schedules(root)),
        tables=tuple(tables.values()),
        inputs=inputs,
        uses=uses,
        volumes=volumes,
        activities=activities,
        alternatives=alternatives,
        contexts=tuple(_variants(root, "contexts", inputs, codes)),
        paths=tuple(_variants(root, "paths", inputs, codes)),
        perspectives=tuple(
            _perspective(Section(f"costs.perspectives[{n}]", item))
            for n, item in enumerate(root.items("perspectives"), 1)
        ),
        risks=risks,
        correlations=tuple(
            read_correlation(Section(f"costs.correlations[{n}]", item), inputs)
            for n, item in enumerate(root.items("correlations"), 1)
        ),
        regions=tuple(
            _region(Section(f"costs.regions[{n}]", item), inputs)
            for n, item in enumerate(root.items("regions"), 1)
        ),
        groups_of_interest=tuple(
            read_interest(Section(f"costs.information[{n}]", item), inputs)
            for n, item in enumerate(root.items("information"), 1)
        ),
        studies=tuple(
            read_study(Section(f"costs.studies[{n}]", item), inputs)
            for n, item in enumerate(root.items("studies"), 1)
        ),
        borrows=tuple(
            read_borrow(Section(f"costs.borrows[{n}]", item), counted)
            for n, item in enumerate(root.items("borrows"), 1)
        ),
        two_way=read_two_way(root.section("two_way"), inputs),
        benefits=tuple(
            _benefit(Section(f"costs.benefits[{n}]", item))
            for n, item in enumerate(root.items("benefits"), 1)
        ),
        decision=decision,
        settings=_settings(root.section("settings")),
        net_tax_factor=root.string("net_tax_factor", inputs),
        tax_distortion=root.string("tax_distortion", inputs),
    )
    root.done()
    return consistent(model)


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


def _tables(part: Section) -> Iterable[DatedTable[Values]]:
    for name in part.content:
        table = part.section(name)
        title, entries = table.text("title"), list[Values]()
        for number, item in enumerate(table.items("entries"), 1):
            entry = Section(f"{table.where}.entries[{number}]", item)
            values = entry.section("values")
            has_source = entry.has("source")
            entries.append(
                Values(
                    entry.day("valid_from") if entry.has("valid_from") else None,
                    {key: values.number(key) for key in values.content},
                    entry.string("source") if has_source else entry.string("assumption"),
                    not has_source,
                )
            )
            entry.done()
        days = [item.valid_from or date.min for item in entries]
        if not entries or days != sorted(set(days)):
            raise failure(table.key("entries"), "datoerne skal stige", "the dates must rise")
        table.done()
        yield DatedTable(name, title, tuple(entries))


def _use(part: Section) -> Use:
    made = Use(part.string("code"), part.text("title"))
    part.done()
    return made


def _variants(
    root: Section, name: str, inputs: Mapping[str, Quantity], uses: Iterable[str]
) -> Iterable[Variant]:
    for number, item in enumerate(root.items(name), 1):
        part = Section(f"costs.{name}[{number}]", item)
        bindings = part.section("bindings") if part.has("bindings") else None
        made: dict[str, str] = {}
        for key in bindings.content if bindings else ():
            assert bindings is not None
            other = bindings.string(key, inputs)
            if key not in inputs or inputs[key].unit != inputs[other].unit:
                raise failure(
                    bindings.key(key),
                    f"{other} kan ikke stå i stedet for {key}: det skal være en forudsætning i samme enhed",
                    f"{other} cannot stand for {key}: it must be an input of the same unit",
                )
            made[key] = other
        chosen = part.strings("uses", tuple(uses)) if part.has("uses") else ()
        why = part.text("why") if part.has("why") else None
        yield Variant(part.string("name"), part.text("title"), made, chosen, why)
        part.done()


def _perspective(part: Section) -> Perspective:
    made = Perspective(
        part.string("name"),
        part.text("title"),
        cast("Any", part.strings("accounts", ACCOUNTS)),
        cast("Any", part.strings("classes", BENEFIT_CLASSES)),
        cast("Any", part.strings("excludes", KINDS)) if part.has("excludes") else (),
        part.text("why"),
        part.string("source"),
    )
    part.done()
    return made


def _region(part: Section, inputs: Mapping[str, Quantity]) -> Region:
    made = Region(part.string("code"), part.string("share", inputs))
    part.done()
    return made


def _benefit(part: Section) -> Benefit:
    title, measure, baseline, target, owner = (
        part.text(name) for name in ("title", "measure", "baseline", "target", "owner")
    )
    made = Benefit(title, measure, baseline, target, owner, part.day("measured_on"))
    part.done()
    return made


def _decision(part: Section, inputs: Mapping[str, Quantity]) -> Decision:
    made = Decision(
        title=part.text("title"),
        perspective=part.string("perspective"),
        alternatives=part.strings("alternatives"),
        baseline=part.text("baseline"),
        headline=part.string("headline"),
        context=part.string("context"),
        path=part.string("path"),
        contacts=part.string("contacts"),
        volume=part.string("volume", inputs),
    )
    part.done()
    return made


def _settings(part: Section) -> dict[str, Decimal]:
    made = {name: part.number(name) for name in SETTINGS}
    part.done()
    return made


def assumption_rows(costs: Mapping[str, Any], measure: Measure | None = None) -> list[dict[str, object]]:
    """Every input of the ``costs`` section as a row for report and codebook, in the order of the file.

    Without ``measure`` the value of a measured input is None.
    """
    root = Section("costs", costs)
    tables = {table.name: table for table in _tables(root.section("dated"))}
    context = Context(root.day("decision_date"), root.whole("price_year"), tables, measure)
    return [
        assumption_row(key, item, None if item.metric and measure is None else item.quantity(context))
        for key, item in read_inputs(root.section("inputs")).items()
    ]
