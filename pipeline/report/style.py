"""The figures' look: one accent colour, a palette told apart by colour-blind readers too, no decoration."""

from collections.abc import Mapping, Sequence
from typing import Any

FONT = "Inter"
WIDTH = 620  # px at 96 dpi: the width of the type area, so that text keeps its size in print
TEXT, QUIET, LINE, GRID = "#22313a", "#5b6b75", "#9aa7af", "#e4e9ec"
ACCENT = "#0f4c5c"
# Dark and light by turns, no two of one lightness: told apart by the colour-blind and in grey print.
SERIES = ("#0f4c5c", "#e09f3e", "#b7d9dd", "#b5542f", "#1c2226", "#7d8c95")
# Lines are told apart by colour, dash and symbol.
LINES = (
    ("#0f4c5c", "solid", "circle"),
    ("#b5542f", "dash", "square"),
    ("#e09f3e", "solid", "diamond"),
    ("#5b6b75", "dot", "triangle-up"),
    ("#1c2226", "dashdot", "x"),
)
# From the best answer to the worst, then "don't know".
SCALE = ("#0f4c5c", "#6ba3ad", "#d5dadd", "#e9b872", "#b5542f")
UNSURE = "#f4f6f7"
# A reconstructed figure is lighter and hatched.
HATCH = "/"


def lighter(colour: str, share: float = 0.5) -> str:
    """``#rrggbb`` mixed with white."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def bar_marker(colour: str, marks: Sequence[bool]) -> dict[str, Any]:
    """Bars in ``colour``; marked ones lighter and hatched."""
    return {
        "color": [lighter(colour) if mark else colour for mark in marks],
        "line": {"color": colour, "width": 0.6},
        "pattern": {
            "shape": [HATCH if mark else "" for mark in marks],
            "fgcolor": [colour] * len(marks),
            "bgcolor": [lighter(colour, 0.72) if mark else colour for mark in marks],
            "fillmode": "replace",
            "size": 5,
            "solidity": 0.22,
        },
    }


def axis(title: str, **more: Any) -> dict[str, Any]:
    """A labelled axis, quiet lines."""
    return {
        "title": {"text": title, "font": {"size": 11, "color": QUIET}, "standoff": 10},
        "tickfont": {"size": 11, "color": TEXT},
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": LINE,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The frame every figure shares: Danish separators, the report's font, no title inside the picture."""
    return {
        "width": WIDTH,
        "height": height,
        "separators": ",.",
        "font": {"family": FONT, "size": 11, "color": TEXT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 16, "t": 30, "b": 8},
        "colorway": list(SERIES),
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
            "font": {"size": 11},
            "itemsizing": "constant",
        },
        "uniformtext": {"minsize": 10, "mode": "show"},
        **more,
    }


def percent_axis(
    title: str, first: float = 0.0, last: float = 1.0, step: float = 0.2, **more: Any
) -> dict[str, Any]:
    """An axis of shares from 0 to 100 %, written the Danish way; room from ``first`` to ``last``."""
    ticks = [round(step * place, 4) for place in range(round(1 / step) + 1)]
    words = [f"{round(tick * 100)}\u00a0%" for tick in ticks]
    return axis(title, range=[first, last], tickvals=ticks, ticktext=words, **more)


def legend(name: str, colour: str) -> dict[str, Any]:
    """An entry of the legend by itself, so that it is plain whatever its bars and points look like."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [None],
        "y": [None],
        "marker": {"symbol": "square", "size": 10, "color": colour},
    }


def step_marker(colour: str, marks: Sequence[bool]) -> dict[str, Any]:
    """A step of a scale in ``colour``; marked ones lighter and framed in it, so that steps stay apart."""
    return {
        "color": [lighter(colour, 0.5) if mark else colour for mark in marks],
        "line": {"color": [colour if mark else "#ffffff" for mark in marks], "width": 1.2},
    }


def is_dark(colour: str) -> bool:
    """Whether white text reads better on ``#rrggbb``."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def named(traces: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Traces with the ids plotly would else draw at random."""
    return [{**trace, "uid": f"t{index:02d}"} for index, trace in enumerate(traces)]
