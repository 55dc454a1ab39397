"""Keyed pseudonyms: the same clinic gives the same ``p_…`` under one key, and nothing without it."""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.identifiers.recognise import canonical_cpr, canonical_sor, canonical_yder, is_scientific
from pipeline.text import Problem, ProblemError, Text

KEY_FILE_VARIABLE = "MAST_KEY_FILE"
KEY_BYTES = 32
PSEUDONYM_CHARS = 20  # 100 bits: no two of a country's inhabitants meet
MOST_CLINICS = 16_384  # whose pseudonyms are kept at a time

_PSEUDONYM = re.compile(r"p_[a-z2-7]{20}")
_HEX_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES},}}")
_CANONICAL: dict[str, Callable[[str], str | None]] = {
    "practice": canonical_yder,
    "person": canonical_cpr,
    "organisation": canonical_sor,
}


@dataclass(frozen=True)
class Key:
    """A key in use. The demonstration key is public and serves reconstructed data only."""

    secret: bytes
    is_demonstration: bool

    def __repr__(self) -> str:  # a secret must not reach a log or a trace
        return f"Key(id={key_id(self.secret)}, is_demonstration={self.is_demonstration})"


def pseudonym(kind: str, raw: str, key: bytes) -> str:
    """The keyed form of ``raw``: ``p_`` and 20 characters of HMAC-SHA-256 over ``kind:raw``.

    ``kind`` (``person``, ``practice``, ``organisation`` …) keeps equal numbers of different registers apart;
    ``raw`` must be in its canonical form (see ``recognise``), or one clinic gets two pseudonyms.
    """
    digest = hmac.digest(key, f"{kind}:{raw}".encode(), "sha256")
    # Fifteen bytes are more than the signs that are kept, and whole groups of eight.
    return "p_" + base64.b32encode(digest[:15]).decode("ascii").lower()[:PSEUDONYM_CHARS]


def keyed(kind: str, text: str, key: bytes | None) -> str | None:
    """The pseudonym of a number in clear text; empty without a key, None when ``text`` is no such number."""
    return _keyed(kind, text, key) if kind == "person" else _keyed_clinic(kind, text, key)


def _keyed(kind: str, text: str, key: bytes | None) -> str | None:
    canonical = None if is_scientific(text) else _CANONICAL[kind](text)
    if canonical is None:
        return None
    return "" if key is None else pseudonym(kind, canonical, key)


# Clinics are few, and each stands in most pieces of a file; a person's number is not kept.
_keyed_clinic = lru_cache(MOST_CLINICS)(_keyed)


def is_pseudonym(value: str) -> bool:
    """Whether ``value`` has the form that ``pseudonym`` gives, so that it is accepted as already keyed."""
    return _PSEUDONYM.fullmatch(value) is not None


def key_id(key: bytes) -> str:
    """A fingerprint that may be published: it tells keys apart and gives nothing of them away."""
    return hashlib.sha256(b"key-id:" + key).hexdigest()[:12]


def demonstration_key() -> bytes:
    """The key of the reconstructed pilot. Everybody knows it: it protects nothing."""
    return hashlib.sha256(b"demonstration key of the reconstructed data, no secret").digest()


def load_key() -> Key:
    """The key named by ``MAST_KEY_FILE``, else the demonstration key, which says that it is one.

    The file holds at least 64 hexadecimal digits. Raises ProblemError when it cannot be read.
    """
    name = os.environ.get(KEY_FILE_VARIABLE)
    if not name:
        return Key(demonstration_key(), is_demonstration=True)
    path = Path(name)
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _key_problem("filen kan ikke læses som tekst", "the file cannot be read as text") from error
    if not _HEX_KEY.fullmatch(text) or len(text) % 2:
        raise _key_problem(
            "nøglen skal være mindst 64 hexadecimale tegn", "the key must be at least 64 hexadecimal digits"
        )
    secret = bytes.fromhex(text)
    return Key(secret, is_demonstration=secret == demonstration_key())


def _key_problem(da: str, en: str) -> ProblemError:
    # The path is not shown: where a key lies is nobody's business.
    return ProblemError(Problem(KEY_FILE_VARIABLE, None, None, "key", Text(da, en), "critical"))
