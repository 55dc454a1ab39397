"""The session log: its manifest, its sequence and its fields."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats import session_log
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

CONNECTED = "dk.medvideo.participant.connected.v1"
NODE = "/video/node/a1"


def event(seq: int, **more: Any) -> dict[str, Any]:
    data = {"participation_id": f"p{seq}", "actor_pseudonym": "s_abc", "role": "host", "inferred": False}
    return {
        "specversion": "1.0", "id": f"e{seq}", "source": NODE, "type": CONNECTED, "subject": "meeting/m-1",
        "time": "2019-10-01T07:30:00.123Z", "seq": seq, "bootid": "b1", "data": data,
    } | more  # fmt: skip


def jsonl(*events: object) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in events)


def read(make: Make, reading: Reading, content: bytes, first: int = 1, last: int = 3, **entry: Any) -> Read:
    log = make("events-a1.jsonl", content)
    told = {"file": "events-a1.jsonl", "sha256": hashlib.sha256(content).hexdigest(), "source": NODE,
            "first_seq": first, "last_seq": last} | entry  # fmt: skip
    manifest = make("manifest.json", json.dumps({"files": [told]}).encode())
    return session_log.read([manifest, log], reading)


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def test_events_are_flattened(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(1), event(2), event(3)))
    columns = found.frames[0].columns
    assert rules(found) == []
    assert columns["seq"] == [1, 2, 3]
    assert columns["event_id"][0] == "e1"
    assert columns["time"][0] == datetime(2019, 10, 1, 7, 30, 0, 123000, tzinfo=UTC)
    assert columns["meeting_id"][0] == "m-1"
    assert columns["is_inferred"] == [False] * 3
    assert columns["role"][0] == "host"
    assert columns["starts_at"] == [None] * 3
    assert columns["source_row"] == [1, 2, 3]


def test_a_gap_is_critical_and_names_the_numbers(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(2), event(5), event(6)), first=1, last=9)
    gap = found.problems[0]
    assert (gap.rule, gap.severity) == ("sequence_gap", "critical")
    assert ": 1, 3–4, 7–9; forventet 1–9" in gap.message.da
    assert found.frames[0].rows == 3


def test_gaps_are_seen_across_files(make: Make, reading: Reading) -> None:
    parts = {"a.jsonl": jsonl(event(1), event(2)), "b.jsonl": jsonl(event(4), event(5))}
    files = [make(name, content) for name, content in parts.items()]
    told = [
        {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "source": NODE, "first_seq": first,
         "last_seq": first + 1}
        for (name, content), first in zip(parts.items(), (1, 4), strict=True)
    ]  # fmt: skip
    manifest = make("manifest.json", json.dumps({"files": told}).encode())
    found = session_log.read([manifest, *files], reading)
    assert rules(found) == ["sequence_gap"]
    assert ": 3; forventet 1–5" in found.problems[0].message.da


def test_a_torn_last_line_is_reported_and_the_rest_is_read(make: Make, reading: Reading) -> None:
    content = jsonl(event(1), event(2)) + json.dumps(event(3)).encode()[:40]
    found = read(make, reading, content)
    assert rules(found) == ["torn_line", "sequence_gap"]
    assert found.frames[0].rows == 2
    assert [(row.row, row.reason) for row in found.quarantine] == [(3, "torn_line")]


def test_a_changed_file_does_not_match_its_manifest(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(1), event(2), event(3)), sha256="0" * 64)
    assert [(item.rule, item.severity) for item in found.problems] == [("manifest_hash", "critical")]


def test_unknown_types_and_fields_are_counted(make: Make, reading: Reading) -> None:
    odd = event(2, type="dk.medvideo.something.new.v1")
    more = event(3, data={**event(3)["data"], "mood": "glad", "programme": "pilot"}, traceparent="x")
    found = read(make, reading, jsonl(event(1), odd, more))
    assert sorted(rules(found)) == ["unknown_code", "unknown_field", "unknown_field"]
    assert [item.column for item in found.problems if item.rule == "unknown_field"] == ["traceparent", "mood"]
    assert [(row.row, row.reason) for row in found.quarantine] == [(2, "unknown_code")]


def test_what_a_type_requires(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(1), event(2, data={"role": "host"}), event(3)))
    assert {(item.rule, item.row) for item in found.problems} == {("required_for", 2)}
    assert [row.row for row in found.quarantine] == [2]


def test_lines_that_are_no_events(make: Make, reading: Reading) -> None:
    boolean = jsonl(event(1) | {"seq": True}).strip()
    lines = [b"[1]", b"nonsense", b'{"seq": "1"}', b"[" * 100_000, boolean,
             b"\xff\xfe", b'{"a": NaN}', b"x" * 3_000_000, json.dumps(event(2)).encode()]  # fmt: skip
    found = read(make, reading, b"\n".join(lines) + b"\n", first=2, last=2)
    assert [row.row for row in found.quarantine] == list(range(1, 9))
    assert {row.reason for row in found.quarantine} == {"bad_json", "bad_envelope", "long_line"}
    assert found.frames[0].columns["seq"] == [2]


def test_the_same_number_twice(make: Make, reading: Reading) -> None:
    assert rules(read(make, reading, jsonl(event(1), event(2), event(2), event(3)))) == ["sequence_twice"]


def test_manifests_that_are_none(make: Make, reading: Reading) -> None:
    log = make("events-a1.jsonl", jsonl(event(1)))
    assert rules(session_log.read([log], reading)) == ["missing_manifest"]
    for content in (b"", b"[]", b'{"files": 1}', b'{"files": [{"file": "events-a1.jsonl"}]}'):
        found = session_log.read([make("manifest.json", content), log], reading)
        assert rules(found)[0] == "bad_manifest"
        assert found.frames[0].rows == 1
    found = session_log.read([make("manifest.json", b'{"files": []}')], reading)
    assert rules(found) == []


def test_missing_and_empty_logs(make: Make, reading: Reading) -> None:
    assert rules(read(make, reading, b"")) == ["empty_file", "sequence_gap"]
    log = make("events-a1.jsonl", b"")
    log.path.unlink()
    manifest = make("manifest.json", b'{"files": []}')
    assert "missing_file" in rules(session_log.read([manifest, log], reading))


# --- quality windows ---

WINDOW = "dk.medvideo.quality.window.v1"
# As a browser names them, and the columns they become.
AUDIO = {
    "packetsReceived": 498, "packetsLost": -3, "jitter": 0.004000000000000001, "roundTripTime": 0.05,
    "concealedSamples": 960, "silentConcealedSamples": 0, "totalSamplesReceived": 480_000,
    "jitterBufferDelay": 15_360.0, "jitterBufferEmittedCount": 480_000, "nackCount": 0,
    "candidateType": "relay", "relayProtocol": "udp",
}  # fmt: skip
VIDEO = {
    "packetsReceived": 700, "packetsLost": 0, "framesDecoded": 200, "framesPerSecond": 20.000001,
    "freezeCount": 1, "totalFreezesDuration": 1.234, "pliCount": 2, "qualityLimitationReason": "bandwidth",
}  # fmt: skip


def window(seq: int, kind: str, /, **fields: Any) -> dict[str, Any]:
    data = {"participation_id": "p1", "media_kind": kind, "window_ms": 10_000} | fields
    return event(seq, type=WINDOW, data=data)


def test_a_log_with_quality_windows(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(1), window(2, "audio", **AUDIO), window(3, "video", **VIDEO)))
    assert rules(found) == []
    columns = found.frames[0].columns
    assert columns["media_kind"] == [None, "audio", "video"]
    assert columns["window_ms"] == [None, 10_000, 10_000]
    assert columns["packets_lost"] == [None, -3, 0]
    assert columns["jitter_s"] == [None, Decimal("0.004"), None]
    assert columns["round_trip_time_s"] == [None, Decimal("0.05"), None]
    assert columns["jitter_buffer_delay_s"] == [None, Decimal(15_360), None]
    assert columns["total_freezes_duration_s"] == [None, None, Decimal("1.234")]
    assert columns["frames_per_second"] == [None, None, Decimal("20.000001")]
    assert columns["candidate_type"] == [None, "relay", None]
    assert columns["quality_limitation_reason"] == [None, None, "bandwidth"]


def test_a_counter_that_is_not_reported_is_missing(make: Make, reading: Reading) -> None:
    found = read(make, reading, jsonl(event(1), window(2, "audio", nackCount=None), window(3, "video")))
    assert rules(found) == []
    columns = found.frames[0].columns
    for name in ("packets_received", "packets_lost", "nack_count", "freeze_count", "frames_per_second"):
        assert columns[name] == [None] * 3


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("packetsLost", 0.5, "bad_integer"),
        ("packetsLost", True, "bad_integer"),
        ("packetsLost", -(10**9), "below_minimum"),
        ("packetsReceived", -1, "below_minimum"),
        ("packetsReceived", 1e308, "bad_integer"),
        ("jitter", 1e308, "bad_number"),
        ("jitter", "fast", "bad_number"),
        ("roundTripTime", -0.1, "below_minimum"),
        ("framesPerSecond", [20], "bad_number"),
        ("candidateType", "10.0.0.1", "unknown_code"),
    ],
)
def test_a_window_that_no_browser_measured(
    make: Make, reading: Reading, field: str, value: object, rule: str
) -> None:
    found = read(make, reading, jsonl(event(1), window(2, "audio", **{field: value}), event(3)))
    assert rules(found) == [rule]
    assert [row.row for row in found.quarantine] == [2]


def test_a_number_beyond_every_double_is_quarantined(make: Make, reading: Reading) -> None:
    line = jsonl(window(2, "audio", jitter=0)).replace(b'"jitter": 0', b'"jitter": 1e999')
    found = read(make, reading, jsonl(event(1)) + line + jsonl(event(3)))
    assert rules(found) == ["bad_number"]


counters = st.integers(0, 10**8)
seconds = st.floats(0, 1000, allow_nan=False, allow_subnormal=True)
windows = st.fixed_dictionaries(
    {},
    optional={
        "packetsReceived": counters,
        "packetsLost": st.integers(-(10**8), 10**8),
        "concealedSamples": counters,
        "totalSamplesReceived": counters.map(float),
        "jitter": seconds,
        "roundTripTime": seconds,
        "jitterBufferDelay": st.floats(0, 10**8, allow_nan=False),
        "framesPerSecond": seconds,
        "freezeCount": counters,
        "totalFreezesDuration": seconds,
    },
)
COLUMNS = {
    "packetsReceived": "packets_received",
    "packetsLost": "packets_lost",
    "concealedSamples": "concealed_samples",
    "totalSamplesReceived": "total_samples_received",
    "jitter": "jitter_s",
    "roundTripTime": "round_trip_time_s",
    "jitterBufferDelay": "jitter_buffer_delay_s",
    "framesPerSecond": "frames_per_second",
    "freezeCount": "freeze_count",
    "totalFreezesDuration": "total_freezes_duration_s",
}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(measured=st.lists(windows, min_size=1, max_size=4))
def test_any_window_in_range_comes_back_as_it_was(
    make: Make, reading: Reading, measured: list[dict[str, float]]
) -> None:
    lines = [window(seq, "audio", **fields) for seq, fields in enumerate(measured, 1)]
    found = read(make, reading, jsonl(*lines), last=len(lines))
    assert rules(found) == []
    columns = found.frames[0].columns
    for place, fields in enumerate(measured):
        for name, column in COLUMNS.items():
            kept = columns[column][place]
            told = fields.get(name)
            if told is None:
                assert kept is None
            elif column.endswith("_s") or column == "frames_per_second":
                assert abs(Decimal(str(kept)) - Decimal(told)) <= Decimal("5e-10")
            else:
                assert kept == told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.sampled_from(["id", "type", "time", "seq", "subject", "data", "x"]), json_values
    )
)
def test_any_json_is_read_or_refused(make: Make, reading: Reading, changes: dict[str, Any]) -> None:
    found = read(make, reading, jsonl(event(1), event(2) | changes, event(3)))
    assert found.rows_read == 3
    assert found.frames[0].rows + len(found.quarantine) == 3
