"""The flow of returns as lanes of boxes. Pure data, no drawing."""

import textwrap
from collections.abc import Mapping
from typing import Any

from pipeline.report.points import Chart, Options
from pipeline.report.results import Fact, label
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, plain, spell_fact
from pipeline.report.style import ACCENT, QUIET, TEXT, WIDTH, layout, lighter
from pipeline.report.table import Column, DataTable, Row, cell

BOX_HEIGHT, TOP, LEAST_GAP, SMALL = 50, 30, 30, 10.5


def flow(run: Run, key: str, options: Options) -> Chart:
    """Lanes of boxes from what was there to what could be used; beside the arrows what left the flow."""
    facts = {fact.name: fact for fact in run.facts if not fact.selectors}
    lanes: list[Mapping[str, Any]] = list(options["lanes"])
    width = WIDTH / len(lanes)
    depth = max(len(lane["steps"]) for lane in lanes)
    gaps = [max(_gap(run, facts, lane, step) for lane in lanes) for step in range(1, depth)]
    tops = [TOP + step * BOX_HEIGHT + sum(gaps[:step]) for step in range(depth)]
    height = TOP + depth * BOX_HEIGHT + sum(gaps) + 12
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    rows: list[Row] = []
    for place, lane in enumerate(lanes):
        left, right = place * width + 5, (place + 1) * width - 5
        middle = (left + right) / 2
        notes.append(_words(f"<b>{lane['title']}</b>", middle, height - 12, 11, ACCENT))
        rows.append(Row(str(lane["title"]), is_group=True))
        for step, name in enumerate(lane["steps"]):
            top = height - tops[step]
            leaving = [str(item) for item in lane.get("leaving", {}).get(name, ())]
            if step:
                gap = gaps[step - 1]
                notes.append(_arrow(middle, top + gap, top))
                lines = _left(run, facts, lane, step)
                first = top + gap / 2 + (len(lines) - 1) * SMALL / 2
                notes += [
                    _words(line, middle + 6, first - index * SMALL, 8, QUIET, "left")
                    for index, line in enumerate(lines)
                ]
            marked = facts[f"flow.{name}"].is_reconstructed
            shapes.append(
                {
                    "type": "rect",
                    "x0": left,
                    "x1": right,
                    "y0": top - BOX_HEIGHT,
                    "y1": top,
                    "line": {"color": ACCENT, "width": 1, "dash": "dot" if marked else "solid"},
                    "fillcolor": "#ffffff" if marked else lighter(ACCENT, 0.9),
                    "layer": "below",
                }
            )
            notes.append(_words(f"<b>{_count(facts, name)}</b>", middle, top - 14, 14, TEXT))
            lines = textwrap.wrap(_label(run, name), 24)
            notes += [
                _words(line, middle, top - 31 - 11 * index + (0 if len(lines) > 1 else -4), 9, TEXT)
                for index, line in enumerate(lines)
            ]
            rows += [
                Row(_label(run, item), (_spelled(facts, item),), is_indented=True)
                for item in (*leaving, str(name))
            ]
    hidden = {"visible": False, "fixedrange": True}
    figure = {
        "data": [
            {
                "type": "scatter",
                "x": [0, WIDTH],
                "y": [0, height],
                "mode": "markers",
                "uid": "t00",
                "marker": {"opacity": 0},
                "hoverinfo": "skip",
            }
        ],
        "layout": layout(
            height,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            shapes=shapes,
            annotations=notes,
            xaxis={**hidden, "range": [0, WIDTH]},
            yaxis={**hidden, "range": [0, height]},
        ),
    }
    table = DataTable(
        f"figur_{key}",
        str(options["caption"]),
        (Column("Trin", is_number=False), Column("Antal")),
        tuple(rows),
        style="compact",
    )
    has_marks = any(fact.is_reconstructed for fact in run.facts if fact.name.startswith("flow."))
    return Chart(
        key,
        str(options["caption"]),
        figure,
        table,
        "Strømdiagram",
        tuple(options.get("notes", ())),
        "Stiplede bokse" if has_marks else "",
    )


def _left(run: Run, facts: Mapping[str, Fact], lane: Mapping[str, Any], step: int) -> list[str]:
    """What left the flow before a step, in short lines."""
    leaving: list[str] = (
        list(lane.get("leaving", {}).get(lane["steps"][step], ())) if step < len(lane["steps"]) else []
    )
    said = [f"− {_count(facts, item)} {_short(run, item)}" for item in leaving]
    return [line for text in said for line in textwrap.wrap(text, 19, break_long_words=False)]


def _gap(run: Run, facts: Mapping[str, Fact], lane: Mapping[str, Any], step: int) -> int:
    return max(LEAST_GAP, round(len(_left(run, facts, lane, step)) * SMALL) + 12)


def _spelled(facts: Mapping[str, Fact], step: str) -> Spelled:
    fact = facts.get(f"flow.{step}")
    return cell(None) if fact is None else spell_fact(fact, "antal")


def _count(facts: Mapping[str, Fact], step: str) -> str:
    return plain(_spelled(facts, step))


def _label(run: Run, step: str) -> str:
    return label(run.codes, "flow_step", step)


def _short(run: Run, step: str) -> str:
    text = _label(run, step)
    return text[0].lower() + text[1:]


def _words(text: str, x: float, y: float, size: float, colour: str, anchor: str = "center") -> dict[str, Any]:
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "x",
        "yref": "y",
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "middle",
        "font": {"size": size, "color": colour},
    }


def _arrow(x: float, start: float, end: float) -> dict[str, Any]:
    return {
        "x": x,
        "y": end,
        "ax": x,
        "ay": start,
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1,
        "arrowwidth": 1.1,
        "arrowcolor": ACCENT,
    }
