"""The session log: its manifest, its sequence and its fields."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(["id", "type", "time", "seq", "subject", "data", "x"]), json_values
    )
)
def test_any_json_is_read_or_refused(make: Make, reading: Reading, changes: dict[str, Any]) -> None:
    found = read(make, reading, jsonl(event(1), event(2) | changes, event(3)))
    assert found.rows_read == 3
    assert found.frames[0].rows + len(found.quarantine) == 3
