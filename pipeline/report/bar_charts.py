"""Horizontal bars of counts or shares, stacked or side by side. Pure data, no drawing."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.estimate_tables import asked
from pipeline.report.labels import brief, short_date, stratum_label, stratum_title
from pipeline.report.points import (
    COUNT,
    SHARE,
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
    strata,
    wrap,
)
from pipeline.report.results import Estimate
from pipeline.report.run import Run
from pipeline.report.style import (
    ACCENT,
    SERIES,
    TEXT,
    axis,
    bar_marker,
    is_dark,
    layout,
    legend,
    named,
    percent_axis,
)

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
                    run.estimates.get(
                        ask.metric, run.as_of, item=ask.item, stratum_by=by, stratum=code, per=ask.per
                    )
                    for code in codes
                ],
            )
            for ask in wanted
        ]
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
            short_date(run, day),
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


def _size(estimate: Estimate | None, statistic: str) -> float:
    return point(estimate, statistic).value


def _widest(series: Sequence[Series], statistic: str, is_stacked: bool) -> float:
    columns = [
        [_size(estimate, statistic) for estimate in column]
        for column in zip(*(found for _, found in series), strict=True)
    ]
    return max((sum(column) if is_stacked else max(column) for column in columns), default=0.0)
