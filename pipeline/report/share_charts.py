"""Shares with their intervals at every cut-off. Pure data, no drawing."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.estimate_tables import asked
from pipeline.report.labels import short_date, written
from pipeline.report.points import (
    SHARE,
    Chart,
    Options,
    Point,
    each,
    grid,
    notes_of,
    point,
    row_height,
    share_label,
    wrap,
)
from pipeline.report.results import Estimate
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, spell
from pipeline.report.style import ACCENT, QUIET, SERIES, TEXT, axis, layout, legend, named, percent_axis
from pipeline.report.table import cell


def shares(run: Run, key: str, options: Options) -> Chart:
    """Shares with their intervals, at every cut-off: filled points are published, open ones reconstructed."""
    listed = [one for text in options["metrics"] for one in each(run, asked(text))]
    categories = [share_label(run, ask) for ask in listed]
    days = run.cut_offs
    traces: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    columns: list[tuple[str, list[Spelled]]] = []
    has_marks = False
    for index, day in enumerate(days):
        colour = ACCENT if day == run.as_of else SERIES[1]
        found = [run.estimates.get(ask.metric, day, item=ask.item, per=ask.per) for ask in listed]
        shift = (index - (len(days) - 1) / 2) * 0.36
        rows = [
            (place + shift, estimate)
            for place, estimate in enumerate(found)
            if estimate is not None and estimate.value is not None
        ]
        points = [point(estimate, SHARE) for _, estimate in rows]
        has_marks |= any(item.is_marked for item in points)
        traces += _intervals(rows, points, colour)
        entries.append(legend(f"Pr. {short_date(run, day)}", colour))
        columns.append((short_date(run, day), [written(run, estimate) for estimate in found]))
        if any(estimate is not None and estimate.low is not None for estimate in found):
            columns.append(
                (f"95 %-interval, {short_date(run, day)}", [_interval(estimate) for estimate in found])
            )
    figure = {
        "data": named([*traces, *entries]),
        "layout": layout(
            92 + row_height(categories, 40, 40) * len(listed),
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 34, "b": 8},
            xaxis=percent_axis(str(options["x"]), first=-0.02, last=1.1, zeroline=True, zerolinecolor=QUIET),
            yaxis=axis(
                str(options.get("y", "Indikator")),
                range=[len(listed) - 0.45, -0.55],
                tickvals=list(range(len(listed))),
                ticktext=[wrap(text, 40) for text in categories],
                showgrid=False,
            ),
        ),
    }
    caption = str(options["caption"])
    table = grid(key, caption, "Andel", categories, columns)
    return Chart(
        key,
        caption,
        figure,
        table,
        "Andele med intervaller",
        notes_of(options),
        "Åbne punkter" if has_marks else "",
    )


def _intervals(
    rows: Sequence[tuple[float, Estimate]], points: Sequence[Point], colour: str
) -> list[dict[str, Any]]:
    """Points with their intervals, and the numbers to the right of each interval's end."""
    values = [item.value for item in points]
    ends = [float(estimate.high or 0) or value for (_, estimate), value in zip(rows, values, strict=True)]
    starts = [
        float(estimate.low) if estimate.low is not None else value
        for (_, estimate), value in zip(rows, values, strict=True)
    ]
    places = [place for place, _ in rows]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "x": values,
            "y": places,
            "cliponaxis": False,
            "marker": {
                "size": 8,
                "symbol": ["circle-open" if item.is_marked else "circle" for item in points],
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [end - value for end, value in zip(ends, values, strict=True)],
                "arrayminus": [value - start for start, value in zip(starts, values, strict=True)],
                "color": colour,
                "thickness": 1.4,
                "width": 3,
            },
        },
        {
            "type": "scatter",
            "mode": "text",
            "showlegend": False,
            "x": [end + 0.02 for end in ends],
            "y": places,
            "text": [item.text for item in points],
            "textposition": "middle right",
            "textfont": {"size": 10, "color": TEXT},
            "cliponaxis": False,
        },
    ]


def _interval(estimate: Estimate | None) -> Spelled:
    return cell(None) if estimate is None or estimate.low is None else spell(estimate, "interval")
