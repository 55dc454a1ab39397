"""Of the first sheet: how sure the result is, what may happen besides, and that the sheet is the report's."""

import math

from openpyxl.utils import get_column_letter

from pipeline.contract.workbook import Formula
from pipeline.report.case import SUM, measured, ranked
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.looks import PERCENT, TOTAL
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import PRESENT, Where, counted, down, result
from pipeline.report.summary_sheet.swings import ABOVE, BELOW, NAMES, above, below
from pipeline.report.summary_sheet.told import Told, both, kroner
from pipeline.report.summary_sheet.years import DIFFERENCE

FIRST = 4  # the first number's column


def three_points(page: Page, told: Told) -> None:
    """Low, likely and high by one input at a time, and beside them what all inputs at once come to."""
    page.section(told.text("points_title"), told.text("points_note"), is_on_new_page=True)
    page.head(
        told.text("alternative"),
        None,
        told.text("perspective"),
        *(
            told.text(key)
            for key in ("low", "likely", "high", "percentile_low", "mean", "percentile_high", "chance")
        ),
    )
    for view in told.views:
        for name, title in told.alternatives.items():
            seen = told.perspectives[view]
            (drawn,) = measured(told.da, "cost_uncertainty", alternative=name, perspective=view)
            page.add(
                title.da,
                title.en,
                seen.da,
                *_points(page.row, told, name, view),
                *(Number(kroner(drawn[f"{key}_oere"]), is_given=True) for key in ("low", "mean", "high")),
                Number(drawn["probability"], PERCENT, is_given=True),
            )


def _points(at: int, told: Told, name: str, view: str) -> list[Number]:
    likely = counted(
        told, PRESENT, view, told.present[name, view, SUM, 0], Where("alternative", name, f"$A{at}")
    )
    swings = ranked(told.da, view, name)
    made: list[Number] = []
    for column, sign, far in ((BELOW, "-", below), (ABOVE, "+", above)):
        chosen = f"({NAMES['alternative']}=$A{at})*({NAMES['perspective']}=$C{at})"
        text = f"={get_column_letter(FIRST + 1)}{at}{sign}SQRT(SUMPRODUCT({chosen}*{column}^2))"
        spread = math.sqrt(math.fsum(far(row) ** 2 for row in swings))
        value = result(likely) + (spread if sign == "+" else -spread)
        made.append(Number(Formula(text, round(value, 2))))
    return [made[0], likely, made[1]]


def risks(page: Page, told: Told) -> None:
    """The pool: chance before and after the measure, what it would cost, and what it is expected to."""
    page.section(told.text("risks_title"), told.text("risks_note"))
    keys = ("risk_before", "risk_after", "risk_consequence", "risk_price", "risk_expected")
    head = page.head(
        told.text("risk"),
        None,
        told.text("owner"),
        *(told.text(key) for key in keys),
        told.text("risk_measure"),
        texts=(9,),
    )
    last = len(page.widths)
    for row in (head, head + 1):
        page.sheet.merge_cells(start_row=row, start_column=9, end_row=row, end_column=last)
    lines: list[list[Number]] = []
    for item in told.model["risks"]:
        title, owner = told.titled(item), told.titled(item, "owner")
        at, measure = page.row, both(told.titled(item, "measure"))
        expected = round(item["residual"] * item["consequence"], 2)
        numbers = [Number(item["mitigation"]), Number(Formula(f"=E{at}*F{at}", expected))]
        row = page.add(
            title.da,
            title.en,
            both(owner),
            Number(item["chance"], PERCENT),
            Number(item["residual"], PERCENT),
            Number(item["consequence"]),
            *numbers,
            measure,
        )
        page.spread(row, 9, last)
        lines.append(numbers)
    page.none_if(not lines, told.text("none"))
    total, bottom = told.text("risk_total"), page.row - 1
    sums = [
        down(bottom - len(lines) + 1, bottom, letter, column)
        for letter, column in zip("GH", zip(*lines, strict=True), strict=False)
    ] or [Number(0), Number(0)]
    page.add(total.da, total.en, None, None, None, None, *sums, *(None,) * (last - 8), look=TOTAL)


def controls(page: Page, told: Told) -> None:
    """What the formulas of the sheet of the years differ from the report's numbers, all in all: nothing."""
    page.section(told.text("controls_title"), told.text("controls_note"))
    label = told.text("control_difference")
    text = f'=SUMIF({DIFFERENCE},">0")-SUMIF({DIFFERENCE},"<0")'
    page.add(label.da, label.en, None, Number(Formula(text, 0.0)), look=TOTAL)
