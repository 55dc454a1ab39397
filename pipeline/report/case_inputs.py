"""What the business case rests on, as tables: assumptions, dated tables, perspectives."""

import re
import sys
from collections.abc import Mapping
from decimal import Decimal

from pipeline.report.case import Entry, day_name, input_said, ranged, with_unit
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import capitalised, number, percent, unbroken, uncapitalised

DISCOUNTING = "discounting"


def sourced(run: Run, key: str, caption: str) -> DataTable:
    """Every input that is measured or has a source: value, range, distribution, and its source."""
    known = [row for row in run.book.assumptions if not row["is_assumption"]]
    rows: list[Row] = []
    for title, found in (
        (run.say("Målt i afprøvningen", "Measured in the trial"), [r for r in known if r["from_metric"]]),
        (run.say("Fra daterede tabeller", "From dated tables"), [r for r in known if r["from_table"]]),
        (
            run.say("Med anden kilde", "With another source"),
            [r for r in known if not (r["from_metric"] or r["from_table"])],
        ),
    ):
        if found:
            rows.append(Row(title, is_group=True))
            rows += (_assumption(run, row, cell(source_of(run, row))) for row in found)
    source = Column(run.say("Kilde", "Source"), is_number=False)
    return DataTable(key, caption, (*_columns(run), source), tuple(rows), style="compact")


def assumed(run: Run, key: str, caption: str) -> DataTable:
    """Every input without a source, under the reason why it is assumed, which many share."""
    by_reason: dict[str, list[Entry]] = {}
    for row in run.book.assumptions:
        if row["is_assumption"]:
            by_reason.setdefault(reason_of(run, row), []).append(row)
    rows: list[Row] = []
    for reason, found in by_reason.items():
        rows.append(Row(capitalised(reason), is_group=True))
        rows += (_assumption(run, row) for row in found)
    return DataTable(key, caption, _columns(run), tuple(rows), style="compact")


def _columns(run: Run) -> tuple[Column, ...]:
    return (
        Column(run.say("Forudsætning", "Assumption"), is_number=False),
        Column(run.say("Værdi", "Value"), is_number=False),
        Column(run.say("Spænd", "Range"), is_number=False),
        Column(run.say("Fordeling", "Distribution"), is_number=False),
    )


def _assumption(run: Run, row: Entry, *more: Spelled) -> Row:
    is_fixed = row["low"] == row["high"]
    told = (
        cell(unbroken(input_said(run, row, "value"))),
        cell(None if is_fixed else unbroken(ranged(run, row))),
        cell(run.word("distribution", "point" if is_fixed else str(row["kind"]))),
    )
    return Row(run.titled(row), (*told, *more), is_indented=True)


def source_of(run: Run, row: Entry) -> str:
    """What an input rests on: the indicator that measured it, its source, or why it is assumed."""
    if row["from_metric"]:
        title = run.book.title(str(row["from_metric"]))
        return run.say(f"Indikatoren »{title}«", f"The indicator “{title}”")
    if row["is_assumption"]:
        return f"{run.say('Antagelse', 'Assumption')}: {uncapitalised(reason_of(run, row))}"
    return run.word("source", str(row["source"]))


def reason_of(run: Run, row: Entry) -> str:
    """Why an input without a source is what it is: its own reason, or that of its dated table."""
    return run.word("source", row["source"]) if row["from_table"] else run.titled(row, "why")


def dated(run: Run, key: str, caption: str) -> DataTable:
    """Which entry of every dated table is in force on the day of the decision, and until when."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                cell(_in_force(run, row)),
                cell(_validity(run, row)),
                cell(_said(run, row)),
            ),
        )
        for row in run.model["dated"]
    )
    columns = (
        Column(run.say("Tabel", "Table"), is_number=False),
        Column(run.say("Gælder på beslutningsdagen", "In force on the day"), is_number=False),
        Column(run.say("Gyldig", "Valid"), is_number=False),
        Column(run.say("Kilde", "Source"), is_number=False),
    )
    return DataTable(key, caption, columns, rows, style="compact")


def _validity(run: Run, row: Entry) -> str | None:
    """``fra 28. august 2017 til 22. juni 2023``, each of the two kept on a line."""
    said = [
        unbroken(f"{word} {day}")
        for word, day in (
            (run.say("fra", "from"), day_name(run, row["valid_from"])),
            (run.say("til", "until"), day_name(run, row["next_change"])),
        )
        if day
    ]
    return " ".join(said) or None


def _said(run: Run, row: Entry) -> str:
    source = run.word("source", str(row["source"]))
    if not row["is_assumption"]:
        return source
    return f"{run.say('Antagelse', 'Assumption')}: {uncapitalised(source)}"


def _in_force(run: Run, row: Entry) -> str:
    """What a dated table says on the day: ``4 % til år 35, 3 % til år 70``, ``faktor 1,28``."""
    values: Mapping[str, float] = row["values"]
    if row["name"] == DISCOUNTING:
        # The bands in the order of their years, the one without an end last.
        bands = sorted(values, key=lambda name: int(re.sub(r"\D", "", name) or sys.maxsize))
        return ", ".join(f"{_share(run, values[name])} {run.word('dated', name)}" for name in bands)
    if set(values) == {"share"}:
        return _share(run, values["share"])
    return "; ".join(_named(run.word("dated", name), _value(run, value)) for name, value in values.items())


def _named(word: str, value: str) -> str:
    """``faktor 1,28``, ``2019: 103``; a unit says where its number goes: ``750 kr. pr. ton``."""
    if word.isdigit():
        return unbroken(f"{word}: {value}")
    return with_unit(word, value) if "{}" in word else f"{word} {value}"


def _share(run: Run, value: float) -> str:
    share = Decimal(repr(value))
    return percent(share, max(0, -int(share.normalize().as_tuple().exponent) - 2), run.language)


def _value(run: Run, value: float) -> str:
    exact = Decimal(repr(value))
    return number(exact, max(0, -int(exact.normalize().as_tuple().exponent)), run.language)


def definitions(run: Run, key: str, caption: str) -> DataTable:
    """What every perspective includes and leaves out, and why."""
    rows = tuple(
        Row(
            run.titled(row),
            (
                cell(_listed(run, "account", row["accounts"])),
                cell(_listed(run, "benefit_class", row["classes"])),
                cell(_listed(run, "kind", row["excludes"])),
                cell(f"{capitalised(run.titled(row, 'why'))} ({run.word('source', str(row['source']))})"),
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
    return ", ".join(uncapitalised(run.word(words, code)) for code in codes) or None
