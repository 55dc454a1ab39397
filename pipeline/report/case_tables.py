"""The alternatives side by side as tables: by perspective, frame, context and class of benefit."""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.report.case import (
    MAIN,
    SUM,
    alternatives,
    amounts,
    counted,
    decision_perspective,
    million,
    million_note,
    perspectives,
)
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row


def by_alternative(run: Run, key: str, caption: str) -> DataTable:
    """Net present value of every alternative in every perspective, beside going on as today."""
    found, known = amounts(run), alternatives(run)
    baseline = run.titled(run.model["decision"], "baseline")
    columns = (
        Column(run.say("Perspektiv", "Perspective"), is_number=False),
        Column(baseline),
        *(Column(title) for title in known.values()),
    )
    rows = tuple(
        Row(
            title,
            (million(run, 0), *(million(run, found[name, perspective, SUM, 0]) for name in known)),
            is_total=perspective == decision_perspective(run),
        )
        for perspective, title in perspectives(run).items()
    )
    return DataTable(key, caption, columns, rows, (million_note(run),))


def frame(run: Run, key: str, caption: str, views: Sequence[str]) -> DataTable:
    """Fees with the economic frame not binding and binding, for those whose accounts they move."""
    free, bound, known = amounts(run), amounts(run, "fixed_frame"), alternatives(run)
    rows: list[Row] = []
    for perspective in views:
        rows.append(Row(perspectives(run)[perspective], is_group=True))
        for title, found in (
            (run.say("Rammen binder ikke: honorarerne tæller", "Not binding: fees count"), free),
            (run.say("Rammen binder: honorarerne flytter intet", "Binding: fees move nothing"), bound),
        ):
            cells = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
            rows.append(Row(title, cells, is_indented=True))
    columns = (
        Column(run.say("Økonomiramme", "Economic frame"), is_number=False),
        *map(Column, known.values()),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")


def by_context(run: Run, key: str, caption: str, views: Sequence[str]) -> DataTable:
    """Every alternative in each context, perspective by perspective."""
    known = alternatives(run)
    rows: list[Row] = []
    for context in run.model["contexts"]:
        case = MAIN if context["name"] == run.model["decision"]["context"] else f"context:{context['name']}"
        found = amounts(run, case=case)
        rows.append(Row(run.titled(context), is_group=True))
        for perspective in views:
            cells = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
            rows.append(Row(perspectives(run)[perspective], cells, is_indented=True))
    columns = (
        Column(run.say("Perspektiv", "Perspective"), is_number=False),
        *map(Column, known.values()),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")


def consequences(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """What the alternatives come to by class: cashable, capacity released, quality."""
    known = alternatives(run)
    rows: list[Row] = []
    for kind in ("cashable", "capacity_released", "quality"):
        cells = tuple(
            million(
                run,
                sum(
                    (
                        Decimal(row["present_value_oere"])
                        for row in counted(run, perspective, name)
                        if row["benefit_class"] == kind
                    ),
                    Decimal(0),
                ),
            )
            for name in known
        )
        rows.append(Row(run.word("benefit_class", kind), cells))
    found = amounts(run)
    total = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
    rows.append(Row(run.say("Netto", "Net"), total, is_total=True))
    columns = (Column(run.say("Klasse", "Class"), is_number=False), *map(Column, known.values()))
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")
