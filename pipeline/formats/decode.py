"""Bytes of a delivered text file become text; the code page is decided strictly and recorded."""

import codecs
from dataclasses import dataclass

from pipeline.formats.result import Source, problem
from pipeline.text import Problem

MAX_BYTES = 512 * 1024 * 1024  # the file is held in memory while it is read

_NOTHING = "\ufeff \t\r\n\x00\x1a"
_MAGIC = {
    b"PK\x03\x04": ("et regneark eller en zip-fil", "a spreadsheet or zip file"),
    b"\xd0\xcf\x11\xe0": ("et gammelt Excel-ark (xls)", "an old Excel sheet (xls)"),
    b"%PDF": ("en PDF-fil", "a PDF file"),
    b"\x1f\x8b": ("en gzip-fil", "a gzip file"),
}


@dataclass(frozen=True)
class Decoded:
    """The text and the code page it was in, or the problem that hinders it."""

    text: str
    encoding: str
    problem: Problem | None = None


def decode(source: Source) -> Decoded:
    """UTF-8 (with or without byte-order mark), else UTF-16 by its mark, else cp1252; all strict."""
    try:
        size = source.path.stat().st_size
        if size > MAX_BYTES:
            return _refused(
                source, "too_large", f"filen fylder {size} bytes; forventet højst {MAX_BYTES}",
                f"the file has {size} bytes; expected at most {MAX_BYTES}",
            )  # fmt: skip
        content = source.path.read_bytes()
    except FileNotFoundError:
        return _refused(source, "missing_file", "filen findes ikke", "the file does not exist")
    except OSError:
        return _refused(source, "unreadable_file", "filen kan ikke læses", "the file cannot be read")
    decoded = decode_bytes(source, content) if content.strip(b"\x00") else None
    if decoded is None or (decoded.problem is None and not decoded.text.strip(_NOTHING)):
        return _refused(
            source, "empty_file", "filen er tom; forventet en overskriftslinje og rækker",
            "the file is empty; expected a header line and rows",
        )  # fmt: skip
    return decoded


def not_text(source: Source) -> Problem | None:
    """The problem of a file that is a packed or binary one by its first bytes; the rest is not read."""
    with source.path.open("rb") as file:
        return _binary(source, file.read(8))


def _binary(source: Source, content: bytes) -> Problem | None:
    for magic, (da, en) in _MAGIC.items():
        if content.startswith(magic):
            return problem(
                source, None, None, "not_text", f"fundet {da}; forventet en tekstfil",
                f"found {en}; expected a text file", "critical",
            )  # fmt: skip
    return None


def decode_bytes(source: Source, content: bytes) -> Decoded:
    """The same of what is in memory; ``source`` names it in a problem."""
    if wrong := _binary(source, content):
        return Decoded("", "", wrong)
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    is_marked = content.startswith(codecs.BOM_UTF8)
    for name in ("utf-16",) if is_utf16 else ("utf-8-sig",) if is_marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") * 10 > len(text):
            break
        return Decoded(text, name)
    return _refused(
        source, "wrong_encoding", "tegnsættet er hverken UTF-8, UTF-16 med mærke eller Windows (cp1252)",
        "the code page is neither UTF-8, UTF-16 with a mark, nor Windows (cp1252)",
    )  # fmt: skip


def suspected(header: str, encoding: str, known: set[str]) -> str | None:
    """The code page that would make an unknown header a known one, when the file was decoded wrongly."""
    for name, wrong in (("utf-8", "cp1252"), ("cp850", encoding), ("mac_roman", encoding)):
        try:
            text = header.encode(wrong).decode(name)
        except (UnicodeError, LookupError):
            continue
        if text != header and " ".join(text.split()).casefold() in known:
            return name
    return None


def _refused(source: Source, rule: str, da: str, en: str) -> Decoded:
    return Decoded("", "", problem(source, None, None, rule, da, en, "critical"))
