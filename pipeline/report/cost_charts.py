"""The business case's figures: budget per year, net present value per use, and the tornado."""

import textwrap
from decimal import Decimal
from typing import Any

from pipeline.report.book import danish
from pipeline.report.cost_tables import by_year, sensitivity
from pipeline.report.facts import SUM
from pipeline.report.ledger import (
    MILLION_NOTE,
    MILLION_OERE,
    block_label,
    blocks,
    gross,
    input_text,
    is_assumed,
    million,
    net_present_values,
    perspectives,
    ranked,
)
from pipeline.report.points import Chart, Options
from pipeline.report.run import Run
from pipeline.report.style import ACCENT, LINE, QUIET, SERIES, TEXT, axis, layout, named
from pipeline.report.table import Column, DataTable, Row
from pipeline.text import number_da


def years(run: Run, key: str, options: Options) -> Chart:
    """Benefits above the line and costs below it, per year, with the net as a point."""
    perspective = str(options["perspective"])
    found = gross(run, perspective)
    ticks = [f"År {year}" for year in found]
    costs = [pair[0] / MILLION_OERE for pair in found.values()]
    benefits = [pair[1] / MILLION_OERE for pair in found.values()]
    net = [cost + benefit for cost, benefit in zip(costs, benefits, strict=True)]
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": "Gevinster", "x": ticks, "y": benefits, "marker": {"color": ACCENT}},
        {"type": "bar", "name": "Omkostninger", "x": ticks, "y": costs, "marker": {"color": SERIES[1]}},
        {
            "type": "scatter", "mode": "markers+text", "name": "Netto", "x": ticks, "y": net,
            "text": [f"  {_tenths(value)}" for value in net], "textposition": "middle right",
            "textfont": {"size": 10, "color": TEXT}, "cliponaxis": False,
            "marker": {
                "symbol": "diamond", "size": 9, "color": "#ffffff", "line": {"color": TEXT, "width": 1.6},
            },
        },
    ]  # fmt: skip
    figure = {
        "data": named(traces),
        "layout": layout(
            290,
            barmode="relative",
            bargap=0.62,
            showlegend=True,
            margin={"l": 8, "r": 24, "t": 36, "b": 8},
            xaxis=axis(str(options["x"]), showgrid=False),
            yaxis=axis(str(options["y"]), zeroline=True, zerolinecolor=LINE, tickformat=",.0f"),
        ),
    }
    table = by_year(run, f"figur_{key}", str(options["caption"]), (perspective,))
    return Chart(key, str(options["caption"]), figure, table, "Søjlediagram", tuple(options.get("notes", ())))


def by_use(run: Run, key: str, options: Options) -> Chart:
    """Net present value per use type, shared items and sum, one perspective beside another."""
    chosen = [str(code) for code in options.get("perspectives", perspectives(run))]
    sums = net_present_values(run)
    listed = blocks(run)
    categories = ["<br>".join(textwrap.wrap(block_label(run, block), 34)) for block in listed]
    traces: list[dict[str, Any]] = []
    for index, perspective in enumerate(chosen):
        values = [sums[perspective, block] / MILLION_OERE for block in listed]
        traces.append(
            {
                "type": "bar", "orientation": "h", "name": run.word("perspective", perspective),
                "x": values, "y": categories, "text": [_tenths(value) for value in values],
                "textposition": "outside", "cliponaxis": False, "textfont": {"size": 9.5, "color": TEXT},
                "marker": {"color": SERIES[index % len(SERIES)]},
            }
        )  # fmt: skip
    low = min(0.0, *(value for trace in traces for value in trace["x"]))
    high = max(0.0, *(value for trace in traces for value in trace["x"]))
    pad = 0.12 * ((high - low) or 1.0)
    figure = {
        "data": named(traces),
        "layout": layout(
            100 + len(listed) * (18 + 13 * len(chosen)),
            barmode="group",
            bargap=0.3,
            bargroupgap=0.05,
            showlegend=True,
            margin={"l": 8, "r": 28, "t": 36, "b": 8},
            xaxis=axis(
                str(options["x"]),
                range=[low - pad, high + pad],
                zeroline=True,
                zerolinecolor=LINE,
                tickformat=",.0f",
            ),
            yaxis=axis(str(options["y"]), autorange="reversed", showgrid=False),
        ),
    }
    table = DataTable(
        f"figur_{key}",
        str(options["caption"]),
        (
            Column(str(options["y"]), is_number=False),
            *(Column(run.word("perspective", code)) for code in chosen),
        ),
        tuple(
            Row(
                block_label(run, block),
                tuple(million(sums[perspective, block]) for perspective in chosen),
                is_total=block == SUM,
            )
            for block in listed
        ),
        (MILLION_NOTE,),
        "compact",
    )
    return Chart(key, str(options["caption"]), figure, table, "Søjlediagram", tuple(options.get("notes", ())))


def tornado(run: Run, key: str, options: Options) -> Chart:
    """What each input does to the net present value at its low and its high, the widest on top."""
    perspective, top = str(options["perspective"]), int(options.get("top", 12))
    found = ranked(run, perspective)[:top]
    base = int(found[0]["npv_base_oere"]) / MILLION_OERE if found else 0.0
    names = [
        "<br>".join(
            textwrap.wrap(
                danish(row, "title") + ("\u00a0*" if is_assumed(run, str(row["assumption"])) else ""), 40
            )
        )
        for row in found
    ]
    traces: list[dict[str, Any]] = []
    for title, column, colour in (("Lav værdi", "low", SERIES[1]), ("Høj værdi", "high", ACCENT)):
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
        "layout": layout(
            110 + max(26 * len(found), 15 * lines),
            barmode="overlay",
            bargap=0.38,
            showlegend=True,
            margin={"l": 8, "r": 20, "t": 40, "b": 8},
            xaxis=axis(str(options["x"]), range=[low - 1.4 * pad, high + pad], tickformat=",.0f"),
            yaxis=axis(str(options["y"]), autorange="reversed", showgrid=False),
            shapes=[
                {"type": "line", "layer": "below", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": TEXT, "width": 1, "dash": "dot"}, "visible": low - pad < 0 < high + pad}
            ],
        ),
    }  # fmt: skip
    table = sensitivity(run, f"figur_{key}", str(options["caption"]), perspective, top)
    notes = ("* antagelse uden kilde.", *(str(note) for note in options.get("notes", ())))
    return Chart(key, str(options["caption"]), figure, table, "Følsomhedsdiagram", notes)


def _end(run: Run, row: Any, column: str) -> str:
    number, unit = input_text(run, row, column)
    return number if unit == "andel" else f"{number} {unit}".strip()


def _tenths(value: float) -> str:
    return number_da(Decimal(repr(value)), 1)
