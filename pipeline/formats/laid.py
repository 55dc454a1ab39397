"""Records below a header: which are rows, which are sums, notes or blank, and which cannot be laid there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline.contract import Table
from pipeline.formats.header import Header
from pipeline.formats.pieces import Even, Piece
from pipeline.formats.records import Record
from pipeline.formats.result import Quarantined, Source, problem
from pipeline.formats.rows import RawRows
from pipeline.text import Problem, Text

_T = TypeVar("_T")

_SUBTOTAL = re.compile(r"(?:i ?alt|(?:hoved|sub)?total|sum|grand total)\b[\s:]*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+0-9.,\s%]+")
_FOOTNOTE = re.compile(r"\*|\d\)|(?:noter?|kilder?|bemærk(?:ning)?|anm|obs|source)\b", re.IGNORECASE)
_BROKEN = {
    "open_quote": Text(
        'et anførselstegn er ikke lukket; forventet "…" om hele feltet',
        'a quote is not closed; expected "…" around the whole cell',
    ),
    "long_line": Text("linjen er alt for lang", "the line is far too long"),
}
_LEFT_OUT = {
    "subtotal": ("linjen er en sum og er ikke læst", "the line is a subtotal and is not read"),
    "footnote": ("linjen er en fodnote og er ikke læst", "the line is a footnote and is not read"),
}


@dataclass(frozen=True)
class Laid:
    """The rows of a piece that lie right below the header, and what is said of those that do not."""

    source: Source
    even: Even
    added: Sequence[Record]
    problems: Sequence[Problem]
    broken: Sequence[Quarantined]

    @property
    def rows(self) -> int:
        return len(self.even.lines) + len(self.added)

    def column(self, place: int) -> Sequence[str]:
        cells = self.even.column(place)
        return (
            cells if not self.added else self._merged(cells, [record.cells[place] for record in self.added])
        )

    def raw(self, header: Header, places: Mapping[str, int], named: Sequence[int] = ()) -> RawRows:
        """The rows with the columns at ``places``; those at ``named`` are names to mask in the others."""
        lines = self._merged(self.even.lines, [record.line for record in self.added])
        return RawRows(
            self.source,
            {name: self.column(place) for name, place in places.items()},
            lines,
            {name: header.names[place] for name, place in places.items()},
            list(zip(*(self.column(place) for place in named), strict=True)),
        )

    def _merged(self, even: Sequence[_T], added: Sequence[_T]) -> Sequence[_T]:
        """Both in the order of their lines."""
        if not self.added:
            return even
        if not self.even.lines:
            return added
        lines = [*self.even.lines, *(record.line for record in self.added)]
        both = [*even, *added]
        return [both[place] for place in sorted(range(len(both)), key=lines.__getitem__)]


def lay(source: Source, table: Table, header: Header, piece: Piece) -> Laid:
    """Set aside what is no row, and what cannot be laid below the header."""
    good: list[Record] = []
    problems: list[Problem] = []
    broken: list[Quarantined] = []
    width, last = len(header.names), max(header.places.values())
    for record in piece.others:
        kind = left_out(record)
        if kind is not None:
            if kind != "blank":
                problems.append(
                    problem(source, record.line, None, f"left_out_{kind}", *_LEFT_OUT[kind], "note")
                )
            continue
        wrong = _wrong_shape(record, width, last)
        if wrong is None:
            good.append(replace(record, cells=record.cells + [""] * (width - len(record.cells))))
            continue
        problems.append(Problem(source.name, record.line, None, *wrong))
        broken.append(Quarantined(table.name, source.name, record.line, None, *wrong))
    return Laid(source, piece.even, good, problems, broken)


def left_out(record: Record) -> str | None:
    """Whether a line is ``blank``, a ``subtotal`` or a ``footnote``, and so no row."""
    if record.rule is not None:
        return None
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    if not filled:
        return "blank"
    if _SUBTOTAL.fullmatch(filled[0]) and all(_NUMBER.fullmatch(cell) for cell in filled[1:]):
        return "subtotal"
    is_first = bool(record.cells[0].strip())
    if is_first and len(filled) == 1 and (_FOOTNOTE.match(filled[0]) or len(filled[0].split()) > 1):
        return "footnote"
    return None


def _wrong_shape(record: Record, width: int, last: int) -> tuple[str, Text] | None:
    """Why a record cannot be laid against the header: rule and message."""
    if record.rule is not None:
        return record.rule, _BROKEN[record.rule]
    found = len(record.cells)
    is_long = any(cell.strip() for cell in record.cells[width:])
    if found > last and not is_long:
        return None
    text = Text(f"fundet {found} felter; forventet {width}", f"found {found} cells; expected {width}")
    return ("too_many_cells" if is_long else "too_few_cells"), text
