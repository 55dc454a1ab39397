"""The headline alternative year by year, as tables: in all, by pace of adoption, by region."""

from pipeline.report.case import (
    EVERYWHERE,
    MAIN,
    RISK,
    SHARED,
    SUM,
    USES,
    amounts,
    gross,
    headline,
    million,
    million_note,
    year_name,
    years,
)
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell


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
    return DataTable(key, caption, (post(run), *_years(run)), tuple(rows), (million_note(run),), "compact")


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
    columns = (post(run), *_years(run), Column(run.say("Nutidsværdi", "Present value")))
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


def post(run: Run) -> Column:
    return Column(run.say("Post", "Item"), is_number=False)


def _years(run: Run) -> tuple[Column, ...]:
    return (*(Column(year_name(run, year)) for year in years(run)), Column(run.say("I alt", "In all")))
