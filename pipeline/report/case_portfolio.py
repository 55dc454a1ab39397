"""What the headline alternative is made of, as tables: its uses with the shared costs, its items."""

from pipeline.report.case import (
    MAIN,
    RISK,
    SHARED,
    SUM,
    amounts,
    blocks,
    headline,
    million,
    million_note,
    perspectives,
)
from pipeline.report.case_years import post
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import unbroken

ACCOUNTS = ("clinic", "region", "municipality", "patient", "society")


def portfolio(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """Per use: its contribution before shared costs, what it adds last in, and bearing them alone."""
    name = headline(run)
    own, last, alone = amounts(run), amounts(run, "incremental"), amounts(run, "stand_alone")
    rows = tuple(
        Row(
            title,
            tuple(
                million(run, found.get((name, perspective, block, 0)))
                if found is own or block not in (SHARED, RISK, SUM)
                else cell(None)
                for found in (own, last, alone)
            ),
            is_total=block == SUM,
        )
        for block, title in blocks(run).items()
    )
    columns = (
        Column(run.say("Anvendelse", "Use"), is_number=False),
        Column(run.say("Bidrag før fælles omkostninger", "Contribution before shared costs")),
        Column(run.say("Som den sidste, der kommer til", "Last in")),
        Column(run.say("Alene om de fælles omkostninger", "Bearing all shared costs")),
    )
    notes = (
        million_note(run),
        run.say(
            "Bidrag, fælles omkostninger og risikopulje giver summen; det fælles er talt én gang.",
            "Contributions, shared costs and risk pool add to the sum; shared costs are counted once.",
        ),
    )
    return DataTable(key, caption, columns, rows, notes)


def by_use(run: Run, key: str, caption: str) -> DataTable:
    """The headline alternative's net present value per block and perspective."""
    found, name = amounts(run), headline(run)
    columns = (
        Column(run.say("Anvendelse", "Use"), is_number=False),
        *(Column(title) for title in perspectives(run).values()),
    )
    rows = tuple(
        Row(
            title,
            tuple(million(run, found[name, perspective, block, 0]) for perspective in perspectives(run)),
            is_total=block == SUM,
        )
        for block, title in blocks(run).items()
    )
    return DataTable(key, caption, columns, rows, (million_note(run),), "compact")


def lines(run: Run, key: str, caption: str) -> DataTable:
    """The headline alternative's items by whose account they are on: class, owner, all years' sum."""
    sums: dict[tuple[str, str, str, str], int] = {}
    name = headline(run)
    for row in run.tables["cost_ledger"]:
        if row["case"] == MAIN and row["alternative"] == name:
            kind = str(row["kind"])
            title = run.word("kind", kind) if kind in ("tax", "distortion") else run.titled(row)
            place = (str(row["account"]), title, str(row["benefit_class"]), run.titled(row, "owner"))
            if kind in ("tax", "distortion"):
                place = (place[0], title, "", "")
            sums[place] = sums.get(place, 0) + int(row["amount_oere"])
    rows: list[Row] = []
    for account in dict.fromkeys(
        place[0] for place in sorted(sums, key=lambda place: ACCOUNTS.index(place[0]))
    ):
        found = sorted(
            (item for item in sums.items() if item[0][0] == account and item[1]), key=lambda item: item[1]
        )
        rows.append(Row(run.word("account", account), is_group=True))
        rows += (
            Row(
                title,
                (
                    cell(unbroken(run.word("benefit_class", kind)) if kind else None),
                    cell(owner),
                    million(run, amount),
                ),
                is_indented=True,
            )
            for (_, title, kind, owner), amount in found
        )
    columns = (
        post(run),
        Column(run.say("Klasse", "Class"), is_number=False),
        Column(run.say("Ejer", "Owner"), is_number=False),
        Column(run.say("Alle år, mio. kr.", "All years, DKK million")),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")
