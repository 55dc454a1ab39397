"""What the logs of other video platforms become: events of ours, without sequence numbers of their own.

A platform does not number what it writes, so its ``source`` begins with ``unnumbered:`` and its ``seq`` is
made of time and id: the same event has the same place in every delivery, whatever else is in it. Every id is
keyed. What the platform does not tell stays empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from pipeline.formats.dates import parse_timestamp
from pipeline.formats.heard import Heard
from pipeline.formats.json_items import refused_row
from pipeline.formats.result import Decisions, Read, Reading, Source, joined, unreadable
from pipeline.formats.rows import RawRows, type_rows
from pipeline.identifiers import pseudonym
from pipeline.text import Text

TABLE = "session_events"
UNNUMBERED = "unnumbered:"
CONNECTED = "dk.medvideo.participant.connected.v1"
LEFT = "dk.medvideo.participant.left.v1"
WAITING = "dk.medvideo.participant.waiting.v1"
RECONNECTING = "dk.medvideo.participant.reconnecting.v1"
RECONNECTED = "dk.medvideo.participant.reconnected.v1"
STARTED = "dk.medvideo.meeting.started.v1"
ENDED = "dk.medvideo.meeting.ended.v1"
WINDOW = "dk.medvideo.quality.window.v1"
# The order of what happened in the same moment: who joins is there before who leaves has left.
ORDER = (STARTED, WAITING, CONNECTED, RECONNECTING, RECONNECTED, WINDOW, LEFT, ENDED)

BATCH = 8_192  # events that are typed at once
SECOND = 2 * 10**8  # sequence numbers of one second: until 2100 they have no more digits than a table keeps
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
SENTINEL = "0001-01-01"  # how a system without NULL writes that there is no date
MAX_TIME_CHARS = 40


@dataclass(frozen=True)
class Event:
    """One event of ours: its line, and its cells as text by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Refused:
    """A record that cannot be used, and why."""

    line: int
    rule: str
    message: Text


@dataclass(frozen=True)
class Keyed:
    """How one system's names become ids of ours: keyed, so that none of them tells anything."""

    system: str
    key: bytes = field(repr=False)

    def id(self, kind: str, *names: object) -> str:
        """The id of what ``names`` say together; the same under the same key."""
        return _keyed(f"{self.system} {kind}", "\n".join(str(name) for name in names), self.key)

    def actor(self, *names: object) -> str:
        """The pseudonym of somebody in a meeting, in the form a service's own has."""
        return f"s_{self.id('actor', *names)[2:]}"

    def source(self, id_: str) -> str:
        return f"{UNNUMBERED}{self.system}/{id_}"


@lru_cache(maxsize=16_384)
def _keyed(kind: str, name: str, key: bytes) -> str:
    return pseudonym(kind, name.encode(errors="backslashreplace").decode(), key)


def event(
    line: int, kind: str, time: datetime, source: str, seq: int, id_: str, **cells: str | None
) -> Event:
    """An event with what its ``cells`` tell; None and empty are not told."""
    told = {name: cell for name, cell in cells.items() if cell}
    envelope = {"source": source, "seq": str(seq), "event_id": id_, "type": kind, "time": written(time)}
    return Event(line, envelope | told)


def sequence(time: datetime, kind: str, id_: str, *, is_exact: bool) -> int:
    """A number that orders events by time, then kind; two of one source have the same only by a rare chance.

    ``is_exact`` says that the time has microseconds, which then order; else the kind orders in its second.
    """
    mark = int.from_bytes(id_.encode()[-6:], "big")
    seconds = int((time - EPOCH).total_seconds())
    if is_exact:
        return seconds * SECOND + time.microsecond * 200 + mark % 200
    share = SECOND // len(ORDER)
    return seconds * SECOND + ORDER.index(kind) * share + mark % share


def written(time: datetime) -> str:
    """A moment as a cell: ISO in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(raw: object, *, is_utc: bool) -> datetime | None:
    """The moment that an ISO text says; None when there is none or it says none.

    ``is_utc`` says that a time without a zone is UTC; else it is Danish. A year-one date is no date.
    """
    if not isinstance(raw, str) or len(raw) > MAX_TIME_CHARS or raw.startswith(SENTINEL):
        return None
    text = raw.strip()
    if not text[:4].isdigit() or text[4:5] != "-":
        return None
    clock = text[10:]
    has_zone = clock.endswith(("Z", "z")) or "+" in clock or "-" in clock
    text = text.replace("z", "Z") if has_zone or not is_utc else f"{text}Z"
    made = parse_timestamp(text, "iso")
    return made if isinstance(made, datetime) and FIRST <= made < LAST else None


def since_epoch(raw: object, per_second: int) -> datetime | None:
    """The moment of a count since 1970, as number or digits; None when it is none or 0."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 18:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if not FIRST.timestamp() * per_second <= raw < LAST.timestamp() * per_second:
        return None
    # in whole microseconds: a double of seconds would move the last of them
    micros = int(raw) * 10**6 // per_second if isinstance(raw, int) else round(raw / per_second * 10**6)
    return EPOCH + timedelta(microseconds=micros)


def without_key(source: Source) -> Read:
    """The outcome when there is no key: nothing of a platform's log may be kept in clear text."""
    return unreadable(
        source,
        "unkeyed_identifier",
        "filens navne og adresser kan ikke nøgles, fordi der ingen nøgle er",
        "the file's names and addresses cannot be keyed, since there is no key",
    )


def event_pieces(
    source: Source, found: Iterable[Event | Refused], reading: Reading, heard: Heard, decisions: Decisions
) -> Iterator[Read]:
    """The events of one file a batch at a time, then what ``heard`` has to tell when all is read."""
    counted = 0
    for made in typed(source, found, reading):
        yield replace(made, decisions=decisions, rows_read=heard.records - counted)
        counted = heard.records
    told = tuple(heard.problems(source))
    yield Read(problems=told, decisions=decisions, rows_read=heard.records - counted)


def typed(source: Source, found: Iterable[Event | Refused], reading: Reading) -> Iterator[Read]:
    """The events of one file by the contract, a batch at a time, and what was refused."""
    stream = iter(found)
    while batch := list(islice(stream, BATCH)):
        yield _batch(source, batch, reading)


def _batch(source: Source, batch: list[Event | Refused], reading: Reading) -> Read:
    events = [item for item in batch if isinstance(item, Event)]
    refused = [
        refused_row(source, TABLE, item.line, item.rule, item.message)
        for item in batch
        if isinstance(item, Refused)
    ]
    aside = Read(
        problems=tuple(told for told, _ in refused),
        quarantine=tuple(row for _, row in refused),
        rows_read=len(refused),
    )
    if not events:
        return aside
    names = dict.fromkeys(name for item in events for name in item.cells)
    raw = RawRows(
        source,
        {name: [item.cells.get(name, "") for item in events] for name in names},
        [item.line for item in events],
        {name: name for name in names},
    )
    made = type_rows(reading.contracts.tables[TABLE], raw, reading)
    return joined((aside, made))


def texts(record: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    """The texts that stand in ``names``."""
    return (value for name in names if isinstance(value := record.get(name), str) and value)
