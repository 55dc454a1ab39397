"""Bad, hostile and large files of other platforms: a clear problem, nothing personal, no trace."""

import json
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats.readers import KEYING, READERS
from pipeline.formats.result import Read, Reading, Source, gathered
from tests.unit.formats.platforms import CONTRACTS, START, jsonl

Make = Callable[[str, bytes], Source]
READING = Reading(CONTRACTS, bytes(range(32)))
FORMATS = sorted(KEYING)

NAME, MAIL, ADDRESS, NODE = "Anna Hansen", "anna.hansen@example.dk", "85.235.17.9", "192.168.17.9"
CPR, PHONE, SECRET = "251248" + "9996", "26 12 34 56", "knæet gør ondt"
PLANTED = ("Anna", "Hansen", MAIL, ADDRESS, NODE, "85.235", CPR, "251248-9996", PHONE, "knæet", "Mozilla")

# A record of each format with something personal wherever it may stand, and in fields that nobody knows.
PERSONAL: dict[str, dict[str, Any]] = {
    "pexip": {
        "id": f"call-{CPR}", "conference": f"/conference/{NAME}/", "conference_name": f"{NAME} {CPR}",
        "display_name": NAME, "remote_alias": MAIL, "local_alias": f"{CPR}@vconf.dk",
        "remote_address": ADDRESS, "media_node": NODE, "signalling_node": NODE, "service_tag": SECRET,
        "vendor": "Mozilla/5.0",
        "call_uuid": CPR, "parent_id": NAME, "role": "chair", "start_time": "2019-10-01T08:00:00",
        "end_time": "2019-10-01T08:10:00", "disconnect_reason": f"{NAME} hung up", "call_quality": MAIL,
        "service_type": ADDRESS, "protocol": CPR, "media_streams": [{"node": NODE}], "kontakt": NAME,
        MAIL: NAME,
    },
    "livekit": {
        "event": "participant_left", "id": f"EV {MAIL}", "created_at": START, NAME: SECRET,
        "room": {"sid": f"RM {NAME}", "name": f"{NAME} {CPR}", "metadata": SECRET},
        "participant": {
            "sid": f"PA {CPR}", "identity": MAIL, "name": NAME, "metadata": PHONE, "joined_at": START - 60,
            "disconnect_reason": f"{NAME} left", "kind": ADDRESS, "attributes": {"cpr": CPR},
        },
    },
    "janus": {
        "emitter": NAME, "type": 64, "timestamp": START * 10**6, "session_id": CPR, "handle_id": MAIL,
        "opaque_id": NAME, "kontakt": PHONE, ADDRESS: 1,
        "event": {"plugin": NAME, "data": {"event": "joined", "room": NAME, "id": MAIL, "display": NAME}},
    },
    "vdx_booking": {
        "uuid": CPR, "subject": f"{NAME} {CPR}", "description": SECRET, "shortId": "a27dcaa222cb",
        "createdBy": {"email": MAIL}, "organizedBy": {"organisationId": NAME, "email": MAIL},
        "organisation": MAIL,
        "startTime": "2019-10-02T13:00:00 +0000", "createdTime": "2019-10-01T13:00:00 +0000",
        "meetingType": f"møde med {MAIL}", "provisionStatus": ADDRESS, "provisionStatusDescription": NAME,
        "portalLink": f"https://portal.vconf.dk/?url={CPR}", "labels": [NAME, "konsultation", "Syddanmark"],
        "additionalInformation": [{"key": NAME, "value": CPR}, {"key": "Region", "value": NAME}],
        "telefon": PHONE,
    },
}  # fmt: skip


def read(format_: str, *sources: Source) -> Read:
    return gathered(READERS[format_](sources, ("session_events",), READING))


def assert_clear(found: Read) -> None:
    """Nothing came of it, and it is said why in two languages; whatever was read is used or in quarantine."""
    assert sum(frame.rows for frame in found.frames) == 0
    assert found.problems
    assert all(item.message.da and item.message.en for item in found.problems)


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_personal_comes_out(make: Make, format_: str) -> None:
    record = PERSONAL[format_]
    broken = [
        record | {name: value} for name in record for value in (NAME, MAIL, CPR, None, [NAME], {"name": NAME})
    ]
    found = read(format_, make("log.jsonl", jsonl(record, *broken) + f"{NAME};{CPR}\n{{{MAIL}".encode()))
    assert sum(frame.rows for frame in found.frames) > 0 or found.quarantine
    assert found.rows_read >= len(broken)
    shown = repr(found)
    assert [word for word in PLANTED if word in shown] == []


def test_nothing_personal_comes_out_of_csv(make: Make) -> None:
    record = PERSONAL["pexip"] | {"media_streams": "System.Object[]"}
    lines = [";".join(record), *(";".join(map(str, (record | {name: NAME}).values())) for name in record)]
    found = read("pexip", make("history.csv", "\r\n".join([*lines, f"{NAME};{CPR}"]).encode("cp1252")))
    assert found.quarantine
    assert [word for word in PLANTED if word in repr(found)] == []


