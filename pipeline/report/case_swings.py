"""Figures of how sure the result is: the tornado, the chance of a gain, what knowing more is worth."""

from typing import Any

from pipeline.report.case import (
    headline,
    input_said,
    measured,
    perspectives,
    ranked,
)
from pipeline.report.case_information import KNOWN_TOGETHER, information
from pipeline.report.case_picture import exact, frame
from pipeline.report.case_sensitivity import sensitivity, starred
from pipeline.report.points import LINE_PX, Chart, Options, notes_of, wrap
from pipeline.report.run import Run
from pipeline.report.spelling import MILLION_OERE
from pipeline.report.style import ACCENT, LINES, QUIET, SERIES, TEXT, axis, lighter, named
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number, percent

# Room in the tornado: letters of a name's line; pixels of a row, a bar, a letter at an end, and all bars.
NAME_CHARS, ROW_PX, BAR_PX, CHAR_PX, PLOT_PX = 44, 23, 14, 5.2, 340


def tornado(run: Run, key: str, options: Options) -> Chart:
    """What each input does to the net present value at its low and its high, the widest on top.

    Rows are as high as their names need; the input's own value stands at each end with its unit.
    """
    perspective, top = str(options["perspective"]), int(options.get("top", 12))
    alternative = str(options.get("alternative", headline(run)))
    found = ranked(run, perspective, alternative)[:top]
    base = int(found[0]["npv_base_oere"]) / MILLION_OERE if found else 0.0
    names = [wrap(starred(run, row), NAME_CHARS) for row in found]
    heights = [max(ROW_PX, LINE_PX * (name.count("<br>") + 1) + 8) for name in names]
    places = [sum(heights[:index]) + height / 2 for index, height in enumerate(heights)]
    traces: list[dict[str, Any]] = []
    for title, column, colour in (
        (run.say("Ved lav værdi", "At the low value"), "low", SERIES[1]),
        (run.say("Ved høj værdi", "At the high value"), "high", ACCENT),
    ):
        ends = [int(row[f"npv_{column}_oere"]) / MILLION_OERE for row in found]
        traces.append(
            {
                "type": "bar", "orientation": "h", "name": title, "y": places, "base": base, "width": BAR_PX,
                "x": [end - base for end in ends],
                "text": [input_said(run, row, column) for row in found],
                "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9, "color": QUIET},
                "marker": {"color": colour},
            }
        )  # fmt: skip
    values = [int(row[f"npv_{end}_oere"]) / MILLION_OERE for row in found for end in ("low", "high")]
    low, high = min([base, *values]), max([base, *values])
    longest = max((len(input_said(run, row, end)) for row in found for end in ("low", "high")), default=0)
    pad = (high - low or 1) * longest * CHAR_PX / (PLOT_PX - 2 * longest * CHAR_PX)
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            98 + sum(heights),
            barmode="overlay",
            showlegend=True,
            margin={"l": 8, "r": 8, "t": 40, "b": 8},
            xaxis=axis(str(options["x"]), range=[low - pad, high + pad], tickformat=",.0f"),
            yaxis=axis("", range=[sum(heights), 0], tickvals=places, ticktext=names, showgrid=False),
            shapes=[
                {"type": "line", "layer": "below", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": TEXT, "width": 1, "dash": "dot"}, "visible": low - pad < 0 < high + pad}
            ],
        ),
    }  # fmt: skip
    table = sensitivity(run, f"figur_{key}", str(options["caption"]), perspective, top, alternative)
    note = run.say(
        "Ved hver søjles ende står forudsætningens egen værdi. * antagelse uden kilde.",
        "At each bar's end stands the assumption's own value. * assumption without a source.",
    )
    kind = run.say("Følsomhedsdiagram", "Tornado diagram")
    return Chart(key, str(options["caption"]), figure, table, kind, (note, *notes_of(options)))


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
            "line": {"color": LINES[index % len(LINES)][0], "dash": LINES[index % len(LINES)][1], "width": 2},
            "marker": {"size": 7, "symbol": LINES[index % len(LINES)][2]},
        }
        for index, (view, found) in enumerate(rows.items())
    ]  # fmt: skip
    ticks = [0, 0.25, 0.5, 0.75, 1]
    words = [percent(exact(tick), 0, run.language) for tick in ticks]
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            270 + 19 * len(chosen),
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 20 + 19 * len(chosen), "b": 8},
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


def worth(run: Run, key: str, options: Options) -> Chart:
    """What one study could be worth, group by group, with its standard error; everything on top."""
    found = [
        *measured(run, "cost_information", kind="evpi"),
        *sorted(
            measured(run, "cost_information", kind="group"), key=lambda row: (-row["value_oere"], row["name"])
        ),
    ]
    names = [wrap(run.titled(row), NAME_CHARS + 4) for row in found]
    values = [row["value_oere"] / MILLION_OERE for row in found]
    errors = [1.96 * row["standard_error_oere"] / MILLION_OERE for row in found]
    trace = {
        "type": "bar", "orientation": "h", "y": names, "x": values,
        "error_x": {"type": "data", "array": errors, "color": QUIET, "thickness": 1},
        "text": [f"  {number(exact(value), 1, run.language)}" for value in values],
        "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9.5, "color": TEXT},
        "marker": {"color": [ACCENT, *([lighter(ACCENT, 0.45)] * (len(found) - 1))]},
    }  # fmt: skip
    figure = {
        "data": named([trace]),
        "layout": frame(
            run,
            72 + 24 * len(found),
            bargap=0.4,
            margin={"l": 8, "r": 28, "t": 12, "b": 8},
            xaxis=axis(str(options["x"]), range=[0, 1.18 * max([*values, 0.1])], tickformat=",.0f"),
            yaxis=axis("", autorange="reversed", showgrid=False),
        ),
    }
    table = information(run, f"figur_{key}", str(options["caption"]), KNOWN_TOGETHER)
    kind = run.say("Søjlediagram", "Bar chart")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))
