"""Figures of what moves the result: the tornado, and what knowing more is worth."""

import textwrap
from typing import Any

from pipeline.report.case import (
    MILLION_OERE,
    headline,
    input_text,
    is_assumed,
    measured,
    ranked,
)
from pipeline.report.case_charts import exact, frame
from pipeline.report.case_uncertainty import information, sensitivity
from pipeline.report.points import Chart, Options, notes_of, wrap
from pipeline.report.run import Run
from pipeline.report.style import ACCENT, QUIET, SERIES, TEXT, axis, named
from pipeline.text import number


def tornado(run: Run, key: str, options: Options) -> Chart:
    """What each input does to the net present value at its low and its high, the widest on top."""
    perspective, top = str(options["perspective"]), int(options.get("top", 12))
    alternative = str(options.get("alternative", headline(run)))
    found = ranked(run, perspective, alternative)[:top]
    base = int(found[0]["npv_base_oere"]) / MILLION_OERE if found else 0.0
    names = [
        "<br>".join(
            textwrap.wrap(
                run.titled(row) + ("\u00a0*" if is_assumed(run, str(row["assumption"])) else ""), 40
            )
        )
        for row in found
    ]
    traces: list[dict[str, Any]] = []
    for title, column, colour in (
        (run.say("Lav værdi", "Low"), "low", SERIES[1]),
        (run.say("Høj værdi", "High"), "high", ACCENT),
    ):
        ends = [int(row[f"npv_{column}_oere"]) / MILLION_OERE for row in found]
        traces.append(
            {
                "type": "bar", "orientation": "h", "name": title, "y": names, "base": base,
                "x": [end - base for end in ends],
                "text": [_end(run, row, column) for row in found],
                "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9, "color": QUIET},
                "marker": {"color": colour},
            }
        )  # fmt: skip
    values = [int(row[f"npv_{end}_oere"]) / MILLION_OERE for row in found for end in ("low", "high")]
    low, high = min([base, *values]), max([base, *values])
    pad = 0.22 * ((high - low) or 1)
    lines = sum(name.count("<br>") + 1 for name in names)
    figure = {
        "data": named(traces),
        "layout": frame(
            run,
            110 + max(26 * len(found), 15 * lines),
            barmode="overlay",
            bargap=0.38,
            showlegend=True,
            margin={"l": 8, "r": 20, "t": 40, "b": 8},
            xaxis=axis(str(options["x"]), range=[low - 1.4 * pad, high + pad], tickformat=",.0f"),
            yaxis=axis("", autorange="reversed", showgrid=False),
            shapes=[
                {"type": "line", "layer": "below", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": TEXT, "width": 1, "dash": "dot"}, "visible": low - pad < 0 < high + pad}
            ],
        ),
    }  # fmt: skip
    table = sensitivity(run, f"figur_{key}", str(options["caption"]), perspective, top, alternative)
    note = run.say("* antagelse uden kilde.", "* assumption without a source.")
    kind = run.say("Følsomhedsdiagram", "Tornado diagram")
    return Chart(key, str(options["caption"]), figure, table, kind, (note, *notes_of(options)))


def _end(run: Run, row: Any, column: str) -> str:
    shown, unit = input_text(run, row, column)
    return shown if unit == "andel" else f"{shown} {unit}".strip()


def worth(run: Run, key: str, options: Options) -> Chart:
    """What one study could be worth, group by group, with its standard error; everything on top."""
    found = [
        *measured(run, "cost_information", kind="evpi"),
        *sorted(
            measured(run, "cost_information", kind="group"), key=lambda row: (-row["value_oere"], row["name"])
        ),
    ]
    names = [wrap(run.titled(row), 40) for row in found]
    values = [row["value_oere"] / MILLION_OERE for row in found]
    errors = [1.96 * row["standard_error_oere"] / MILLION_OERE for row in found]
    trace = {
        "type": "bar", "orientation": "h", "y": names, "x": values,
        "error_x": {"type": "data", "array": errors, "color": QUIET, "thickness": 1},
        "text": [f"  {number(exact(value), 1, run.language)}" for value in values],
        "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9.5, "color": TEXT},
        "marker": {"color": [ACCENT, *([SERIES[2]] * (len(found) - 1))]},
    }  # fmt: skip
    figure = {
        "data": named([trace]),
        "layout": frame(
            run,
            80 + 30 * len(found),
            bargap=0.4,
            margin={"l": 8, "r": 28, "t": 12, "b": 8},
            xaxis=axis(str(options["x"]), range=[0, 1.18 * max([*values, 0.1])], tickformat=",.0f"),
            yaxis=axis("", autorange="reversed", showgrid=False),
        ),
    }
    table = information(run, f"figur_{key}", str(options["caption"]))
    kind = run.say("Søjlediagram", "Bar chart")
    return Chart(key, str(options["caption"]), figure, table, kind, notes_of(options))
