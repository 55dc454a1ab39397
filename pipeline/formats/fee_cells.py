"""How settlement systems write a service, a billing week, an amount and a price level; pure text to text.

What a function does not understand it returns as it stands, so that the contract says what is wrong with it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.contract import CodeList
from pipeline.formats.cells import plain
from pipeline.formats.numbers import DecimalMark, parse_decimal
from pipeline.text import MONTHS_DA

MEMO = 4096  # services and weeks are few, and stand in many lines
GENERAL_PRACTICE = "80"
NATIONAL = "DK"
NATIONAL_WORDS = frozenset({"dk", "danmark", "hele landet", "landsdækkende", "alle", "alle regioner"})

_JOINED = re.compile(r"([0-9]{2})[ .-]?([0-9]{4})")
_SHORT_CODE = re.compile(r"[0-9]{1,3}")
_WEEK = re.compile(r"(?:20)?([0-9]{2})[-/ ]?[WwUu]?([0-9]{2})")
_MONTH_NUMBER = re.compile(r"(?:(20[0-9]{2})[-/.]?([0-9]{1,2})|([0-9]{1,2})[-/. ](20[0-9]{2}))")
_MONTH_NAME = re.compile(r"([a-zæøå]{3,9})\.? ?(20[0-9]{2})")


@dataclass(frozen=True)
class Service:
    """Specialty and code of one line. ``is_padded`` says that lost leading zeros were put back.

    ``is_contradicted`` says that the line tells two specialties or two codes, which stand as they are told.
    """

    specialty: str
    code: str
    is_padded: bool = False
    is_contradicted: bool = False


@lru_cache(MEMO)
def service(specialty: str, code: str) -> Service:
    """The service told by either cell or both: ``800125`` is specialty 80 and code 0125; ``125`` is 0125."""
    specialty, code = plain(specialty), plain(code)
    joined = [found for cell in (specialty, code) if (found := _JOINED.fullmatch(cell))]
    is_padded = bool(_SHORT_CODE.fullmatch(code))
    if is_padded:
        code = code.zfill(4)
    if not joined:
        return Service(specialty, code, is_padded)
    told, own = joined[0][1], joined[0][2]
    others = (
        (specialty and not _JOINED.fullmatch(specialty) and specialty != told)
        or (code and not _JOINED.fullmatch(code) and code != own)
        or (len(joined) == 2 and joined[0].groups() != joined[1].groups())
    )
    if others:
        return Service(_parted(specialty), _parted(code), is_padded, is_contradicted=True)
    return Service(told, own, is_padded)


def _parted(cell: str) -> str:
    """``800125`` as ``80-0125``, which nobody takes for a person's number."""
    found = _JOINED.fullmatch(cell)
    return f"{found[1]}-{found[2]}" if found else cell


def general_code(code: str) -> str:
    """A fee table's code: four digits for general practice, with its zeros; others keep their specialty."""
    found = service("", code)
    return found.code if found.specialty in ("", GENERAL_PRACTICE) else plain(code)


@lru_cache(MEMO)
def week(raw: str) -> str:
    """A billing week as ÅÅUU; ``202201``, ``2022-01``, ``2022-W01`` and ``22/01`` are ``2201``."""
    text = plain(raw)
    found = _WEEK.fullmatch(text)
    return f"{found[1]}{found[2]}" if found else text


def oere(raw: str, mark: DecimalMark) -> str:
    """An amount in kroner as whole øre."""
    value = parse_decimal(plain(raw), mark)
    if isinstance(value, Decimal) and value * 100 == int(value * 100):
        return str(int(value * 100))
    return raw


def region(raw: str, regions: CodeList) -> str:
    """A region's code, or DK where the fee holds for the whole country."""
    text = plain(raw)
    return NATIONAL if text.casefold() in NATIONAL_WORDS else regions.decode(text) or text


def price_level(raw: str) -> str:
    """The first of the month an amount's level is of: ``oktober 2021-niveau`` is ``2021-10-01``."""
    text = re.sub(r"[- ]?(?:pris)?niveau$", "", plain(raw).casefold()).strip()
    numbered = _MONTH_NUMBER.fullmatch(text)
    if numbered:
        year, month = numbered[1] or numbered[4], int(numbered[2] or numbered[3])
        return f"{year}-{month:02d}-01"
    named = _MONTH_NAME.fullmatch(text)
    months = [number for number, name in enumerate(MONTHS_DA, 1) if named and name.startswith(named[1])]
    return f"{named[2]}-{months[0]:02d}-01" if named and len(months) == 1 else plain(raw)
