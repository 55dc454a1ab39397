"""The session log's words: what an event may hold is what the contract `session_events` has a column for.

The envelope is CloudEvents 1.0 in JSON with a sequence number; see `schemas/session_events.toml`.
"""

import json
import math
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache

from pipeline import paths
from pipeline.contract import CodeList, Column, load_contracts

PREFIX, VERSION = "dk.medvideo.", ".v1"
TABLE = "session_events"
# Columns that stand in the envelope, and those that a delivery adds.
ENVELOPE = frozenset({"source", "seq", "event_id", "bootid", "type", "time", "meeting_id"})
REASONS = frozenset({"reason", "outcome_reason"})

SUBJECT = re.compile(r"meeting/[0-9a-f-]{36}|node")
# Free words that a code list does not close must still be words: no address, number or name fits.
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,60}|[0-9a-f-]{36}|.*Z")
KINDS: dict[str, Callable[[object], bool]] = {
    "boolean": lambda one: isinstance(one, bool),
    "integer": lambda one: isinstance(one, int) and not isinstance(one, bool),
    "decimal": lambda one: isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one),
    "string": lambda one: isinstance(one, str) and len(one) <= 200 and one.isprintable(),
    "timestamp": lambda one: (
        isinstance(one, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one) is not None
    ),
    "date": lambda one: isinstance(one, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", one) is not None,
}


class EventError(ValueError):
    """An event says something that the contract has no room for; names the type and the field."""


@cache
def _words() -> tuple[dict[str, Column], Mapping[str, CodeList]]:
    contracts = load_contracts(paths.SCHEMAS)
    columns = contracts.tables[TABLE].delivered_columns
    return {column.name: column for column in columns if column.name not in ENVELOPE}, contracts.codes


@cache
def _codes(name: str) -> frozenset[str]:
    return frozenset(_words()[1][name].codes)


@cache
def _required(kind: str) -> tuple[str, ...]:
    """What an event of the type must say."""
    return tuple(name for name, column in _words()[0].items() if kind in column.required_for)


@cache
def full_type(short: str) -> str:
    """``participant.left`` as ``dk.medvideo.participant.left.v1``. Raises EventError for an unknown type."""
    name = f"{PREFIX}{short}{VERSION}"
    if name not in _codes("event_type"):
        raise EventError(f"{short}: ukendt hændelsestype · unknown event type")
    return name


def checked(short: str, subject: str, data: Mapping[str, object]) -> dict[str, object]:
    """``data`` without what is None, if the contract allows every field of it. Raises EventError."""
    kind = full_type(short)
    columns, _ = _words()
    made = {name: value for name, value in data.items() if value is not None}
    for name, value in made.items():
        column = columns.get(name)
        if column is None:
            raise EventError(
                f"{short}.{name}: feltet findes ikke i kontrakten · no such field in the contract"
            )
        if not _fits(column, value):
            raise EventError(f"{short}.{name}: værdien passer ikke til kontrakten · the value does not fit")
    missing = [name for name in _required(kind) if name not in made]
    if missing:
        raise EventError(f"{short}: {', '.join(missing)} mangler · is missing")
    if subject and not SUBJECT.fullmatch(subject):
        raise EventError(f"{short}: emnet har en anden form · the subject has another form")
    return made


def line(
    short: str, source: str, seq: int, bootid: str, subject: str, at_ms: int, data: Mapping[str, object]
) -> bytes:
    """One event as a line of JSON; ``data`` must be ``checked``."""
    made: dict[str, object] = {
        "specversion": "1.0",
        "id": uuid7(at_ms),
        "source": source,
        "type": f"{PREFIX}{short}{VERSION}",
        "subject": subject,
        "time": timestamp(at_ms),
        "seq": seq,
        "bootid": bootid,
        "data": data,
    }
    if not subject:
        del made["subject"]
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def timestamp(at_ms: int) -> str:
    """Milliseconds since the epoch as ``2026-01-31T10:00:00.123Z``."""
    return f"{_second(at_ms // 1000)}.{at_ms % 1000:03d}Z"


@lru_cache(maxsize=4)
def _second(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%S}"


def now_ms() -> int:
    """The clock of the wall in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def uuid7(at_ms: int) -> str:
    """A UUID of version 7 (RFC 9562): the time, then 74 random bits."""
    random = secrets.randbits(74)
    value = (at_ms & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _fits(column: Column, value: object) -> bool:
    if column.name in REASONS:
        return value in _codes("end_reason")
    if not KINDS[column.type](value):
        return False
    if column.codes:
        return value in _codes(column.codes)
    if column.pattern:
        return re.fullmatch(column.pattern, str(value)) is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = column.minimum, column.maximum
        return (low is None or value >= low) and (high is None or value <= high)
    return not isinstance(value, str) or WORD.fullmatch(value) is not None
