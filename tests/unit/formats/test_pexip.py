"""Pexip's history: the header of a real export, and what each field becomes."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.formats import pexip
from pipeline.formats.result import Read, Reading, Source
from tests.unit.formats.platforms import CONTRACTS, meetings, rows, told

Make = Callable[[str, bytes], Source]
READING = Reading(CONTRACTS, bytes(range(32)))
CALL = {
    "id": "a94332fc", "conference": "/api/admin/history/v1/conference/c4cc1c92/",
    "conference_name": "Anna Hansen", "display_name": "Anna", "remote_alias": "anna@example.dk",
    "remote_address": "10.1.2.3", "role": "chair",
    "start_time": "2018-01-19T11:46:07.314052", "end_time": "2018-01-19T11:47:03.314052", "duration": "56",
    "call_quality": "good", "bucketed_call_quality": "[0, 3, 0, 0, 0]", "service_tag": "a;b",
    "disconnect_reason": "Remote disconnect", "service_type": "conference", "protocol": "WebRTC",
    "has_media": "True", "is_streaming": "False", "media_streams": "System.Object[]",
}  # fmt: skip


def csv(*calls: dict[str, str], delimiter: str = ";", header: tuple[str, ...] = tuple(CALL)) -> bytes:
    lines = [
        delimiter.join(f'"{call.get(name, "")}"' if delimiter in call.get(name, "") else call.get(name, "")
                       for name in header)
        for call in calls
    ]  # fmt: skip
    return "\r\n".join([delimiter.join(header), *lines]).encode()


def read(make: Make, content: bytes, name: str = "history.csv") -> Read:
    return pexip.read([make(name, content)], READING)


def one(make: Make, **more: Any) -> dict[str, Any]:
    """The event in which the call ends."""
    return rows(read(make, json.dumps(CALL | more).encode()))[-1]


def test_the_header_of_a_real_export(make: Make) -> None:
    samples = os.environ.get("MAST_SAMPLES")
    if not samples:
        pytest.skip("MAST_SAMPLES is not set")
    header = (Path(samples) / "pexip-history-header.csv").read_text("utf-8").strip()
    found = read(make, csv(CALL, header=tuple(header.split(";"))))
    assert set(told(found)) == {"times_are_utc", "quality_lost"}
    assert (found.decisions.delimiter, found.rows_read, found.quarantine) == ("semicolon", 1, ())
    assert [row["type"].split(".")[3] for row in rows(found)] == ["connected", "left"]


def test_a_call_is_a_stay(make: Make) -> None:
    joined, left = rows(read(make, csv(CALL)))
    assert joined["time"] == datetime(2018, 1, 19, 11, 46, 7, 314052, UTC)
    assert left["time"] == datetime(2018, 1, 19, 11, 47, 3, 314052, UTC)
    assert (left["quality_class"], left["reason"], left["role"]) == ("good", "session.peer_left", "host")
    assert joined["participation_id"] == left["participation_id"]
    assert "quality_class" not in joined
    assert joined["source"].startswith("unnumbered:pexip/p_")


def test_times_without_a_zone_are_utc_and_it_is_said(make: Make) -> None:
    zoned = CALL | {"id": "b", "start_time": "2018-01-19T12:46:07+01:00", "end_time": "2018-01-19T11:47:03Z"}
    found = read(make, csv(CALL, zoned))
    assert told(found)["times_are_utc"].startswith("2 tidspunkter uden zone er læst som UTC")
    assert len({row["time"].replace(microsecond=0) for row in rows(found)}) == 2


@pytest.mark.parametrize(
    ("quality", "buckets", "expected"),
    [
        ("good", "", "good"), ("1_good", "", "good"), ("2_ok", "", "degraded"), ("bad", "", "poor"),
        ("4_terrible", "", "poor"), ("0_unknown", "", "unknown"), ("splendid", "", "unknown"),
        ("", "[0, 1, 2, 3, 0]", "poor"), ("", [0, 5, 2, 0, 0], "good"), ("", "[0, 0, 0, 0, 0]", None),
        ("System.Object[]", "System.Object[]", None), ("", "", None),
    ],
)  # fmt: skip
def test_quality(make: Make, quality: str, buckets: object, expected: str | None) -> None:
    """What is lost or not told is missing, and never good."""
    assert one(make, call_quality=quality, bucketed_call_quality=buckets).get("quality_class") == expected


def test_without_media_nobody_is_connected(make: Make) -> None:
    waiting = CALL | {"id": "b", "remote_alias": "other", "has_media": "False"}
    assert meetings(read(make, csv(CALL, waiting))) == [(False, "single_participant", 0, 1)]


def test_streams_and_receptions_are_nobody_in_a_meeting(make: Make) -> None:
    others = [
        CALL | {"id": "b", "is_streaming": "True"},
        CALL | {"id": "c", "protocol": "RTMP"},
        CALL | {"id": "d", "service_type": "two_stage_dialing"},
    ]
    found = read(make, csv(CALL, *others))
    assert len(rows(found)) == 2
    assert told(found)["not_a_person"].startswith("3 ")


def test_without_an_alias_each_call_is_somebody(make: Make) -> None:
    calls = [CALL | {"id": id_, "remote_alias": ""} for id_ in "bc"]
    assert meetings(read(make, csv(*calls))) == [(True, None, 56, 2)]


def test_a_call_in_another_meeting_is_another_actor(make: Make) -> None:
    found = read(make, csv(CALL, CALL | {"id": "b", "conference": "other"}))
    assert len({row["actor_pseudonym"] for row in rows(found)}) == 2


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"start_time": ""}, "bad_timestamp"), ({"start_time": "Anna Hansen"}, "bad_timestamp"),
        ({"end_time": "2018-01-19T11:00:00"}, "bad_timestamp"), ({"id": ""}, "no_meeting"),
        ({"conference": ""}, "no_meeting"), ({"start_time": "0001-01-01T00:00:00"}, "bad_timestamp"),
        ({"start_time": "2018-02-30T11:00:00"}, "bad_timestamp"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_used_is_put_aside(make: Make, more: dict[str, str], rule: str) -> None:
    found = read(make, csv(CALL, CALL | {"id": "b"} | more))
    assert [(item.row, item.reason) for item in found.quarantine] == [(3, rule)]
    assert len(rows(found)) == 2


def test_a_call_that_goes_on_has_no_end(make: Make) -> None:
    assert [row["type"].split(".")[3] for row in rows(read(make, csv(CALL | {"end_time": ""})))] == [
        "connected"
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters(make: Make, delimiter: str) -> None:
    assert len(rows(read(make, csv(CALL, delimiter=delimiter)))) == 2


def test_an_open_quote_costs_its_own_line(make: Make) -> None:
    broken = csv(CALL, CALL | {"id": "b"}, CALL | {"id": "c"}).replace(b'"a;b"', b'"a;b', 1)
    found = read(make, broken)
    assert [(item.row, item.reason) for item in found.quarantine] == [(2, "open_quote")]
    assert len(rows(found)) == 4


def test_many_lines_are_read_in_blocks(make: Make) -> None:
    calls = [CALL | {"id": f"call-{place}", "service_tag": "a\nb"} for place in range(2500)]
    lines = csv(*calls).replace(b"a\nb", b'"a\nb"')
    found = read(make, lines)
    assert (found.rows_read, sum(frame.rows for frame in found.frames), found.quarantine) == (2500, 5000, ())
    last = found.frames[-1].columns["source_row"][-1]
    assert last == 2 + 2499 * 2


def test_unknown_reasons_are_counted_and_an_unknown_column_is_named(make: Make) -> None:
    calls = [CALL | {"id": str(n), "disconnect_reason": reason} for n, reason in enumerate(
        ["Cosmic rays", "Cosmic rays", "Call to Anna failed", "Gone 10.1.2.3"]
    )]  # fmt: skip
    found = read(make, csv(*calls, header=(*CALL, "mood")))
    assert "»Andet«: (vises ikke) (2), »Cosmic rays« (2)" in told(found)["unknown_word"]
    assert "»mood«" in told(found)["unknown_field"]
    assert [row["reason"] for row in rows(found) if "reason" in row] == ["other"] * 4


def test_neither_participants_nor_conferences(make: Make) -> None:
    found = read(make, b"a;b;c\r\n1;2;3\r\n")
    assert [(item.rule, item.severity) for item in found.problems] == [("no_header", "critical")]
    lines = read(make, b'{"id": 1, "level": "warning", "node": "10.1.2.3"}\n', "alarms.json")
    assert [item.reason for item in lines.quarantine] == ["not_history"]
