"""A workbook of Excel as records: the first sheet whose header the contract knows, every cell as its text.

Reads what a cell shows, see ``book``. Drops formats, formulas, charts, macros and other sheets. Cannot carry
a number's lost digits: an identifier in a number cell may have lost its leading zeros.
"""

import marshal
import posixpath
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import takewhile
from os import SEEK_END
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from pipeline.contract import Table, headers, normalise_header
from pipeline.formats.book import Book, WorkbookError, styles
from pipeline.formats.pieces import MOST_LINES, Piece, piece_of
from pipeline.formats.records import Record
from pipeline.formats.result import Source
from pipeline.formats.safe_xml import parse_xml
from pipeline.formats.safe_zip import ZipError, check_archive
from pipeline.formats.sheet import Row, rows, shared_texts

MAGIC = b"PK\x03\x04"
MOST_ROWS = 100_000
MOST_CELLS = 16 * MOST_LINES  # that are held at once
MOST_PART_BYTES = 16 * 1024 * 1024  # of what is read whole: the book's own part and its styles
HEADER_WITHIN = 20

# What a damaged book makes those below raise.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, OverflowError, ExpatError,
    ValueError, KeyError, IndexError,
)  # fmt: skip


def is_workbook(path: Path) -> bool:
    """Whether the file begins as a zip file does, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == MAGIC


class Sheet:
    """The header of a sheet, and the rows below it in a file of their own, which ``close`` removes."""

    def __init__(self, head: Record) -> None:
        self.head = head
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - ``close`` does

    def close(self) -> None:
        self._file.close()

    def hold(self, found: Iterator[Row]) -> None:
        """Keep the rows. Raises WorkbookError where they are too many."""
        held: list[Row] = []
        cells = 0
        for row in found:
            if row[0] > MOST_ROWS + HEADER_WITHIN:
                raise WorkbookError(
                    f"arket har mere end {MOST_ROWS} rækker; gem som CSV / more than {MOST_ROWS} rows"
                )
            held.append(row)
            cells += len(row[1])
            if len(held) == MOST_LINES or cells >= MOST_CELLS:
                marshal.dump(held, self._file)
                held, cells = [], 0
        if held:
            marshal.dump(held, self._file)

    def pieces(self) -> Iterator[Piece]:
        """The rows again, some at a time."""
        place, end = 0, self._file.seek(0, SEEK_END)
        while place < end:
            self._file.seek(place)
            found: list[Row] = marshal.load(self._file)
            place = self._file.tell()
            yield piece_of(found, len(self.head.cells))


def open_sheet(source: Source, table: Table) -> Sheet:
    """The sheet whose header has most of the contract's, the first of several. Raises WorkbookError."""
    known = headers(table)
    try:
        check_archive(source.path)
        with zipfile.ZipFile(source.path) as archive:
            book, sheets = _opened(archive)
            best: tuple[int, str, Row] | None = None
            for name in sheets:
                with archive.open(name) as file, closing(rows(file, book)) as found:
                    for number, cells in takewhile(lambda row: row[0] <= HEADER_WITHIN, found):
                        count = sum(normalise_header(cell) in known for cell in cells)
                        if count and (best is None or count > best[0]):
                            best = count, name, (number, cells)
            if best is None:
                raise WorkbookError("intet ark har en kendt overskrift / no sheet has a known header")
            _, name, (number, cells) = best
            sheet = Sheet(Record(number, number + 1, cells))
            with ExitStack() as stack, archive.open(name) as file:
                stack.callback(sheet.close)
                sheet.hold(row for row in rows(file, book) if row[0] > number)
                stack.pop_all()
            return sheet
    except ZipError as error:
        raise WorkbookError(str(error)) from error
    except WorkbookError:
        raise
    except DAMAGED as error:
        raise WorkbookError("filen er ikke et regneark, der kan læses / no readable workbook") from error


def _opened(archive: zipfile.ZipFile) -> tuple[Book, list[str]]:
    """What the book says of its cells, and the names of its sheets' parts, in their order."""
    (path,) = [part for kind, part in _related(archive, "").values() if kind == "officeDocument"]
    root, related = _part(archive, path), _related(archive, path)
    parts = {kind: part for kind, part in related.values() if kind in ("sharedStrings", "styles")}
    sheets = [
        related[id_][1]
        for one in root.iterfind("sheets/sheet")
        if related[id_ := one.get("id", "")][0] == "worksheet"
    ]
    properties = root.find("workbookPr")
    is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    told = styles(_part(archive, parts["styles"])) if "styles" in parts else ()
    texts: list[str] = []
    if "sharedStrings" in parts:
        with archive.open(parts["sharedStrings"]) as file:
            texts = shared_texts(file)
    return Book(texts, is_1904, *told), sheets


def _related(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Id → kind and name of the parts that the part at ``path`` (the package itself: empty) names."""
    folder, name = posixpath.split(path)
    root = _part(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        one.get("Id", ""): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in root.iterfind("Relationship")
        if one.get("TargetMode") != "External"
    }


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    member = archive.getinfo(name)
    if member.file_size > MOST_PART_BYTES:
        raise WorkbookError("en del af arket er for stor; gem som CSV / a part is too large; save as CSV")
    return parse_xml(archive.read(member))
