"""Tokens that prove themselves: random ones stored as hashes, and signed ones that carry a few facts."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """The form in which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(token: str, stored: str) -> bool:
    """Whether ``token`` is the one whose hash is ``stored``, in constant time."""
    return hmac.compare_digest(hash_token(token), stored)


def signed(facts: Mapping[str, Any], key: bytes, *, expires: float) -> str:
    """``facts`` with an expiry (seconds since the epoch), signed by HMAC-SHA-256."""
    body = json.dumps({**facts, "exp": expires}, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(body)}.{_text(_mac(body, key))}"


def read_signed(token: str, key: bytes, *, now: float | None = None) -> dict[str, Any] | None:
    """The facts of a token that is whole, ours and not expired; else None."""
    body_text, _, mac_text = token.partition(".")
    try:
        body, mac = _bytes(body_text), _bytes(mac_text)
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(mac, _mac(body, key)):
        return None
    facts: dict[str, Any] = json.loads(body)
    expires = facts.pop("exp")
    return facts if (time.time() if now is None else now) < expires else None


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    if not text.isascii():
        raise ValueError("no base64")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
