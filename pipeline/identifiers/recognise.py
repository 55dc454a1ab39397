"""Recognise identifiers by their shape and bring them to one canonical form before they are keyed.

A CPR number is recognised by its date, never by modulus 11: numbers given out since October 2007, and the
official test numbers, fail it.
"""

import re

_SEPARATOR = r"[\s\u2010-\u2015\u2212-]?"
_CPR = re.compile(rf"(\d{{6}}){_SEPARATOR}(\d{{4}})")
_CPR_WITHIN = re.compile(rf"(?<![0-9A-Za-z])(\d{{6}}){_SEPARATOR}\d{{4}}(?![0-9A-Za-z])")
# Replacement numbers, for patients without a CPR number: a birth date and four signs.
_REPLACEMENT = re.compile(rf"(\d{{6}}){_SEPARATOR}([0-9A-Z]{{4}})")
_LOST_ZERO = re.compile(rf"\d{{5}}{_SEPARATOR}\d{{4}}")
_YDER = re.compile(r"\d{1,6}")
_SOR = re.compile(r"\d{6,18}")
_SCIENTIFIC = re.compile(r"(\d+)(?:[.,](\d+))?\s?[eE]\+?(\d{1,3})")

DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
REPLACEMENT_DAY = 60  # administrative numbers add 60 to the day

# Verhoeff's check digit: multiplication in the dihedral group of ten elements, and its permutation.
_TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTE = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_birth_date(digits: str) -> bool:
    """Whether six digits read as DDMMYY; every year is possible, so 29 February always is."""
    day, month = int(digits[:2]), int(digits[2:4])
    if day > REPLACEMENT_DAY:
        day -= REPLACEMENT_DAY
    return 1 <= month <= len(DAYS) and 1 <= day <= DAYS[month - 1]


def canonical_cpr(raw: str) -> str | None:
    """Ten signs without separator when ``raw`` has the shape of a CPR or replacement number, else None.

    A nine-digit number whose lost leading zero makes it one (Excel) counts, also as 1,08589995E+08: there
    are as many decimals as the exponent says, so that no digit is lost.
    """
    text = raw.strip()
    whole = _SCIENTIFIC.fullmatch(text)
    if whole is not None and not is_scientific(text):
        text = f"{whole[1]}{whole[2]}"
    if _LOST_ZERO.fullmatch(text):
        text = f"0{text}"
    found = _CPR.fullmatch(text) or _REPLACEMENT.fullmatch(text.upper())
    if found is None or not is_birth_date(found[1]):
        return None
    return f"{int(found[1]):06d}{_ascii(found[2])}"


def holds_cpr(raw: str) -> bool:
    """Whether a CPR number stands among other signs of ``raw``, such as ``sag/010203-1234/2``."""
    return any(is_birth_date(found[1]) for found in _CPR_WITHIN.finditer(raw))


def canonical_yder(raw: str) -> str | None:
    """Six digits when ``raw`` is a ydernummer, with the zeros that Excel drops put back, else None."""
    text = raw.strip()
    return f"{int(text):06d}" if _YDER.fullmatch(text) and int(text) else None


def canonical_sor(raw: str) -> str | None:
    """The digits of a SOR code when its Verhoeff check digit fits, else None."""
    text = raw.strip()
    return _ascii(text) if _SOR.fullmatch(text) and has_verhoeff_digit(text) else None


def has_verhoeff_digit(digits: str) -> bool:
    """Whether the last digit is the Verhoeff check digit of those before it."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_PERMUTE[place % 8][int(digit)])])
    return check == 0


def is_scientific(raw: str) -> bool:
    """Whether ``raw`` is a number Excel has written as 1,1E+08, so that its last digits are lost."""
    found = _SCIENTIFIC.fullmatch(raw.strip())
    return found is not None and len(found[2] or "") != int(found[3])


def _ascii(text: str) -> str:
    """``text`` with digits of any script as 0-9."""
    return "".join(str(int(sign)) if sign.isdigit() else sign for sign in text)
