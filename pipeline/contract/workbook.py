"""Excel files as every room writes them: text is text, a formula shows its result, the same bytes twice."""

import io
import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell

from pipeline.contract.archive import fixed_archive

MOST_TITLE_CHARS = 31  # of a sheet, in Excel
CREATOR = "MAST"
# What XML cannot carry; openpyxl refuses most of it, lxml the rest.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\\/?*\[\]:]")
# openpyxl leaves a formula's result empty.
_FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)')
_SHEET = "xl/worksheets/sheet{}.xml"


@dataclass(frozen=True)
class Formula:
    """What a cell computes (``=SUM(A1:A9)``), and its result, which a reader that computes nothing shows.

    Raises ValueError for a result that is no number.
    """

    text: str
    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.text} giver {self.value} · {self.text} comes to {self.value}")


def sheet_title(title: str) -> str:
    """A title as a sheet may have it: no longer than Excel allows, without the characters it refuses."""
    return _NOT_IN_TITLES.sub(" ", title)[:MOST_TITLE_CHARS]


def set_text(cell: Cell, text: str) -> None:
    """Put ``text`` into a cell as text, whatever it begins with: nothing runs when the file is opened.

    A character that no workbook can hold is replaced by U+FFFD.
    """
    cell.value = _UNWRITABLE.sub("\ufffd", text) or None
    if text:
        cell.data_type = "s"


def workbook_bytes(book: Workbook, results: Mapping[str, Mapping[str, float]] | None = None) -> bytes:
    """The workbook as a file. ``results``: what formulas come to, by sheet title and cell."""
    book.properties.creator = CREATOR
    buffer = io.BytesIO()
    book.save(buffer)
    made = buffer.getvalue()
    filled: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        for number, title in enumerate(book.sheetnames, 1):
            if found := (results or {}).get(title):
                filled[_SHEET.format(number)] = _FORMULA.sub(
                    lambda match, found=found: _with_result(match, found), archive.read(_SHEET.format(number))
                )
    return fixed_archive(made, filled)


def _with_result(match: "re.Match[bytes]", found: Mapping[str, Any]) -> bytes:
    value = found.get(match[2].decode())
    return match[0] if value is None else match[1] + f"<v>{float(value)!r}</v>".encode()
