"""Janus' events: who was in which room, and what each received."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pipeline.formats import janus
from pipeline.formats.result import Read, Reading, Source
from tests.unit.formats.platforms import CONTRACTS, START, derived, jsonl, meetings, rows, told

Make = Callable[[str, bytes], Source]
READING = Reading(CONTRACTS, bytes(range(32)))


def happens(seconds: float, type_: int, handle: int, event: dict[str, Any], **more: Any) -> dict[str, Any]:
    time = round((START + seconds) * 1_000_000)
    who = {"emitter": "a1", "session_id": handle // 10, "handle_id": handle}
    return {**who, "type": type_, "timestamp": time, "event": event, **more}


def plugin(seconds: float, handle: int, event: str, **data: Any) -> dict[str, Any]:
    told = {"plugin": "janus.plugin.videoroom", "data": {"event": event, "room": 1234, **data}}
    return happens(seconds, 64, handle, told)


def stay(handle: int, seconds: float, until: float, reason: str = "DTLS alert") -> list[dict[str, Any]]:
    """Joined, up a second later, hung up and gone."""
    return [
        plugin(seconds, handle, "joined", id=handle, private_id=handle + 1000, display="Anna Hansen"),
        happens(seconds + 1, 16, handle, {"connection": "webrtcup"}, subtype=6),
        happens(until - 1, 16, handle, {"connection": "hangup", "reason": reason}, subtype=6),
        plugin(until, handle, "leaving", id=handle),
    ]


def stats(seconds: float, handle: int, sent: int, lost: int, media: str = "audio") -> dict[str, Any]:
    told = {"mid": media[:1], "media": media, "rtt": 40, "jitter-remote": 5, "lost": 0}
    return happens(seconds, 32, handle, told | {"packets-sent": sent, "lost-by-remote": lost}, subtype=3)


# 10: the doctor; 20: the patient, who subscribes to the doctor by handle 21
SUBSCRIBED = [
    plugin(12, 21, "subscribing", feed=10, private_id=1020),
    happens(13, 16, 21, {"connection": "webrtcup"}, subtype=6),
]
LOG = [*stay(10, 0, 600), *stay(20, 10, 500), *SUBSCRIBED]


def read(make: Make, *events: object) -> Read:
    return janus.read([make("janus.jsonl", jsonl(*events))], READING)


def test_a_meeting(make: Make) -> None:
    found = read(make, *LOG)
    assert meetings(found) == [(True, None, 489, 2)]
    assert told(found) == {}
    stays = derived(found)["participations"]
    assert [row["wait_s"] for row in stays] == [1, 1]
    assert {row["end_reason"] for row in stays} == {"dtls.failed"}


def test_batches_in_any_order_and_twice_are_the_same(make: Make) -> None:
    shuffled = [*LOG, *LOG[:3]]
    random.Random(1).shuffle(shuffled)
    batches = [shuffled[place : place + 3] for place in range(0, len(shuffled), 3)]
    found = read(make, *batches)
    assert rows(found) == rows(read(make, *LOG))
    assert told(found)["rows_again"].startswith("3 ")


def test_a_room_filled_again_is_another_meeting(make: Make) -> None:
    found = read(make, *stay(10, 0, 100), *stay(20, 0, 100), *stay(30, 200, 300))
    assert meetings(found) == [(True, None, 99, 2), (False, "single_participant", 0, 1)]


def test_a_session_that_times_out_takes_its_participants(make: Make) -> None:
    gone = happens(300, 1, 20, {"name": "timeout"})
    del gone["handle_id"]
    found = read(make, *stay(10, 0, 600), *stay(20, 0, 600)[:2], gone)
    assert meetings(found) == [(True, None, 299, 2)]
    assert "session.network_lost" in {row["end_reason"] for row in derived(found)["participations"]}


def test_who_watches_without_sending_is_connected(make: Make) -> None:
    watching = [
        plugin(10, 20, "joined", id=20, private_id=1020),
        *SUBSCRIBED,
        plugin(300, 20, "leaving", id=20),
    ]
    assert meetings(read(make, *stay(10, 0, 600), *watching)) == [(True, None, 287, 2)]


def test_windows_are_of_ten_seconds_and_of_what_the_client_received(make: Make) -> None:
    reports = [stats(20 + second, 21, 50 * second, 2 * second) for second in range(1, 23)]
    found = read(make, *LOG, *reports, stats(30, 21, 900, 0, "data"), stats(31, 99, 10, 0))
    windows = [row for row in rows(found) if row["type"].endswith("window.v1")]
    assert [(row["window_ms"], row["packets_received"], row["packets_lost"]) for row in windows] == [
        (10_000, 480, 20),
        (10_000, 480, 20),
    ]
    assert windows[0]["round_trip_time_s"] == Decimal("0.040000000")
    assert windows[0]["jitter_s"] == Decimal("0.005000000")
    patient = next(row for row in rows(found) if row["type"].endswith("waiting.v1") and "role" in row)
    assert {row["participation_id"] for row in windows} <= {row["participation_id"] for row in rows(found)}
    assert patient["role"] == "unknown"
    assert [row["quality_class"] for row in derived(found)["quality_windows"]] == ["degraded"] * 2


def test_a_counter_that_starts_again_makes_no_window(make: Make) -> None:
    found = read(make, *LOG, stats(20, 21, 5000, 10), stats(31, 21, 40, 0), stats(42, 21, 540, 0))
    windows = [row for row in rows(found) if row["type"].endswith("window.v1")]
    assert [row["packets_received"] for row in windows] == [500]


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (happens(1, 512, 10, {}), "»type 512« (1)"),
        (plugin(1, 10, "levitated"), "»plugin.levitated« (1)"),
        (happens(1, 16, 10, {"connection": "10.1.2.3"}), "(vises ikke) (1)"),
    ],
)
def test_an_unknown_event_is_counted_and_named(make: Make, event: object, word: str) -> None:
    assert word in told(read(make, event))["unknown_word"]


def test_types_of_no_use_are_known(make: Make) -> None:
    events = [
        happens(0, 1, 10, {"name": "created", "transport": {"id": "10.1.2.3"}}),
        happens(0, 2, 10, {"name": "attached"}),
        happens(0, 8, 10, {"owner": "local", "jsep": {"sdp": "c=IN IP4 10.1.2.3"}}),
        happens(0, 16, 10, {"ice": "connected"}),
        happens(0, 16, 10, {"remote-candidate": "10.1.2.3"}),
        happens(0, 32, 10, {"media": "audio", "receiving": True}),
        happens(0, 32, 10, {"media": "video", "slow_link": "uplink", "lost_lastsec": 4}),
        happens(0, 128, 10, {"transport": "websockets"}),
        happens(0, 256, 10, {"status": "started"}),
    ]
    found = read(make, *events)
    assert (told(found), rows(found), found.rows_read) == ({}, [], len(events))
