"""The answers to questions on one scale as stacked shares. Pure data, no drawing."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.labels import (
    brief,
    item_label,
)
from pipeline.report.points import (
    COUNT,
    SHARE,
    Chart,
    Options,
    grid,
    notes_of,
    point,
    row_height,
    wrap,
)
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, plain, spell
from pipeline.report.style import (
    QUIET,
    SCALE,
    TEXT,
    UNSURE,
    axis,
    is_dark,
    layout,
    legend,
    named,
    percent_axis,
    step_marker,
)

UNSURE_ITEMS = ("dont_know", "unknown")
STEPS = {1: (0,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4)}


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


def _scale(items: Sequence[str], *, is_reversed: bool) -> dict[str, str]:
    """A colour per answer, from the first to the last of the list; don't know and unknown stand apart."""
    known = [item for item in items if item not in UNSURE_ITEMS]
    if is_reversed:
        known.reverse()
    steps = STEPS.get(len(known), (0, 1, 2, 3, 4))
    colours = {item: SCALE[steps[min(place, len(steps) - 1)]] for place, item in enumerate(known)}
    return {item: colours.get(item, UNSURE) for item in items}
