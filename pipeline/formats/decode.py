"""Bytes of a delivered file become text, block by block; the code page is decided strictly and recorded."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from pipeline.formats.misread import LATIN1, mended
from pipeline.formats.result import Source, problem
from pipeline.text import Problem

MOST_BYTES = 2 * 1024**3
MOST_HELD_BYTES = 8 * 1024**2  # of a file whose rows are held together
BLOCK = 1 << 20
# A line longer than this cannot be used; of an endless one no more is held.
MAX_LINE_CHARS = 100_000

_MAGIC = {
    b"PK\x03\x04": ("et regneark eller en zip-fil", "a spreadsheet or zip file"),
    b"\xd0\xcf\x11\xe0": ("et gammelt Excel-ark (xls)", "an old Excel sheet (xls)"),
    b"%PDF": ("en PDF-fil", "a PDF file"),
    b"\x1f\x8b": ("en gzip-fil", "a gzip file"),
}
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\x00\x1a"
_RETURN, _LINE_END = b"\r\n"
# The first of the 32 signs where cp1252 is not latin-1, which is decoded ten times as fast.
_FIRST_NOT_LATIN1 = 0x80


@dataclass(frozen=True)
class CodePage:
    """How a file's bytes are text: ``name`` is what people know it by."""

    name: str
    codec: str
    errors: str = "strict"

    @property
    def lenient(self) -> str:
        """How its bytes are read once it is decided: a sign that the file's end cuts is U+FFFD."""
        return "replace" if self.errors == "strict" else self.errors


@dataclass(frozen=True)
class Decoded:
    """The text and the code page it was in, or the problem that hinders it.

    ``mended`` counts signs that were encoded twice.
    """

    text: str
    encoding: str
    problem: Problem | None = None
    mended: int = 0


def decode(source: Source) -> Decoded:
    """The whole text of a file that is read as a whole, line ends as ``\\n``."""
    page = decide_code_page(source, MOST_HELD_BYTES)
    if isinstance(page, Problem):
        return Decoded("", "", page)
    blocks, counts = zip(*text_blocks(source, page), strict=True)
    return Decoded("".join(blocks), page.name, mended=sum(counts))


def decide_code_page(source: Source, most_bytes: int = MOST_BYTES) -> CodePage | Problem:
    """UTF-16 by its mark or its NUL bytes, else UTF-8, else cp1252; the whole file is looked at.

    An encoding that is left unfinished at the very end is a file that was cut.
    """
    try:
        size = source.path.stat().st_size
        if size > most_bytes:
            return _refused(
                source, "too_large",
                f"filen fylder {size} bytes; forventet højst {most_bytes}; del den i flere",
                f"the file has {size} bytes; expected at most {most_bytes}; divide it",
            )  # fmt: skip
        with source.path.open("rb") as file:
            return _decide(source, file)
    except FileNotFoundError:
        return _refused(source, "missing_file", "filen findes ikke", "the file does not exist")
    except OSError:
        return _refused(source, "unreadable_file", "filen kan ikke læses", "the file cannot be read")


def decode_bytes(source: Source, content: bytes) -> Decoded:
    """The text of what is in memory, line ends as they are; ``source`` names it in a problem."""
    page = _decide(source, io.BytesIO(content))
    if isinstance(page, Problem):
        return Decoded("", "", page)
    return Decoded(content.decode(page.codec, page.lenient), page.name)


def not_text(source: Source) -> Problem | None:
    """The problem of a file that is a packed or binary one by its first bytes; the rest is not read."""
    with source.path.open("rb") as file:
        return _binary(source, file.read(8))


def _binary(source: Source, start: bytes) -> Problem | None:
    for magic, (da, en) in _MAGIC.items():
        if start.startswith(magic):
            return _refused(
                source, "not_text", f"fundet {da}; forventet en tekstfil", f"found {en}; expected a text file"
            )
    return None


