"""What the business case rests on, as tables: assumptions, dated tables, perspectives, risks, the benefit
plan.
"""

from datetime import date
from decimal import Decimal

from pipeline.report.case import Entry, input_text, ranged
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import full_date, number, percent


def assumptions(run: Run, key: str, caption: str) -> DataTable:
    """Every input: value, range, unit, and its source or why it is assumed."""
    rows: list[Row] = []
    known = run.book.assumptions
    groups = (
        (
            run.say("Målt i afprøvningen", "Measured in the trial"),
            [row for row in known if row["from_metric"]],
        ),
        (
            run.say("Fra daterede tabeller", "From dated tables"),
            [row for row in known if row["from_table"]],
        ),
        (
            run.say("Med kilde", "With a source"),
            [row for row in known if not (row["is_assumption"] or row["from_metric"] or row["from_table"])],
        ),
        (
            run.say("Antagelser uden kilde", "Assumptions without a source"),
            [row for row in known if row["is_assumption"] and not (row["from_metric"] or row["from_table"])],
        ),
    )
    for title, found in groups:
        if found:
            rows.append(Row(title, is_group=True))
            rows += (_assumption(run, row) for row in found)
    columns = (
        Column(run.say("Forudsætning", "Assumption"), is_number=False),
        Column(run.say("Værdi", "Value")),
        Column(run.say("Spænd", "Range"), is_number=False),
        Column(run.say("Fordeling", "Distribution"), is_number=False),
        Column(run.say("Kilde eller begrundelse", "Source or reason"), is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _assumption(run: Run, row: Entry) -> Row:
    value, unit = input_text(run, row, "value")
    span = run.say("fast", "fixed") if row["low"] == row["high"] else ranged(run, row)
    return Row(
        run.titled(row),
        (
            cell(value if unit == "andel" else f"{value} {unit}"),
            cell(span),
            cell(run.word("distribution", str(row["kind"]))),
            cell(source_of(run, row)),
        ),
        is_indented=True,
    )


def source_of(run: Run, row: Entry) -> str:
    """What an input rests on: the indicator that measured it, its source, or why it is assumed."""
    if row["from_metric"]:
        title = run.book.title(str(row["from_metric"]))
        return run.say(f"Indikatoren »{title}«", f"The indicator “{title}”")
    if row["is_assumption"]:
        why = run.word("source", row["source"]) if row["from_table"] else run.titled(row, "why")
        return f"{run.say('Antagelse', 'Assumption')}: {why}"
    return run.word("source", str(row["source"]))


def dated(run: Run, key: str, caption: str) -> DataTable:
    """Which entry of every dated table is in force on the day of the decision, and until when."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                cell(
                    "; ".join(
                        f"{run.word('dated', name)} {_value(run, value)}"
                        for name, value in row["values"].items()
                    )
                ),
                cell(_day(run, row["valid_from"])),
                cell(_day(run, row["next_change"])),
                cell(_said(run, row)),
            ),
        )
        for row in run.model["dated"]
    )
    columns = (
        Column(run.say("Tabel", "Table"), is_number=False),
        Column(run.say("Gælder på beslutningsdagen", "In force on the day"), is_number=False),
        Column(run.say("Fra", "From"), is_number=False),
        Column(run.say("Afløses", "Replaced"), is_number=False),
        Column(run.say("Kilde", "Source"), is_number=False),
    )
    return DataTable(key, caption, columns, rows, style="compact")


def _said(run: Run, row: Entry) -> str:
    source = run.word("source", str(row["source"]))
    return f"{run.say('Antagelse', 'Assumption')}: {source}" if row["is_assumption"] else source


def _value(run: Run, value: float) -> str:
    exact = Decimal(repr(value))
    return number(exact, max(0, -int(exact.normalize().as_tuple().exponent)), run.language)


def _day(run: Run, iso: str | None) -> str | None:
    return None if iso is None else full_date(date.fromisoformat(iso), run.language)


def definitions(run: Run, key: str, caption: str) -> DataTable:
    """What every perspective includes and leaves out, and why."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                cell(_listed(run, "account", row["accounts"])),
                cell(_listed(run, "benefit_class", row["classes"])),
                cell(_listed(run, "kind", row["excludes"])),
                cell(f"{run.titled(row, 'why').capitalize()} ({run.word('source', str(row['source']))})"),
            ),
        )
        for row in run.model["perspectives"]
    )
    columns = (
        Column(run.say("Perspektiv", "Perspective"), is_number=False),
        Column(run.say("Konti", "Accounts"), is_number=False),
        Column(run.say("Klasser", "Classes"), is_number=False),
        Column(run.say("Indgår ikke", "Left out"), is_number=False),
        Column(run.say("Hvorfor (kilde)", "Why (source)"), is_number=False),
    )
    return DataTable(key, caption, columns, rows, style="compact")


def _listed(run: Run, words: str, codes: list[str]) -> str | None:
    return ", ".join(run.word(words, code).lower() for code in codes) or None


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
    return number(Decimal(repr(kroner)) / 1_000_000, 2, run.language)


def benefit_plan(run: Run, key: str, caption: str) -> DataTable:
    """What is to be realised: from what to what, measured how, by whom and when."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                *(cell(run.titled(row, name)) for name in ("measure", "baseline", "target", "owner")),
                cell(_day(run, str(row["measured_on"]))),
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
