"""A large text file line by line and record by record: never more than a few lines of it in memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.formats.decode import CodePage, decide_code_page
from pipeline.formats.records import MAX_LINE_CHARS as MAX_RECORD_CHARS
from pipeline.formats.records import MAX_LINES_PER_RECORD, Record, whole_records
from pipeline.formats.result import Read, Source
from pipeline.text import Problem

MAX_LINE_CHARS = 1024 * 1024
BLOCK_LINES = 20 * MAX_LINES_PER_RECORD

_TOO_LONG = "x" * (MAX_RECORD_CHARS + 1)


@dataclass(frozen=True)
class Line:
    """A physical line without its end; ``is_long`` when it is too long to be read, and empty."""

    number: int
    text: str
    is_long: bool = False


def encoding_of(source: Source) -> CodePage | Read:
    """The code page, decided as in ``decode``; else a Read that says why the file cannot be used."""
    page = decide_code_page(source)
    return Read(problems=(page,)) if isinstance(page, Problem) else page


def lines(source: Source, page: CodePage) -> Iterator[Line]:
    """Every physical line."""
    with source.path.open(encoding=page.codec, errors=page.lenient) as file:
        number = 0
        while text := file.readline(MAX_LINE_CHARS):
            number += 1
            is_long = len(text) == MAX_LINE_CHARS and not text.endswith("\n")
            if is_long:
                while (rest := file.readline(MAX_LINE_CHARS)) and not rest.endswith("\n"):
                    pass
            yield Line(number, "" if is_long else text.removesuffix("\n"), is_long)


def streamed_records(found: Iterator[Line], delimiter: str, width: int) -> Iterator[Record]:
    """The delimited records of the lines that are left, as ``records`` finds them, a block at a time."""
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
        done, whole = whole_records(block, delimiter, width, before, is_last=is_last)
        yield from whole
        before += done
        del block[:done]
