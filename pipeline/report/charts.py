"""Charts of estimates as plotly figures: bars, answers, shares with intervals. Pure data, no drawing."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.results import NONE, Estimate
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, is_marked, plain, spell
from pipeline.report.style import (
    ACCENT,
    QUIET,
    SCALE,
    SERIES,
    TEXT,
    UNSURE,
    axis,
    bar_marker,
    layout,
    named,
)
from pipeline.report.tables import (
    EVERY,
    Asked,
    Column,
    DataTable,
    Row,
    asked,
    brief,
    cell,
    code_list_of,
    item_label,
    per_text,
    short_date,
    stratum_label,
    stratum_title,
    written,
)
from pipeline.text import number_da

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """A figure ready to be drawn, its caption, and the table its data stand in."""

    id: str
    caption: str
    figure: dict[str, Any]
    table: DataTable
    kind: str
    notes: tuple[str, ...] = ()
    has_marks: bool = False

    @property
    def alt(self) -> str:
        """The picture in words: its kind, its subject, and its first numbers."""
        lines = [
            f"{row.label}: {', '.join(plain(item) for item in row.cells)}"
            for row in self.table.rows
            if row.cells
        ]
        return f"{self.kind}. {self.caption}. " + "; ".join(lines[:12]) + "."


@dataclass(frozen=True)
class Point:
    """A number in a picture, and how it is written."""

    value: float
    text: str
    is_marked: bool


def bars(run: Run, key: str, options: Options) -> Chart:
    """Horizontal bars: metrics by a stratum (``by``), stacked or beside each other, or a metric's answers."""
    wanted = [asked(text) for text in options["metrics"]]
    statistic = str(options.get("statistic", "antal"))
    by = str(options.get("by", ""))
    series: list[tuple[str, list[Estimate | None]]] = []
    if by:
        codes = _strata(run, wanted, by)
        categories = [stratum_label(run, by, code) for code in codes]
        for ask in wanted:
            found = [
                run.estimates.get(
                    ask.metric, run.as_of, item=ask.item, stratum_by=by, stratum=code, per=ask.per
                )
                for code in codes
            ]
            series.append((_series_name(run, ask), found))
        corner = stratum_title(run, by)
    else:
        listed = [one for ask in wanted for one in _each(run, ask)]
        categories = [_category(run, ask) for ask in listed]
        days = run.cut_offs if options.get("compare") else (run.as_of,)
        for day in days:
            found = [run.estimates.get(ask.metric, day, item=ask.item, per=ask.per) for ask in listed]
            series.append((short_date(day), found))
        corner = str(options.get("y", "Indikator"))
    return _horizontal(run, key, options, categories, series, statistic, corner)


def _horizontal(
    run: Run,
    key: str,
    options: Options,
    categories: Sequence[str],
    series: Sequence[tuple[str, Sequence[Estimate | None]]],
    statistic: str,
    corner: str,
) -> Chart:
    is_stacked = bool(options.get("stacked"))
    traces: list[dict[str, Any]] = []
    marked = False
    for index, (name, found) in enumerate(series):
        points = [_point(run, estimate, statistic) for estimate in found]
        colour = SERIES[index % len(SERIES)] if is_stacked or len(series) == 1 else _pair(index, len(series))
        marks = [point.is_marked for point in points]
        marked |= any(marks)
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "x": [point.value for point in points],
                "y": [_wrap(text) for text in categories],
                "text": [point.text for point in points],
                "textposition": "auto" if is_stacked else "outside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "cliponaxis": False,
                "textfont": {"size": 10},
                "outsidetextfont": {"color": TEXT},
                "insidetextfont": {"color": _readable(colour, marks)},
                "marker": bar_marker(colour, marks),
            }
        )
    widest = _widest(series, statistic, is_stacked)
    is_share = statistic == "procent"
    lines = sum(max(1, _wrap(text).count("<br>") + 1) for text in categories)
    per_category = 1 if is_stacked or len(series) == 1 else len(series)
    height = 74 + max(lines * 17, len(categories) * (22 + 14 * (per_category - 1)))
    figure = {
        "data": named(traces),
        "layout": layout(
            height + (18 if len(series) > 1 else 0),
            barmode="stack" if is_stacked else "group",
            bargap=0.32,
            bargroupgap=0.08,
            showlegend=len(series) > 1,
            margin={"l": 8, "r": 40, "t": 34 if len(series) > 1 else 10, "b": 8},
            xaxis=axis(str(options["x"]), range=[0, 1 if is_share else widest * 1.12 or 1],
                       tickformat=".0%" if is_share else ",d", rangemode="tozero"),
            yaxis=axis(str(options.get("y", corner)), autorange="reversed", showgrid=False, ticks=""),
        ),
    }  # fmt: skip
    table = _grid(key, str(options["caption"]), corner, categories, [
        (name, [brief(run, estimate) for estimate in found]) for name, found in series
    ])  # fmt: skip
    return Chart(key, str(options["caption"]), figure, table, "Søjlediagram", _notes(options), marked)


