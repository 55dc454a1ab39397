"""The first sheet: what is decided and on what it rests, the results, and what they are made of."""

from datetime import date
from decimal import Decimal

from openpyxl.utils import get_column_letter

from pipeline.report.case import SUM, amounts
from pipeline.report.contents import Contents
from pipeline.report.spelling import amount
from pipeline.report.summary_sheet import costs, doubt
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.looks import PLAIN, TITLE, TOTAL, WARNING
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import AMOUNT, PRESENT, Where, across, counted, down
from pipeline.report.summary_sheet.told import Told, both, kroner
from pipeline.report.summary_sheet.years import year_heads
from pipeline.text import Text, full_date

FIRST = 4  # the first number's column
LEAST_NUMBERS = 7


def write(book: Book, told: Told, contents: tuple[Contents, Contents]) -> None:
    """The summary, to be printed and read by itself."""
    numbers = max(LEAST_NUMBERS, len(told.realised) + 2, len(told.alternatives) + 1)
    widths = (42, 38, 25, *(16 for _ in range(numbers)))
    page = Page(book, told.text("sheet_front").da, widths, english=2, numbers=FIRST)
    danish, english = contents
    page.wide(Text(f"{danish.label}: {danish.title}", f"{english.label}: {english.title}"), TITLE)
    _warning(page, told, contents)
    page.gap()
    _facts(page, told)
    _results(page, told)
    _budget(page, told)
    _portfolio(page, told)
    costs.expenditure(page, told)
    costs.operation(page, told)
    costs.benefits(page, told)
    costs.plan(page, told)
    doubt.three_points(page, told)
    doubt.risks(page, told)
    doubt.controls(page, told)
    page.sheet.print_title_rows = "1:1"
    page.scaled()


def _warning(page: Page, told: Told, contents: tuple[Contents, Contents]) -> None:
    rests, (danish, english) = told.model["sourced"], contents
    key = "is_example" if rests["is_example"] else "is_sourced"
    page.wide(
        told.text(
            key,
            example_da=danish.example,
            example_en=english.example,
            sourced_da=amount(Decimal(rests["sourced_oere"])),
            sourced_en=amount(Decimal(rests["sourced_oere"]), language="en"),
            total_da=amount(Decimal(rests["total_oere"])),
            total_en=amount(Decimal(rests["total_oere"]), language="en"),
            known=rests["sourced_inputs"],
            inputs=rests["inputs"],
        ),
        WARNING,
    )
    if told.da.is_reconstructed:
        page.wide(told.text("reconstructed", da=danish.notice, en=english.notice), WARNING)


def _facts(page: Page, told: Told) -> None:
    decision, years = told.model["decision"], told.years
    baseline = told.titled(decision, "baseline")
    day = date.fromisoformat(decision["date"])
    for key, said in (
        ("decided_by", told.titled(decision)),
        ("decision_date", told.each(lambda run: full_date(day, run.language))),
        ("compared", told.text("compared_with", da=baseline.da, en=baseline.en)),
        ("price_level", told.text("price_level_is", year=decision["price_year"])),
        ("period", told.text("period_is", count=len(years), first=years[0], last=years[-1])),
        ("data_until", told.each(lambda run: full_date(run.as_of, run.language))),
        ("signs", told.text("signs_are")),
        ("colours", told.text("colours_are")),
    ):
        label = told.text(key)
        row = page.add(label.da, label.en, both(said))
        page.spread(row, 3, len(page.widths))


def _results(page: Page, told: Told) -> None:
    page.section(told.text("results_title"), told.text("results_note"))
    baseline = told.titled(told.model["decision"], "baseline")
    head = page.head(told.text("perspective"), None, None, baseline, *told.alternatives.values())
    for view, title in told.perspectives.items():
        cells = [
            counted(
                told,
                PRESENT,
                view,
                told.present[name, view, SUM, 0],
                Where("alternative", name, f"{get_column_letter(FIRST + place)}${head}"),
            )
            for place, name in enumerate(told.alternatives, 1)
        ]
        who = told.text("decides").da if view == told.views[-1] else None
        page.add(title.da, title.en, who, Number(0), *cells, look=TOTAL if view in told.views else PLAIN)


def _budget(page: Page, told: Told) -> None:
    view = told.views[0]
    seen, years = told.perspectives[view], told.years
    page.section(told.text("budget_title", da=seen.da, en=seen.en), told.text("budget_note"))
    head = page.head(
        told.text("alternative"),
        None,
        None,
        *year_heads(told, years),
        told.text("all_years"),
        told.text("npv"),
    )
    first, last = get_column_letter(FIRST), get_column_letter(FIRST + len(years) - 1)
    for name, title in told.alternatives.items():
        mine = Where("alternative", name, f"$A{page.row}")
        cells = [
            counted(
                told,
                AMOUNT,
                view,
                told.yearly[name, view, SUM, year],
                mine,
                Where("year", year, f"{get_column_letter(FIRST + place)}${head}"),
            )
            for place, year in enumerate(years)
        ]
        npv = counted(told, PRESENT, view, told.present[name, view, SUM, 0], mine)
        page.add(title.da, title.en, None, *cells, across(page.row, first, last, cells), npv)


def _portfolio(page: Page, told: Told) -> None:
    """Each use of the headline alternative: before what all share, last in, and bearing all of it."""
    name = told.headline
    title = told.alternatives[name]
    heading = told.text("portfolio_title", da=title.da, en=title.en)
    page.section(heading, told.text("portfolio_note"), is_on_new_page=True)
    keys = ("contribution", "last_in", "stand_alone")
    page.head(told.text("use"), None, None, *(told.text(key) for key in keys))
    last, alone = amounts(told.da, "incremental"), amounts(told.da, "stand_alone")
    for view in told.views:
        page.group(told.perspectives[view])
        first = page.row
        cells: list[Number] = []
        for block, label in told.blocks.items():
            oere = told.present[name, view, block, 0]
            where = (Where("alternative", name), Where("use_type", block, f"$A{page.row}"))
            cells.append(counted(told, PRESENT, view, oere, *where))
            place = (name, view, block, 0)
            others = (
                Number(kroner(found[place]), is_given=True) if place in found else None
                for found in (last, alone)
            )
            page.add(label.da, label.en, None, cells[-1], *others)
        total = told.text("all_years")
        page.add(
            total.da, total.en, None, down(first, page.row - 1, get_column_letter(FIRST), cells), None, None,
            look=TOTAL,
        )  # fmt: skip
