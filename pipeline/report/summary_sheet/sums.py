"""Sums of the ledger's sheet as formulas, each with what it comes to by the tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.contract.workbook import Formula
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.looks import KRONER
from pipeline.report.summary_sheet.told import Told, kroner

AMOUNT, PRESENT = "amount_oere", "present_value_oere"
# What formulas call the columns they sum, and those they choose rows by.
NAMES = {
    "alternative": "Post_alternativ", "use_type": "Post_anvendelse", "activity": "Post_aktivitet",
    "side": "Post_side", "account": "Post_konto", "kind": "Post_art", "benefit_class": "Post_gevinsttype",
    "owner_da": "Post_gevinstejer", "year": "Post_år", "realised_year": "Post_realiseres",
    AMOUNT: "Post_beløb", PRESENT: "Post_nutidsværdi",
}  # fmt: skip
FACTORS, FACTOR_YEARS = "Kalkulationsfaktor", "Kalkulationsår"
# A criterion that SUMIFS would read as a comparison or a pattern.
PATTERN = re.compile(r"^[<>=]|[*?~]")


@dataclass(frozen=True)
class Where:
    """One condition on the ledger: a column is, or is not, ``value``; ``place`` is the cell that says so.

    Without ``place`` the condition stands in the formula itself.
    """

    column: str
    value: str | int
    place: str = ""
    is_not: bool = False


def flag(perspective: str) -> str:
    """What formulas call the column that tells whether a perspective counts a row."""
    return "Tæller_" + re.sub(r"\W", "_", perspective)


def summed(told: Told, column: str, *where: Where, sign: int = 1) -> Number:
    """A sum over the ledger's rows."""
    found = [row for row in told.ledger if all((row[one.column] == one.value) != one.is_not for one in where)]
    total = sign * sum(int(row[column]) for row in found)
    return Number(Formula(_sumifs(told, column, where, sign), kroner(total)))


def counted(
    told: Told, column: str, perspective: str, oere: int, *where: Where, shown: str = KRONER
) -> Number:
    """The same of the rows that a perspective counts; ``oere`` is what the results table says it comes to."""
    return Number(Formula(_sumifs(told, column, where, 1, flag(perspective)), kroner(oere)), shown)


def down(first: int, last: int, letter: str, values: Iterable[Number]) -> Number:
    """The sum of a column's cells, ``values``, from line to line."""
    return Number(Formula(f"=SUM({letter}{first}:{letter}{last})", plain_sum(values)))


def across(row: int, first: str, last: str, values: Iterable[Number], shown: str = KRONER) -> Number:
    """The sum of a line's cells, ``values``, from column to column."""
    return Number(Formula(f"=SUM({first}{row}:{last}{row})", plain_sum(values)), shown)


def plain_sum(values: Iterable[Number]) -> float:
    """What cells come to, to the øre."""
    return round(sum(result(value) for value in values), 2)


def result(cell: Number) -> float:
    """What a cell shows."""
    return cell.value.value if isinstance(cell.value, Formula) else float(cell.value)


def _sumifs(told: Told, column: str, where: Iterable[Where], sign: int, counts: str = "") -> str:
    parts = [NAMES[column]]
    for one in where:
        said = one.value if isinstance(one.value, int) else told.label(one.column, {one.column: one.value})
        parts += [NAMES[one.column], _criterion(one, said)]
    if counts:
        parts += [counts, "1"]
    return f"={'-' if sign < 0 else ''}SUMIFS({','.join(parts)})"


def _criterion(one: Where, said: str | int) -> str:
    if isinstance(said, int):
        return one.place or str(said)
    if one.is_not and not one.place and not PATTERN.search(said):
        return text_in_formula(f"<>{said}")
    place = one.place or text_in_formula(said)
    for sign in "~*?" if PATTERN.search(said) else "":
        place = f'SUBSTITUTE({place},"{sign}","~{sign}")'
    if one.is_not:
        return f'"<>"&{place}'
    return f'"="&{place}' if PATTERN.search(said) else place


def text_in_formula(text: str) -> str:
    """A text as a formula holds it."""
    return '"' + text.replace('"', '""') + '"'
