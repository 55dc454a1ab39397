"""The business case's results as tables: alternatives, frame, portfolio, years, regions, what the ledger
holds.
"""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.report.case import (
    EVERYWHERE,
    MAIN,
    RISK,
    SHARED,
    SUM,
    USES,
    alternatives,
    amounts,
    blocks,
    counted,
    decision_perspective,
    gross,
    headline,
    million,
    million_note,
    perspectives,
    year_name,
    years,
)
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell


def by_alternative(run: Run, key: str, caption: str) -> DataTable:
    """Net present value of every alternative in every perspective, beside going on as today."""
    found, known = amounts(run), alternatives(run)
    baseline = run.titled(run.model["decision"], "baseline")
    columns = (
        Column(run.say("Perspektiv", "Perspective"), is_number=False),
        Column(baseline),
        *(Column(title) for title in known.values()),
    )
    rows = tuple(
        Row(
            title,
            (million(run, 0), *(million(run, found[name, perspective, SUM, 0]) for name in known)),
            is_total=perspective == decision_perspective(run),
        )
        for perspective, title in perspectives(run).items()
    )
    return DataTable(key, caption, columns, rows, (million_note(run),))


def frame(run: Run, key: str, caption: str, views: Sequence[str]) -> DataTable:
    """Fees with the economic frame not binding and binding, for those whose accounts they move."""
    free, bound, known = amounts(run), amounts(run, "fixed_frame"), alternatives(run)
    rows: list[Row] = []
    for perspective in views:
        rows.append(Row(perspectives(run)[perspective], is_group=True))
        for title, found in (
            (run.say("Rammen binder ikke: honorarerne tæller", "Not binding: fees count"), free),
            (run.say("Rammen binder: honorarerne flytter intet", "Binding: fees move nothing"), bound),
        ):
            cells = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
            rows.append(Row(title, cells, is_indented=True))
    columns = (
        Column(run.say("Økonomiramme", "Economic frame"), is_number=False),
        *map(Column, known.values()),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),))


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


