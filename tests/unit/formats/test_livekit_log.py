"""LiveKit's webhooks: disorder, repetition and loss change no meeting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats import livekit
from pipeline.formats.result import Read, Reading, Source
from tests.unit.formats.platforms import CONTRACTS, START, at, derived, jsonl, meetings, rows, told

Make = Callable[[str, bytes], Source]
READING = Reading(CONTRACTS, bytes(range(32)))


def webhook(event: str, seconds: int, room: str = "RM_1", /, **person: Any) -> dict[str, Any]:
    """A webhook as LiveKit writes it: camel case, 64-bit numbers as text."""
    who = {"participant": {"kind": "STANDARD", **person}} if person else {}
    return {
        "event": event, "id": f"EV_{event}_{seconds}_{person.get('sid', room)}",
        "createdAt": str(START + seconds), **who,
        "room": {"sid": room, "name": "konsultation-anna", "creationTime": str(START)},
    }  # fmt: skip


def joins(sid: str, identity: str, seconds: int, **more: Any) -> dict[str, Any]:
    return webhook(
        "participant_joined", seconds, sid=sid, identity=identity, joinedAt=str(START + seconds), **more
    )


def leaves(sid: str, identity: str, seconds: int, joined: int, **more: Any) -> dict[str, Any]:
    told = {"disconnectReason": "CLIENT_INITIATED"} | more
    return webhook(
        "participant_left", seconds, sid=sid, identity=identity, joinedAt=str(START + joined), **told
    )


# the patient comes again before the first session is seen to leave (livekit issue 2399)
LOG = [
    webhook("room_started", 0),
    joins("PA_1", "doctor", 0),
    joins("PA_2", "patient", 60),
    webhook("track_published", 61, sid="PA_2", identity="patient"),
    joins("PA_3", "patient", 300),
    leaves("PA_2", "patient", 305, 60),
    leaves("PA_3", "patient", 660, 300),
    leaves("PA_1", "doctor", 720, 0),
    webhook("room_finished", 740),
]


def read(make: Make, *events: object) -> Read:
    return livekit.read([make("webhooks.jsonl", jsonl(*events))], READING)


def test_a_meeting(make: Make) -> None:
    found = read(make, *LOG)
    assert meetings(found) == [(True, None, 600, 2)]
    assert told(found) == {}
    assert {row["reason"] for row in rows(found) if "reason" in row} == {"session.peer_left"}
    assert found.rows_read == len(LOG)


def test_the_same_second_keeps_its_order(make: Make) -> None:
    found = read(make, leaves("PA_1", "doctor", 5, 5), joins("PA_1", "doctor", 5))
    assert [row["type"].split(".")[3] for row in rows(found)] == ["connected", "left"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("livekit")


@pytest.fixture(scope="module")
def whole(folder: Path) -> tuple[Read, dict[str, Any]]:
    """The ordered log, and the tables made of it."""
    (folder / "whole").write_bytes(jsonl(*LOG))
    found = livekit.read([Source(folder / "whole", "whole")], READING)
    return found, derived(found)


@given(events=st.permutations([*LOG, *LOG[:4]]), cut=st.integers(0, 12))
@settings(max_examples=20)
def test_order_repetition_and_cut_do_not_matter(
    folder: Path, whole: tuple[Read, dict[str, Any]], events: list[dict[str, Any]], cut: int
) -> None:
    (folder / "one").write_bytes(jsonl(*events[:cut]) or b"\n")
    (folder / "two").write_bytes(jsonl(*events[cut:]) or b"\n")
    parts = livekit.read([Source(folder / name, name) for name in ("one", "two")], READING)
    assert rows(parts) == rows(whole[0])
    assert derived(parts) == whole[1]


def test_a_lost_join_is_inferred_from_who_leaves(make: Make) -> None:
    found = read(make, *(item for item in LOG if item["event"] != "participant_joined"))
    assert meetings(found) == [(True, None, 600, 2)]
    assert [row["is_inferred"] for row in rows(found) if "is_inferred" in row] == [True] * 3


def test_who_is_never_seen_to_leave_stays_until_the_room_ends(make: Make) -> None:
    found = read(make, *(item for item in LOG if item["event"] != "participant_left"))
    assert meetings(found) == [(True, None, 680, 2)]


def test_what_was_lost_is_told(make: Make) -> None:
    found = read(make, *LOG[:2], LOG[2] | {"num_dropped": 3})
    assert told(found)["lost_events"].startswith("3 ")


def test_a_recorder_and_a_failed_connection_are_nobody_connected(make: Make) -> None:
    aborted = webhook("participant_connection_aborted", 30, sid="PA_9", identity="patient")
    found = read(
        make, LOG[1], joins("PA_8", "recorder", 1, kind="EGRESS"), aborted, webhook("room_finished", 60)
    )
    assert meetings(found) == [(False, "single_participant", 0, 1)]
    assert told(found)["not_a_person"].startswith("1 ")


def test_unknown_words_are_counted_and_named(make: Make) -> None:
    strange = leaves("PA_2", "patient", 305, 60, disconnectReason="SOLAR_FLARE")
    named = leaves("PA_3", "anna hansen", 306, 60, disconnectReason="Anna Hansen left")
    found = read(make, *LOG[:3], strange, named, webhook("room_painted", 400))
    notes = {item.column: item.message.da for item in found.problems if item.rule == "unknown_word"}
    assert notes["disconnect_reason"].startswith(
        "ukendte ord, talt som »Andet«: (vises ikke) (1), »SOLAR_FLARE« (1)"
    )
    assert "»room_painted« (1)" in notes["event"]
    assert [row["reason"] for row in rows(found) if "reason" in row] == ["other", "other"]


def test_the_times_of_the_room(make: Make) -> None:
    found = read(make, webhook("room_started", 5), webhook("room_finished", 65))
    started, ended = rows(found)
    assert (started["time"], ended["time"], ended["duration_ms"]) == (at(5), at(65), 65_000)
    assert "max_parties" not in ended
