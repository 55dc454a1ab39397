"""All inputs uncertain at once, as tables: chances, the bridge, an outside source."""

from decimal import Decimal

from pipeline.report.case import (
    alternatives,
    measured,
    million,
)
from pipeline.report.run import Run
from pipeline.report.spelling import amount
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number, percent

STEPS = ("deterministic", "skew", "products", "steps", "correlation", "rounding", "mean")


def chances(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """Mean, interval and the chance of a gain of every alternative, all inputs uncertain at once."""
    rows: list[Row] = []
    for name, title in alternatives(run).items():
        (row,) = measured(run, "cost_uncertainty", alternative=name, perspective=perspective)
        interval = f"{_tenth(run, row['low_oere'])} {run.say('til', 'to')} {_tenth(run, row['high_oere'])}"
        rows.append(
            Row(
                title,
                (
                    million(run, row["mean_oere"]),
                    million(run, row["median_oere"]),
                    cell(interval),
                    cell(percent(Decimal(row["probability"]), 0, run.language)),
                ),
            )
        )
    columns = (
        Column(run.say("Alternativ", "Alternative"), is_number=False),
        Column(run.say("Middelværdi", "Mean")),
        Column(run.say("Median", "Median")),
        Column(run.say("95 %-interval", "95% interval")),
        Column(run.say("Sandsynlighed for gevinst", "Chance of a gain")),
    )
    shown = measured(run, "cost_uncertainty", perspective=perspective)
    draws = number(int(shown[0]["draws"]), 0, run.language)
    error = amount(max(Decimal(row["standard_error_oere"]) for row in shown), "mio_kr", 2, run.language)
    note = run.say(
        f"Mio. kr. {draws} trækninger; standardfejlen på middelværdien er højst {error}",
        f"DKK million. {draws} draws; the standard error of the mean is at most {error}.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,), "compact")


def _tenth(run: Run, oere: int) -> str:
    return "".join(part.text for part in million(run, oere))


def bridge(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """From one value to the mean of many, in whole kroner, column by column the alternatives."""
    known = alternatives(run)
    found = {
        (row["alternative"], row["step"]): int(row["amount_oere"])
        for row in measured(run, "cost_bridge", perspective=perspective)
    }
    rows = tuple(
        Row(
            run.word("bridge", step),
            tuple(cell(number(Decimal(found[name, step]) / 100, 2, run.language)) for name in known),
            is_total=step in ("deterministic", "mean"),
        )
        for step in STEPS
    )
    columns = (Column(run.say("Trin", "Step"), is_number=False), *map(Column, known.values()))
    note = run.say(
        "Kr. Trinene lagt til det deterministiske tal giver middelværdien.",
        "DKK. The steps added to the deterministic figure give the mean.",
    )
    return DataTable(key, caption, columns, rows, (note,), "compact")


def borrowed(run: Run, key: str, caption: str) -> DataTable:
    """A counted share alone, and with a named outside source at its weight; the result either way."""
    rows: list[Row] = []
    for row in measured(run, "cost_borrowed", alternative="as_tested"):
        said = run.say("med", "with") if row["is_with"] else run.say("uden", "without")
        low, high = (percent(Decimal(row[end]), 1, run.language) for end in ("low", "high"))
        weight = f"{run.say('vægt', 'weight')} {percent(row['weight'], 0, run.language)}"
        rows.append(
            Row(
                f"{run.titled(run.model['inputs'][row['assumption']])}, {said}",
                (
                    cell(percent(Decimal(row["mean"]), 1, run.language)),
                    cell(f"{low} {run.say('til', 'to')} {high}"),
                    million(run, row["npv_oere"]),
                    cell(f"{run.titled(row)}, {weight}" if row["is_with"] else None),
                ),
            )
        )
    columns = (
        Column(run.say("Andel", "Share"), is_number=False),
        Column(run.say("Middelværdi", "Mean")),
        Column(run.say("95 %-interval", "95% interval")),
        Column(run.say("Nutidsværdi som afprøvet, mio. kr.", "Net present value as tested, DKK million")),
        Column(run.say("Kilde udefra", "Outside source"), is_number=False),
    )
    note = run.say(
        "Middelværdien er fordelingens, og den er skæv: den ligger over den optalte andel.",
        "The mean is that of the distribution, which is skewed: it lies above the counted share.",
    )
    return DataTable(key, caption, columns, tuple(rows), (note,), "compact")
