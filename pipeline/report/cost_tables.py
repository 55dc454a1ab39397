"""The business case's tables: what is assumed, what it comes to per year and party, and how far it moves."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report.book import danish
from pipeline.report.facts import SUM
from pipeline.report.ledger import (
    MILLION_NOTE,
    block_label,
    blocks,
    gross,
    input_text,
    is_assumed,
    million,
    net_present_values,
    perspectives,
    ranked,
    years,
)
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number_da


def assumptions(run: Run, key: str, caption: str) -> DataTable:
    """Every input: value, range, unit, and its source or why it is assumed."""
    rows: list[Row] = []
    groups = (
        ("Målt i afprøvningen", [row for row in run.book.assumptions if row["from_metric"]]),
        ("Med kilde", [row for row in run.book.assumptions if row["source"] and not row["from_metric"]]),
        ("Antagelser uden kilde", [row for row in run.book.assumptions if row["is_assumption"]]),
    )
    for title, found in groups:
        if found:
            rows.append(Row(title, is_group=True))
            rows += (_assumption(run, row) for row in found)
    columns = (
        Column("Forudsætning", is_number=False),
        Column("Værdi"),
        Column("Spænd"),
        Column("Enhed", is_number=False),
        Column("Kilde eller begrundelse", is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _assumption(run: Run, row: Mapping[str, Any]) -> Row:
    value, unit = input_text(run, row, "value")
    low, high = input_text(run, row, "low")[0], input_text(run, row, "high")[0]
    span = "fast" if row["low"] == row["high"] else f"{low} til {high}"
    return Row(
        danish(row, "title"),
        (cell(value), cell(span), cell(unit), cell(_source(run, row))),
        is_indented=True,
    )


def _source(run: Run, row: Mapping[str, Any]) -> str:
    if row["from_metric"]:
        return f"Indikatoren »{run.book.title(str(row['from_metric']))}«"
    return str(row["source"]) or f"Antagelse: {danish(row, 'why')}"


def by_use(run: Run, key: str, caption: str) -> DataTable:
    """Net present value per use type and perspective, in millions of kroner; the last row is the sum."""
    sums = net_present_values(run)
    columns = (
        Column("Anvendelse", is_number=False),
        *(Column(run.word("perspective", code)) for code in perspectives(run)),
    )
    rows = tuple(
        Row(
            block_label(run, block),
            tuple(million(sums.get((perspective, block))) for perspective in perspectives(run)),
            is_total=block == SUM,
        )
        for block in blocks(run)
    )
    return DataTable(key, caption, columns, rows, (MILLION_NOTE,))


def by_year(run: Run, key: str, caption: str, chosen: Sequence[str] = ()) -> DataTable:
    """Costs, benefits and net per year, perspective by perspective, undiscounted; then the present value."""
    values = net_present_values(run)
    rows: list[Row] = []
    for perspective in chosen or perspectives(run):
        found = gross(run, perspective)
        costs = [found[year][0] for year in years(run)]
        benefits = [found[year][1] for year in years(run)]
        net = [cost + benefit for cost, benefit in zip(costs, benefits, strict=True)]
        if not chosen:
            rows.append(Row(run.word("perspective", perspective), is_group=True))
        for title, amounts in (("Omkostninger", costs), ("Gevinster", benefits), ("Netto", net)):
            cells = (*(million(amount) for amount in amounts), million(sum(amounts)))
            rows.append(Row(title, cells, is_indented=not chosen, is_total=title == "Netto"))
        blank = (cell(None),) * len(net)
        rows.append(
            Row("Nettonutidsværdi", (*blank, million(values[perspective, SUM])), is_indented=not chosen)
        )
    columns = (
        Column("Post", is_number=False),
        *(Column(f"År {year}") for year in years(run)),
        Column("I alt"),
    )
    return DataTable(key, caption, columns, tuple(rows), (MILLION_NOTE,), "compact")


def sensitivity(run: Run, key: str, caption: str, perspective: str, top: int) -> DataTable:
    """The inputs that move a perspective's net present value most."""
    rows: list[Row] = []
    for row in ranked(run, perspective)[:top]:
        ends = (int(row["npv_low_oere"]), int(row["npv_base_oere"]), int(row["npv_high_oere"]))
        low, unit = input_text(run, row, "low")
        high, _ = input_text(run, row, "high")
        rows.append(
            Row(
                danish(row, "title"),
                (
                    cell(f"{low} til {high}{'' if unit == 'andel' else ' ' + unit}"),
                    million(ends[0]),
                    million(ends[2]),
                    cell("ja" if min(ends) < 0 <= max(ends) else "nej"),
                ),
                sub="antagelse uden kilde" if is_assumed(run, str(row["assumption"])) else "",
            )
        )
    columns = (
        Column("Forudsætning", is_number=False),
        Column("Spænd", is_number=False),
        Column("Nettonutidsværdi ved lav"),
        Column("Nettonutidsværdi ved høj"),
        Column("Skifter fortegn", is_number=False),
    )
    notes = ("Mio. kr. Én forudsætning flyttes ad gangen; de andre holdes fast.",)
    return DataTable(key, caption, columns, tuple(rows), notes, "compact")


def break_even(run: Run, key: str, caption: str) -> DataTable:
    """How many contacts a year pay the shared items, for each use alone and for all of them together."""
    found = {(str(row["use_type"]), str(row["perspective"])): row for row in run.tables["cost_breakeven"]}
    said = {str(row["explanation_da"]): None for row in found.values() if not row["volume_per_year"]}
    signs = dict(zip(said, "abcdef", strict=False))
    rows: list[Row] = []
    for block in (code for code in blocks(run) if any(use == code for use, _ in found)):
        cells: list[Spelled] = []
        for perspective in perspectives(run):
            row = found.get((block, perspective))
            volume = row["volume_per_year"] if row else None
            text = signs.get(str(row["explanation_da"]), "–") if row else "–"
            cells.append(cell(number_da(int(volume)) if volume else text))
        rows.append(Row(block_label(run, block), tuple(cells), is_total=block == SUM))
    columns = (
        Column("Anvendelse", is_number=False),
        *(Column(run.word("perspective", code)) for code in perspectives(run)),
    )
    notes = tuple(f"{mark}: {text}" for text, mark in signs.items())
    return DataTable(key, caption, columns, tuple(rows), notes)


def lines(run: Run, key: str, caption: str) -> DataTable:
    """The items by who bears them: summed over all uses and years, undiscounted."""
    sums: dict[tuple[str, str, str], int] = {}
    for row in run.tables["cost_ledger"]:
        place = (str(row["account"]), str(row["title_da"]), str(row["benefit_class"]))
        sums[place] = sums.get(place, 0) + int(row["amount_oere"])
    order = list(run.words.get("perspective", {}))
    rows: list[Row] = []
    for account in sorted(
        {place[0] for place in sums}, key=lambda code: order.index(code) if code in order else 9
    ):
        found = sorted((item for item in sums.items() if item[0][0] == account), key=lambda item: item[1])
        rows.append(Row(run.word("account", account), is_group=True))
        rows += (
            Row(title, (cell(run.word("benefit_class", kind)), million(amount)), is_indented=True)
            for (_, title, kind), amount in found
        )
    columns = (
        Column("Post", is_number=False),
        Column("Klasse", is_number=False),
        Column("Alle år"),
    )
    return DataTable(key, caption, columns, tuple(rows), (MILLION_NOTE,), "compact")
