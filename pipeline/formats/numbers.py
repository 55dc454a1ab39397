"""Numbers as Danish files write them; whether a comma or a point is the decimal mark is decided per file."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pipeline.formats.faults import Fault, fault

# mixed: values of the file contradict each other; undecided: none of them tells.
DecimalMark = Literal["comma", "point", "mixed", "undecided"]

WHOLE_DIGITS, DECIMALS = 9, 9  # DECIMAL(18,9), in which estimates and amounts are kept
INTEGER_DIGITS = 18

_PLAIN = re.compile(r"[+-]?[0-9]+")
_GROUPED = re.compile(r"([+-]?[0-9]{1,3})((?:[.,][0-9]{3})+)([.,][0-9]*)?")
_SINGLE = re.compile(r"([+-]?[0-9]*)([.,])([0-9]+)")
_ZERO_DECIMALS = re.compile(r"([+-]?[0-9]+)[.,]0{1,2}")
_MARKS: dict[str, Literal["comma", "point"]] = {",": "comma", ".": "point"}


def decide_decimal_mark(values: Iterable[str]) -> DecimalMark:
    """The decimal mark of one file, by those of its numbers that read one way only."""
    seen: set[DecimalMark] = set()
    for raw in values:
        mark = _own_mark(_tidy(raw))
        if mark is not None:
            seen.add(mark)
    if len(seen) == 2:
        return "mixed"
    return seen.pop() if seen else "undecided"


def joined_mark(marks: Iterable[DecimalMark]) -> DecimalMark:
    """The decimal mark of a file by the marks of its parts."""
    seen = set(marks)
    if "mixed" in seen or {"comma", "point"} <= seen:
        return "mixed"
    if "comma" in seen:
        return "comma"
    return "point" if "point" in seen else "undecided"


def parse_decimal(raw: str, mark: DecimalMark) -> Decimal | Fault:
    """The number that ``raw`` says, thousands separated or not, at most nine digits on either side."""
    text = _tidy(raw)
    if _PLAIN.fullmatch(text):
        return _decimal(raw, text)
    own = _own_mark(text)
    if own is None:
        if not _GROUPED.fullmatch(text):
            return _bad_decimal(raw)
        # 1.234 or 1,234: thousands or decimals?
        if mark not in ("comma", "point"):
            return _ambiguous(raw)
        own = mark
    decimal_sign, group_sign = (",", ".") if own == "comma" else (".", ",")
    return _decimal(raw, text.replace(group_sign, "").replace(decimal_sign, "."))


def parse_integer(raw: str, mark: DecimalMark) -> int | Fault:
    """The whole number that ``raw`` says; ``12,0`` is 12, and 1.234 is 1234 where the comma is decimal."""
    text = _tidy(raw)
    grouped = _GROUPED.fullmatch(text)
    if _PLAIN.fullmatch(text):
        digits = text
    elif whole := _ZERO_DECIMALS.fullmatch(text):
        digits = whole[1]
    elif grouped and not (grouped[3] or "").strip("0.,") and len(set(grouped[2]) & {".", ","}) == 1:
        if len(grouped[2]) == 4 and not grouped[3]:
            group_sign = grouped[2][0]
            if mark not in ("comma", "point"):
                return _ambiguous(raw)
            if _MARKS[group_sign] == mark:
                return _bad_integer(raw)
        digits = grouped[1] + re.sub("[.,]", "", grouped[2])
    else:
        return _bad_integer(raw)
    if len(digits.lstrip("+-0")) > INTEGER_DIGITS:
        return _bad_integer(raw)
    return int(digits)


def _own_mark(text: str) -> Literal["comma", "point"] | None:
    """The decimal mark that one number shows by itself, or None."""
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        signs = [sign for sign in grouped[2] if sign in ".,"]
        last = grouped[3][0] if grouped[3] else None
        if len(set(signs)) == 1 and last is not None and last != signs[0]:
            return _MARKS[last]  # 1.234,5
        if len(signs) == 2 and signs[0] != signs[1] and last is None:
            return _MARKS[signs[1]]  # 1.234,567
        if len(signs) > 1 and len(set(signs)) == 1 and last is None:
            return "comma" if signs[0] == "." else "point"  # 1.234.567
        if len(signs) == 1 and last is None and int(grouped[1]) == 0:
            return _MARKS[signs[0]]  # 0,125
        return None
    single = _SINGLE.fullmatch(text)
    return _MARKS[single[2]] if single else None


def _tidy(raw: str) -> str:
    """Without the blanks that group thousands, and with a plain minus."""
    return re.sub(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3})", "", raw.strip()).replace("\u2212", "-")


def _decimal(raw: str, text: str) -> Decimal | Fault:
    whole, _, decimals = text.lstrip("+-").partition(".")
    if (
        "," in text
        or "." in decimals
        or len(whole.lstrip("0")) > WHOLE_DIGITS
        or len(decimals.rstrip("0")) > DECIMALS
    ):
        return _bad_decimal(raw)
    return Decimal(text)


def _ambiguous(raw: str) -> Fault:
    return fault(
        "ambiguous_number",
        raw,
        "et tal uden tusindtalsseparator; tegnet kan være decimaltegn, og filen afgør det ikke",
        "a number without thousands separator; the mark may be a decimal one, and the file does not decide",
    )


def _bad_decimal(raw: str) -> Fault:
    return fault("bad_number", raw, "et tal som 1234,5", "a number as 1234,5")


def _bad_integer(raw: str) -> Fault:
    return fault("bad_integer", raw, "et helt tal", "a whole number")
