"""A large text file line by line and record by record: never more than a few lines of it in memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.formats.decode import decode
from pipeline.formats.records import MAX_LINE_CHARS as MAX_RECORD_CHARS
from pipeline.formats.records import MAX_LINES_PER_RECORD, Record, records
from pipeline.formats.result import Read, Source, unreadable

MAX_LINE_CHARS = 1024 * 1024
BLOCK_LINES = 20 * MAX_LINES_PER_RECORD
SNIFFED_BYTES = 4096
BLOCK_BYTES = 1024 * 1024

_TOO_LONG = "x" * (MAX_RECORD_CHARS + 1)


@dataclass(frozen=True)
class Line:
    """A physical line without its end; ``is_long`` when it is too long to be read, and empty."""

    number: int
    text: str
    is_long: bool = False


def encoding_of(source: Source) -> str | Read:
    """The code page, decided as in ``decode``; else a Read that says why the file cannot be used."""
    try:
        with source.path.open("rb") as file:
            head = file.read(SNIFFED_BYTES)
            is_short = len(head) < SNIFFED_BYTES
            file.seek(0)
            if is_short:
                decoded = decode(source)
                return decoded.encoding if decoded.problem is None else Read(problems=(decoded.problem,))
            if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                names = ("utf-16",)
            else:
                names = ("utf-8-sig",) if head.startswith(codecs.BOM_UTF8) else ("utf-8", "cp1252")
            for name in names:
                file.seek(0)
                decoder = codecs.getincrementaldecoder(name)()
                try:
                    while block := file.read(BLOCK_BYTES):
                        decoder.decode(block)
                    decoder.decode(b"", final=True)
                except UnicodeDecodeError:
                    continue
                if b"\x00" in head and name != "utf-16":
                    break
                return name
    except FileNotFoundError:
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    except OSError:
        return unreadable(source, "unreadable_file", "filen kan ikke læses", "the file cannot be read")
    return unreadable(
        source,
        "wrong_encoding",
        "filen er ikke tekst i UTF-8, UTF-16 med mærke eller Windows (cp1252)",
        "the file is not text in UTF-8, UTF-16 with a mark, or Windows (cp1252)",
    )


def lines(source: Source, encoding: str) -> Iterator[Line]:
    """Every physical line."""
    with source.path.open(encoding=encoding) as file:
        number = 0
        while text := file.readline(MAX_LINE_CHARS):
            number += 1
            is_long = len(text) == MAX_LINE_CHARS and not text.endswith("\n")
            if is_long:
                while (rest := file.readline(MAX_LINE_CHARS)) and not rest.endswith("\n"):
                    pass
            yield Line(number, "" if is_long else text.removesuffix("\n"), is_long)


def streamed_records(found: Iterator[Line], delimiter: str, width: int) -> Iterator[Record]:
    """The delimited records of the lines that are left, as ``records`` finds them, a block at a time.

    A record has a bounded number of lines: one that begins as many before the block's end is whole in it.
    """
    block: list[str] = []
    before, is_last = 0, False
    while not is_last:
        for line in found:
            if not block and not before:
                before = line.number - 1
            block.append(_TOO_LONG if line.is_long else line.text)
            if len(block) >= BLOCK_LINES:
                break
        else:
            is_last = True
        done = 0
        for record in records(block, delimiter, width):
            if not is_last and record.line > len(block) - MAX_LINES_PER_RECORD:
                break
            done = record.following - 1
            yield replace(record, line=record.line + before, following=record.following + before)
        before += done
        del block[:done]
