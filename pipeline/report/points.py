"""What charts of estimates share: the numbers in a picture, what they are called, and their table."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.estimate_tables import EVERY, Asked
from pipeline.report.labels import code_list_of, item_label, per_text
from pipeline.report.results import NONE, Estimate
from pipeline.report.run import Run
from pipeline.report.spelling import Spelled, is_marked, plain, spell
from pipeline.report.table import Column, DataTable, Row

Options = Mapping[str, Any]
Series = tuple[str, list[Estimate | None]]
COUNT, SHARE = "antal", "procent"
LINE_PX = 13


@dataclass(frozen=True)
class Chart:
    """A figure ready to be drawn, its caption, and the table its data stand in.

    ``marked`` is what shows that a number is reconstructed, where any is.
    """

    id: str
    caption: str
    figure: dict[str, Any]
    table: DataTable
    kind: str
    notes: tuple[str, ...] = ()
    marked: str = ""

    @property
    def has_marks(self) -> bool:
        return bool(self.marked) or self.table.has_marks

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


def point(estimate: Estimate | None, statistic: str) -> Point:
    """The estimate's count (``antal``) or share (``procent``) as a point; nothing where there is none."""
    if estimate is None:
        return Point(0.0, "", False)
    if estimate.state in ("missing", "suppressed"):
        return Point(0.0, plain(spell(estimate)), False)
    if estimate.state == "structural_zero":
        return Point(0.0, "0 *", False)
    is_count = statistic == COUNT and estimate.numerator is not None
    value = estimate.numerator if is_count else estimate.value
    if value is None:
        return Point(0.0, "", False)
    spelled = spell(estimate, statistic if is_count or statistic == SHARE else "tal")
    return Point(float(value), plain(spelled), is_marked(spelled))


def grid(
    key: str,
    caption: str,
    corner: str,
    categories: Sequence[str],
    columns: Sequence[tuple[str, Sequence[Spelled]]],
) -> DataTable:
    """The table of a figure's data: a row per category, a column per series."""
    return DataTable(
        f"figur_{key}",
        caption,
        (Column(corner, is_number=False), *(Column(name) for name, _ in columns)),
        tuple(
            Row(text, tuple(cells[place] for _, cells in columns)) for place, text in enumerate(categories)
        ),
        style="compact",
    )


def each(run: Run, ask: Asked) -> list[Asked]:
    """One for every item where every item is asked for, in the order the items are shown."""
    if ask.item != EVERY:
        return [ask]
    known = run.book.metrics.get(ask.metric)
    present = run.estimates.items(ask.metric, run.as_of)
    order = [code for code in known.items if code in present] if known and known.items else list(present)
    return [Asked(ask.metric, item, ask.per) for item in order]


def category(run: Run, ask: Asked) -> str:
    """What one row of a picture is called."""
    return item_label(run, ask.metric, ask.item) if ask.item != NONE else run.book.title(ask.metric)


def share_label(run: Run, ask: Asked) -> str:
    """A share with what it is a share of."""
    found = run.estimates.get(ask.metric, run.as_of, item=ask.item, per=ask.per)
    return f"{category(run, ask)}, {per_text(run, found)}"


def strata(run: Run, wanted: Sequence[Asked], by: str) -> list[str]:
    """The strata present, in the order of their code list."""
    found = {code for ask in wanted for code in run.estimates.strata(ask.metric, by, run.as_of)}
    name = code_list_of(run, by)
    order = run.codes[name].codes if name else tuple(sorted(found))
    return [code for code in order if code in found]


def wrap(text: str, width: int = 36) -> str:
    """Text broken into lines for an axis."""
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False))


def row_height(categories: Sequence[str], least: int, width: int = 36) -> int:
    """Pixels per row, so that the longest label has room."""
    most = max((wrap(text, width).count("<br>") + 1 for text in categories), default=1)
    return max(least, most * LINE_PX + 6)


def notes_of(options: Options) -> tuple[str, ...]:
    return tuple(str(note) for note in options.get("notes", ()))
