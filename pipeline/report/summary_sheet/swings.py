"""The sheet of the swings: what each input does to the result at its low and its high, all else unchanged."""

from pipeline.contract.workbook import Formula
from pipeline.report.case import Entry, ranked
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.inputs import number, unit
from pipeline.report.summary_sheet.looks import KRONER
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.told import Told, kroner

# What formulas call the columns they choose swings by, and how far each goes down and up.
NAMES = {"alternative": "Udsving_alternativ", "perspective": "Udsving_perspektiv"}
BELOW, ABOVE = "Udsving_ned", "Udsving_op"
COLUMNS = (
    "alternative", "perspective", "input", "unit", "input_low", "input_high", "npv_low", "npv_base",
    "npv_high", "swing_below", "swing_above", "input_en",
)  # fmt: skip
WIDTHS = (26, 26, 50, 20, 12, 12, 17, 17, 17, 17, 17, 50)
NUMBERS = range(5, 12)


def below(row: Entry) -> float:
    """How far an input takes the result down within its range, in kroner; at most 0."""
    return kroner(
        min(0, *(int(row[f"npv_{end}_oere"]) - int(row["npv_base_oere"]) for end in ("low", "high")))
    )


def above(row: Entry) -> float:
    """How far an input takes the result up within its range, in kroner; at least 0."""
    return kroner(
        max(0, *(int(row[f"npv_{end}_oere"]) - int(row["npv_base_oere"]) for end in ("low", "high")))
    )


def write(book: Book, told: Told) -> None:
    """Every input that moves the result, for the perspectives of the first sheet, the strongest first."""
    page = Page(book, told.text("sheet_swings").da, WIDTHS)
    page.intro(told.text("swings_title"), told.text("swings_note"))
    head = page.headings([told.text(key) for key in COLUMNS], NUMBERS)
    for view in told.views:
        for name, title in told.alternatives.items():
            for row in ranked(told.da, view, name):
                _swing(page, told, title.da, told.perspectives[view].da, row)
    for column, name in ((1, NAMES["alternative"]), (2, NAMES["perspective"]), (10, BELOW), (11, ABOVE)):
        book.name(name, page.title, column, head + 1, page.row - 1)
    page.listed(head, "D", "K")


def _swing(page: Page, told: Told, alternative: str, perspective: str, row: Entry) -> None:
    at, title = page.row, told.titled(row)
    page.bare(
        (
            alternative,
            perspective,
            title.da,
            unit(told, row),
            number(row, "low"),
            number(row, "high"),
            *(Number(kroner(row[f"npv_{end}_oere"]), KRONER) for end in ("low", "base", "high")),
            Number(Formula(f"=MIN(0,G{at}-H{at},I{at}-H{at})", below(row))),
            Number(Formula(f"=MAX(0,G{at}-H{at},I{at}-H{at})", above(row))),
            title.en,
        )
    )
