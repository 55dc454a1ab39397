"""A table as the report prints it: columns, rows, notes, and its cells as HTML."""

from dataclasses import dataclass
from html import escape

from pipeline.report.spelling import Part, Spelled, html, is_marked

WHOLE_ROWS, WHOLE_CHARS = 13, 1200


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand to the right."""

    heading: str
    is_number: bool = True


@dataclass(frozen=True)
class Row:
    """A row: its label with a quiet second line, and its cells. A group row has a label only."""

    label: str
    cells: tuple[Spelled, ...] = ()
    sub: str = ""
    is_group: bool = False
    is_indented: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class DataTable:
    """A table without its number. ``style``: normal, compact or wide; ``html`` is a table already written."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    style: str = "normal"
    html: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is small enough to be kept on one page without leaving a gap on the one before."""
        cells = sum(len(part.text) for row in self.rows for spelled in row.cells for part in spelled)
        return len(self.rows) < WHOLE_ROWS and cells + len(self.html) / 3 < WHOLE_CHARS

    @property
    def has_marks(self) -> bool:
        return "reconstructed" in self.html or any(is_marked(cell) for row in self.rows for cell in row.cells)


def cell(text: str | None) -> Spelled:
    """Plain text as a cell; a dash where there is nothing."""
    return (Part(text or "–"),)


def cell_html(spelled: Spelled) -> str:
    return html(spelled)


def label_html(row: Row) -> str:
    """The row's label, and below it the quiet line."""
    sub = f'<span class="sub">{escape(row.sub)}</span>' if row.sub else ""
    return f"{escape(row.label)}{sub}"
