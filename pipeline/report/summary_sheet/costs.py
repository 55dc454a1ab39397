"""Of the first sheet: what project and shared items cost, operation before and after, the benefits."""

from collections.abc import Iterable
from datetime import date

from openpyxl.utils import get_column_letter

from pipeline.contract.workbook import Formula
from pipeline.report.case import RISK, SHARED, Entry
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.looks import PLAIN, TOTAL
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.sums import AMOUNT, PRESENT, Where, down, result, summed
from pipeline.report.summary_sheet.told import MADE, Told, both
from pipeline.report.summary_sheet.years import year_heads
from pipeline.text import Text

FIRST = 4  # the first number's column
PROJECT, SOCIETY = "project", "society"
NOT_OPERATION = (PROJECT, "risk", *MADE)


def expenditure(page: Page, told: Told) -> None:
    """What each deliverable costs in every alternative, and what all uses share; everybody's, all years."""
    page.section(told.text("expenditure_title"), told.text("expenditure_note"), is_on_new_page=True)
    baseline = told.titled(told.model["decision"], "baseline")
    head = page.head(told.text("item"), None, told.text("kind"), baseline, *told.alternatives.values())
    own = [row for row in told.ledger if row["kind"] not in MADE]
    deliverables = _keys(row for row in own if row["kind"] == PROJECT and row["use_type"] != RISK)
    page.group(told.text("project"))
    lines = [_spent(page, told, head, key, kind) for key, kind in deliverables]
    prevented = [Where("kind", PROJECT), Where("use_type", RISK)]
    lines.append(_line(page, told, head, told.text("prevention"), told.kinds[PROJECT], prevented))
    _total(page, told, told.text("project_total"), lines)
    shared = _keys(row for row in own if row["use_type"] == SHARED and row["kind"] != PROJECT)
    page.group(told.text("shared"))
    lines = [_spent(page, told, head, key, kind) for key, kind in shared]
    _total(page, told, told.text("shared_total"), lines)


def _keys(rows: Iterable[Entry]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((str(row["activity"]), str(row["kind"])) for row in rows))


def _spent(page: Page, told: Told, head: int, activity: str, kind: str) -> list[Number]:
    at = page.row
    where = [Where("activity", activity, f"$A{at}"), Where("kind", kind, f"$C{at}")]
    return _line(page, told, head, told.activities[activity], told.kinds[kind], where)


def _line(page: Page, told: Told, head: int, title: Text, kind: Text, where: Iterable[Where]) -> list[Number]:
    cells = [
        summed(
            told,
            AMOUNT,
            Where("alternative", name, f"{get_column_letter(FIRST + place)}${head}"),
            *where,
        )
        for place, name in enumerate(told.alternatives, 1)
    ]
    page.add(title.da, title.en, kind.da, Number(0), *cells)
    return [Number(0), *cells]


def _total(page: Page, told: Told, title: Text, lines: list[list[Number]]) -> None:
    last = page.row - 1
    cells = [
        down(last - len(lines) + 1, last, get_column_letter(FIRST + place), column)
        for place, column in enumerate(zip(*lines, strict=True))
    ]
    if not lines:
        cells = [Number(0) for _ in range(len(told.alternatives) + 1)]
    page.add(title.da, title.en, None, *cells, look=TOTAL)


def operation(page: Page, told: Told) -> None:
    """The headline alternative's operation without the technology and with it, by account and kind."""
    name = told.headline
    title = told.alternatives[name]
    page.section(told.text("operation_title", da=title.da, en=title.en), told.text("operation_note"))
    last = told.years[-1]
    page.head(
        told.text("account"),
        None,
        told.text("kind"),
        *(told.text(key, year=last) for key in ("now", "future", "difference")),
        *(told.text(f"{key}_last", year=last) for key in ("now", "future", "difference")),
    )
    rows = [row for row in told.ledger if row["alternative"] == name and row["kind"] not in NOT_OPERATION]
    found = sorted(
        {(str(row["account"]), str(row["kind"])) for row in rows},
        key=lambda item: (list(told.accounts).index(item[0]), list(told.kinds).index(item[1])),
    )
    for account, kind in found:
        at = page.row
        where = [
            Where("alternative", name),
            Where("account", account, f"$A{at}"),
            Where("kind", kind, f"$C{at}"),
        ]
        cells: list[Number] = []
        for extra in ([], [Where("year", last)]):
            now = summed(told, AMOUNT, *where, Where("side", "without"), *extra, sign=-1)
            future = summed(told, AMOUNT, *where, Where("side", "with"), *extra)
            letters = [get_column_letter(FIRST + len(cells) + step) for step in (0, 1)]
            cells += [now, future, _difference(at, letters, now, future)]
        label = told.accounts[account]
        page.add(label.da, label.en, told.kinds[kind].da, *cells)
    page.none_if(not found, told.text("none"))


