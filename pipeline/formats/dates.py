"""Dates and times as Danish files write them; a date that reads two ways is an error, not a guess."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.formats.faults import Fault, fault

# dmy, mdy: a date of the file says so. default: none does, so dd-mm-yyyy is read as the template asks for it.
# mixed: dates of the file contradict each other. iso: nothing but ISO dates.
DateOrder = Literal["iso", "dmy", "mdy", "default", "mixed"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
FIRST_YEAR, LAST_YEAR = 1900, 2099

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PARTS = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
# The number that Excel keeps a date as; one that is a year of our time, not a number of its own.
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]+))?")
_EXCEL_DAY_0 = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 29_221, 73_050  # 1 January 1980, 31 December 2099
_CLOCK = r"[T ]\s*([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?"
_MOMENT = re.compile(rf"(\S+?){_CLOCK}\s*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")


def decide_order(values: Iterable[str]) -> DateOrder:
    """How the numeric dates of one file are ordered, by those of its dates that read one way only."""
    is_dmy = is_mdy = is_numeric = False
    for raw in values:
        found = _PARTS.match(raw)
        if found is None:
            continue
        is_numeric = True
        first, second = int(found[1]), int(found[3])
        is_dmy = is_dmy or first > 12 >= second
        is_mdy = is_mdy or second > 12 >= first
    if not is_numeric:
        return "iso"
    if is_dmy and is_mdy:
        return "mixed"
    if is_dmy:
        return "dmy"
    return "mdy" if is_mdy else "default"


def joined_order(orders: Iterable[DateOrder]) -> DateOrder:
    """The order of a file by the orders of its parts."""
    seen = set(orders)
    if "mixed" in seen or {"dmy", "mdy"} <= seen:
        return "mixed"
    if "dmy" in seen or "mdy" in seen:
        return "dmy" if "dmy" in seen else "mdy"
    return "default" if "default" in seen else "iso"


def parse_date(raw: str, order: DateOrder) -> date | Fault:
    """The date that ``raw`` says: ISO, or day, month and year in the file's order."""
    found = _ISO.fullmatch(raw)
    if found:
        return _date(raw, int(found[1]), int(found[2]), int(found[3]))
    found = _PARTS.fullmatch(raw)
    if found is None:
        serial = _serial(raw)
        return serial.date() if serial and serial.time() == time() else _bad_date(raw)
    first, second = int(found[1]), int(found[3])
    is_short = len(found[4]) == 2
    year = 2000 + int(found[4]) if is_short else int(found[4])
    if first > 12:
        is_day_first = True
    elif second > 12:
        is_day_first = False
    elif first == second or order == "dmy":
        is_day_first = True
    elif order == "mdy":
        is_day_first = False
    elif order == "mixed" or is_short or found[2] == "/":
        return fault(
            "ambiguous_date",
            raw,
            f"dd-mm-åååå; datoen kan læses både som {first}. i {second}. og {second}. i {first}. måned, "
            "og filen afgør det ikke",
            f"dd-mm-yyyy; it reads both as day {first} of month {second} and day {second} of month {first}, "
            "and the file does not decide",
        )
    else:
        is_day_first = True
    day, month = (first, second) if is_day_first else (second, first)
    return _date(raw, year, month, day)


def parse_timestamp(raw: str, order: DateOrder) -> datetime | Fault:
    """The moment that ``raw`` says, in UTC; without an offset it is Danish local time.

    An hour that the clock shows twice (in autumn) or never (in spring) is a fault.
    """
    found = _MOMENT.fullmatch(raw)
    if found is None:
        serial = _serial(raw)
        return _from_danish_clock(raw, serial) if serial else _bad_timestamp(raw)
    day = parse_date(found[1], order)
    if isinstance(day, Fault):
        return day if day.rule == "ambiguous_date" else _bad_timestamp(raw)
    try:
        clock = time(int(found[2]), int(found[3]), int(found[4] or 0), int((found[5] or "").ljust(6, "0")))
    except ValueError:
        return _bad_timestamp(raw)
    moment = datetime.combine(day, clock)
    if found[6]:
        return (moment - _offset(found[6])).replace(tzinfo=UTC)
    return _from_danish_clock(raw, moment)


def _from_danish_clock(raw: str, moment: datetime) -> datetime | Fault:
    early = moment.replace(tzinfo=COPENHAGEN, fold=0)
    late = moment.replace(tzinfo=COPENHAGEN, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(COPENHAGEN).replace(tzinfo=None) != moment:
        return fault(
            "no_such_hour",
            raw,
            "et klokkeslæt, der findes: uret blev stillet frem",
            "a time that exists: the clock went forward",
        )
    return fault(
        "ambiguous_hour",
        raw,
        "ISO med forskydning, fx 2019-10-27T02:30:00+01:00: timen findes to gange i efteråret",
        "ISO with offset, e.g. 2019-10-27T02:30:00+01:00: the hour stands twice in autumn",
    )


def week_monday(raw: str) -> date | None:
    """The Monday of an ISO week written ÅÅUU, or None when the year has no such week."""
    try:
        return date.fromisocalendar(2000 + int(raw[:2]), int(raw[2:]), 1)
    except ValueError:
        return None


def _serial(raw: str) -> datetime | None:
    """The moment of an Excel serial number, to the second that Excel rounds to."""
    found = _SERIAL.fullmatch(raw)
    if found is None or not FIRST_SERIAL <= int(found[1]) <= LAST_SERIAL:
        return None
    seconds = round(float(f"0.{found[2] or 0}") * 86_400)
    return datetime.combine(_EXCEL_DAY_0, time()) + timedelta(days=int(found[1]), seconds=seconds)


def _date(raw: str, year: int, month: int, day: int) -> date | Fault:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _bad_date(raw)
    try:
        return date(year, month, day)
    except ValueError:
        return _bad_date(raw)


def _offset(raw: str) -> timedelta:
    if raw == "Z":
        return timedelta()
    size = timedelta(hours=int(raw[1:3]), minutes=int(raw[-2:]))
    return -size if raw[0] == "-" else size


def _bad_date(raw: str) -> Fault:
    return fault("bad_date", raw, "en dato som dd-mm-åååå", "a date as dd-mm-yyyy")


def _bad_timestamp(raw: str) -> Fault:
    return fault("bad_timestamp", raw, "dd-mm-åååå tt:mm eller ISO", "dd-mm-yyyy hh:mm or ISO")
