"""The sheet of the ledger's rows, whose amounts and present values are formulas of what stands beside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from pipeline.contract.workbook import Formula
from pipeline.report.case import Entry
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.cells import Number, Value
from pipeline.report.summary_sheet.formulas import written
from pipeline.report.summary_sheet.looks import OERE
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import AMOUNT, FACTOR_YEARS, FACTORS, NAMES, PRESENT, flag
from pipeline.report.summary_sheet.told import Told, kroner
from pipeline.text import Text

TABLE = "cost_ledger"
# Columns by which the rest of a line is read: they stay in sight.
FROZEN = "D"
Place = Callable[[str], str]


@dataclass(frozen=True)
class _Column:
    """``cell`` is given a row, and where in the line the column of a key stands. ``name`` is for formulas."""

    key: str
    heading: Text
    width: float
    cell: Callable[[Entry, Place], Value]
    name: str = ""
    is_number: bool = False


def write(book: Book, told: Told) -> None:
    """Every row of the decision's own case."""
    columns = [*_who(told), *_how_much(told), *_whose(told), *_why(told)]
    letters = {column.key: get_column_letter(number) for number, column in enumerate(columns, 1)}
    page = Page(book, told.text("sheet_ledger").da, [column.width for column in columns])
    page.intro(told.text("ledger_title"), told.text("ledger_note"))
    numbers = [place for place, column in enumerate(columns, 1) if column.is_number]
    head = page.headings([column.heading for column in columns], numbers)
    for row in told.ledger:
        at = page.row

        def place(key: str, at: int = at) -> str:
            return f"{letters[key]}{at}"

        page.bare(column.cell(row, place) for column in columns)
    for number, column in enumerate(columns, 1):
        if column.name:
            book.name(column.name, page.title, number, head + 1, page.row - 1)
    page.listed(head, FROZEN, letters[PRESENT])


def _who(told: Told) -> Iterator[_Column]:
    for name, width in (("alternative", 25), ("use_type", 25), ("activity", 44)):
        yield _labelled(told, name, width)
    for name, width in (("side", 8), ("account", 20), ("kind", 17), ("benefit_class", 21), ("owner_da", 24)):
        yield _labelled(told, name, width)


def _how_much(told: Told) -> Iterator[_Column]:
    yield _labelled(told, "unit", 12)
    for name in ("year", "realised_year"):
        yield _whole(told, name)
    yield _Column(
        "quantity",
        _heading(told, "quantity"),
        17,
        lambda row, _: Number(row["quantity"], "#,##0.000"),
        is_number=True,
    )
    yield _Column(
        "price",
        told.text("unit_cost"),
        14,
        lambda row, _: Number(kroner(row["unit_cost_oere"]), OERE),
        is_number=True,
    )
    yield _Column(AMOUNT, told.text("amount"), 18, _amount, NAMES[AMOUNT], is_number=True)
    yield _Column(PRESENT, told.text("present_value"), 18, _present, NAMES[PRESENT], is_number=True)
    for view, title in told.perspectives.items():
        heading = told.text("counts", da=title.da, en=title.en)
        yield _Column(flag(view), heading, 15, _flag(told, view), flag(view), is_number=True)


def _whose(told: Told) -> Iterator[_Column]:
    heading = told.text("activity_en")
    yield _Column("activity_en", heading, 46, lambda row, _: told.activities[str(row["activity"])].en)
    yield _labelled(told, "payer", 22)
    yield _labelled(told, "receiver", 22)
    yield _labelled(told, "owner_en", 26)
    yield _whole(told, "price_year")
    yield _Column(
        "price_basis",
        _heading(told, "price_basis"),
        14,
        lambda row, _: told.text(f"basis_{row['price_basis']}").da,
    )
    yield _Column(
        "has_vat",
        _heading(told, "has_vat"),
        10,
        lambda row, _: told.text("yes" if row["has_vat"] else "no").da,
    )


def _why(told: Told) -> Iterator[_Column]:
    yield _labelled(told, "resource", 28)
    yield _Column("formula", _heading(told, "formula"), 60, lambda row, _: written(row["formula"]))
    yield _labelled(told, "assumptions", 60)
    yield _Column(
        "source", _heading(told, "source"), 40, lambda row, _: str(row["source"] or told.text("no_source").da)
    )
    yield _labelled(told, "row_id", 60)


def _heading(told: Told, name: str) -> Text:
    return told.da.contracts.tables[TABLE].column(name).label


def _labelled(told: Told, name: str, width: float) -> _Column:
    return _Column(
        name, _heading(told, name), width, lambda row, _: told.label(name, row), NAMES.get(name, "")
    )


def _whole(told: Told, name: str) -> _Column:
    return _Column(
        name, _heading(told, name), 11, lambda row, _: Number(row[name], "0"), NAMES.get(name, ""), True
    )


def _amount(row: Entry, place: Place) -> Number:
    text = f"=ROUND({place('quantity')}*{place('price')},2)"
    return Number(Formula(text, kroner(row[AMOUNT])), OERE)


def _present(row: Entry, place: Place) -> Number:
    factor = f"INDEX({FACTORS},MATCH({place('year')},{FACTOR_YEARS},0))"
    return Number(Formula(f"=ROUND({place(AMOUNT)}*{factor},2)", kroner(row[PRESENT])), OERE)


def _flag(told: Told, view: str) -> Callable[[Entry, Place], Value]:
    ids = told.counted[view]
    return lambda row, _: Number(int(row["row_id"] in ids), "0")
