"""What a workbook says of its cells, and what they show: by ECMA-376 part 1, 18.8 (styles).

Dates are dd-mm-yyyy, booleans Ja and Nej, whole numbers without a decimal.
"""

# openpyxl ships no types.
# pyright: reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.etree.ElementTree import Element

# Excel keeps 15 digits of a number.
EXACT = 1e15


class WorkbookError(ValueError):
    """The file is no workbook as we accept it; the text is both languages."""


@dataclass(frozen=True)
class Book:
    """What a workbook says of the cells of all its sheets."""

    texts: Sequence[str] = ()
    is_1904: bool = False
    dates: frozenset[int] = frozenset()  # styles that show a number as a date, a time or both
    durations: frozenset[int] = frozenset()

    def number(self, raw: str, style: str) -> str:
        """A number's text, by the style of its cell."""
        place = int(style) if style else 0
        value = float(raw) if "." in raw or "e" in raw.casefold() else int(raw)
        return as_text(self._moment(value, place) if place in self.dates else value)

    def _moment(self, value: float, style: int) -> object:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        try:
            epoch = MAC_EPOCH if self.is_1904 else WINDOWS_EPOCH
            return from_excel(value, epoch, timedelta=style in self.durations)
        except (OverflowError, ValueError):
            return "#VALUE!"


def as_text(value: object) -> str:
    """A cell's value as a Dane would have typed it."""
    match value:
        case None:
            return ""
        case bool():
            return "Ja" if value else "Nej"
        case datetime():
            if (value.hour, value.minute, value.second) == (0, 0, 0):
                return f"{value:%d-%m-%Y}"
            return f"{value:%d-%m-%Y %H:%M:%S}"
        case date():
            return f"{value:%d-%m-%Y}"
        case time():
            return f"{value:%H:%M:%S}"
        case float():
            return (
                str(int(value)) if value.is_integer() and abs(value) < EXACT else str(value).replace(".", ",")
            )
        case _:
            return str(value)


def styles(root: Element) -> tuple[frozenset[int], frozenset[int]]:
    """The styles that show dates, and those of them that show a time that has passed."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats = dict(BUILTIN_FORMATS)
    formats |= {
        int(one.get("numFmtId", "")): one.get("formatCode", "") for one in root.iterfind("numFmts/numFmt")
    }
    used = [formats.get(int(one.get("numFmtId", "0")), "") for one in root.iterfind("cellXfs/xf")]
    dates = frozenset(place for place, code in enumerate(used) if is_date_format(code))
    return dates, frozenset(place for place in dates if is_timedelta_format(used[place]))
