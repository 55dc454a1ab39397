"""The business case's first figure: net present value over two assumptions, and where it is nought."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from pipeline.report.case import (
    SUM,
    amounts,
    headline,
    measured,
    million,
    million_note,
)
from pipeline.report.case_picture import exact, frame
from pipeline.report.points import Chart, Options, notes_of, wrap
from pipeline.report.run import Run
from pipeline.report.spelling import MILLION_OERE, plain
from pipeline.report.style import ACCENT, LINE, TEXT, axis, lighter, named
from pipeline.report.table import Column, DataTable, Row
from pipeline.text import number, percent, uncapitalised

# An edge's end, too near the corner for a label.
EDGE = 0.97
# What a label lies on, so that a line below it does not strike it through.
VEIL = "rgba(255,255,255,0.75)"


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
    every = [value for row in grid for value in row if value is not None]
    step = _step(max(every) - min(every))
    levels = [step * n for n in range(ceil(min(every) / step), floor(max(every) / step) + 1)]
    # The corner where the two are more than all is filled from its neighbours, and hidden below.
    common: dict[str, Any] = {"x": xs, "y": ys, "z": grid, "connectgaps": True, "showscale": False}
    traces: list[dict[str, Any]] = [
        {
            "type": "contour", **common, "zmin": min(every), "zmax": max(every), "zauto": False,
            "colorscale": [[0, lighter(ACCENT, 0.55)], [1, "#ffffff"]],
            "contours": {
                "coloring": "fill", "start": levels[0], "end": levels[-1], "size": step,
            },
            "line": {"color": LINE, "width": 1},
        },
        {
            "type": "contour", **common, "contours": {
                "coloring": "none", "start": 0, "end": 0, "size": 1,
            },
            "line": {"color": TEXT, "width": 2.6},
        },
        {
            "type": "scatter", "mode": "markers", "x": [values[0]], "y": [values[1]],
            "marker": {
                "symbol": "diamond", "size": 11, "color": "#ffffff", "line": {"color": TEXT, "width": 1.6},
            },
        },
    ]  # fmt: skip
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    shares = {"tickvals": ticks, "ticktext": [percent(exact(tick), 0, run.language) for tick in ticks]}
    assumed = plain(million(run, amounts(run)[headline(run), perspective, SUM, 0]))
    told = f"{run.say('forudsat', 'assumed')}: {assumed}"
    unit = str(options["z"])
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            390,
            margin={"l": 8, "r": 26, "t": 12, "b": 8},
            xaxis=axis(wrap(titles[0], 60), range=[0, 1], **shares),
            yaxis=axis(wrap(titles[1], 48), range=[0, 1], **shares),
            shapes=[
                {"type": "path", "path": "M 0 1 L 1 0 L 1 1 Z", "fillcolor": "#ffffff", "layer": "above",
                 "line": {"color": LINE, "width": 1}}
            ],
            annotations=[
                *_levels(run, xs, ys, grid, levels),
                _said(values[0], values[1], told, xshift=10, bgcolor=VEIL),
                _said(0.68, 0.7, run.say("tilsammen over 100\u00a0%", "together above 100%")),
                _said(0.68, 0.63, f"{run.say('på linjerne', 'on the lines')}: {uncapitalised(unit)}"),
            ],
        ),
    }  # fmt: skip
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
            run.say(
                "En streg: de to er tilsammen mere end alle konsultationer.",
                "A dash: the two together are more than all.",
            ),
        ),
        "compact",
    )
    kind = run.say("Kort med nullinje", "Map with the zero line")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))


def _step(span: float) -> float:
    """A round distance between lines: about eight of them over ``span``."""
    size = 10 ** floor(log10(span / 8 or 1))
    return next(size * factor for factor in (1, 2, 5, 10) if size * factor >= span / 8)


def _levels(
    run: Run,
    xs: Sequence[float],
    ys: Sequence[float],
    grid: Sequence[Sequence[float | None]],
    levels: Sequence[float],
) -> Iterator[dict[str, Any]]:
    """Each line's amount where it leaves the map: at the lower edge, else at the left."""
    left = [row[0] for row in grid]
    for level in levels:
        text = number(exact(level), 0, run.language)
        x, y = _crossing(xs, grid[0], level), _crossing(ys, left, level)
        if x is not None and x < EDGE:
            yield _said(x, 0, text, yanchor="bottom", xshift=3, yshift=1)
        elif y is not None and y < EDGE:
            yield _said(0, y, text, yanchor="bottom", xshift=3, yshift=1)


def _crossing(at: Sequence[float], values: Sequence[float | None], level: float) -> float | None:
    """Where values along an edge pass a level, between the first two that lie on either side of it."""
    for (a, one), (b, other) in pairwise(zip(at, values, strict=True)):
        if (
            one is not None
            and other is not None
            and one != other
            and min(one, other) <= level <= max(one, other)
        ):
            return a + (b - a) * (level - one) / (other - one)
    return None


def _said(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    font = {"size": 10, "color": TEXT}
    return {"x": x, "y": y, "text": text, "showarrow": False, "xanchor": "left", "font": font, **more}
