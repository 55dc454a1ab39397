"""LiveKit's webhooks become events: JSON lines or an array, in any order, each as often as it was sent.

An event is one by its ``id``. A stay is a participant's session (``sid``), so that one who leaves after the
next joins is two stays. When the webhook of a join was lost, the time of it that a later one tells is used,
as inferred. A meeting is a session of a room. Names, identities, metadata and ids are keyed or dropped.
``pages/livekit.md`` says what is carried.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
    read_events,
    sequence,
    since_epoch,
    texts,
    typed,
    without_key,
)
from pipeline.formats.result import Decisions, Read, Reading, Source, joined
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
    if reading.key is None:
        return joined(without_key(file) for file in files)
    delivery = _Delivery(Keyed(SYSTEM, reading.key))
    parts: list[Read] = []
    for file in files:
        page = encoding_of(file)
        if isinstance(page, Read):
            parts.append(page)
            continue
        log = _Log(file, delivery)
        decisions = Decisions(page.name, date_order="iso")
        parts.append(read_events(file, log.events(page), reading, log.heard, decisions))
    parts += [replace(typed(file, delivery.inferred(file), reading), rows_read=0) for file in files]
    return joined(parts)


class _Delivery:
    """What is known across the files: which webhooks came, who was seen to join, and who was not."""

    def __init__(self, keyed: Keyed) -> None:
        self.keyed = keyed
        self._seen: set[str] = set()
        self._joined: set[str] = set()
        self._missed: dict[str, tuple[Source, Missed]] = {}

    def is_new(self, id_: str) -> bool:
        if id_ in self._seen:
            return False
        self._seen.add(id_)
        return True

    def has_joined(self, stay: str) -> None:
        self._joined.add(stay)
        self._missed.pop(stay, None)

    def may_have_missed(self, stay: str, source: Source, missed: Missed) -> None:
        """The earliest time that is told, whichever webhook comes first."""
        if stay in self._joined:
            return
        other = self._missed.get(stay)
        if other is None or missed.time < other[1].time:
            self._missed[stay] = (source, missed)

    def inferred(self, source: Source) -> Iterator[Event]:
        """The joins that no webhook tells of."""
        for stay, (told, missed) in self._missed.items():
            if told == source:
                id_ = self.keyed.id("event", stay, "joined_at")
                seq = sequence(missed.time, CONNECTED, id_, is_exact=False)
                cells = dict(missed.cells) | {"is_inferred": "true"}
                yield event(missed.line, CONNECTED, missed.time, missed.source, seq, id_, **cells)


class _Log:
    """One file's webhooks, and what must be said of them together."""

    def __init__(self, source: Source, delivery: _Delivery) -> None:
        self.heard = Heard(SYSTEM, COUNTED)
        self._source = source
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
            self._delivery.may_have_missed(stay, self._source, Missed(line, joined_at, source, dict(cells)))
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
