"""Letters that a wrong code page made of others: mended where that is certain, suspected by a header."""

import codecs
import re

from pipeline.formats.result import Source, problem
from pipeline.text import Problem

LATIN1 = "mast_latin1"


def _as_latin1(error: UnicodeError) -> tuple[str | bytes, int]:
    """What cp1252 leaves undefined, as latin-1 has it; the cell is refused as one with control characters."""
    if isinstance(error, UnicodeDecodeError):
        return error.object[error.start : error.end].decode("latin-1"), error.end
    if isinstance(error, UnicodeEncodeError):
        return error.object[error.start : error.end].encode("latin-1"), error.end
    raise error


codecs.register_error(LATIN1, _as_latin1)

# What UTF-8 looks like when it was taken for cp1252 and written as UTF-8 once more: Ã¦ for æ, â€“ for –.
_SIGNS = (*map(chr, range(0xA0, 0x100)), *"\u2013\u2014\u2018\u2019\u201c\u201d\ufeff")
_TWICE = {sign.encode().decode(*page): sign for page in (("latin-1",), ("cp1252", LATIN1)) for sign in _SIGNS}
_TWICE_ENCODED = re.compile("|".join(map(re.escape, sorted(_TWICE, key=len, reverse=True))))
_TWICE_STARTS = ("\u00c2", "\u00c3", "\u00e2", "\u00ef")


def mended(text: str) -> tuple[str, int]:
    """``text`` with what was encoded twice as it was meant, and how many signs that were."""
    if not any(start in text for start in _TWICE_STARTS):
        return text, 0
    return _TWICE_ENCODED.subn(lambda found: _TWICE[found[0]], text)


def told_mended(source: Source, count: int) -> Problem:
    """What is said of a file in which signs were encoded twice."""
    return problem(
        source, None, None, "double_encoded",
        f"{count} bogstaver var kodet to gange (Ã¦ for æ) og er rettet; eksportér som UTF-8",
        f"{count} letters were encoded twice (Ã¦ for æ) and are mended; export as UTF-8",
    )  # fmt: skip


def suspected(header: str, encoding: str, known: set[str]) -> str | None:
    """The code page that would make an unknown header a known one, when the file was decoded wrongly."""
    for name, wrong in (("cp850", encoding), ("mac_roman", encoding)):
        try:
            text = header.encode(wrong, LATIN1).decode(name)
        except (UnicodeError, LookupError):
            continue
        if text != header and " ".join(text.split()).casefold() in known:
            return name
    return None
