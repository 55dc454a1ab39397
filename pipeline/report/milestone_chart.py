"""The plan of milestones as a figure and as a table. Pure data, no drawing."""

import textwrap
from datetime import date

from pipeline.report.points import Chart, Options
from pipeline.report.results import label
from pipeline.report.run import Run
from pipeline.report.style import ACCENT, LINE, QUIET, SERIES, axis, layout, named
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import MONTHS_DA, date_da, month_da


def milestones(run: Run, key: str, options: Options) -> Chart:
    """The plan: an open mark where a milestone was planned, a filled one where it was met."""
    rows = sorted(run.tables["milestones"], key=lambda row: (row["planned_month"], row["milestone_id"]))
    titles = ["<br>".join(textwrap.wrap(str(row["title_da"]), 40)) for row in rows]
    places = list(range(len(rows)))
    first = min(row["planned_month"] for row in rows)
    last = max(max(row["planned_month"], row["met_date"] or row["planned_month"]) for row in rows)
    met = [(place, row["met_date"]) for place, row in zip(places, rows, strict=True) if row["met_date"]]
    ticks = _quarters(first, last)
    figure = {
        "data": named(
            [
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": "Planlagt måned",
                    "x": [_middle(row["planned_month"]).isoformat() for row in rows],
                    "y": places,
                    "marker": {"symbol": "diamond-open", "size": 12, "color": ACCENT, "line": {"width": 1.8}},
                },
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": "Nået",
                    "x": [day.isoformat() for _, day in met],
                    "y": [place for place, _ in met],
                    "marker": {
                        "symbol": "circle",
                        "size": 9,
                        "color": SERIES[1],
                        "line": {"width": 1, "color": "#ffffff"},
                    },
                },
            ]
        ),
        "layout": layout(
            100 + 36 * len(rows),
            showlegend=True,
            margin={"l": 8, "r": 16, "t": 34, "b": 8},
            xaxis=axis(
                str(options["x"]),
                type="date",
                tickvals=[day.isoformat() for day in ticks],
                ticktext=[_tick(day) for day in ticks],
                range=[_shift(first, -1).isoformat(), _shift(last, 2).isoformat()],
            ),
            yaxis=axis(str(options["y"]), tickvals=places, ticktext=titles, range=[len(rows) - 0.5, -0.5]),
            shapes=[
                {
                    "type": "line",
                    "x0": run.as_of.isoformat(),
                    "x1": run.as_of.isoformat(),
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"color": LINE, "width": 1, "dash": "dot"},
                }
            ],
            annotations=[
                {
                    "x": run.as_of.isoformat(),
                    "y": 1.01,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "showarrow": False,
                    "text": "skæringsdato",
                    "font": {"size": 10, "color": QUIET},
                }
            ],
        ),
    }
    table = milestone_table(run, f"figur_{key}", str(options["caption"]))
    return Chart(key, str(options["caption"]), figure, table, "Tidslinje", tuple(options.get("notes", ())))


def milestone_table(run: Run, key: str, caption: str) -> DataTable:
    """The plan: what was planned when, and what became of it."""
    rows = sorted(run.tables["milestones"], key=lambda row: (row["planned_month"], row["milestone_id"]))
    return DataTable(
        key,
        caption,
        tuple(
            Column(name, is_number=False) for name in ("Milepæl", "Planlagt", "Status", "Nået den", "Kilde")
        ),
        tuple(
            Row(
                str(row["title_da"]),
                (
                    cell(month_da(row["planned_month"])),
                    cell(label(run.codes, "milestone_status", str(row["status"]))),
                    cell(date_da(row["met_date"]) if row["met_date"] else "ikke oplyst"),
                    cell(str(row["source"])),
                ),
            )
            for row in rows
        ),
    )


def _tick(day: date) -> str:
    return f"{MONTHS_DA[day.month - 1][:3]}.<br>{day.year}".replace("maj.", "maj")


def _shift(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _middle(month: date) -> date:
    return month.replace(day=15)


def _quarters(first: date, last: date) -> list[date]:
    start = date(first.year, 3 * ((first.month - 1) // 3) + 1, 1)
    made: list[date] = []
    while start <= _shift(last, 1):
        made.append(start)
        start = _shift(start, 3)
    return made
