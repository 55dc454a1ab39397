"""The workbook, sheet by sheet."""

from pathlib import Path
from typing import cast

from pipeline.report.contents import load_contents, read_toml
from pipeline.report.run import Run
from pipeline.report.summary_sheet import formulas, front, inputs, ledger, swings, years
from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.told import Told

REPORT, TEXTS = "business_case.toml", "summary_sheet.toml"


def summary_sheet(danish: Run, english: Run, *, text: Path) -> bytes:
    """The business case's summary as an xlsx file; the same runs are the same bytes.

    ``text`` holds the narratives by language, and beside them the sheet's own texts. Amounts are kroner in
    fixed prices. What the ledger's sheet gives is a formula over it, with what the results tables say it
    comes to beside it for readers that compute nothing.
    """
    texts = cast("dict[str, dict[str, str]]", read_toml(text / TEXTS)["texts"])
    told = Told(danish, english, texts)
    contents = load_contents(text / danish.language / REPORT), load_contents(text / english.language / REPORT)
    book = Book(contents[0].notice if danish.is_reconstructed else contents[0].label)
    front.write(book, told, contents)
    years.write(book, told)
    inputs.write(book, told)
    inputs.dated(book, told)
    inputs.perspectives(book, told)
    swings.write(book, told)
    ledger.write(book, told)
    formulas.write(book, told)
    return book.content()
