"""The session log: each meeting's life-cycle events, numbered without a gap by the node of its region."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pipeline.pilot.assumptions import Region
from pipeline.pilot.chance import Chance
from pipeline.pilot.meetings import Meeting
from pipeline.pilot.stays import Stay, stays

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RESTART = datetime(2019, 10, 13, 1, 0, tzinfo=UTC)  # a node restarts at night, with a new boot id
HANDED_OVER = time(14, 0)  # what a node has written by then is in the delivery of that day
OUTCOMES = {
    "single_participant": ("failed_waiting", "lobby.host_absent"),
    "no_overlap": ("failed_waiting", "lobby.gave_up_waiting"),
    "under_one_second": ("dropped", "session.network_lost"),
    "never_connected": ("failed_before_present", "link.truncated"),
}

Data = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One event before it is numbered. ``at`` is milliseconds since 1970, UTC."""

    at: int
    type: str
    meeting_id: str | None
    data: Data


def session_files(
    meetings: list[Meeting],
    quality: dict[str, str],
    regions: Iterable[Region],
    receipts: tuple[date, date],
    seed: int,
) -> dict[str, bytes]:
    """JSON lines per region and delivery, and each delivery's manifest. ``quality`` is by meeting id."""
    chance = Chance(seed, "events")
    files: dict[str, bytes] = {}
    manifests: dict[str, list[dict[str, Any]]] = {day.isoformat(): [] for day in receipts}
    for region in regions:
        own = [meeting for meeting in meetings if meeting.clinic.region == region and meeting.in_log]
        own.sort(key=lambda meeting: (meeting.starts_at, meeting.short_id))
        events = [event for meeting in own for event in _events(meeting, quality[meeting.meeting_id], chance)]
        source = f"/video/node/{region.name}"
        lines = list(_numbered(events, region, source, chance))
        written = 0
        for day in receipts:
            until = _milliseconds(datetime.combine(day, HANDED_OVER, UTC))
            part = [line for at, line in lines[written:] if at < until]
            if part:
                content = "".join(f"{line}\n" for line in part).encode()
                files[f"pilot/session/{day.isoformat()}/{region.name}.jsonl"] = content
                manifests[day.isoformat()].append(
                    {
                        "file": f"{region.name}.jsonl",
                        "sha256": hashlib.sha256(content).hexdigest(),
                        "source": source,
                        "first_seq": written + 1,
                        "last_seq": written + len(part),
                        "events": len(part),
                    }
                )
            written += len(part)
    for day, entries in manifests.items():
        text = json.dumps({"files": entries}, ensure_ascii=False, indent=1)
        files[f"pilot/session/{day}/manifest.json"] = f"{text}\n".encode()
    return files


def _numbered(events: list[Event], region: Region, source: str, chance: Chance) -> Iterator[tuple[int, str]]:
    """The events as lines in the order of their clock, with sequence number and boot id, and their times."""
    started = max(region.server_from, date(2019, 5, 31))
    boots = [_milliseconds(datetime.combine(started, time(3, 0), UTC))]
    boots += [_milliseconds(RESTART)] if boots[0] < _milliseconds(RESTART) else []
    boot_ids = {at: chance.signs("0123456789abcdef", 8) for at in boots}
    nodes = [Event(at, "node.started", None, {"boot_id": boot_ids[at], "version": "vdx"}) for at in boots]
    ordered = sorted(enumerate(nodes + events), key=lambda pair: (pair[1].at, pair[0]))
    for seq, (_, event) in enumerate(ordered, start=1):
        envelope: Data = {
            "specversion": "1.0",
            "id": chance.uuid(),
            "source": source,
            "type": f"dk.medvideo.{event.type}.v1",
            "subject": f"meeting/{event.meeting_id}" if event.meeting_id else "node",
            "time": _iso(event.at),
            "seq": seq,
            "bootid": boot_ids[max(at for at in boots if at <= event.at)],
            "data": event.data,
        }
        yield event.at, json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def _events(meeting: Meeting, quality: str, chance: Chance) -> Iterator[Event]:
    """The events of one meeting, in the order in which they come about."""
    start = _milliseconds(meeting.starts_at)

    def event(at: int, name: str, data: Data) -> Event:
        return Event(at, name, meeting.meeting_id, data)

    yield event(
        _milliseconds(meeting.created_at) + chance.below(1000), "meeting.booked", _booking(meeting, chance)
    )
    if meeting.exclusion == "cancelled":
        day_before = start - chance.between(2, 20) * 3_600_000
        yield event(max(day_before, _milliseconds(meeting.created_at) + 60_000), "meeting.cancelled", {})
        return
    present = stays(meeting, quality, chance)
    last = start + 15 * 60_000
    if not present:
        yield event(
            start + chance.between(1_000, 90_000),
            "link.rejected",
            {"reason": "link.truncated", "ua_class": "webview"},
        )
    for stay in present:
        yield from _stay(stay, start, event, chance)
    if present:
        last = start + max(stay.leaves for stay in present)
    yield event(last, "meeting.ended", _ending(meeting, present))


