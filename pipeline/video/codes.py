"""Codes people click, type or read aloud: of one length and checked, so that cut is told from wrong."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

# Crockford's base 32 in small letters: no i, l, o, u (https://www.crockford.com/base32.html).
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LINK_LENGTH = 16  # 15 random characters are 75 bits
SHORT_ID_LENGTH = 12
SPOKEN_LENGTH = 8

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"i": 1, "l": 1, "o": 0}
_FORGIVEN = str.maketrans("", "", " -\u00a0\u2010\u2011")
# The quasigroup of H. M. Damm (2004): one check digit that finds every single error and every transposition.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip

Kind = Literal["whole", "cut", "wrong"]


@dataclass(frozen=True)
class Code:
    """What was opened or typed. ``value`` is the code in its one form; empty unless ``kind`` is ``whole``."""

    kind: Kind
    value: str = ""


def new_link_code() -> str:
    """A link's code: 15 random characters and one check character."""
    body = [secrets.randbelow(32) for _ in range(LINK_LENGTH - 1)]
    return "".join(ALPHABET[value] for value in [*body, _check(body)])


def read_link_code(text: str) -> Code:
    """A link's last part: whole, cut (too short) or wrong. Capitals, blanks and look-alikes are forgiven."""
    letters = text.translate(_FORGIVEN).lower()
    values = [_VALUES.get(letter) for letter in letters]
    known = [value for value in values if value is not None]
    if len(known) != len(values) or len(values) > LINK_LENGTH:
        return Code("wrong")
    if len(values) < LINK_LENGTH:
        return Code("cut")
    if known[-1] != _check(known[:-1]):
        return Code("wrong")
    return Code("whole", "".join(ALPHABET[value] for value in known))


def new_spoken_code() -> str:
    """Eight digits that can be read over the phone, the last one a check digit: ``4821-7730``."""
    body = "".join(str(secrets.randbelow(10)) for _ in range(SPOKEN_LENGTH - 1))
    whole = body + str(_damm(body))
    return f"{whole[:4]}-{whole[4:]}"


def read_spoken_code(text: str) -> Code:
    """What was typed: whole, cut (too few digits) or wrong."""
    digits = text.strip().translate(_FORGIVEN)
    if not digits.isascii() or not digits.isdigit() or len(digits) > SPOKEN_LENGTH:
        return Code("wrong")
    if len(digits) < SPOKEN_LENGTH:
        return Code("cut")
    return Code("whole", f"{digits[:4]}-{digits[4:]}") if _damm(digits) == 0 else Code("wrong")


def new_short_id() -> str:
    """A meeting's short id: 12 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SHORT_ID_LENGTH))


def digest(code: str, pepper: bytes) -> str:
    """The form in which a code is stored: HMAC-SHA-256 in hex."""
    return hmac.new(pepper, code.encode(), hashlib.sha256).hexdigest()


def _times(left: int, right: int) -> int:
    """The product in GF(32), with the primitive polynomial x⁵ + x² + 1."""
    made = 0
    while right:
        if right & 1:
            made ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return made


def _check(body: list[int]) -> int:
    """Σ αⁱ·dᵢ over GF(32): the powers differ, so one wrong character or two exchanged ones change the sum."""
    made, weight = 0, 2
    for value in body:
        made ^= _times(weight, value)
        weight = _times(weight, 2)
    return made


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state
