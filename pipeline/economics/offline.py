"""The cost model as JSON: what the offline page and the notebooks compute with, without a line of Python."""

from typing import Any

from pipeline.economics.business_case import FEE, Sourced
from pipeline.economics.cost_ledger import DECIMALS, OERE_PER_KRONE
from pipeline.economics.expression import CEIL_SLACK
from pipeline.economics.information import informs
from pipeline.economics.model import Costs, Variant
from pipeline.economics.program import Program, uses_of
from pipeline.text import Text


def as_json(costs: Costs, program: Program, found: Sourced) -> dict[str, Any]:
    """Inputs, definitions and lines with their expression trees, variants, perspectives, dated tables and
    factors.

    An amount in a year is round(quantity tree × unit cost in øre), summed over the lines that a perspective
    counts, each year × its discount factor: the same as in ``cost_ledger``, to the øre where a quantity is
    rounded to ``rounding`` decimals first and the factors are taken from ``schedules``, where they are exact.
    """
    decision = costs.decision
    fees = {item.name for item in costs.activities if item.kind == FEE}
    return {
        "decision": {
            "title": _text(decision.title),
            "baseline": _text(decision.baseline),
            "perspective": decision.perspective,
            "alternatives": list(decision.alternatives),
            "headline": decision.headline,
            "context": decision.context,
            "path": decision.path,
            "volume": decision.volume,
            "date": costs.decision_date.isoformat(),
            "price_year": costs.price_year,
        },
        "years": list(costs.years),
        "factors": [float(costs.schedule.factor(year)) for year in costs.years],
        "schedules": [
            {
                "valid_from": item.valid_from.isoformat() if item.valid_from else None,
                "source": item.source,
                "is_decision": item is costs.schedule,
                "factors": [str(item.factor(year)) for year in costs.years],
                # Of the step to each year; year 0 has none before it.
                "rates": [str(item.rate(year)) if year else None for year in costs.years],
            }
            for item in costs.discounting.entries
        ],
        "rounding": {
            "ceil_slack": CEIL_SLACK,
            "quantity_decimals": DECIMALS,
            "oere_per_krone": OERE_PER_KRONE,
        },
        "inputs": {
            key: {
                "title": _text(item.title),
                "unit": item.unit,
                "value": float(item.value),
                "low": float(item.low),
                "high": float(item.high),
                "is_assumption": item.is_assumption,
                "source": item.source,
                "kind": item.kind,
                "group": item.group,
            }
            for key, item in costs.inputs.items()
        },
        "uses": [{"code": use.code, "title": _text(use.title)} for use in costs.uses],
        "definitions": [[item.key, item.use, item.tree] for item in program.definitions],
        "lines": [
            {
                "key": line.key,
                "activity": line.activity,
                "block": line.block,
                "title": _text(line.title),
                "sign": line.sign,
                "quantity": [line.quantity(year) for year in costs.years],
                "unit_cost": line.unit_cost,
                "account": line.account,
                "benefit_class": line.benefit_class,
                "kind": line.kind,
                "only": list(line.only),
                "stops_with_frame": line.activity in fees or line.receiver is not None,
            }
            for line in program.lines
        ],
        "alternatives": [
            _variant(item) | {"uses": list(uses_of(costs, item))} for item in costs.alternatives
        ],
        "contexts": [_variant(item) for item in costs.contexts],
        "paths": [_variant(item) for item in costs.paths],
        "perspectives": [
            {
                "name": item.name,
                "title": _text(item.title),
                "accounts": list(item.accounts),
                "classes": list(item.classes),
                "excludes": list(item.excludes),
                "why": _text(item.why),
                "source": item.source,
            }
            for item in costs.perspectives
        ],
        "risks": [
            {
                "name": item.name,
                "title": _text(item.title),
                "owner": _text(item.owner),
                "measure": _text(item.measure),
                "payer": item.payer,
                **{
                    name: float(costs.value(getattr(item, name)))
                    for name in ("chance", "residual", "consequence", "mitigation")
                },
            }
            for item in costs.risks
        ],
        "benefits": [
            {
                **{
                    name: _text(getattr(item, name))
                    for name in ("title", "measure", "baseline", "target", "owner")
                },
                "measured_on": item.measured_on.isoformat(),
            }
            for item in costs.benefits
        ],
        "studies": [
            {
                "name": item.name,
                "title": _text(item.title),
                "sizes": list(item.sizes),
                "refusal": _text(refusal) if (refusal := informs(item).refusal()) else None,
            }
            for item in costs.studies
        ],
        "dated": [_dated(costs, number) for number in range(len(costs.tables) + 1)],
        "sourced": {
            "sourced_oere": found.sourced_oere,
            "total_oere": found.total_oere,
            "sourced_inputs": found.sourced_inputs,
            "inputs": found.inputs,
            "is_example": found.share < float(costs.settings["min_sourced_share"]),
        },
        "settings": {key: float(value) for key, value in costs.settings.items()},
        "two_way": {"across": costs.two_way.across, "down": costs.two_way.down, "steps": costs.two_way.steps},
    }


def _dated(costs: Costs, number: int) -> dict[str, Any]:
    """One dated table on the day of the decision: what is in force, from when, until when, and from where."""
    if number == 0:
        table, entry = costs.discounting, costs.schedule
        values = {
            f"til år {band.to_year}" if band.to_year is not None else "derefter": float(band.rate)
            for band in entry.bands
        }
        is_assumption, source = False, entry.source
    else:
        table = costs.tables[number - 1]
        found = table.at(costs.decision_date)
        values = {key: float(value) for key, value in found.values.items()}
        entry, is_assumption, source = found, found.is_assumption, found.source
    change = table.next_change(costs.decision_date)
    return {
        "name": table.name,
        "title": _text(table.title),
        "values": values,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "next_change": change.isoformat() if change else None,
        "source": source,
        "is_assumption": is_assumption,
    }


def _variant(item: Variant) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": _text(item.title),
        "bindings": dict(item.bindings),
        "why": _text(item.why) if item.why else None,
    }


def _text(text: Text) -> dict[str, str]:
    return {"da": text.da, "en": text.en}
