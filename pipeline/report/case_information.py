"""What knowing more before the choice is worth, as tables."""

from collections.abc import Sequence

from pipeline.report.case import (
    decision_perspective,
    measured,
    million,
    perspectives,
    with_titles,
)
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import capitalised, number, uncapitalised

KNOWN_TOGETHER = ("evpi", "group")


def information(
    run: Run, key: str, caption: str, wanted: Sequence[str] = (*KNOWN_TOGETHER, "evppi")
) -> DataTable:
    """What knowing everything, a group or one input before the choice is worth to the decision-maker."""
    rows: list[Row] = []
    kinds = (
        ("evpi", run.say("Alt", "Everything")),
        ("group", run.say("Hvad én undersøgelse kan belyse", "What one study can inform")),
        ("evppi", run.say("Én forudsætning", "One input")),
    )
    for kind, title in kinds:
        if kind not in wanted:
            continue
        found = sorted(
            measured(run, "cost_information", kind=kind), key=lambda row: (-row["value_oere"], row["name"])
        )
        rows.append(Row(title, is_group=True))
        rows += (
            Row(
                run.titled(row),
                (
                    million(run, row["value_oere"], 2),
                    million(run, row["standard_error_oere"], 2),
                    cell(f"{_hundredth(run, row['low_oere'])}–{_hundredth(run, row['high_oere'])}"),
                ),
                is_indented=True,
            )
            for row in found
        )
    columns = (
        Column(run.say("Hvad der er kendt før valget", "Known before the choice"), is_number=False),
        Column(run.say("Værdi", "Value")),
        Column(run.say("Standardfejl", "Standard error")),
        Column(run.say("Ved anden udglatning", "With another smoother")),
    )
    who = run.titled(run.model["decision"])
    view = uncapitalised(perspectives(run)[decision_perspective(run)])
    note = run.say(
        f"Mio. kr. for hele landet over perioden, for {who}, set fra {view}.",
        f"DKK million for the whole country over the period, for {who}, seen from {view}.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,), "compact")


def studies(run: Run, key: str, caption: str) -> DataTable:
    """What each study would be worth by its size; for one that is biased, why it has no value."""
    rows: list[Row] = []
    for study in run.model["studies"]:
        rows.append(Row(run.titled(study), is_group=True))
        if study["refusal"]:
            why = capitalised(with_titles(run, run.titled(study, "refusal")))
            rows.append(Row(run.say("Uanset antal", "Any number"), (cell(None), cell(why)), is_indented=True))
            continue
        for size in study["sizes"]:
            (found,) = measured(run, "cost_information", kind="evsi", name=f"{study['name']}.{size}")
            worth = (million(run, found["value_oere"], 2), cell(None))
            rows.append(Row(number(int(size), 0, run.language), worth, is_indented=True))
    columns = (
        Column(
            run.say("Undersøgelse og antal observationer", "Study and number of observations"),
            is_number=False,
        ),
        Column(run.say("Værdi, mio. kr.", "Value, DKK million")),
        Column(run.say("Hvorfor ingen værdi", "Why no value"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _hundredth(run: Run, oere: int) -> str:
    return "".join(part.text for part in million(run, oere, 2))