def by_year(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """Costs, benefits and net per year in fixed prices, the net in each year's own, and the present value."""
    name = headline(run)
    found = gross(run, perspective, name)
    costs = [found[year][0] for year in years(run)]
    benefits = [found[year][1] for year in years(run)]
    nominal = amounts(run, "nominal")
    rows: list[Row] = []
    for title, values in (
        (run.say("Omkostninger", "Costs"), costs),
        (run.say("Gevinster", "Benefits"), benefits),
        (
            run.say("Netto, faste priser", "Net, fixed prices"),
            [one + other for one, other in zip(costs, benefits, strict=True)],
        ),
        (
            run.say("Netto, årets priser", "Net, that year's prices"),
            [nominal[name, perspective, SUM, year] for year in years(run)],
        ),
    ):
        cells = (*(million(run, value) for value in values), million(run, sum(values)))
        rows.append(Row(title, cells, is_total=values not in (costs, benefits)))
    present = amounts(run)[name, perspective, SUM, 0]
    rows.append(
        Row(
            run.say("Nettonutidsværdi", "Net present value"),
            (*(cell(None),) * len(costs), million(run, present)),
        )
    )
    return DataTable(key, caption, (_post(run), *_years(run)), tuple(rows), (million_note(run),), "compact")


def by_path(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """The headline alternative's yearly net by adoption path, nationally: all, and what the uses bring."""
    name = headline(run)
    rows: list[Row] = []
    for path in run.model["paths"]:
        rows.append(Row(run.titled(path), is_group=True))
        case = MAIN if path["name"] == run.model["decision"]["path"] else f"path:{path['name']}"
        yearly, present = amounts(run, "amount", case=case), amounts(run, case=case)
        for block, title in (
            (USES, run.say("Anvendelserne", "The uses")),
            (SUM, run.say("I alt med fælles omkostninger", "In all with shared costs")),
        ):
            values = [yearly[name, perspective, block, year] for year in years(run)]
            cells = (*(million(run, value) for value in values), million(run, sum(values)))
            rows.append(
                Row(
                    title,
                    (*cells, million(run, present[name, perspective, block, 0])),
                    is_indented=True,
                    is_total=block == SUM,
                )
            )
    columns = (_post(run), *_years(run), Column(run.say("Nutidsværdi", "Present value")))
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")


def by_region(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """Each region's part of what the uses bring, by year; the shared costs are national."""
    name = headline(run)
    national_yearly, national = amounts(run, "amount"), amounts(run)
    rows: list[Row] = []
    codes = sorted({str(row["region"]) for row in run.tables["cost_results"]} - {EVERYWHERE})
    for code in codes:
        yearly, present = amounts(run, "amount", region=code), amounts(run, region=code)
        values = [yearly[name, perspective, USES, year] for year in years(run)]
        rows.append(
            Row(
                run.word("region", code),
                (
                    *(million(run, value) for value in values),
                    million(run, present[name, perspective, USES, 0]),
                ),
            )
        )
    for block, title in (
        (USES, run.say("Hele landet, anvendelserne", "The country, the uses")),
        (SHARED, run.say("Fælles omkostninger, ikke fordelt", "Shared costs, not shared out")),
        (RISK, run.say("Risikopulje, ikke fordelt", "Risk pool, not shared out")),
        (SUM, run.say("Hele landet, i alt", "The country, in all")),
    ):
        values = [national_yearly[name, perspective, block, year] for year in years(run)]
        cells = (
            *(million(run, value) for value in values),
            million(run, national[name, perspective, block, 0]),
        )
        rows.append(Row(title, cells, is_total=block in (USES, SUM)))
    columns = (
        Column(run.say("Region", "Region"), is_number=False),
        *(Column(year_name(run, year)) for year in years(run)),
        Column(run.say("Nutidsværdi", "Present value")),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")


def by_context(run: Run, key: str, caption: str, views: Sequence[str]) -> DataTable:
    """Every alternative in each context, perspective by perspective."""
    known = alternatives(run)
    rows: list[Row] = []
    for context in run.model["contexts"]:
        case = MAIN if context["name"] == run.model["decision"]["context"] else f"context:{context['name']}"
        found = amounts(run, case=case)
        rows.append(Row(run.titled(context), is_group=True))
        for perspective in views:
            cells = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
            rows.append(Row(perspectives(run)[perspective], cells, is_indented=True))
    columns = (
        Column(run.say("Perspektiv", "Perspective"), is_number=False),
        *map(Column, known.values()),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),))


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
        found = sorted((item for item in sums.items() if item[0][0] == account), key=lambda item: item[1])
        rows.append(Row(run.word("account", account), is_group=True))
        rows += (
            Row(
                title,
                (cell(run.word("benefit_class", kind) if kind else None), cell(owner), million(run, amount)),
                is_indented=True,
            )
            for (_, title, kind, owner), amount in found
        )
    columns = (
        _post(run),
        Column(run.say("Klasse", "Class"), is_number=False),
        Column(run.say("Ejer", "Owner"), is_number=False),
        Column(run.say("Alle år", "All years")),
    )
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),), "compact")


def consequences(run: Run, key: str, caption: str, perspective: str) -> DataTable:
    """What the alternatives come to by class: cashable, capacity released, quality."""
    known = alternatives(run)
    rows: list[Row] = []
    for kind in ("cashable", "capacity_released", "quality"):
        cells = tuple(
            million(
                run,
                sum(
                    (
                        Decimal(row["present_value_oere"])
                        for row in counted(run, perspective, name)
                        if row["benefit_class"] == kind
                    ),
                    Decimal(0),
                ),
            )
            for name in known
        )
        rows.append(Row(run.word("benefit_class", kind), cells))
    found = amounts(run)
    total = tuple(million(run, found[name, perspective, SUM, 0]) for name in known)
    rows.append(Row(run.say("Netto", "Net"), total, is_total=True))
    columns = (Column(run.say("Klasse", "Class"), is_number=False), *map(Column, known.values()))
    return DataTable(key, caption, columns, tuple(rows), (million_note(run),))


ACCOUNTS = ("clinic", "region", "municipality", "patient", "society")


def _post(run: Run) -> Column:
    return Column(run.say("Post", "Item"), is_number=False)


def _years(run: Run) -> tuple[Column, ...]:
    return (*(Column(year_name(run, year)) for year in years(run)), Column(run.say("I alt", "In all")))