BAD: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\r\n\t\r\n",
    "zip": b"PK\x03\x04" + bytes(range(256)) * 40,
    "zeros": b"\x00" * 10_000,
    "not text": b"\x81\x8d\x8f\x90\x9d" * 2000,
    "no object": b"[1, 2, 3]\n",
    "a word": b"hello\n",
    "torn": b'{"event": "room_started", "id": "EV_1", "crea',
    "torn array": b'[{"a": 1},\n {"a": 2},\n {"a":',
    "nan": b'{"timestamp": NaN, "created_at": Infinity}\n',
    "huge numbers": b'{"created_at": 1' + b"0" * 5000 + b', "timestamp": 1e999}\n',
    "large number": b'{"created_at": 1e300, "timestamp": 1e300, "id": "x", "event": "y", "type": 64}\n',
    "key twice": b'{"id": "a", "id": "b", "event": "room_started", "created_at": 1569916800}\n',
    "deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "deep array": b"[" * 200_000 + b"]" * 200_000,
    "endless line": b'{"a": "' + b"x" * 3_000_000,
    "endless array": b'[{"a": "' + b"x" * 3_000_000,
    "endless number": b"[" + b"1" * 3_000_000,
    "surrogates": b'{"id": "\\ud800", "event": "\\udfff", "created_at": "\\ud800", "type": 1}\n',
    "utf-16 without mark": '{"id": 1}\n'.encode("utf-16-le") * 1000,
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", BAD)
def test_bad_files(make: Make, format_: str, name: str) -> None:
    assert_clear(read(format_, make("log.json", BAD[name])))


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_is_not_there(tmp_path: Path, format_: str) -> None:
    found = read(format_, Source(tmp_path / "none", "none"))
    assert [(item.rule, item.severity) for item in found.problems] == [("missing_file", "critical")]


@pytest.mark.parametrize("format_", FORMATS)
def test_without_a_key_nothing_is_read(make: Make, format_: str) -> None:
    source = make("log.jsonl", jsonl(PERSONAL[format_]))
    found = gathered(READERS[format_]([source], ("session_events",), Reading(CONTRACTS, None)))
    assert_clear(found)
    assert [item.rule for item in found.problems] == ["unkeyed_identifier"]


@pytest.mark.parametrize("format_", FORMATS)
def test_values_as_deep_as_json_allows(make: Make, format_: str) -> None:
    deep: Any = NAME
    for _ in range(300):
        deep = [deep]
    broken = [PERSONAL[format_] | {name: deep} for name in PERSONAL[format_]]
    assert NAME not in repr(read(format_, make("log.jsonl", jsonl(*broken))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("format_", FORMATS)
@given(data=st.data())
@settings(max_examples=40)
def test_any_value_in_any_field_is_used_or_told(folder: Path, format_: str, data: st.DataObject) -> None:
    record = dict(PERSONAL[format_])
    for name in data.draw(st.lists(st.sampled_from(sorted(record)), max_size=3)):
        record[name] = data.draw(JSON)
    (folder / "log").write_bytes(jsonl(record))
    found = read(format_, Source(folder / "log", "log"))
    assert found.rows_read == 1
    assert found.problems or any(frame.rows for frame in found.frames)


@pytest.mark.parametrize("format_", FORMATS)
@given(data=st.data())
@settings(max_examples=40)
def test_damaged_bytes_are_told(folder: Path, format_: str, data: st.DataObject) -> None:
    content = bytearray(jsonl(PERSONAL[format_], PERSONAL[format_]))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "log").write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    found = read(format_, Source(folder / "log", "log"))
    assert found.problems or any(frame.rows for frame in found.frames)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(make: Make, encoding: str) -> None:
    """PowerShell writes UTF-16 and Windows' own code page."""
    text = json.dumps(PERSONAL["vdx_booking"], ensure_ascii=False) + "\n"
    found = read("vdx_booking", make("log", text.encode(encoding)))
    assert (found.rows_read, found.decisions.encoding) == (1, encoding)


def test_memory_follows_what_is_kept_and_not_the_file(make: Make) -> None:
    """Fifty thousand webhooks of no use are read in a few megabytes."""
    line = jsonl({"event": "track_published", "id": "EV", "created_at": START, "track": {"name": "x" * 400}})
    source = make("log.jsonl", line * 50_000)
    tracemalloc.start()
    found = read("livekit", source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.rows_read == 50_000
    assert peak < 8_000_000 < source.path.stat().st_size


def test_a_broken_line_in_the_middle_costs_itself(make: Make) -> None:
    lines = [jsonl(PERSONAL["livekit"] | {"id": f"EV_{place}"}) for place in range(50)]
    lines[random.Random(1).randrange(50)] = b'{"event": "room_\n'
    found = read("livekit", make("log.jsonl", b"".join(lines)))
    assert [item.reason for item in found.quarantine] == ["bad_json"]
    assert sum(frame.rows for frame in found.frames) == 49 + 1
