"""The business case's figures: the first one over two assumptions, alternatives, portfolio, years."""

from decimal import Decimal
from typing import Any

from pipeline.report.case import (
    MILLION_OERE,
    SUM,
    alternatives,
    amounts,
    blocks,
    gross,
    headline,
    measured,
    million,
    million_note,
    perspectives,
    year_name,
)
from pipeline.report.case_tables import by_year
from pipeline.report.points import Chart, Options, notes_of, wrap
from pipeline.report.run import Run
from pipeline.report.style import ACCENT, LINE, SERIES, TEXT, axis, layout, named
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number, percent


def exact(value: float) -> Decimal:
    """A double as the decimal it is printed as."""
    return Decimal(repr(value))


def frame(run: Run, height: int, **more: Any) -> dict[str, Any]:
    """A figure's layout with the report's language in its numbers."""
    return layout(height, **({} if run.language == "da" else {"separators": ".,"}), **more)


def two_way(run: Run, key: str, options: Options) -> Chart:
    """Net present value over two assumptions as a map, with the line where it is nought."""
    perspective = str(options["perspective"])
    rows = measured(run, "cost_two_way", perspective=perspective)
    across = sorted({row["across"] for row in rows})
    down = sorted({row["down"] for row in rows})
    found = {(row["across"], row["down"]): row["npv_oere"] for row in rows}
    grid = [[None if found[x, y] is None else found[x, y] / MILLION_OERE for x in across] for y in down]
    model = run.model
    titles = [run.titled(model["inputs"][model["two_way"][name]]) for name in ("across", "down")]
    values = [float(model["inputs"][model["two_way"][name]]["value"]) for name in ("across", "down")]
    xs, ys = [float(x) for x in across], [float(y) for y in down]
    common: dict[str, Any] = {"x": xs, "y": ys, "z": grid, "connectgaps": False}
    most = max(abs(value) for row in grid for value in row if value is not None)
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap", **common, "zmin": -most, "zmax": most, "zsmooth": "best",
            "colorscale": [[0, "#9e2a2b"], [0.5, "#f7f7f5"], [1, "#0f4c5c"]],
            "colorbar": {"title": {"text": str(options["z"]), "font": {"size": 10}}, "thickness": 12,
                         "tickformat": ",.0f", "tickfont": {"size": 10}, "outlinewidth": 0},
        },
        {
            "type": "contour", **common, "showscale": False, "contours": {
                "coloring": "none", "start": 0, "end": 0, "size": 1, "showlabels": False,
            },
            "line": {"color": TEXT, "width": 2.4},
        },
        {
            "type": "scatter", "mode": "markers+text", "x": [values[0]], "y": [values[1]],
            "text": [run.say("  forudsat", "  assumed")], "textposition": "middle right",
            "textfont": {"size": 10, "color": TEXT},
            "marker": {
                "symbol": "diamond", "size": 10, "color": "#ffffff", "line": {"color": TEXT, "width": 1.6},
            },
        },
    ]  # fmt: skip
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    shares = {"tickvals": ticks, "ticktext": [percent(exact(tick), 0, run.language) for tick in ticks]}
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            390,
            margin={"l": 8, "r": 8, "t": 12, "b": 8},
            xaxis=axis(wrap(titles[0], 60), range=[0, 1], **shares),
            yaxis=axis(wrap(titles[1], 48), range=[0, 1], **shares),
        ),
    }
    shown_x, shown_y = across[::4], down[::4]
    table = DataTable(
        f"figur_{key}",
        str(options["caption"]),
        (
            Column(f"{titles[1]} \\ {titles[0]}", is_number=False),
            *(Column(percent(x, 0, run.language)) for x in shown_x),
        ),
        tuple(
            Row(percent(y, 0, run.language), tuple(million(run, found[x, y]) for x in shown_x))
            for y in shown_y
        ),
        (
            million_note(run),
            run.say("En streg: de to er tilsammen mere end alt.", "A dash: the two are more than all."),
        ),
        "compact",
    )
    kind = run.say("Kort med nullinje", "Map with the zero line")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))


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
            100 + len(names) * (18 + 13 * len(series)),
            barmode="group",
            bargap=0.3,
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
            "type": "scatter", "mode": "markers+text", "name": run.say("Netto", "Net"), "x": ticks, "y": net,
            "text": [f"  {number(exact(value), 1, run.language)}" for value in net],
            "textposition": "middle right", "textfont": {"size": 10, "color": TEXT}, "cliponaxis": False,
            "marker": {
                "symbol": "diamond", "size": 9, "color": "#ffffff", "line": {"color": TEXT, "width": 1.6},
            },
        },
    ]  # fmt: skip
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            290,
            barmode="relative",
            bargap=0.62,
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 36, "b": 8},
            xaxis=axis("", showgrid=False),
            yaxis=axis(str(options["y"]), zeroline=True, zerolinecolor=LINE, tickformat=",.0f"),
        ),
    }
    table = by_year(run, f"figur_{key}", str(options["caption"]), perspective)
    kind = run.say("Søjlediagram", "Bar chart")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))


def chances(run: Run, key: str, options: Options) -> Chart:
    """The chance of a gain by volume, a line per perspective, of the alternative nearest to one."""
    alternative = str(options["alternative"])
    chosen = [str(code) for code in options["perspectives"]]
    titles = perspectives(run)
    rows = {
        view: measured(run, "cost_probability", alternative=alternative, perspective=view) for view in chosen
    }
    volumes = [row["volume_per_year"] for row in rows[chosen[0]]]
    traces = [
        {
            "type": "scatter", "mode": "lines+markers", "name": titles[view], "x": volumes,
            "y": [float(row["probability"]) for row in found],
            "line": {"color": SERIES[index % len(SERIES)], "width": 2}, "marker": {"size": 6},
        }
        for index, (view, found) in enumerate(rows.items())
    ]  # fmt: skip
    ticks = [0, 0.25, 0.5, 0.75, 1]
    words = [percent(exact(tick), 0, run.language) for tick in ticks]
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            330,
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 56, "b": 8},
            xaxis=axis(str(options["x"]), tickformat=",.0f"),
            yaxis=axis(str(options["y"]), range=[0, 1.03], tickvals=ticks, ticktext=words),
        ),
    }
    table = DataTable(
        f"figur_{key}",
        str(options["caption"]),
        (Column(str(options["x"]), is_number=False), *(Column(titles[view]) for view in chosen)),
        tuple(
            Row(
                number(int(volume), 0, run.language),
                tuple(cell(percent(found[place]["probability"], 0, run.language)) for found in rows.values()),
            )
            for place, volume in enumerate(volumes)
        ),
        style="compact",
    )
    kind = run.say("Kurver", "Curves")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))