def answers(run: Run, key: str, options: Options) -> Chart:
    """Questions on one scale as stacked shares of the answers; the counts stand in the bars."""
    metrics = [str(name) for name in options["metrics"]]
    items = list(run.book.metrics[metrics[0]].items)
    scale = _scale(items)
    categories = [_question(run, metric, options) for metric in metrics]
    traces: list[dict[str, Any]] = []
    columns: list[tuple[str, list[Spelled]]] = []
    marked = False
    for item in items:
        found = [run.estimates.get(metric, run.as_of, item=item) for metric in metrics]
        points = [_point(run, estimate, "procent") for estimate in found]
        counts = [_point(run, estimate, "antal") for estimate in found]
        marks = [point.is_marked for point in points]
        marked |= any(marks)
        colour = scale[item]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": item_label(run, metrics[0], item),
                "x": [point.value for point in points],
                "y": [_wrap(text) for text in categories],
                "text": [
                    count.text if point.value >= 0.04 else ""
                    for point, count in zip(points, counts, strict=True)
                ],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"size": 10},
                "insidetextfont": {"color": "#ffffff" if _is_dark(colour) else TEXT},
                "marker": {"color": colour, "line": {"color": "#ffffff", "width": 1}},
            }
        )
        columns.append((item_label(run, metrics[0], item), [brief(run, estimate) for estimate in found]))
    totals = [
        next(
            (
                number_da(estimate.denominator)
                for item in items
                if (estimate := run.estimates.get(metric, run.as_of, item=item))
                and estimate.denominator is not None
            ),
            "–",
        )
        for metric in metrics
    ]
    lines = sum(max(2, _wrap(text).count("<br>") + 1) for text in categories)
    figure = {
        "data": named(traces),
        "layout": layout(
            104 + lines * 17,
            barmode="stack",
            bargap=0.34,
            showlegend=True,
            margin={"l": 8, "r": 56, "t": 36, "b": 8},
            xaxis=axis(str(options["x"]), range=[0, 1], tickformat=".0%", dtick=0.25),
            yaxis=axis(str(options.get("y", "Spørgsmål")), autorange="reversed", showgrid=False),
            annotations=[
                {"x": 1.01, "xref": "paper", "y": _wrap(text), "yref": "y", "text": f"{total} svar",
                 "showarrow": False, "xanchor": "left", "font": {"size": 10, "color": QUIET}}
                for text, total in zip(categories, totals, strict=True)
            ],
        ),
    }  # fmt: skip
    table = _grid(key, str(options["caption"]), str(options.get("y", "Spørgsmål")), categories, columns)
    return Chart(key, str(options["caption"]), figure, table, "Svarfordeling", _notes(options), marked)


def shares(run: Run, key: str, options: Options) -> Chart:
    """Shares with their intervals, at every cut-off: filled points are published, open ones reconstructed."""
    listed = [one for text in options["metrics"] for one in _each(run, asked(text))]
    categories = [_share_label(run, ask) for ask in listed]
    traces: list[dict[str, Any]] = []
    columns: list[tuple[str, list[Spelled]]] = []
    marked = False
    days = run.cut_offs
    for index, day in enumerate(days):
        colour = ACCENT if day == run.as_of else SERIES[1]
        found = [run.estimates.get(ask.metric, day, item=ask.item, per=ask.per) for ask in listed]
        shift = (index - (len(days) - 1) / 2) * 0.3
        rows = [
            (place, estimate)
            for place, estimate in enumerate(found)
            if estimate is not None and estimate.value is not None
        ]
        points = [_point(run, estimate, "procent") for _, estimate in rows]
        marked |= any(point.is_marked for point in points)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "name": f"Pr. {short_date(day)}",
                "x": [point.value for point in points],
                "y": [place + shift for place, _ in rows],
                "text": [f"  {point.text}" for point in points],
                "textposition": [
                    "middle right" if estimate.high is None else "top center" for _, estimate in rows
                ],
                "textfont": {"size": 10, "color": TEXT},
                "cliponaxis": False,
                "marker": {
                    "size": 9,
                    "symbol": ["circle-open" if point.is_marked else "circle" for point in points],
                    "color": colour,
                    "line": {"width": 2, "color": colour},
                },
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [float((e.high or e.value or 0) - (e.value or 0)) for _, e in rows],
                    "arrayminus": [
                        float((e.value or 0) - (e.low if e.low is not None else e.value or 0))
                        for _, e in rows
                    ],
                    "color": colour,
                    "thickness": 1.4,
                    "width": 3,
                },
            }
        )
        columns.append((short_date(day), [written(run, estimate) for estimate in found]))
        if any(estimate is not None and estimate.low is not None for estimate in found):
            columns.append(
                (f"95 %-interval, {short_date(day)}", [_interval(run, estimate) for estimate in found])
            )
    figure = {
        "data": named(traces),
        "layout": layout(
            96 + 46 * len(listed),
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 36, "b": 8},
            xaxis=axis(str(options["x"]), range=[-0.02, 1.02], tickformat=".0%", dtick=0.2),
            yaxis=axis(
                str(options.get("y", "Indikator")),
                range=[len(listed) - 0.4, -0.6],
                tickvals=list(range(len(listed))),
                ticktext=[_wrap(text, 38) for text in categories],
                showgrid=False,
            ),
        ),
    }
    table = _grid(key, str(options["caption"]), "Andel", categories, columns)
    return Chart(
        key, str(options["caption"]), figure, table, "Andele med intervaller", _notes(options), marked
    )


