"""How the file declares an input: read, and refused where it contradicts itself."""

from decimal import Decimal

from pipeline.economics.declared import MONEY, SHARE, Declared, check
from pipeline.economics.section import Section, failure

UNITS = (*MONEY, SHARE, "min", "timer", "km", "antal", "antal/år", "faktor", "år", "kg/km", "vægt")
KINDS = ("point", "pert", "triangular", "uniform", "event", "counts", "weight")
ORIGINS = ("from_metric", "from_table", "source", "assumption")


def read_inputs(section: Section) -> dict[str, Declared]:
    """Every input below ``costs.inputs``; a value in the file is checked at once."""
    found: dict[str, Declared] = {}
    for key in section.content:
        item = _declared(section.section(key))
        if item.value is not None:
            check(item.key, item.value, item.unit, item.low, item.high)
        found[key] = item
    return found


def _declared(part: Section) -> Declared:
    title, unit = part.text("title"), part.string("unit", UNITS)
    origins = [name for name in ORIGINS if part.has(name)]
    if len(origins) != 1:
        raise failure(
            part.where,
            f"skal have netop én af {', '.join(ORIGINS)}, fandt {len(origins)}",
            f"must have exactly one of {', '.join(ORIGINS)}, found {len(origins)}",
        )
    origin = origins[0]
    is_own = origin in ("source", "assumption")
    value = part.number("value") if is_own else None
    low = part.number("low") if part.has("low") or origin == "from_metric" else value
    high = part.number("high") if part.has("high") or origin == "from_metric" else value
    metric, per = "", "-"
    if origin == "from_metric":
        metric = part.string("from_metric")
        per = part.string("per") if part.has("per") else per
    made = Declared(
        key=part.where,
        title=title,
        value=value,
        unit=unit,
        low=Decimal(1) if low is None else low,
        high=Decimal(1) if high is None else high,
        source=part.string("source") if origin == "source" else metric if per == "-" else f"{metric} / {per}",
        why=part.text("assumption") if origin == "assumption" else None,
        metric=metric,
        per=per,
        table=part.string("from_table") if origin == "from_table" else "",
        kind=part.string("distribution", KINDS) if part.has("distribution") else "pert",
        group=part.string("group") if part.has("group") else "",
        price_year=part.whole("price_year") if part.has("price_year") else None,
        design_effect=part.number("design_effect") if part.has("design_effect") else Decimal(1),
    )
    if made.price_year is not None and unit not in MONEY:
        raise failure(part.key("price_year"), "hører kun til beløb", "belongs to amounts only")
    if made.design_effect < 1:
        raise failure(part.key("design_effect"), "er mindst 1", "is at least 1")
    part.done()
    return made
