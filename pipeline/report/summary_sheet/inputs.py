"""The sheets of what the case rests on: inputs, dated tables in force, and what each perspective counts."""

from datetime import date
from decimal import Decimal

from pipeline.contract.workbook import Formula
from pipeline.report.case import Entry
from pipeline.report.case_inputs import source_of
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.cells import Number, Value
from pipeline.report.summary_sheet.looks import TENTH
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import FACTOR_YEARS, FACTORS
from pipeline.report.summary_sheet.told import Told, both
from pipeline.text import Text

SHARES = ("andel", "vægt")
MOST_DECIMALS = 4
FACTOR = "0.0000"
INPUT_COLUMNS = (
    "key", "input", "unit", "input_low", "likely", "input_high", "distribution", "basis", "source", "reason",
    "input_en", "source_en",
)  # fmt: skip
INPUT_WIDTHS = (27, 48, 20, 12, 12, 12, 15, 24, 44, 56, 48, 90)
INPUT_NUMBERS = range(4, 7)


def number(row: Entry, column: str) -> Number:
    """An input's number with as many decimals as it has, a share as per cent."""
    value = Decimal(row[column])
    if str(row["unit"]) in SHARES:
        return Number(value, TENTH if (value * 100) % 1 else "0%")
    places = min(MOST_DECIMALS, max(0, -int(value.normalize().as_tuple().exponent)))
    return Number(value, "#,##0" + ("." + "0" * places if places else ""))


def unit(told: Told, row: Entry) -> str:
    """An input's unit in both languages."""
    return both(told.word("unit", str(row["unit"])))


def write(book: Book, told: Told) -> None:
    """Every input: its three points, its distribution, and its source, or that there is none and why."""
    page = Page(book, told.text("sheet_inputs").da, INPUT_WIDTHS, numbers=INPUT_NUMBERS[0])
    page.intro(told.text("inputs_title"), told.text("inputs_note"))
    head = page.headings([told.text(key) for key in INPUT_COLUMNS], INPUT_NUMBERS)
    for row in told.da.book.assumptions:
        title, said = told.titled(row), told.each(lambda run, row=row: source_of(run, row))
        is_assumed = bool(row["is_assumption"])
        page.add(
            str(row["key"]),
            title.da,
            unit(told, row),
            *(number(row, column) for column in ("low", "value", "high")),
            both(told.word("distribution", str(row["kind"]))),
            both(told.text(_basis(row))),
            told.text("no_source").da if is_assumed else said.da,
            said.da.removeprefix(f"{told.da.say('Antagelse', 'Assumption')}: ") if is_assumed else "",
            title.en,
            said.en,
        )
    page.listed(head, "C", "J")


def _basis(row: Entry) -> str:
    if row["from_metric"]:
        return "basis_measured"
    if row["from_table"]:
        return "basis_dated"
    return "basis_assumed" if row["is_assumption"] else "basis_sourced"


def dated(book: Book, told: Told) -> None:
    """The discount factors that the ledger's present values use, then every table in force on the day."""
    page = Page(book, told.text("sheet_dated").da, (34, 32, 30, 16, 20, 20, 62, 62), english=2, numbers=3)
    page.intro(told.text("dated_title"), told.text("dated_note"))
    page.gap()
    _factors(book, page, told)
    page.gap()
    keys = (
        "dated_table",
        None,
        "dated_item",
        "dated_value",
        "dated_from",
        "dated_until",
        "source",
        "source_en",
    )
    head = page.head(*(None if key is None else told.text(key) for key in keys), texts=(3, 5, 6, 7, 8))
    for table in told.model["dated"]:
        title, source = told.titled(table), told.word("source", str(table["source"]))
        if table["is_assumption"]:
            source = told.text("dated_assumed", da=source.da, en=source.en)
        for name, value in table["values"].items():
            exact = {"value": repr(value), "unit": ""}
            days = (
                _day(told, table[key], none)
                for key, none in (("valid_from", "always"), ("next_change", "never"))
            )
            page.add(
                title.da,
                title.en,
                both(told.word("dated", str(name))),
                number(exact, "value"),
                *days,
                source.da,
                source.en,
            )
    page.freeze("A4", head + 1)


def _factors(book: Book, page: Page, told: Told) -> None:
    (schedule,) = (item for item in told.model["schedules"] if item["is_decision"])
    label = told.text("factor")
    page.head(label, None, *(told.text(key) for key in ("year_number", "rate", "factor")))
    first = page.row
    for year, rate, factor in zip(told.years, schedule["rates"], schedule["factors"], strict=True):
        at = page.row
        value = Number(1, FACTOR)
        if rate is not None:
            before = "1" if at == first else f"E{at - 1}"
            value = Number(Formula(f"={before}/(1+D{at})", float(factor)), FACTOR)
        known = None if rate is None else Number(Decimal(rate), TENTH)
        page.add(label.da, label.en, Number(year, "0"), known, value)
    book.name(FACTOR_YEARS, page.title, 3, first, page.row - 1)
    book.name(FACTORS, page.title, 5, first, page.row - 1)


def _day(told: Told, iso: str | None, none: str) -> Value:
    return date.fromisoformat(iso) if iso else both(told.text(none))


def perspectives(book: Book, told: Told) -> None:
    """Whose amounts each perspective counts, of which classes, what it leaves out, and why."""
    page = Page(book, told.text("sheet_perspectives").da, (34, 34, 30, 30, 30, 46, 46, 46), english=2)
    page.intro(told.text("perspectives_title"), told.text("perspectives_note"))
    keys = ("perspective", None, "accounts", "classes", "excludes", "why", "why_en", "source")
    head = page.head(*(None if key is None else told.text(key) for key in keys))
    for row in told.model["perspectives"]:
        title, why = told.perspectives[str(row["name"])], told.titled(row, "why")
        listed = (
            _listed(told.accounts, row["accounts"]),
            _listed(told.classes, row["classes"]),
            _listed(told.kinds, row["excludes"]) or "–",
        )
        page.add(
            title.da,
            title.en,
            *listed,
            _opened(why.da),
            _opened(why.en),
            both(told.word("source", str(row["source"]))),
        )
    page.freeze(f"A{head + 2}", head + 1)


def _listed(labels: dict[str, Text], codes: list[str]) -> str:
    return ", ".join(labels[code].da if code in labels else code for code in codes)


def _opened(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
