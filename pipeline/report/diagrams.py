"""Figures that are no charts of estimates: the flow of returns and the plan of milestones."""

import textwrap
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.report.points import Chart, Options
from pipeline.report.results import Fact, label
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, plain, spell_fact
from pipeline.report.style import ACCENT, LINE, QUIET, SERIES, TEXT, WIDTH, axis, layout, lighter, named
from pipeline.report.tables import Column, DataTable, Row, cell
from pipeline.text import MONTHS_DA, date_da, month_da

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
                notes += [
                    _words(line, middle + 6, top + gap / 2 + (len(lines) - 1) * SMALL / 2 - index * SMALL, 8, QUIET, "left")
                    for index, line in enumerate(lines)
                ]  # fmt: skip
            marked = facts[f"flow.{name}"].is_reconstructed
            shapes.append(
                {
                    "type": "rect", "x0": left, "x1": right, "y0": top - BOX_HEIGHT, "y1": top,
                    "line": {"color": ACCENT, "width": 1, "dash": "dot" if marked else "solid"},
                    "fillcolor": "#ffffff" if marked else lighter(ACCENT, 0.9), "layer": "below",
                }
            )  # fmt: skip
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
        "data": [{"type": "scatter", "x": [0, WIDTH], "y": [0, height], "mode": "markers", "uid": "t00",
                  "marker": {"opacity": 0}, "hoverinfo": "skip"}],
        "layout": layout(height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, shapes=shapes, annotations=notes,
                         xaxis={**hidden, "range": [0, WIDTH]}, yaxis={**hidden, "range": [0, height]}),
    }  # fmt: skip
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


def milestones(run: Run, key: str, options: Options) -> Chart:
    """The plan: an open mark where a milestone was planned, a filled one where it was met."""
    rows = sorted(run.tables["milestones"], key=lambda row: (row["planned_month"], row["milestone_id"]))
    titles = ["<br>".join(textwrap.wrap(str(row["title_da"]), 40)) for row in rows]
    places = list(range(len(rows)))
    first = min(row["planned_month"] for row in rows)
    last = max(max(row["planned_month"], row["met_date"] or row["planned_month"]) for row in rows)
    met = [(place, row["met_date"]) for place, row in zip(places, rows, strict=True) if row["met_date"]]
    ticks = _quarters(first, last)
    figure = {
        "data": named(
            [
                {"type": "scatter", "mode": "markers", "name": "Planlagt måned",
                 "x": [_middle(row["planned_month"]).isoformat() for row in rows], "y": places,
                 "marker": {"symbol": "diamond-open", "size": 12, "color": ACCENT, "line": {"width": 1.8}}},
                {"type": "scatter", "mode": "markers", "name": "Nået",
                 "x": [day.isoformat() for _, day in met], "y": [place for place, _ in met],
                 "marker": {"symbol": "circle", "size": 9, "color": SERIES[1], "line": {"width": 1, "color": "#ffffff"}}},
            ]
        ),
        "layout": layout(
            100 + 36 * len(rows),
            showlegend=True,
            margin={"l": 8, "r": 16, "t": 34, "b": 8},
            xaxis=axis(str(options["x"]), type="date", tickvals=[day.isoformat() for day in ticks],
                       ticktext=[f"{MONTHS_DA[day.month - 1][:3]}.<br>{day.year}".replace("maj.", "maj") for day in ticks],
                       range=[_shift(first, -1).isoformat(), _shift(last, 2).isoformat()]),
            yaxis=axis(str(options["y"]), tickvals=places, ticktext=titles, range=[len(rows) - 0.5, -0.5]),
            shapes=[{"type": "line", "x0": run.as_of.isoformat(), "x1": run.as_of.isoformat(), "y0": 0, "y1": 1,
                     "yref": "paper", "line": {"color": LINE, "width": 1, "dash": "dot"}}],
            annotations=[{"x": run.as_of.isoformat(), "y": 1.01, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                          "text": "skæringsdato", "font": {"size": 10, "color": QUIET}}],
        ),
    }  # fmt: skip
    table = milestone_table(run, f"figur_{key}", str(options["caption"]))
    return Chart(key, str(options["caption"]), figure, table, "Tidslinje", tuple(options.get("notes", ())))


def milestone_table(run: Run, key: str, caption: str) -> DataTable:
    """The plan: what was planned when, and what became of it."""
    rows = sorted(run.tables["milestones"], key=lambda row: (row["planned_month"], row["milestone_id"]))
    return DataTable(
        key,
        caption,
        tuple(
            Column(name, is_number=False) for name in ("Milepæl", "Planlagt", "Status", "Nået den", "Kilde")
        ),
        tuple(
            Row(
                str(row["title_da"]),
                (
                    cell(month_da(row["planned_month"])),
                    cell(label(run.codes, "milestone_status", str(row["status"]))),
                    cell(date_da(row["met_date"]) if row["met_date"] else "ikke oplyst"),
                    cell(str(row["source"])),
                ),
            )
            for row in rows
        ),
    )


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
        "text": text, "x": x, "y": y, "xref": "x", "yref": "y", "showarrow": False, "xanchor": anchor,
        "yanchor": "middle", "font": {"size": size, "color": colour},
    }  # fmt: skip


def _arrow(x: float, start: float, end: float) -> dict[str, Any]:
    return {
        "x": x, "y": end, "ax": x, "ay": start, "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "",
        "showarrow": True, "arrowhead": 2, "arrowsize": 1, "arrowwidth": 1.1, "arrowcolor": ACCENT,
    }  # fmt: skip


def _shift(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _middle(month: date) -> date:
    return month.replace(day=15)


def _quarters(first: date, last: date) -> list[date]:
    start = date(first.year, 3 * ((first.month - 1) // 3) + 1, 1)
    made: list[date] = []
    while start <= _shift(last, 1):
        made.append(start)
        start = _shift(start, 3)
    return made
