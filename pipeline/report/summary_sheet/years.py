"""The sheet of the years: every alternative in every perspective, block by block."""

from collections.abc import Iterable, Iterator

from openpyxl.utils import get_column_letter

from pipeline.contract.workbook import Formula
from pipeline.report.case import SUM
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.looks import DASHED, PLAIN, TOTAL
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import (
    AMOUNT,
    FACTOR_YEARS,
    FACTORS,
    PRESENT,
    Where,
    across,
    counted,
    result,
)
from pipeline.report.summary_sheet.told import Told, kroner
from pipeline.text import Text

FIRST = 3  # the first year's column
# What formulas call the column of what differs from the results tables.
DIFFERENCE = "Kontrol_afvigelse"


def year_heads(told: Told, years: Iterable[int]) -> list[tuple[Text, int]]:
    """``År 0``, ``År 1``, …: numbers that formulas go by."""
    return [(told.text("year_number"), year) for year in years]


def write(book: Book, told: Told) -> None:
    """A section per alternative; per perspective its total, and the blocks that it is the sum of below it."""
    page = Page(
        book,
        told.text("sheet_years").da,
        (48, 46, *(16 for _ in told.years), 17, 18, 18, 11),
        english=2,
        numbers=FIRST,
    )
    page.intro(told.text("years_title"), told.text("years_note"))
    numbers = page.head(
        told.text("item"),
        None,
        *year_heads(told, told.years),
        *(told.text(key) for key in ("all_years", "npv", "in_report", "difference")),
    )
    factors = (_factor(told, numbers, place) for place in range(len(told.years)))
    page.add(told.text("factor").da, told.text("factor").en, *factors)
    head = page.row
    for alternative in told.alternatives:
        _alternative(page, told, alternative, numbers)
    book.name(DIFFERENCE, page.title, FIRST + len(told.years) + 3, head, page.row - 1)
    page.sheet.sheet_properties.outlinePr.summaryBelow = False
    page.freeze(f"C{head}", head - 1)


def _factor(told: Told, row: int, place: int) -> Number:
    cell = f"{get_column_letter(FIRST + place)}{row}"
    factor = f"=INDEX({FACTORS},MATCH({cell},{FACTOR_YEARS},0))"
    return Number(Formula(factor, float(told.model["factors"][place])), "0.0000")


def _alternative(page: Page, told: Told, alternative: str, numbers: int) -> None:
    title = told.alternatives[alternative]
    here = page.group(title)
    for view, seen in told.perspectives.items():
        total = (seen, None)
        for label, block in (total, *((text, name) for name, text in told.blocks.items())):
            at = page.row
            where = [Where("alternative", alternative, f"$A${here}")]
            if block is not None:
                where.append(Where("use_type", block, f"$A{at}"))
            cells = list(_line(told, view, alternative, block or SUM, where, at, numbers))
            level = 0 if block is None else 1
            page.add(label.da, label.en, *cells, look=PLAIN if level else TOTAL, level=level)


def _line(
    told: Told, view: str, alternative: str, block: str, where: list[Where], at: int, numbers: int
) -> Iterator[Number]:
    made = [
        counted(
            told,
            AMOUNT,
            view,
            told.yearly[alternative, view, block, year],
            *where,
            Where("year", year, f"{get_column_letter(FIRST + place)}${numbers}"),
            shown=DASHED,
        )
        for place, year in enumerate(told.years)
    ]
    yield from made
    last = FIRST + len(made) - 1
    yield across(at, get_column_letter(FIRST), get_column_letter(last), made, DASHED)
    oere = told.present[alternative, view, block, 0]
    npv = counted(told, PRESENT, view, oere, *where, shown=DASHED)
    yield npv
    yield Number(kroner(oere), DASHED, is_given=True)
    ours, theirs = (f"{get_column_letter(last + step)}{at}" for step in (2, 3))
    yield Number(Formula(f"=ROUND({ours}-{theirs},2)", round(result(npv) - kroner(oere), 2)))