def _interval(run: Run, estimate: Estimate | None) -> Spelled:
    return cell(None) if estimate is None or estimate.low is None else spell(estimate, "interval")


def _point(run: Run, estimate: Estimate | None, statistic: str) -> Point:
    if estimate is None or estimate.state in ("missing", "suppressed"):
        return Point(0.0, "" if estimate is None else plain(spell(estimate)), False)
    if estimate.state == "structural_zero":
        return Point(0.0, "0*", False)
    counts = statistic == "antal" and estimate.numerator is not None
    value = estimate.numerator if counts else estimate.value
    if value is None:
        return Point(0.0, "", False)
    spelled = spell(estimate, statistic if counts or statistic == "procent" else "tal")
    return Point(float(value), plain(spelled), is_marked(spelled))


def _grid(
    key: str,
    caption: str,
    corner: str,
    categories: Sequence[str],
    columns: Sequence[tuple[str, Sequence[Spelled]]],
) -> DataTable:
    return DataTable(
        f"figur_{key}",
        caption,
        (Column(corner, is_number=False), *(Column(name) for name, _ in columns)),
        tuple(
            Row(text, tuple(cells[place] for _, cells in columns)) for place, text in enumerate(categories)
        ),
        style="compact",
    )


def _each(run: Run, ask: Asked) -> list[Asked]:
    if ask.item != EVERY:
        return [ask]
    known = run.book.metrics.get(ask.metric)
    present = run.estimates.items(ask.metric, run.as_of)
    order = [code for code in known.items if code in present] if known and known.items else list(present)
    return [Asked(ask.metric, item, ask.per) for item in order]


def _category(run: Run, ask: Asked) -> str:
    return item_label(run, ask.metric, ask.item) if ask.item != NONE else run.book.title(ask.metric)


def _series_name(run: Run, ask: Asked) -> str:
    return _category(run, ask)


def _share_label(run: Run, ask: Asked) -> str:
    found = run.estimates.get(ask.metric, run.as_of, item=ask.item, per=ask.per)
    return f"{_category(run, ask)}, {per_text(run, found)}"


def _question(run: Run, metric: str, options: Options) -> str:
    short: Mapping[str, str] = options.get("labels", {})
    return short.get(metric, run.book.title(metric))


def _strata(run: Run, wanted: Sequence[Asked], by: str) -> list[str]:
    found = {code for ask in wanted for code in run.estimates.strata(ask.metric, by, run.as_of)}
    name = code_list_of(run, by)
    order = run.codes[name].codes if name else tuple(sorted(found))
    return [code for code in order if code in found]


def _widest(
    series: Sequence[tuple[str, Sequence[Estimate | None]]], statistic: str, is_stacked: bool
) -> float:
    def size(estimate: Estimate | None) -> float:
        if estimate is None:
            return 0.0
        value = (
            estimate.numerator if statistic == "antal" and estimate.numerator is not None else estimate.value
        )
        return float(value or 0)

    columns = list(zip(*(found for _, found in series), strict=True))
    sums = [sum(map(size, column)) if is_stacked else max(map(size, column)) for column in columns]
    return max(sums, default=1.0)


def _scale(items: Sequence[str]) -> dict[str, str]:
    """A colour per answer, from the first to the last of the list; don't know and unknown stand apart."""
    known = [item for item in items if item not in ("dont_know", "unknown")]
    steps = {1: (0,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4)}.get(len(known), (0, 1, 2, 3, 4))
    colours = {item: SCALE[steps[min(place, len(steps) - 1)]] for place, item in enumerate(known)}
    return {item: colours.get(item, UNSURE) for item in items}


def _readable(colour: str, marks: Sequence[bool]) -> list[str]:
    return [TEXT if mark or not _is_dark(colour) else "#ffffff" for mark in marks]


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _pair(index: int, count: int) -> str:
    """The latest cut-off in the accent, earlier ones in other colours."""
    return ACCENT if index == count - 1 else SERIES[1 + index]


def _wrap(text: str, width: int = 34) -> str:
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False))


def _notes(options: Options) -> tuple[str, ...]:
    return tuple(options.get("notes", ()))
