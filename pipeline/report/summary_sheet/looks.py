"""How lines and numbers look: the report's colours, an office's font, numbers as the reader has them."""

from dataclasses import dataclass, field
from typing import Any, cast

from openpyxl.styles import Border, Font, PatternFill, Side

from pipeline.report.style import ACCENT, LINE, QUIET, SERIES, TEXT, lighter

KRONER, OERE, PERCENT, TENTH = "#,##0", "#,##0.00", "0%", "0.0%"
DASHED = '#,##0;-#,##0;"–"'  # nothing is a dash
FACE = "Calibri"


def font(colour: str = TEXT, size: float = 11, *, is_bold: bool = False, is_italic: bool = False) -> Font:
    return Font(name=FACE, size=size, bold=is_bold, italic=is_italic, color=colour[1:])


@dataclass(frozen=True)
class Look:
    """How a line looks. ``quiet`` is how its English column does."""

    font: Font = field(default_factory=font)
    quiet: Font = field(default_factory=lambda: font(QUIET, is_italic=True))
    fill: PatternFill | None = None
    border: Border | None = None
    is_heading: bool = False
    is_wrapped: bool = True

    @property
    def is_bold(self) -> bool:
        return bool(cast("Any", self.font).bold)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour[1:])


_HAIR, _RULE = Side("hair", color=LINE[1:]), Side("thin", color=ACCENT[1:])
_WHITE, _WARNING, GIVEN = "#ffffff", SERIES[3], "#1f4e9e"
PLAIN = Look(border=Border(bottom=_HAIR))
TOTAL = Look(
    font(is_bold=True), font(QUIET, is_bold=True, is_italic=True), _fill(lighter(ACCENT, 0.93)),
    Border(top=_RULE, bottom=_RULE),
)  # fmt: skip
GROUP = Look(font(ACCENT, is_bold=True), fill=_fill(lighter(ACCENT, 0.85)))
HEAD = Look(font(_WHITE, is_bold=True), font(_WHITE, is_bold=True), _fill(ACCENT), is_heading=True)
HEAD_EN = Look(
    font(_WHITE, is_italic=True), font(_WHITE, is_italic=True), _fill(lighter(ACCENT, 0.25)), is_heading=True
)
TITLE = Look(font(ACCENT, 18, is_bold=True), is_wrapped=False)
SECTION = Look(font(ACCENT, 13, is_bold=True), font(QUIET, 12, is_italic=True))
NOTE = Look(font(size=10), font(QUIET, 10, is_italic=True))
WARNING = Look(font(_WARNING, 12, is_bold=True), font(_WARNING, 11, is_italic=True))
