"""The business case's results as bars: alternatives, uses, years."""

from typing import Any

from pipeline.report.case import (
    SUM,
    alternatives,
    amounts,
    blocks,
    gross,
    headline,
    million,
    million_note,
    perspectives,
    year_name,
)
from pipeline.report.case_picture import exact, frame
from pipeline.report.case_years import by_year
from pipeline.report.points import Chart, Options, notes_of, wrap
from pipeline.report.run import Run
from pipeline.report.spelling import MILLION_OERE
from pipeline.report.style import ACCENT, LINE, SERIES, TEXT, axis, named
from pipeline.report.table import Column, DataTable, Row
from pipeline.text import number


def by_alternative(run: Run, key: str, options: Options) -> Chart:
    """Alternatives side by side in the chosen perspectives: the net present value as bars."""
    found = amounts(run)
    chosen = [str(code) for code in options["perspectives"]]
    series = {name: [found[name, view, SUM, 0] for view in chosen] for name in alternatives(run)}
    titles = perspectives(run)
    return _bars(run, key, options, [titles[view] for view in chosen], series, alternatives(run))


def by_use(run: Run, key: str, options: Options) -> Chart:
    """Net present value per block of the headline alternative, as bars from the zero line."""
    found, name = amounts(run), headline(run)
    chosen = [str(code) for code in options["perspectives"]]
    series = {view: [found[name, view, block, 0] for block in blocks(run)] for view in chosen}
    return _bars(run, key, options, list(blocks(run).values()), series, perspectives(run))


def _bars(
    run: Run,
    key: str,
    options: Options,
    categories: list[str],
    series: dict[str, list[int]],
    titles: dict[str, str],
) -> Chart:
    names = [wrap(text, 30) for text in categories]
    traces = [
        {
            "type": "bar", "orientation": "h", "name": titles[name], "y": names,
            "x": [amount / MILLION_OERE for amount in values],
            "text": [number(exact(amount / MILLION_OERE), 1, run.language) for amount in values],
            "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9.5, "color": TEXT},
            "marker": {"color": SERIES[index % len(SERIES)]},
        }
        for index, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    every = [0.0, *(amount / MILLION_OERE for values in series.values() for amount in values)]
    pad = 0.14 * ((max(every) - min(every)) or 1.0)
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            76 + 18 * ((len(series) + 1) // 2) + len(names) * (10 + 15 * len(series)),
            barmode="group",
            bargap=0.24,
            bargroupgap=0.05,
            showlegend=True,
            margin={"l": 8, "r": 28, "t": 20 + 18 * ((len(series) + 1) // 2), "b": 8},
            xaxis=axis(
                str(options["x"]),
                range=[min(every) - pad, max(every) + pad],
                zeroline=True,
                zerolinecolor=LINE,
                tickformat=",.0f",
            ),
            yaxis=axis("", autorange="reversed", showgrid=False),
        ),
    }
    table = DataTable(
        f"figur_{key}",
        str(options["caption"]),
        (Column(str(options["y"]), is_number=False), *(Column(titles[name]) for name in series)),
        tuple(
            Row(text, tuple(million(run, values[place]) for values in series.values()))
            for place, text in enumerate(categories)
        ),
        (million_note(run),),
        "compact",
    )
    return Chart(
        key, str(options["caption"]), figure, table, run.say("Søjlediagram", "Bar chart"), notes_of(options)
    )


def years(run: Run, key: str, options: Options) -> Chart:
    """Benefits above the line and costs below it, per year, with the net as a point."""
    perspective = str(options["perspective"])
    found = gross(run, perspective, headline(run))
    ticks = [year_name(run, year) for year in found]
    costs = [pair[0] / MILLION_OERE for pair in found.values()]
    benefits = [pair[1] / MILLION_OERE for pair in found.values()]
    net = [cost + benefit for cost, benefit in zip(costs, benefits, strict=True)]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar", "name": run.say("Gevinster", "Benefits"), "x": ticks, "y": benefits,
            "marker": {"color": ACCENT},
        },
        {
            "type": "bar", "name": run.say("Omkostninger", "Costs"), "x": ticks, "y": costs,
            "marker": {"color": SERIES[1]},
        },
        {
            "type": "scatter", "mode": "markers", "name": run.say("Netto", "Net"), "x": ticks, "y": net,
            "cliponaxis": False,
            "marker": {
                "symbol": "diamond", "size": 9, "color": "#ffffff", "line": {"color": TEXT, "width": 1.6},
            },
        },
    ]  # fmt: skip
    reach = max(benefits) - min(costs)
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            238,
            barmode="relative",
            bargap=0.62,
            showlegend=True,
            margin={"l": 8, "r": 34, "t": 36, "b": 8},
            xaxis=axis("", showgrid=False),
            yaxis=axis(
                str(options["y"]),
                range=[min(costs) - 0.06 * reach, max(benefits) + 0.06 * reach],
                zeroline=True,
                zerolinecolor=LINE,
                tickformat=",.0f",
            ),
            # Beside the bar, where nothing runs through it.
            annotations=[
                {
                    "x": tick, "y": value, "text": number(exact(value), 1, run.language), "showarrow": False,
                    "xanchor": "left", "xshift": 20, "font": {"size": 10, "color": TEXT},
                }
                for tick, value in zip(ticks, net, strict=True)
            ],
        ),
    }  # fmt: skip
    table = by_year(run, f"figur_{key}", str(options["caption"]), perspective)
    kind = run.say("Søjlediagram", "Bar chart")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))