def _decide(source: Source, file: BinaryIO) -> CodePage | Problem:
    start = file.read(BLOCK)
    if wrong := _binary(source, start):
        return wrong
    if _is_blank(start, file):
        return _refused(
            source, "empty_file", "filen er tom; forventet en overskriftslinje og rækker",
            "the file is empty; expected a header line and rows",
        )  # fmt: skip
    for page in _candidates(start):
        file.seek(0)
        if _fits(page, file):
            return page
    return _refused(
        source, "wrong_encoding", "tegnsættet er hverken UTF-8, UTF-16 eller Windows (cp1252)",
        "the code page is neither UTF-8, UTF-16 nor Windows (cp1252)",
    )  # fmt: skip


def _is_blank(block: bytes, file: BinaryIO) -> bool:
    while block:
        if block.strip(_BLANK):
            return False
        block = file.read(BLOCK)
    return True


def _candidates(start: bytes) -> tuple[CodePage, ...]:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (CodePage("utf-16", "utf-16"),)
    if start.startswith(codecs.BOM_UTF8):
        return (CodePage("utf-8-sig", "utf-8-sig"),)
    sample = start[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2 or 1
    if max(even, odd) * 10 > half * 4 and min(even, odd) * 10 <= half:
        name = "utf-16-le" if odd > even else "utf-16-be"
        return (CodePage(name, name),)
    return CodePage("utf-8", "utf-8"), CodePage("cp1252", "cp1252", LATIN1)


def _fits(page: CodePage, file: BinaryIO) -> bool:
    """Whether every byte is one of the code page, and the text is none of a binary file."""
    decoder = codecs.getincrementaldecoder(page.codec)(page.errors)
    nuls = signs = 0
    is_told = page.codec != "utf-8"
    try:
        while block := file.read(BLOCK):
            # Any byte is a sign of cp1252.
            text = block if page.codec == "cp1252" else decoder.decode(block)
            nuls += block.count(0) if isinstance(text, bytes) else text.count("\x00")
            signs += len(text)
            is_told = is_told or not text.isascii()
    except UnicodeDecodeError:
        return False
    # A sign that the end cuts is one only in a file that has others: else it is another code page's letter.
    is_cut = page.codec != "cp1252" and bool(decoder.getstate()[0])
    return nuls * 10 <= signs and signs > 0 and (is_told or not is_cut)


def text_blocks(source: Source, page: CodePage) -> Iterator[tuple[str, int]]:
    """Whole lines ended by ``\\n``, some at a time, and how many signs in them were encoded twice and mended.

    Only CR, LF and CRLF end a line (a vertical tab does not). Of a line longer than MAX_LINE_CHARS, one sign
    more than that is kept.
    """
    rest, is_skipping = "", False
    for text in _decoded(source, page):
        if is_skipping:
            _, end, text = text.partition("\n")
            if not end:
                continue
            text, is_skipping = f"\n{text}", False
        cut = text.rfind("\n") + 1
        if cut:
            yield mended(rest + text[:cut])
            rest = text[cut:]
        else:
            rest += text
        if len(rest) > MAX_LINE_CHARS:
            rest, is_skipping = rest[: MAX_LINE_CHARS + 1], True
    if rest:
        yield mended(f"{rest}\n")


def _decoded(source: Source, page: CodePage) -> Iterator[str]:
    """The text block by block, line ends as ``\\n``; a sign that the end of the file cuts is left out."""
    if page.codec.startswith("utf-16"):
        with source.path.open(encoding=page.codec, errors="ignore") as file:
            while text := file.read(BLOCK):
                yield text
        return
    decoder = codecs.getincrementaldecoder(page.codec)(page.errors)
    with source.path.open("rb") as file:
        while block := file.read(BLOCK):
            while block.endswith(b"\r") and (more := file.read(1)):
                block += more
            # Ten times as fast as the methods of bytes.
            signs = np.frombuffer(block, np.uint8)
            returns = signs == _RETURN
            if bool((returns[:-1] & (signs[1:] != _LINE_END)).any()) or bool(returns[-1]):
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            elif bool(returns.any()):
                block = block.translate(None, b"\r")
            is_latin = page.codec == "cp1252" and not bool(((signs & 0xE0) == _FIRST_NOT_LATIN1).any())
            yield block.decode("latin-1") if is_latin else decoder.decode(block)


def _refused(source: Source, rule: str, da: str, en: str) -> Problem:
    return problem(source, None, None, rule, da, en, "critical")