def _stay(stay: Stay, start: int, event: Any, chance: Chance) -> Iterator[Event]:
    participation: Data = {"participation_id": chance.uuid(), "actor_pseudonym": stay.actor}
    wait: Data = {}
    if stay.waits_from is not None:
        opened = start + stay.waits_from - chance.between(3_000, 30_000)
        yield event(opened, "link.opened", {"ua_class": chance.choice(("webview", "browser"))})
        yield event(start + stay.waits_from, "participant.waiting", {**participation, "role": stay.role})
        wait = {"wait_ms": stay.joins - stay.waits_from}
    transport = chance.weighted({"udp": 7, "relay": 2, "tcp": 1})
    connect = {"engine": "pexip", "transport": transport, "connect_ms": chance.between(400, 4_500)}
    yield event(
        start + stay.joins, "participant.connected", {**participation, "role": stay.role, **connect, **wait}
    )
    for lost, found in stay.breaks:
        yield event(start + lost, "participant.reconnecting", participation)
        yield event(start + found, "participant.reconnected", participation)
    left: Data = {**participation, "quality_class": stay.quality_class}
    left["reason"] = "session.network_lost" if stay.is_inferred else chance.choice(
        ("session.peer_left", "session.host_ended")
    )  # fmt: skip
    yield event(
        start + stay.leaves, "participant.left", {**left, "inferred": True} if stay.is_inferred else left
    )


def _booking(meeting: Meeting, chance: Chance) -> Data:
    is_planned = meeting.mode == "planned"
    return {
        "short_id": meeting.short_id,
        "programme": "pilot",
        "is_test": meeting.exclusion == "test_call",
        "kind": meeting.kind,
        "mode": meeting.mode,
        "use_type": meeting.use_type,
        "region": meeting.clinic.region.code,
        "org_pseudonym": meeting.clinic.organisation,
        "starts_at": _iso(_milliseconds(meeting.starts_at)),
        "booked_by": meeting.booked_by,
        "parties_expected": parties_expected(meeting),
        "booking_ms": chance.between(45_000, 99_000) if is_planned else chance.between(8_000, 30_000),
        "clicks": chance.between(9, 19) if is_planned else chance.between(3, 6),
    }


def _ending(meeting: Meeting, present: list[Stay]) -> Data:
    outcome, reason = OUTCOMES.get(meeting.exclusion or "", ("completed", None))
    moments = sorted({stay.joins for stay in present})
    most = max(
        (len({stay.actor for stay in present if stay.joins <= at < stay.leaves}) for at in moments), default=0
    )
    ending: Data = {"duration_ms": meeting.duration_s * 1000, "max_parties": most, "outcome": outcome}
    return {**ending, "outcome_reason": reason} if reason else ending


def parties_expected(meeting: Meeting) -> int:
    """A consultation has two parties, three with an interpreter; a conference is booked for three."""
    return 3 if meeting.kind == "conference" or meeting.use_type == "interpretation" else 2


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _iso(at: int) -> str:
    return f"{EPOCH + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"
