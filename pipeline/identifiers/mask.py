"""Mask what points to a person in free text: better one number too many than one too few.

Names are not recognised; a form that asks for free text must say so.
"""

import re

from pipeline.identifiers.recognise import is_birth_date

_GAP = r"[\s.\u2010-\u2015\u2212-]"
_DATE = r"\d{1,2}(?P<sign>[-./])\d{1,2}(?P=sign)(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
# Every repetition is bounded: a long cell must not cost more than its length.
_PATTERNS = (
    # Kept as they are: what is already keyed, what an earlier pass has masked, and references to literature.
    ("keep", r"(?<![0-9A-Za-z_])p_[a-z2-7]{20}(?![a-z2-7])"),
    ("keep", r"\[(?:CPR-nummer|e-mail|telefon|nummer)\]"),
    # Dates and spans of years, unless four more digits make a birth date a CPR number.
    ("keep", rf"(?<!\d)(?:{_DATE}|(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d)(?!\d|{_GAP}{{0,3}}\d{{4}}(?!\d))"),
    ("keep", r"\b10\.\d{4,5}/[^\s;,]{0,60}?[a-z][^\s;,]{0,60}|\bPMID:? ?\d{7,8}(?!\d)"),
    ("e-mail", r"[^\s@<>;,:()\[\]]{1,64}@[^\s@<>;,()\[\]]{1,250}\.[^\W\d_]{2,24}"),
    # 010203-1234, 01.02.03-1234, 01-02-2003-1234, 010203 - 1234, and with letters among the last four.
    ("cpr", rf"(?<!\d)(?P<date>\d\d{_GAP}?\d\d{_GAP}?(?:19|20)?\d\d){_GAP}{{0,3}}\d{{4}}(?!\d)"),
    ("cpr", rf"(?<!\d)(?P<date2>\d{{6}}){_GAP}?(?=[0-9A-Za-z]{{0,3}}\d)[0-9A-Za-z]{{4}}(?![0-9A-Za-z])"),
    ("nummer", r"(?<!\d)\d{1,20}(?:[.,]\d{1,20})?\s?[eE]\+\d{1,3}(?!\d)"),
    ("telefon", r"(?:\+|(?<!\d)00)\d{1,3}(?:[ .-]?\d){6,12}(?!\d)"),
    ("telefon", r"(?<!\d)[2-9]\d(?:[ .-]?\d\d){3}(?!\d)|(?<!\d)[2-9]\d{3}[ .-]\d{4}(?!\d)"),
    # Birth dates, ydernumre, SOR codes, account numbers: any six digits in a row.
    ("nummer", r"\d{6,}"),
)
_ANY = re.compile("|".join(f"(?P<g{index}>{pattern})" for index, (_, pattern) in enumerate(_PATTERNS)))
_WORDS = {"cpr": "[CPR-nummer]", "e-mail": "[e-mail]", "telefon": "[telefon]", "nummer": "[nummer]"}


def mask(text: str) -> tuple[str, int]:
    """``text`` with CPR numbers, e-mails, phone numbers and long numbers replaced, and how many were.

    Masking twice changes nothing; pseudonyms (``p_…``) stay.
    """
    count = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal count
        kind = _PATTERNS[int((found.lastgroup or "g0")[1:])][0]
        if kind == "keep":
            return found[0]
        if kind == "cpr":
            digits = "".join(sign for sign in (found["date"] or found["date2"]) if sign.isdigit())
            kind = "cpr" if is_birth_date(digits) else "nummer"
        count += 1
        return _WORDS[kind]

    return _ANY.sub(replace, text), count
