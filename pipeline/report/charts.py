"""Charts of estimates as plotly figures: bars, answers, shares with intervals. Pure data, no drawing."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.points import (
    Chart,
    Options,
    Point,
    Series,
    category,
    each,
    grid,
    notes_of,
    point,
    row_height,
    share_label,
    strata,
    wrap,
)
from pipeline.report.results import Estimate
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, plain, spell
from pipeline.report.style import (
    ACCENT,
    QUIET,
    SCALE,
    SERIES,
    TEXT,
    UNSURE,
    axis,
    bar_marker,
    is_dark,
    layout,
    legend,
    named,
    percent_axis,
    step_marker,
)
from pipeline.report.tables import (
    asked,
    brief,
    cell,
    item_label,
    short_date,
    stratum_label,
    stratum_title,
    written,
)

COUNT, SHARE = "antal", "procent"
UNSURE_ITEMS = ("dont_know", "unknown")
STEPS = {1: (0,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4)}
STRUCTURAL_NOTE = "* strukturelt nul."


def bars(run: Run, key: str, options: Options) -> Chart:
    """Horizontal bars: metrics by a stratum (``by``), stacked or side by side, or a metric's answers.

    ``statistic``: ``antal`` or ``procent``; ``compare``: every cut-off; ``sort``: the longest on top.
    """
    wanted = [asked(text) for text in options["metrics"]]
    by = str(options.get("by", ""))
    if by:
        codes = strata(run, wanted, by)
        categories = [stratum_label(run, by, code) for code in codes]
        series: list[Series] = [
            (
                category(run, ask),
                [
                    run.estimates.get(ask.metric, run.as_of, item=ask.item, stratum_by=by, stratum=code, per=ask.per)
                    for code in codes
                ],
            )
            for ask in wanted
        ]  # fmt: skip
        return _horizontal(key, options, categories, series, stratum_title(run, by), run)
    listed = [one for ask in wanted for one in each(run, ask)]
    if options.get("sort"):
        sizes = [run.estimates.get(ask.metric, run.as_of, item=ask.item, per=ask.per) for ask in listed]
        order = sorted(
            range(len(listed)), key=lambda place: -_size(sizes[place], str(options.get("statistic", COUNT)))
        )
        listed = [listed[place] for place in order]
    days = run.cut_offs if options.get("compare") else (run.as_of,)
    series = [
        (
            short_date(day),
            [run.estimates.get(ask.metric, day, item=ask.item, per=ask.per) for ask in listed],
        )
        for day in days
    ]
    categories = [category(run, ask) for ask in listed]
    return _horizontal(key, options, categories, series, str(options.get("y", "Indikator")), run)


def _horizontal(
    key: str, options: Options, categories: Sequence[str], series: Sequence[Series], corner: str, run: Run
) -> Chart:
    statistic, is_stacked = str(options.get("statistic", COUNT)), bool(options.get("stacked"))
    widest = _widest(series, statistic, is_stacked) or 1.0
    traces: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    has_marks = False
    for index, (name, found) in enumerate(series):
        points = [point(estimate, statistic) for estimate in found]
        is_last = index == len(series) - 1
        colour = SERIES[index] if is_stacked else ACCENT if is_last else SERIES[1 + index]
        marks = [item.is_marked for item in points]
        has_marks |= any(marks)
        entries.append(legend(name, colour))
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "showlegend": False,
                "x": [item.value for item in points],
                "y": [wrap(text) for text in categories],
                "text": [_label(item, widest, is_stacked) for item in points],
                "textposition": "inside" if is_stacked else "outside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "cliponaxis": False,
                "textfont": {"size": 10, "color": TEXT},
                "insidetextfont": {
                    "color": [TEXT if mark or not is_dark(colour) else "#ffffff" for mark in marks]
                },
                "marker": bar_marker(colour, marks),
            }
        )
    is_many = len(series) > 1
    per_row = row_height(categories, 24 if is_stacked or not is_many else 14 + 15 * len(series))
    horizontal = (
        percent_axis(str(options["x"]), last=min(1.0, widest * 1.15))
        if statistic == SHARE
        else axis(str(options["x"]), range=[0, widest * 1.1], tickformat=",d", rangemode="tozero")
    )
    figure = {
        "data": named([*traces, *(entries if is_many else [])]),
        "layout": layout(
            (96 if is_many else 66) + per_row * len(categories),
            barmode="stack" if is_stacked else "group",
            bargap=0.3,
            bargroupgap=0.06,
            showlegend=is_many,
            margin={"l": 8, "r": 44, "t": 32 if is_many else 6, "b": 8},
            xaxis=horizontal,
            yaxis=axis(str(options.get("y", corner)), autorange="reversed", showgrid=False),
        ),
    }
    caption = str(options["caption"])
    columns = [(name, [brief(run, estimate) for estimate in found]) for name, found in series]
    has_nought = any(
        estimate is not None and estimate.state == "structural_zero"
        for _, found in series
        for estimate in found
    )
    notes = (*notes_of(options), *((STRUCTURAL_NOTE,) if has_nought else ()))
    table = grid(key, caption, corner, categories, columns)
    return Chart(key, caption, figure, table, "Søjlediagram", notes, "Skraverede søjler" if has_marks else "")


def _label(item: Point, widest: float, is_stacked: bool) -> str:
    return "" if is_stacked and item.value < 0.03 * widest else item.text


def answers(run: Run, key: str, options: Options) -> Chart:
    """Questions on one scale as stacked shares of the answers; the counts stand in the bars.

    ``reverse`` where the last answer of the scale is the welcome one.
    """
    metrics = [str(name) for name in options["metrics"]]
    items = list(run.book.metrics[metrics[0]].items)
    scale = _scale(items, is_reversed=bool(options.get("reverse")))
    categories = [run.book.title(metric) for metric in metrics]
    traces: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    columns: list[tuple[str, list[Spelled]]] = []
    has_marks = False
    for item in items:
        found = [run.estimates.get(metric, run.as_of, item=item) for metric in metrics]
        points = [point(estimate, SHARE) for estimate in found]
        counts = [point(estimate, COUNT) for estimate in found]
        has_marks |= any(count.is_marked for count in counts)
        colour, name = scale[item], item_label(run, metrics[0], item)
        entries.append(legend(name, colour))
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "showlegend": False,
                "x": [one.value for one in points],
                "y": [wrap(text) for text in categories],
                "text": [
                    count.text if one.value >= 0.04 else "" for one, count in zip(points, counts, strict=True)
                ],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "insidetextfont": {
                    "size": 10,
                    "color": [
                        "#ffffff" if is_dark(colour) and not count.is_marked else TEXT for count in counts
                    ],
                },
                "marker": step_marker(colour, [count.is_marked for count in counts]),
            }
        )
        columns.append((name, [brief(run, estimate) for estimate in found]))
    totals = [_total(run, metric, items) for metric in metrics]
    figure = {
        "data": named([*traces, *entries]),
        "layout": layout(
            (98 if len(items) <= 4 else 118) + row_height(categories, 34) * len(categories),
            barmode="stack",
            bargap=0.34,
            showlegend=True,
            margin={"l": 8, "r": 60, "t": 34, "b": 8},
            xaxis=percent_axis(str(options["x"]), step=0.25),
            yaxis=axis(str(options.get("y", "Spørgsmål")), autorange="reversed", showgrid=False),
            annotations=[
                {"x": 1.01, "xref": "paper", "y": wrap(text), "yref": "y", "text": f"{total} svar",
                 "showarrow": False, "xanchor": "left", "font": {"size": 10, "color": QUIET}}
                for text, total in zip(categories, totals, strict=True)
            ],
        ),
    }  # fmt: skip
    caption = str(options["caption"])
    table = grid(key, caption, str(options.get("y", "Spørgsmål")), categories, columns)
    return Chart(
        key, caption, figure, table, "Svarfordeling", notes_of(options), "Lyse felter" if has_marks else ""
    )


def _total(run: Run, metric: str, items: Sequence[str]) -> str:
    for item in items:
        found = run.estimates.get(metric, run.as_of, item=item)
        if found is not None and found.state == "observed" and found.denominator is not None:
            return plain(spell(found, "nævner"))
    return "–"


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
        entries.append(legend(f"Pr. {short_date(day)}", colour))
        columns.append((short_date(day), [written(run, estimate) for estimate in found]))
        if any(estimate is not None and estimate.low is not None for estimate in found):
            columns.append((f"95 %-interval, {short_date(day)}", [_interval(estimate) for estimate in found]))
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


def _size(estimate: Estimate | None, statistic: str) -> float:
    return point(estimate, statistic).value


def _widest(series: Sequence[Series], statistic: str, is_stacked: bool) -> float:
    columns = [
        [_size(estimate, statistic) for estimate in column]
        for column in zip(*(found for _, found in series), strict=True)
    ]
    return max((sum(column) if is_stacked else max(column) for column in columns), default=0.0)


def _scale(items: Sequence[str], *, is_reversed: bool) -> dict[str, str]:
    """A colour per answer, from the first to the last of the list; don't know and unknown stand apart."""
    known = [item for item in items if item not in UNSURE_ITEMS]
    if is_reversed:
        known.reverse()
    steps = STEPS.get(len(known), (0, 1, 2, 3, 4))
    colours = {item: SCALE[steps[min(place, len(steps) - 1)]] for place, item in enumerate(known)}
    return {item: colours.get(item, UNSURE) for item in items}
