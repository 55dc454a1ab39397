"""Numbers by name that are no estimates: dates, the flow, deliveries, checks, costs, assumptions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.report.results import Estimates, Fact
from pipeline.text import Problem, ProblemError, Text

Row = Mapping[str, Any]
EPOCH = date(1970, 1, 1)
# Units of an input that is a share of a whole.
SHARES = ("andel", "vægt")


def dates(as_of: date, earlier: Sequence[date]) -> Iterator[Fact]:
    """``as_of``, and ``earlier``: the last cut-off before it."""
    yield _day("as_of", as_of)
    yield _day("earlier", earlier[-1] if earlier else as_of)


def flow(
    rows: Sequence[Row],
    earlier_rows: Sequence[Row],
    same: Mapping[str, str],
    estimates: Estimates,
    as_of: date,
) -> Iterator[Fact]:
    """``flow.<step>``; ``same`` names the metric a step must equal, whose basis is then the step's.

    A step no metric vouches for counts as reconstructed when the estimates are. Raises ProblemError where a
    step and its metric differ.
    """
    is_rebuilt = any(row.basis == "reconstructed" for row in estimates.rows)
    for row in rows:
        step, n = str(row["step"]), Decimal(row["n"])
        metric = same.get(step)
        marked = is_rebuilt
        if metric is not None:
            found = _count(estimates, metric, as_of)
            if found is None or found[0] != n:
                raise ProblemError(_differs(step, metric, n, None if found is None else found[0]))
            marked = found[1]
        yield Fact(f"flow.{step}", n, "count", is_reconstructed=marked)
    for row in earlier_rows:
        yield Fact(
            f"flow.{row['step']}",
            Decimal(row["n"]),
            "count",
            {"at": "tidligere"},
            is_reconstructed=is_rebuilt,
        )


def _count(estimates: Estimates, metric: str, as_of: date) -> tuple[Decimal, bool] | None:
    for per in ("-", None):
        found = estimates.get(metric, as_of, per=per)
        if found is None:
            continue
        statistic = "value" if found.per == "-" else "numerator"
        number = found.value if statistic == "value" else found.numerator
        if number is not None:
            return number, not found.is_fixed(statistic)
    return None


def deliveries(rows: Sequence[Row], quarantine: Sequence[Row], summary: Row) -> Iterator[Fact]:
    """``deliveries.*`` and ``quarantine.*``: counts of what came and what could not be used."""
    yield _number("deliveries.count", len(rows))
    yield _number("deliveries.rows_read", sum(int(row["rows_read"]) for row in rows))
    yield _number("deliveries.rows_accepted", sum(int(row["rows_accepted"]) for row in rows))
    yield _number("deliveries.reconstructed", sum(bool(row["is_reconstructed"]) for row in rows))
    yield _number("deliveries.rows_erased", sum(summary["rows_erased"].values()))
    yield _number("deliveries.tables_without", len(summary["tables_without_delivery"]))
    yield _number("quarantine.rows", len({(row["file"], row["row"]) for row in quarantine}))
    for table in sorted({str(row["table"]) for row in quarantine}):
        places = {(row["file"], row["row"]) for row in quarantine if row["table"] == table}
        yield _number("quarantine.rows", len(places), {"table": table})


def checks(validation: Row) -> Iterator[Fact]:
    """``checks.rules`` held, ``checks.broken`` by severity, ``checks.tables``."""
    summary = validation["summary"]
    yield _number("checks.rules", int(summary["rules"]))
    yield _number("checks.tables", len(validation["tables"]))
    for severity, count in summary["broken"].items():
        yield _number("checks.broken", int(count), {"severity": severity})


def assumptions(rows: Sequence[Row]) -> Iterator[Fact]:
    """``assumption.<key>``, its ends, and how many there are."""
    yield _number("cost.assumptions", len(rows))
    yield _number("cost.assumed", sum(bool(row["is_assumption"]) for row in rows))
    for row in rows:
        for end, column in (("", "value"), ("low", "low"), ("high", "high")):
            value, unit = quantity(row, column)
            yield Fact(f"assumption.{row['key']}", value, unit, {"end": end} if end else {})


def quantity(row: Row, column: str) -> tuple[Decimal, str]:
    """An input's number and unit: a share as a share, kroner as an amount in øre, else the unit's word."""
    value, unit = Decimal(row[column]), str(row["unit"])
    if unit in SHARES:
        return value, "share"
    return (value * 100, "oere") if unit == "kr" else (value, unit)


def _number(name: str, value: int, selectors: Mapping[str, str] | None = None) -> Fact:
    return Fact(name, Decimal(value), "count", selectors or {})


def _day(name: str, day: date) -> Fact:
    return Fact(name, Decimal((day - EPOCH).days), "day")


def _differs(step: str, metric: str, n: Decimal, found: Decimal | None) -> Problem:
    return Problem(
        "flow",
        None,
        step,
        "flow",
        Text(f"trinnet er {n}, men {metric} er {found}", f"the step is {n}, but {metric} is {found}"),
        "critical",
    )
