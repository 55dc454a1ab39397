"""A record of Pexip's history as events: a participant's call is a stay, a conference instance a meeting."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from pipeline.formats.cells import FALSE, TRUE
from pipeline.formats.heard import Heard
from pipeline.formats.platform_log import (
    CONNECTED,
    ENDED,
    LEFT,
    STARTED,
    WAITING,
    Event,
    Keyed,
    Refused,
    event,
    moment,
    texts,
)
from pipeline.text import Text

SYSTEM = "pexip"
LOST = "System.Object[]"  # what PowerShell's Export-Csv writes for a list: what was in it is lost
PERSONAL = ("display_name", "remote_alias", "local_alias", "conference_name", "name", "remote_address")
READ = frozenset(
    [
        *("id", "conference", "parent_id", "start_time", "end_time", "role", "service_type", "protocol"),
        *("has_media", "is_streaming", "media_streams", "call_quality", "bucketed_call_quality"),
        *("disconnect_reason", *PERSONAL),
    ]
)
QUALITIES = ("0_unknown", "1_good", "2_ok", "3_bad", "4_terrible")  # the buckets, in their order
COUNTED = {
    "times_are_utc": Text(
        "tidspunkter uden zone er læst som UTC, som Pexip skriver dem",
        "times without a zone are read as UTC, which is what Pexip writes",
    ),
    "quality_lost": Text(
        f"opkald har tabt kvaliteten pr. strøm: PowerShell har skrevet {LOST}; den mangler og er ikke god",
        f"calls have lost the quality per stream: PowerShell wrote {LOST}; it is missing, which is not good",
    ),
}

_RESOURCE = re.compile(r"/([^/]+)/?$")
_ZONE = re.compile(r"(?:[Zz]|:\d\d(?:[.,]\d+)?\s*[+-]\d\d:?\d\d)\s*$")
_COUNTS = re.compile(r"\[ ?(\d{1,9}(?:, ?\d{1,9}){4}) ?\]")

Record = Mapping[str, Any]


class History:
    """One file's records as events, and what must be told of them."""

    def __init__(self, key: bytes) -> None:
        self.heard = Heard(SYSTEM, COUNTED)
        self._keyed = Keyed(SYSTEM, key)

    def events(self, found: Iterator[tuple[int, Record | Refused]]) -> Iterator[Event | Refused]:
        for line, record in found:
            self.heard.records += 1
            if isinstance(record, Refused):
                yield record
                continue
            self.heard.see(record)
            if "conference" in record:
                yield from self._participant(line, record)
            elif "name" in record:
                yield from self._conference(line, record)
            else:
                yield Refused(line, "not_history", _NOT_HISTORY)

    def _participant(self, line: int, record: Record) -> Iterator[Event | Refused]:
        meeting, call = _resource(record.get("conference")), _resource(record.get("id"))
        began, ended = self._moment(record, "start_time"), self._moment(record, "end_time")
        if not meeting or not call:
            yield Refused(line, "no_meeting", _NO_MEETING)
            return
        if began is None or (ended is not None and ended < began):
            yield Refused(line, "bad_timestamp", _BAD_TIME)
            return
        personal = list(texts(record, PERSONAL))
        kinds = {self.heard.code(name, record.get(name), personal) for name in ("service_type", "protocol")}
        if record.get("media_streams") == LOST:
            self.heard.counts["quality_lost"] += 1
        if kinds & {"reception", "stream"} or _said(record.get("is_streaming")) is True:
            self.heard.counts["not_a_person"] += 1
            return
        # the same alias is the same person again, or on a second device; without one, a call is somebody
        alias = next(texts(record, ("remote_alias",)), "").strip().casefold()
        parent = _resource(record.get("parent_id"))
        stay = self._keyed.id("participation", call)
        told = {
            "meeting_id": self._keyed.id("meeting", meeting),
            "participation_id": stay,
            "actor_pseudonym": self._keyed.actor(meeting, alias or parent or call),
            "role": self.heard.code("role", record.get("role"), personal) or "unknown",
            "engine": SYSTEM,
            "is_test": "true" if "test" in kinds else None,
        }
        here, source = _said(record.get("has_media")) is not False, self._keyed.source(stay)
        kind = CONNECTED if here else WAITING
        yield event(line, kind, began, source, 1, self._keyed.id("event", call, 1), **told)
        if ended is not None:
            told["reason"] = self.heard.code("disconnect_reason", record.get("disconnect_reason"), personal)
            told["quality_class"] = self._quality(record, personal) if here else None
            yield event(line, LEFT, ended, source, 2, self._keyed.id("event", call, 2), **told)

    def _conference(self, line: int, record: Record) -> Iterator[Event | Refused]:
        id_ = _resource(record.get("id"))
        began, ended = self._moment(record, "start_time"), self._moment(record, "end_time")
        if not id_:
            yield Refused(line, "no_meeting", _NO_MEETING)
            return
        if began is None or (ended is not None and ended < began):
            yield Refused(line, "bad_timestamp", _BAD_TIME)
            return
        kind = self.heard.code("service_type", record.get("service_type"), texts(record, PERSONAL))
        if kind == "reception":
            self.heard.counts["not_a_person"] += 1
            return
        meeting = self._keyed.id("meeting", id_)
        source = self._keyed.source(meeting)
        told = {"meeting_id": meeting, "is_test": "true" if kind == "test" else None}
        yield event(line, STARTED, began, source, 1, self._keyed.id("event", id_, 1), **told)
        if ended is not None:
            length = str(round((ended - began).total_seconds() * 1000))
            told |= {"duration_ms": length, "outcome": "unknown"}
            yield event(line, ENDED, ended, source, 2, self._keyed.id("event", id_, 2), **told)

    def _moment(self, record: Record, name: str) -> datetime | None:
        made = moment(record.get(name), is_utc=True)
        if made is not None and not _ZONE.search(record[name]):
            self.heard.counts["times_are_utc"] += 1
        return made

    def _quality(self, record: Record, personal: Sequence[str]) -> str | None:
        """Pexip's own judgement of the call, else what most of its time was; None where both are lost."""
        told = record.get("call_quality")
        if told and told != LOST:
            return self.heard.code("call_quality", told, personal)
        buckets = _buckets(record.get("bucketed_call_quality"))
        if not any(buckets):
            return None
        most = max(range(len(buckets)), key=lambda place: (buckets[place], place))
        return self.heard.code("call_quality", QUALITIES[most])