def _difference(at: int, letters: list[str], now: Number, future: Number) -> Number:
    return Number(Formula(f"={letters[1]}{at}-{letters[0]}{at}", round(result(future) - result(now), 2)))


def benefits(page: Page, told: Told) -> None:
    """What the headline alternative brings in operation, by class, account and owner, in its years."""
    name = told.headline
    title = told.alternatives[name]
    page.section(
        told.text("benefits_title", da=title.da, en=title.en), told.text("benefits_note"), is_on_new_page=True
    )
    numbers = page.head(
        told.text("account"),
        None,
        told.text("owner"),
        told.text("from_year"),
        *year_heads(told, told.realised),
        told.text("npv"),
    )
    rows = [row for row in told.ledger if row["alternative"] == name and row["kind"] not in NOT_OPERATION]
    for benefit_class, label in told.classes.items():
        mine = [row for row in rows if row["benefit_class"] == benefit_class]
        here = page.group(label)
        places = dict.fromkeys((str(row["account"]), str(row["owner_da"])) for row in mine)
        lines = [
            _benefit(
                page, told, [row for row in mine if (row["account"], row["owner_da"]) == place], here, numbers
            )
            for place in sorted(places, key=lambda place: list(told.accounts).index(place[0]))
        ]
        page.none_if(not lines, told.text("none"))
        if lines:
            last = page.row - 1
            cells = [
                down(last - len(lines) + 1, last, get_column_letter(FIRST + 1 + place), column)
                for place, column in enumerate(zip(*lines, strict=True))
            ]
            total = told.text("class_total", da=label.da, en=label.en)
            page.add(total.da, total.en, None, None, *cells, look=TOTAL)


def _benefit(page: Page, told: Told, rows: list[Entry], here: int, numbers: int) -> list[Number]:
    row, at = rows[0], page.row
    where = [
        Where("alternative", str(row["alternative"])),
        Where("benefit_class", str(row["benefit_class"]), f"$A${here}"),
        Where("account", str(row["account"]), f"$A{at}"),
        Where("owner_da", str(row["owner_da"]), f"$C{at}"),
        *(Where("kind", kind, is_not=True) for kind in NOT_OPERATION),
    ]
    cells = [
        summed(
            told,
            AMOUNT,
            *where,
            Where("realised_year", year, f"{get_column_letter(FIRST + 1 + place)}${numbers}"),
        )
        for place, year in enumerate(told.realised)
    ]
    cells.append(summed(told, PRESENT, *where))
    label, first = told.accounts[str(row["account"])], min(one["realised_year"] for one in rows)
    page.add(label.da, label.en, str(row["owner_da"]), Number(first, "0", is_given=True), *cells)
    return cells


def plan(page: Page, told: Told) -> None:
    """Who realises what, from what to what, and when it is measured."""
    page.section(told.text("plan_title"), told.text("plan_note"))
    spans = (("plan_measure", 4, 5), ("plan_baseline", 6, 7), ("plan_target", 8, 9))
    heads = {first: told.text(key) for key, first, _ in spans}
    head = page.head(
        told.text("benefit"),
        None,
        told.text("owner"),
        *(heads.get(column) for column in range(4, 10)),
        told.text("plan_day"),
        texts=range(4, 11),
    )
    for first, last in ((first, last) for _, first, last in spans):
        for row in (head, head + 1):
            page.sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    for item in told.model["benefits"]:
        title, owner = told.titled(item), told.titled(item, "owner")
        said = {first: both(told.titled(item, key.removeprefix("plan_"))) for key, first, _ in spans}
        day = date.fromisoformat(str(item["measured_on"]))
        row = page.add(
            title.da, title.en, both(owner), *(said.get(column) for column in range(4, 10)), day, look=PLAIN
        )
        for _, first, last in spans:
            page.spread(row, first, last)
    page.none_if(not told.model["benefits"], told.text("none"))
