"""What is to be watched, as tables: the risk pool and the benefit plan."""

from decimal import Decimal

from pipeline.report.case import day_name
from pipeline.report.run import Run
from pipeline.report.spelling import millions
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import percent, unbroken


def risks(run: Run, key: str, caption: str) -> DataTable:
    """The risk pool: chance before and after mitigation, consequence, expectation and owner."""
    rows: list[Row] = []
    total = mitigation = 0.0
    for row in run.model["risks"]:
        expected = row["residual"] * row["consequence"]
        total, mitigation = total + expected, mitigation + row["mitigation"]
        rows.append(
            Row(
                run.titled(row),
                (
                    cell(percent(Decimal(repr(row["chance"])), 0, run.language)),
                    cell(percent(Decimal(repr(row["residual"])), 0, run.language)),
                    cell(_millions(run, row["consequence"])),
                    cell(_millions(run, row["mitigation"])),
                    cell(_millions(run, expected)),
                    cell(run.titled(row, "measure")),
                    cell(run.titled(row, "owner")),
                ),
            )
        )
    blank = cell(None)
    sums = (blank, blank, blank, cell(_millions(run, mitigation)), cell(_millions(run, total)), blank, blank)
    rows.append(Row(run.say("Puljen i alt", "The pool in all"), sums, is_total=True))
    columns = (
        Column(run.say("Risiko", "Risk"), is_number=False),
        Column(run.say("Før tiltag", "Before")),
        Column(run.say("Efter tiltag", "After")),
        Column(run.say("Konsekvens", "Consequence")),
        Column(run.say("Tiltagets pris", "Mitigation")),
        Column(run.say("Forventet", "Expected")),
        Column(run.say("Tiltag", "Measure"), is_number=False),
        Column(run.say("Ejer", "Owner"), is_number=False),
    )
    notes = (run.say("Beløb i mio. kr.", "Amounts in DKK million."),)
    return DataTable(key, caption, columns, tuple(rows), notes, "compact")


def _millions(run: Run, kroner: float) -> str:
    return millions(Decimal(repr(kroner)) * 100, 2, run.language)


def benefit_plan(run: Run, key: str, caption: str) -> DataTable:
    """What is to be realised: from what to what, measured how, by whom and when."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                *(cell(run.titled(row, name)) for name in ("measure", "baseline", "target", "owner")),
                cell(unbroken(day_name(run, str(row["measured_on"])) or "")),
            ),
        )
        for row in run.model["benefits"]
    )
    columns = tuple(
        Column(title, is_number=False)
        for title in (
            run.say("Gevinst", "Benefit"),
            run.say("Måles ved", "Measured by"),
            run.say("Udgangspunkt", "Baseline"),
            run.say("Mål", "Target"),
            run.say("Gevinstejer", "Owner"),
            run.say("Måles", "Measured on"),
        )
    )
    return DataTable(key, caption, columns, rows, style="compact")
