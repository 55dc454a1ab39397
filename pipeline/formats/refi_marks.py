"""What may be kept of who coded and of a program's own ids: a mark, never a name or somebody's number."""

import hashlib
import hmac
import re

from pipeline.identifiers import mask

_CODER = re.compile(
    r"(?:(?:koder|coder|rater)[ _-]?)?[a-zæøå0-9]{1,2}|koder-(?:[a-p]{8}|ukendt)", re.IGNORECASE
)
_GUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?(?:[-~][0-9]{1,6})*", re.IGNORECASE)
_NO_CODER = "koder-ukendt"
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def coder_mark(guid: str, name: str, key: bytes | None = None) -> str:
    """The coder's mark: the name when it is one (``Koder A``), else made of the guid, keyed where possible.

    Letters alone: eight digits would be masked as somebody's number.
    """
    name = name.strip()
    if _CODER.fullmatch(name):
        return name
    if not guid:
        return _NO_CODER
    made = hmac.new(key, guid.encode(), "sha256") if key else hashlib.sha256(guid.encode())
    return f"koder-{made.hexdigest()[:8].translate(_LETTERS)}"


def safe_id(guid: str, number: int) -> str:
    """An id as it may be kept: a GUID's digits are nobody's, another's may be; it then goes by ``number``."""
    if _GUID.fullmatch(guid) or (guid.isprintable() and len(guid) < 80 and not mask(guid)[1]):
        return guid
    return f"kodning-{number}"
