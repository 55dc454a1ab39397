"""What must hold of the cost model as a whole, once all of it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from pipeline.economics.dated import NotInForceError
from pipeline.economics.definitions import TOTAL, known_names, said
from pipeline.economics.expression import FormulaError, Tree, names, parse
from pipeline.economics.model import RISK, Costs
from pipeline.economics.section import failure


def consistent(model: Costs) -> Costs:
    """The model with its formulas parsed.

    Raises AssumptionError at the first name that stands for nothing, input that nothing uses, group of
    weights that is not whole, or risk that is a range besides.
    """
    _complete(model)
    formulas = dict(_formulas(model))
    _all_used(model, formulas)
    _risks_apart(model, formulas)
    return replace(model, formulas=formulas)


def _complete(model: Costs) -> None:
    """What is named must exist, be named once, and be in force."""
    try:
        model.discounting.at(model.decision_date)
    except NotInForceError as error:
        raise failure("costs.decision_date", *str(error).split(" / ", 1)) from error
    if model.horizon < 1 or model.first_year not in (0, 1):
        raise failure(
            "costs.first_year", "er 0 eller 1, og horizon mindst 1", "is 0 or 1, and horizon at least 1"
        )
    listed = {
        "activities": [item.name for item in model.activities],
        "volumes": [item.name for item in model.volumes],
        "alternatives": [item.name for item in model.alternatives],
        "contexts": [item.name for item in model.contexts],
        "paths": [item.name for item in model.paths],
        "perspectives": [item.name for item in model.perspectives],
    }
    for where, found in listed.items():
        for name in found:
            if found.count(name) > 1:
                raise failure(
                    f"costs.{where}", f"navnet {name} står to gange", f"the name {name} is there twice"
                )
    chosen = model.decision
    wanted = [
        ("perspective", chosen.perspective, listed["perspectives"]),
        ("headline", chosen.headline, listed["alternatives"]),
        ("context", chosen.context, listed["contexts"]),
        ("path", chosen.path, listed["paths"]),
        ("contacts", chosen.contacts, [item.name for item in model.volumes if item.uses]),
        *(("alternatives", name, listed["alternatives"]) for name in chosen.alternatives),
    ]
    for key, name, known in wanted:
        if name not in known:
            raise failure(
                f"costs.decision.{key}",
                f"»{name}« findes ikke; kendte er {', '.join(known)}",
                f"'{name}' does not exist; known are {', '.join(known)}",
            )
    for activity in model.activities:
        for name in activity.only:
            if name not in listed["alternatives"]:
                raise failure(
                    f"costs.activities.{activity.name}.only",
                    f"alternativet {name} findes ikke",
                    f"there is no alternative {name}",
                )


def _formulas(model: Costs) -> Iterable[tuple[str, Tree]]:
    """Every formula as it stands once ``{use}`` is said, parsed, with all its names known."""
    for place, volume in enumerate(model.volumes):
        for use in volume.uses or ("",):
            known = known_names(model, model.volumes[:place], use)
            yield _formula(f"costs.volumes.{volume.name}", volume.formula, use, known)
    for activity in model.activities:
        for block in activity.uses:
            where = f"costs.activities.{activity.name}.each"
            yield _formula(where, activity.each, block, set(model.inputs))


def _formula(where: str, text: str, use: str, known: set[str]) -> tuple[str, Tree]:
    formula = said(text, use)
    try:
        tree = parse(formula)
    except FormulaError as error:
        raise failure(where, *str(error).split(" / ", 1)) from error
    for name in names(tree):
        if name not in known:
            raise failure(where, f"kender ikke navnet {name}", f"does not know the name {name}")
    return formula, tree


def _all_used(model: Costs, formulas: Mapping[str, Tree]) -> None:
    used = {name for tree in formulas.values() for name in names(tree)}
    used |= {key for group, keys in model.groups.items() if TOTAL + group in used for key in keys}
    used |= {activity.unit_cost for activity in model.activities}
    used |= {key for risk in model.risks for key in (risk.chance, risk.residual)}
    for variant in (*model.alternatives, *model.contexts, *model.paths):
        used |= set(variant.bindings.values())
    used |= {model.net_tax_factor, model.tax_distortion, *(item.share for item in model.regions)}
    for key in model.inputs:
        if key not in used:
            raise failure(f"costs.inputs.{key}", "bruges ikke", "is not used")
    for key, item in model.inputs.items():
        if (item.kind == "weight") != bool(item.group):
            raise failure(
                f"costs.inputs.{key}", "en vægt har en gruppe, andre ikke", "a weight has a group, others not"
            )
    for name, keys in model.groups.items():
        total = sum((model.value(key) for key in keys), Decimal(0))
        if total != 1:
            raise failure(
                f"costs.inputs ({name})",
                f"vægtene skal give 1, giver {total}",
                f"the weights must add to 1, add to {total}",
            )


def _risks_apart(model: Costs, formulas: Mapping[str, Tree]) -> None:
    """What is a risk event is no range besides: its inputs stand in the risk pool and nowhere else."""
    own = {
        key for risk in model.risks for key in (risk.chance, risk.residual, risk.consequence, risk.mitigation)
    }
    others = [item for item in model.activities if RISK not in item.uses]
    used = {item.unit_cost for item in others}
    texts = [said(item.each, block) for item in others for block in item.uses]
    texts += [said(item.formula, use) for item in model.volumes for use in item.uses or ("",)]
    used |= {name for text in texts for name in names(formulas[text])}
    for key in sorted(own & used):
        raise failure(
            f"costs.inputs.{key}",
            "er både en risiko og et spænd; det må kun være det ene",
            "is both a risk and a range; it may be one of them only",
        )
