"""LiveKit's webhooks become events: JSON lines or an array, in any order, each as often as it was sent.

An event is one by its ``id``. A stay is a participant's session (``sid``), so that one who leaves after the
next joins is two stays. When the webhook of a join was lost, the time of it that a later one tells is used,
as inferred. A meeting is a session of a room. Names, identities, metadata and ids are keyed or dropped.
``pages/livekit.md`` says what is carried.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from pipeline.formats.decode import CodePage
from pipeline.formats.heard import Heard
from pipeline.formats.json_items import TEXTS, Json, items
from pipeline.formats.platform_log import (
    CONNECTED,
    ENDED,
    LEFT,
    STARTED,
    Event,
    Keyed,
    Refused,
    event,
    event_pieces,
    sequence,
    since_epoch,
    texts,
    typed,
    without_key,
)
from pipeline.formats.result import Decisions, Read, Reading, Source, gathered
from pipeline.formats.scratch import scratch
from pipeline.formats.streamed import encoding_of
from pipeline.text import Text

SYSTEM = "livekit"
PERSONAL = ("identity", "name", "metadata")
COUNTED = {
    "lost_events": Text(
        "hændelser er tabt af LiveKit, før de blev sendt (num_dropped); ophold kan være udledt",
        "events were lost by LiveKit before they were sent (num_dropped); stays may be inferred",
    )
}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Missed:
    """The join of a stay that only a later webhook tells of."""

    line: int
    time: datetime
    source: str
    cells: Mapping[str, str | None]


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery; what one tells completes the others."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece: the rows of each file and what is said of it, then what is inferred."""
    if reading.key is None:
        yield from (without_key(file) for file in files)
        return
    with scratch(*_Delivery.TABLES) as database:
        delivery = _Delivery(Keyed(SYSTEM, reading.key), database)
        for number, file in enumerate(files):
            page = encoding_of(file)
            if isinstance(page, Read):
                yield page
                continue
            log = _Log(file, number, delivery)
            decisions = Decisions(page.name, date_order="iso")
            yield from event_pieces(file, log.events(page), reading, log.heard, decisions)
        for number, file in enumerate(files):
            for made in typed(file, delivery.inferred(number), reading):
                yield replace(made, rows_read=0)


