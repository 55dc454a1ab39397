"""Mask what points to a person in free text: better one number too many than one too few.

A name is masked where it is known: the parties that a row or its delivery names. Nothing guesses at other
names; a form that asks for free text must say that none may stand in it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.identifiers.address import ADDRESSES
from pipeline.identifiers.names import name_parts, name_pattern
from pipeline.identifiers.recognise import canonical_cpr, holds_cpr, is_birth_date

_GAP = r"[\s.\u2010-\u2015\u2212-]"
_DATE = r"\d{1,2}(?P<sign>[-./])\d{1,2}(?P=sign)(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
# Every repetition is bounded: a long cell must not cost more than its length.
_PATTERNS = (
    # Kept as they are: what is already keyed, what an earlier pass has masked, and references to literature.
    ("keep", r"(?<![0-9A-Za-z_])p_[a-z2-7]{20}(?![a-z2-7])"),
    ("keep", r"\[(?:CPR-nummer|e-mail|telefon|nummer|adresse|navn)\]"),
    # Dates and spans of years, unless four more digits make a birth date a CPR number.
    ("keep", rf"(?<!\d)(?:{_DATE}|(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d)(?!\d|{_GAP}{{0,3}}\d{{4}}(?!\d))"),
    ("keep", r"\b10\.\d{4,5}/[^\s;,]{0,60}?[a-z][^\s;,]{0,60}|\bPMID:? ?\d{7,8}(?!\d)"),
    ("e-mail", r"[^\s@<>;,:()\[\]]{1,64}@[^\s@<>;,()\[\]]{1,250}\.[^\W\d_]{2,24}"),
    *(("adresse", pattern) for pattern in ADDRESSES),
    # 010203-1234, 01.02.03-1234, 01-02-2003-1234, 010203 - 1234, and with letters among the last four.
    ("cpr", rf"(?<!\d)(?P<date>\d\d{_GAP}?\d\d{_GAP}?(?:19|20)?\d\d){_GAP}{{0,3}}\d{{4}}(?!\d)"),
    ("cpr", rf"(?<!\d)(?P<date2>\d{{6}}){_GAP}?(?=[0-9A-Za-z]{{0,3}}\d)[0-9A-Za-z]{{4}}(?![0-9A-Za-z])"),
    ("nummer", r"(?<!\d)\d{1,20}(?:[.,]\d{1,20})?\s?[eE]\+\d{1,3}(?!\d)"),
    ("telefon", r"(?:\+|(?<!\d)00)\d{1,3}(?:[ .-]?\d){6,12}(?!\d)"),
    ("telefon", r"(?<!\d)[2-9]\d(?:[ .-]?\d\d){3}(?!\d)|(?<!\d)[2-9]\d{3}[ .-]\d{4}(?!\d)"),
    # Birth dates, ydernumre, SOR codes, account numbers: any six digits in a row.
    ("nummer", r"\d{6,}"),
)
# A phone number written as one; eight digits in a row are a number like any other.
_PHONE = re.compile(r"(?:\+|00)\d{1,3}(?:[ .-]?\d){6,12}|[2-9]\d(?:[ .-]\d\d){3}|[2-9]\d{3}[ .-]\d{4}")
# Every pattern of what is masked, but a known name, has one of these.
_TELLING = re.compile(r"[\d@]")
_NAME = "navn"
_MARKS = {
    "cpr": "[CPR-nummer]",
    "e-mail": "[e-mail]",
    "telefon": "[telefon]",
    "nummer": "[nummer]",
    "adresse": "[adresse]",
    _NAME: "[navn]",
}


@dataclass(frozen=True)
class Masked:
    """A text without what points to a person, and how many places were masked, by kind.

    The kinds are cpr, e-mail, telefon, nummer, adresse and navn.
    """

    text: str
    counts: Mapping[str, int]


def scan(text: str, names: Iterable[str] = ()) -> Masked:
    """``text`` with personal numbers, e-mails, phone numbers, addresses and ``names`` replaced by their kind.

    ``names`` are of persons, as they stand in the delivery; each part of one is found in any case, in the
    genitive and with ae for æ. Masking twice changes nothing; pseudonyms (``p_…``) stay.
    """
    parts = name_parts(names) if names else ()
    if not parts and not _TELLING.search(text):
        return Masked(text, {})
    kinds, expression = _expression(parts)
    counts: Counter[str] = Counter()

    def replace(found: re.Match[str]) -> str:
        kind = kinds[int((found.lastgroup or "g0")[1:])]
        if kind == "keep":
            return found[0]
        if kind == "cpr":
            digits = "".join(sign for sign in (found["date"] or found["date2"]) if sign.isdigit())
            kind = "cpr" if is_birth_date(digits) else "nummer"
        counts[kind] += 1
        return _MARKS[kind]

    return Masked(expression.sub(replace, text), counts)


def mask(text: str, names: Iterable[str] = ()) -> tuple[str, int]:
    """What ``scan`` gives, with the counts as one."""
    made = scan(text, names)
    return made.text, sum(made.counts.values())


def points_to_person(number: str) -> bool:
    """Whether a row's own number is none: it holds a CPR number, an address or e-mail, or is a phone's."""
    return (
        "@" in number
        or holds_cpr(number)
        or canonical_cpr(number) is not None
        or _PHONE.fullmatch(number) is not None
        or "adresse" in scan(number).counts
    )


@lru_cache(maxsize=1024)
def _expression(parts: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The kind of each alternative, and all of them as one expression."""
    every = (*_PATTERNS, (_NAME, name_pattern(parts))) if parts else _PATTERNS
    joined = "|".join(f"(?P<g{index}>{pattern})" for index, (_, pattern) in enumerate(every))
    return tuple(kind for kind, _ in every), re.compile(joined)
