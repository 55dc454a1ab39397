"""What stands in a cell: a text, a day, a number that is given or computed, a heading in two languages."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.contract.workbook import Formula
from pipeline.report.summary_sheet.looks import KRONER
from pipeline.text import Language, Text


@dataclass(frozen=True)
class Number:
    """A number as a cell shows it; ``is_given`` when it is of a results table and no formula gives it.

    Raises ValueError for NaN and infinity.
    """

    value: Formula | Decimal | float | int
    format: str = KRONER
    is_given: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.value, Formula) and not math.isfinite(self.value):
            raise ValueError(f"{self.value} er ikke et tal til en celle · is no number for a cell")


Value = None | str | date | Number
# A heading: its text, nothing, or a word and a number that formulas go by (»År«, 2).
Heading = Text | tuple[Text, int] | None


def heading_cell(heading: Heading, language: Language) -> Value:
    """A heading in one language."""
    match heading:
        case None:
            return None
        case Text():
            return heading.in_(language)
        case (word, value):
            return Number(value, f'"{word.in_(language)} "0')