class _Delivery:
    """What is known across the files: which webhooks came, who was seen to join, and who was not."""

    TABLES = (
        "seen (id TEXT PRIMARY KEY) WITHOUT ROWID",
        "joined (stay TEXT PRIMARY KEY) WITHOUT ROWID",
        "missed (number INTEGER PRIMARY KEY, stay TEXT UNIQUE, file INTEGER, time REAL, told TEXT)",
    )

    def __init__(self, keyed: Keyed, database: sqlite3.Connection) -> None:
        self.keyed = keyed
        self._database = database

    def is_new(self, id_: str) -> bool:
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (id_,)).rowcount > 0

    def has_joined(self, stay: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO joined VALUES (?)", (stay,))

    def may_have_missed(self, stay: str, file: int, missed: Missed) -> None:
        """The earliest time that is told, whichever webhook comes first."""
        if self._database.execute("SELECT 1 FROM joined WHERE stay = ?", (stay,)).fetchone():
            return
        told = json.dumps([missed.line, missed.source, dict(missed.cells)])
        self._database.execute(
            "INSERT INTO missed (stay, file, time, told) VALUES (?, ?, ?, ?) ON CONFLICT (stay) DO UPDATE"
            " SET file = excluded.file, time = excluded.time, told = excluded.told"
            " WHERE excluded.time < time",
            (stay, file, missed.time.timestamp(), told),
        )

    def inferred(self, file: int) -> Iterator[Event]:
        """The joins that no webhook tells of."""
        found = self._database.execute(
            "SELECT stay, time, told FROM missed WHERE file = ? AND stay NOT IN joined ORDER BY number",
            (file,),
        )
        for stay, at, told in found:
            line, source, cells = json.loads(told)
            id_ = self.keyed.id("event", stay, "joined_at")
            time = datetime.fromtimestamp(at, UTC)
            seq = sequence(time, CONNECTED, id_, is_exact=False)
            yield event(line, CONNECTED, time, source, seq, id_, **(cells | {"is_inferred": "true"}))


class _Log:
    """One file's webhooks, and what must be said of them together."""

    def __init__(self, source: Source, number: int, delivery: _Delivery) -> None:
        self.heard = Heard(SYSTEM, COUNTED)
        self._source, self._number = source, number
        self._delivery = delivery
        self._keyed = delivery.keyed

    def events(self, page: CodePage) -> Iterator[Event | Refused]:
        for item in items(self._source, page, "events"):
            self.heard.records += 1
            if item.rule:
                yield Refused(item.line, item.rule, TEXTS[item.rule])
                continue
            record = _snake(item.value)
            self.heard.see(record)
            id_, time = record.get("id"), since_epoch(record.get("created_at"), 1)
            if (
                not isinstance(id_, str)
                or not id_
                or not isinstance(record.get("event"), str)
                or time is None
            ):
                yield Refused(item.line, "bad_envelope", _NO_WEBHOOK)
            elif self._delivery.is_new(self._keyed.id("event", id_)):
                yield from self._event(item.line, record, self._keyed.id("event", id_), time)
            else:
                self.heard.counts["rows_again"] += 1

    def _event(self, line: int, record: Record, id_: str, time: datetime) -> Iterator[Event | Refused]:
        self.heard.counts["lost_events"] += _count(record.get("num_dropped"))
        room, person = _part(record, "room"), _part(record, "participant")
        kind = self.heard.code("event", record["event"], texts(person, PERSONAL))
        if kind is None:
            return
        if not isinstance(room.get("sid"), str) or not room["sid"]:
            yield Refused(line, "no_meeting", _NO_ROOM)
            return
        meeting = self._keyed.id("meeting", room["sid"])
        source = self._keyed.source(meeting)
        cells: dict[str, str | None] = {"meeting_id": meeting}
        if kind in (STARTED, ENDED):
            began = since_epoch(room.get("creation_time"), 1)
            if kind == ENDED:
                length = (time - began).total_seconds() if began is not None and began <= time else None
                cells |= {
                    "outcome": "unknown",
                    "duration_ms": None if length is None else str(round(length * 1000)),
                }
        else:
            sid, identity = person.get("sid"), person.get("identity")
            if not isinstance(sid, str) or not sid or not isinstance(identity, str) or not identity:
                yield Refused(line, "no_participant", _NO_PERSON)
                return
            if self.heard.code("kind", person.get("kind"), texts(person, PERSONAL)) == "stream":
                self.heard.counts["not_a_person"] += 1
                return
            cells |= self._stay(line, kind, record, source, meeting)
        seq = sequence(time, kind, id_, is_exact=False)
        yield event(line, kind, time, source, seq, id_, **cells)

    def _stay(self, line: int, kind: str, record: Record, source: str, meeting: str) -> dict[str, str | None]:
        person = _part(record, "participant")
        stay = self._keyed.id("participation", person["sid"])
        cells: dict[str, str | None] = {
            "meeting_id": meeting,
            "participation_id": stay,
            "actor_pseudonym": self._keyed.actor(meeting, person["identity"]),
            "role": "unknown",
            "engine": SYSTEM,
        }
        joined_at = since_epoch(person.get("joined_at"), 1)
        if kind == CONNECTED:
            self._delivery.has_joined(stay)
        elif record["event"] == "participant_left" and joined_at is not None:
            self._delivery.may_have_missed(stay, self._number, Missed(line, joined_at, source, dict(cells)))
        if kind == LEFT:
            word = person.get("disconnect_reason")
            cells["reason"] = self.heard.code("disconnect_reason", word, texts(person, PERSONAL))
        return cells


def _snake(record: Record) -> Json:
    """``record`` with its own keys in the small letters of protobuf, which JSON may write in camel case."""
    return {_snake_name(name): value for name, value in record.items()}


@lru_cache(maxsize=1024)
def _snake_name(name: str) -> str:
    return "".join(f"_{sign.lower()}" if "A" <= sign <= "Z" else sign for sign in name)


def _part(record: Record, name: str) -> Json:
    part = record.get(name)
    return _snake(cast("Json", part)) if isinstance(part, dict) else {}


def _count(raw: object) -> int:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 9:
        raw = int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 10**9 else 0


_NO_WEBHOOK = Text(
    "linjen er ingen webhook; forventet id, event og created_at i sekunder",
    "the line is no webhook; expected id, event and created_at in seconds",
)
_NO_ROOM = Text("room.sid er tomt", "room.sid is empty")
_NO_PERSON = Text("participant.sid eller identity er tomt", "participant.sid or identity is empty")
