"""A workbook of Excel as records: the first sheet whose header the contract knows, every cell as its text.

Reads what a cell shows by its kind: dates as dd-mm-yyyy, booleans as Ja and Nej, whole numbers without a
decimal, formulas by the value that Excel last worked out. Drops formats, formulas, charts, macros and other
sheets. Cannot carry a number's lost digits: an identifier in a number cell may have lost its leading zeros.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pipeline.contract import Table, headers, normalise_header
from pipeline.formats.records import Record
from pipeline.formats.result import Source
from pipeline.formats.safe_zip import ZipError, check_archive

MAGIC = b"PK\x03\x04"
MOST_ROWS = 100_000
MOST_COLUMNS = 400
HEADER_WITHIN = 20
# Excel keeps 15 digits of a number.
EXACT = 1e15


# What a damaged book makes the library and those below it raise.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, OverflowError, SyntaxError,
    ValueError, KeyError, IndexError, TypeError, AttributeError,
)  # fmt: skip


class WorkbookError(ValueError):
    """The file is no workbook as we accept it; the text is both languages."""


def is_workbook(path: Path) -> bool:
    """Whether the file begins as a zip file does, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def sheet_records(source: Source, table: Table) -> tuple[Record, list[Record]]:
    """The header and the rows below it. Raises WorkbookError."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    known = headers(table)
    try:
        check_archive(source.path)
        # By the open file: openpyxl would judge a path by how it ends.
        with source.path.open("rb") as file:
            book: Any = openpyxl.load_workbook(file, read_only=True, data_only=True)
            found = _found(book, known)
            book.close()
    except ZipError as error:
        raise WorkbookError(str(error)) from error
    except WorkbookError:
        raise
    except (InvalidFileException, *DAMAGED) as error:
        raise WorkbookError("filen er ikke et regneark, der kan læses / no readable workbook") from error
    if found is None:
        raise WorkbookError("intet ark har en kendt overskrift / no sheet has a known header")
    return found


def _found(book: Any, known: Mapping[str, str]) -> tuple[Record, list[Record]] | None:
    best: tuple[int, list[Record], int] | None = None
    for sheet in book.worksheets:
        rows = list(_rows(sheet))
        for place, record in enumerate(rows[:HEADER_WITHIN]):
            count = sum(normalise_header(cell) in known for cell in record.cells)
            if count and (best is None or count > best[0]):
                best = (count, rows, place)
    if best is None:
        return None
    _, rows, place = best
    head = rows[place]
    width = len(head.cells)
    return head, [
        replace(row, cells=row.cells + [""] * (width - len(row.cells))) for row in rows[place + 1 :]
    ]


def _rows(sheet: Any) -> Iterator[Record]:
    known: dict[str, str] = {}  # each text once: most cells of a column say the same
    for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if line > MOST_ROWS + HEADER_WITHIN:
            raise WorkbookError(
                f"arket har mere end {MOST_ROWS} rækker; gem som CSV / more than {MOST_ROWS} rows"
            )
        cells = [known.setdefault(text, text) for text in map(as_text, row)]
        while cells and not cells[-1]:
            cells.pop()
        yield Record(line, line + 1, cells)


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
