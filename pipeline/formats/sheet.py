"""The rows of a workbook's sheet as text, read from its XML as it is unpacked, so that few are held at once.

By ECMA-376 part 1: 18.3 (sheets), 18.4 (shared strings). A formula is the value that it last gave.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from sys import getsizeof
from typing import IO

from pipeline.formats.book import Book, WorkbookError, as_text
from pipeline.formats.safe_xml import refusing_parser

BLOCK = 1 << 16
MOST_COLUMNS = 400
MOST_CELL_CHARS = 32_767  # of Excel
MOST_SHARED_BYTES = 64 * 1024 * 1024  # that the texts of a workbook may take

Row = tuple[int, list[str]]  # its number, and its cells up to the last that is filled


def shared_texts(file: IO[bytes]) -> list[str]:
    """The texts that cells point to. Raises WorkbookError and what ``rows`` raises."""
    texts: list[str] = []
    size = 0
    for text in _Texts(file).items():
        size += 8 + getsizeof(text)
        if size > MOST_SHARED_BYTES:
            raise WorkbookError("for mange forskellige tekster; gem som CSV / too many texts; save as CSV")
        texts.append(text)
    return texts


def rows(file: IO[bytes], book: Book) -> Generator[Row]:
    """The rows that have a filled cell. Raises ExpatError, ValueError, and what reading ``file`` does."""
    return _Rows(file, book).items()


class _Streamed:
    """XML a block at a time; ``texts`` are those of the cell at hand."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._parser = refusing_parser()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self.texts: list[str] = []

    def _start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def _end(self, name: str) -> None: ...

    def _listen(self, *, is_on: bool) -> None:
        self._parser.CharacterDataHandler = self.texts.append if is_on else None

    def blocks(self) -> Iterator[None]:
        """After each block that is read. Raises WorkbookError for a cell that no Excel has."""
        while block := self._file.read(BLOCK):
            self._parser.Parse(block, False)
            if self.texts and sum(map(len, self.texts)) > MOST_CELL_CHARS + BLOCK:
                raise WorkbookError("en celle er alt for lang / a cell is far too long")
            yield
        self._parser.Parse(b"", True)
        yield


class _Texts(_Streamed):
    """Shared strings: the ``t`` of each ``si``, but for how it is pronounced (``rPh``)."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._made: list[str] = []
        self._is_spoken = False

    def items(self) -> Iterator[str]:
        for _ in self.blocks():
            yield from self._made
            self._made.clear()

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - of the parser
        local = name.rpartition(":")[2]
        if local == "t" and not self._is_spoken:
            self._listen(is_on=True)
        elif local == "rPh":
            self._is_spoken = True

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            self._listen(is_on=False)
        elif local == "rPh":
            self._is_spoken = False
        elif local == "si":
            self._made.append("".join(self.texts))
            self.texts.clear()


class _Rows(_Streamed):
    """Rows of cells; a cell that says nothing of its place is the next."""

    def __init__(self, file: IO[bytes], book: Book) -> None:
        super().__init__(file)
        self._made: list[Row] = []
        self._number = 0
        self._cells: list[str] = []
        self._next = 0
        self._kind = self._style = ""
        self._is_spoken = False
        self._texts_of = book.texts
        # Most cells of a column say the same.
        self._number_of: Callable[[str, str], str] = lru_cache(65_536)(book.number)
        self._known: dict[str, str] = {}

    def items(self) -> Generator[Row]:
        for _ in self.blocks():
            yield from self._made
            self._made.clear()
            if len(self._known) > 65_536:
                self._known.clear()

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c" or name.endswith(":c"):
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            place = attributes.get("r")
            if place is not None:
                self._next = _column(place.rstrip("0123456789"))
        elif name in ("v", "t") or name.endswith((":v", ":t")):
            if not self._is_spoken:
                self._listen(is_on=True)
        elif name == "row" or name.endswith(":row"):
            told = attributes.get("r")
            self._number = max(self._number + 1, int(told) if told else 0)
            self._cells, self._next = [], 0
        elif name.endswith("rPh"):
            self._is_spoken = True

    def _end(self, name: str) -> None:
        if name in ("v", "t") or name.endswith((":v", ":t")):
            self._listen(is_on=False)
        elif name == "c" or name.endswith(":c"):
            if self.texts:
                self._put()
            self._next += 1
        elif name == "row" or name.endswith(":row"):
            if self._cells:
                self._made.append((self._number, self._cells))
        elif name.endswith("rPh"):
            self._is_spoken = False

    def _put(self) -> None:
        raw = "".join(self.texts)
        self.texts.clear()
        if self._next >= MOST_COLUMNS:
            return
        match self._kind:
            case "n":
                text = self._number_of(raw, self._style)
            case "s":
                text = self._texts_of[int(raw)]
            case "b":
                text = as_text(bool(int(raw)))
            case "d":
                text = as_text(datetime.fromisoformat(raw))
            case _:
                text = self._known.setdefault(raw, raw)
        if not text:
            return
        cells = self._cells
        if len(cells) <= self._next:
            cells += [""] * (self._next + 1 - len(cells))
        cells[self._next] = text


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """The place, from 0, of the column called ``letters``."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    if not 0 < place <= 16_384:
        raise ValueError(letters)
    return place - 1