def _buckets(raw: object) -> list[int]:
    """How many intervals were of each of ``QUALITIES``; empty when that is not told."""
    if isinstance(raw, str):
        found = _COUNTS.fullmatch(raw.strip())
        return [int(count) for count in found[1].split(",")] if found else []
    counts = cast("list[object]", raw) if isinstance(raw, list) else []
    whole = [count for count in counts if isinstance(count, int) and not isinstance(count, bool)]
    return whole if len(whole) == len(counts) == len(QUALITIES) else []


def _resource(raw: object) -> str:
    """The id that an id or a resource's address ends with; empty when there is none."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        return ""
    found = _RESOURCE.search(raw.strip())
    return found[1] if found else raw.strip()


def _said(raw: object) -> bool | None:
    """Yes or no, None where nothing is said."""
    if isinstance(raw, bool):
        return raw
    folded = raw.strip().casefold() if isinstance(raw, str) else ""
    return True if folded in TRUE else False if folded in FALSE else None


_NOT_HISTORY = Text(
    "posten er hverken en deltagers eller en konferences; forventet felterne conference eller name",
    "the record is neither a participant's nor a conference's; expected the fields conference or name",
)
_NO_MEETING = Text("id eller conference er tomt", "id or conference is empty")
_BAD_TIME = Text(
    "start_time eller end_time er intet tidspunkt, eller slutter før det begynder; forventet ISO i UTC",
    "start_time or end_time is no time, or it ends before it begins; expected ISO in UTC",
)
