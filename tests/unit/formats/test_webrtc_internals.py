"""Dumps of chrome://webrtc-internals: series put together, truncation recognised, calls told apart."""

import json
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats import webrtc_internals
from pipeline.formats.result import Read, Reading, Source
from tests.unit.formats.private import assert_nothing_personal

Make = Callable[[str, bytes], Source]

FILE = Path(os.environ.get("MAST_SAMPLES", "")) / "webrtc-internals" / "chrome-147.json"
START = 1_778_075_880_000


def iso(second: float) -> str:
    at = datetime.fromtimestamp(START / 1000 + second, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def series(kind: str, values: list[Any], last: float, first: float | None = None) -> dict[str, str]:
    begun = last - len(values) + 1 if first is None else first
    return {"startTime": iso(begun), "endTime": iso(last), "statsType": kind, "values": json.dumps(values)}


def stream(
    seconds: int, packets: int = 50, *, first: int = 0, timed: bool = True, **more: list[Any]
) -> dict[str, Any]:
    """An incoming stream of sound, a value a second from ``first`` on."""
    last = first + seconds
    counted = [packets * second for second in range(1, seconds + 2)]
    columns = {
        "packetsReceived": counted,
        "packetsLost": [0] * len(counted),
        "kind": ["audio"] * len(counted),
    } | more
    if timed:
        columns["timestamp"] = [START + 1000 * second + 0.5 for second in range(first, last + 1)]
    return {f"IT01A7-{name}": series("inbound-rtp", values, last) for name, values in columns.items()}


def log(kind: str, second: float, value: str = "") -> dict[str, Any]:
    return {"type": kind, "value": value, "timestamp": START + 1000 * second + 0.25}


def state(word: str, second: float) -> dict[str, Any]:
    return log("onconnectionstatechange", second, json.dumps(word))


def dump(connections: dict[str, tuple[list[Any], dict[str, Any]]], media: list[Any] | None = None) -> bytes:
    told = {
        name: {"rtcConfiguration": "{}", "stats": stats, "updateLog": steps, "url": "http://192.0.2.1/Room"}
        for name, (steps, stats) in connections.items()
    }
    whole = {
        "getUserMedia": media or [],
        "PeerConnections": told,
        "UserAgent": "Browser/1",
        "UserAgentData": {"a": [1]},
    }
    return json.dumps(whole, indent=1).encode()


def read(make: Make, reading: Reading, content: bytes) -> Read:
    return webrtc_internals.read([make("dump.json", content)], reading)


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def events(found: Read, *columns: str) -> list[tuple[Any, ...]]:
    told = found.frames[0].columns
    short = [str(kind).removeprefix("dk.medvideo.").removesuffix(".v1") for kind in told["type"]]
    return list(zip(short, *(told[name] for name in columns), strict=True))


def windows(found: Read) -> list[tuple[Any, ...]]:
    return [row[1:] for row in events(found, "window_ms", "packets_received") if row[0] == "quality.window"]


def test_series_become_windows_of_the_call(make: Make, reading: Reading) -> None:
    steps = [state("connecting", 0), state("connected", 1), log("close", 19)]
    found = read(make, reading, dump({"11-1": (steps, stream(18))}))
    assert rules(found) == []
    assert events(found, "packets_received", "is_inferred") == [
        ("participant.connected", None, False),
        ("quality.window", 500, None),
        ("quality.window", 300, None),
        ("participant.left", None, False),
    ]


def test_a_long_call_lacks_its_beginning(make: Make, reading: Reading) -> None:
    """Half an hour, of which Chrome keeps the last thousand seconds: 996 in whole windows, and a rest."""
    kept = stream(999, first=800)
    stats = {name: one | {"startTime": iso(0)} for name, one in kept.items()}
    found = read(make, reading, dump({"11-1": ([state("connected", 0)], stats)}))
    assert rules(found) == ["stats_truncated"]
    assert sum(packets for _, packets in windows(found)) == 50 * 997
    assert min(moment.timestamp() for _, moment in events(found, "time")[1:]) >= START / 1000 + 800


def test_a_series_that_begins_later_stands_at_its_own_times(make: Make, reading: Reading) -> None:
    """A rate that comes with the first picture: six values on the last six of twenty-one samples."""
    stats = stream(20)
    stats["IT01A7-jitter"] = series("inbound-rtp", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 20)
    found = read(make, reading, dump({"11-1": ([state("connected", 0)], stats)}))
    jitter = [
        float(value) if value is not None else None
        for name, value in events(found, "jitter_s")
        if "window" in name
    ]
    assert jitter == [None, 0.6]


def test_a_series_with_a_gap_is_left_out(make: Make, reading: Reading) -> None:
    stats = stream(20)
    stats["IT01A7-jitter"] = series("inbound-rtp", [0.1, 0.2, 0.3], 20, first=5)
    found = read(make, reading, dump({"11-1": ([state("connected", 0)], stats)}))
    assert {value for _, value in events(found, "jitter_s")} == {None}
    assert rules(found) == ["unplaced_series"]


def test_an_older_dump_has_a_sample_a_second(make: Make, reading: Reading) -> None:
    """Without series of times, and under an id of the earlier form."""
    stats = {
        name.replace("IT01A7", "RTCInboundRTPAudioStream_7"): one
        for name, one in stream(18, timed=False).items()
    }
    steps = [log("iceconnectionstatechange", 1, "connected")]
    found = read(make, reading, dump({"11-1": (steps, stats)}))
    assert windows(found) == [(10_000, 500), (6_000, 300)]
    assert events(found)[0] == ("participant.connected",)


def test_the_old_statistics_are_recognised(make: Make, reading: Reading) -> None:
    stats = {"ssrc_7_recv-packetsReceived": series("ssrc", ["1", "2"], 2)}
    found = read(make, reading, dump({"11-1": ([state("connected", 0)], stats)}))
    assert rules(found) == ["legacy_statistics"]


def test_calls_of_one_tab_are_told_apart_by_a_minute(make: Make, reading: Reading) -> None:
    """Two connections at once are one call; one an hour later is another, and so is another tab's."""
    lives = {"11-1": (0, 20), "11-2": (5, 30), "11-3": (3600, 3620), "12-1": (0, 20)}
    connections = {
        name: ([state("connected", first), log("close", last)], dict[str, Any]())
        for name, (first, last) in lives.items()
    }
    found = read(make, reading, dump(connections))
    told = [
        row for row in events(found, "meeting_id", "participation_id", "actor_pseudonym") if "left" in row[0]
    ]
    meetings, stays, actors = (set(cells) for cells in list(zip(*told, strict=True))[1:])
    assert (len(meetings), len(stays), len(actors)) == (3, 3, 1)


def test_a_refused_microphone_is_told_with_the_call_that_follows(make: Make, reading: Reading) -> None:
    asking = {"rid": 11, "request_id": 1, "request_type": "getUserMedia", "audio": "", "timestamp": START}
    refused = {
        "rid": 11,
        "request_id": 1,
        "error": "NotAllowedError",
        "error_message": "no",
        "timestamp": START + 500,
    }
    given_ = {
        "rid": 11,
        "request_id": 2,
        "stream_id": "x",
        "audio_track_info": "id:1 label:Fru Hansens mikrofon",
    }
    media = [asking, refused, asking | {"request_id": 2, "video": "{}"}, given_ | {"timestamp": START + 900}]
    found = read(make, reading, dump({"11-1": ([state("connected", 2)], {})}, media))
    assert events(found, "audio", "video", "participation_id")[:2] == [
        ("device.checked", "NotAllowedError", "not_asked", events(found, "participation_id")[2][1]),
        ("device.checked", "ok", "ok", events(found, "participation_id")[2][1]),
    ]
    assert "Hansen" not in repr(found)


def test_a_state_without_a_time_is_counted(make: Make, reading: Reading) -> None:
    """Older dumps write the time as the browser's language has it."""
    step = {"type": "onconnectionstatechange", "value": "connected", "time": "5/6/2026, 1:57:57 PM"}
    found = read(make, reading, dump({"11-1": ([step], stream(14))}))
    assert rules(found) == ["no_time"]
    assert events(found, "is_inferred")[0] == ("participant.connected", True)


GOOD = dump({"11-1": ([state("connected", 1), log("close", 19)], stream(18))})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "not_webrtc_internals"),
        (b" \n" * 200_000, "not_webrtc_internals"),
        (b"\x1f\x8b\x08\x00", "not_text"),
        (b"[1, 2]", "not_webrtc_internals"),
        (b"{", "not_webrtc_internals"),
        (b'{"a": {}}', "not_webrtc_internals"),
        (b"a;b\n1;2\n", "not_webrtc_internals"),
        (GOOD.decode().encode("utf-16"), "not_webrtc_internals"),
        (b"\xe6\xf8\xe5" + GOOD, "not_webrtc_internals"),
        (b'{"a":' * 100_000, "not_webrtc_internals"),
        (GOOD[: len(GOOD) // 2], "torn_file"),
        (GOOD[:-1], "torn_file"),
        (b'{"PeerConnections": []}', "torn_file"),
        (b'{"PeerConnections": {"11-1": {"stats": {"a": ' + b"[" * 100_000, "torn_file"),
        (b'{"PeerConnections": {"11-1": {"updateLog": [1 2]}}}', "torn_file"),
        (b'{"PeerConnections": {"11-1" 7}}', "torn_file"),
        (b'{"PeerConnections": {}}', "no_call"),
    ],
)
def test_bad_input_is_a_clear_problem(make: Make, reading: Reading, content: bytes, expected: str) -> None:
    found = read(make, reading, content)
    assert rules(found)[0] == expected
    assert set(rules(found)) <= {expected, "no_call"}
    assert all(text.strip() for text in (found.problems[0].message.da, found.problems[0].message.en))


@pytest.mark.parametrize(
    "values",
    [
        "",
        "[",
        "7",
        "null",
        "[null, true, {}]",
        "[NaN, Infinity, 1e999]",
        "[" * 100_000,
        "[" + "9" * 5000 + "]",
        '["x"]',
    ],
)
def test_values_that_are_none_are_not_measured(make: Make, reading: Reading, values: str) -> None:
    stats = stream(14)
    stats["IT01A7-jitter"] = series("inbound-rtp", [], 14) | {"values": values}
    found = read(make, reading, dump({"11-1": ([state("connected", 0)], stats)}))
    assert {value for _, value in events(found, "jitter_s")} == {None}


def test_a_file_cut_in_the_middle_gives_what_stands_before(make: Make, reading: Reading) -> None:
    found = read(make, reading, GOOD[: GOOD.index(b"updateLog")])
    assert rules(found) == ["torn_file"]
    assert windows(found) == [(10_000, 500), (6_000, 300)]


def test_a_value_without_end_costs_no_memory(make: Make, reading: Reading) -> None:
    content = b'{"PeerConnections": {"11-1": {"url": "' + b"9" * 64_000_000 + b'"}}}'
    path = make("dump.json", content)
    del content
    tracemalloc.start()
    found = webrtc_internals.read([path], reading)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rules(found) == ["torn_file", "no_call"]
    assert peak < 80_000_000


def test_more_connections_than_a_browser_has_are_left_out(make: Make, reading: Reading) -> None:
    many = {f"11-{number}": ([state("connected", 0)], dict[str, Any]()) for number in range(300)}
    assert "too_much" in rules(read(make, reading, dump(many)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=12))
def test_a_damaged_dump_never_breaks_the_reader(
    make: Make, reading: Reading, place: int, damage: bytes
) -> None:
    found = read(make, reading, GOOD[:place] + damage + GOOD[place + len(damage) :])
    assert found.problems or found.frames


scalars = st.none() | st.booleans() | st.integers(0, 2**40) | st.floats(allow_nan=False) | st.text(max_size=4)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
times = st.integers(0, 60).map(lambda second: START + 1000 * second) | anything
steps = st.fixed_dictionaries(
    {"type": st.sampled_from(["onconnectionstatechange", "oniceconnectionstatechange", "close"]) | anything,
     "value": st.sampled_from(['"connected"', "failed", '"']) | anything, "timestamp": times}
)  # fmt: skip
counters = st.fixed_dictionaries(
    {"startTime": st.just(iso(0)) | anything, "endTime": st.integers(0, 60).map(iso) | anything,
     "statsType": st.sampled_from(["inbound-rtp", "transport", "candidate-pair", "track"]) | anything,
     "values": st.lists(anything, max_size=5).map(json.dumps) | anything}
)  # fmt: skip
names = st.sampled_from(
    ["I-packetsReceived", "I-timestamp", "I-kind", "I-trackId", "T-selectedCandidatePairId", "P-state"]
)
media = st.dictionaries(
    st.sampled_from(["rid", "pid", "request_id", "audio", "video", "error", "stream_id", "timestamp"]),
    anything,
)
said = st.fixed_dictionaries(
    {"getUserMedia": st.lists(media | anything, max_size=4) | anything,
     "PeerConnections": st.dictionaries(
         st.text(max_size=4),
         st.fixed_dictionaries(
             {"updateLog": st.lists(steps | anything, max_size=5) | anything,
              "stats": st.dictionaries(names, counters | anything, max_size=6) | anything}
         ) | anything,
         max_size=3,
     )}
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(said)
def test_whatever_a_dump_says_it_is_read_or_refused(make: Make, reading: Reading, whole: Any) -> None:
    found = read(make, reading, json.dumps(whole).encode())
    assert found.problems or found.frames
    assert found.quarantine == ()


@pytest.mark.skipif(not FILE.is_file(), reason="the dump is in the folder that MAST_SAMPLES names")
def test_a_real_dump_is_read_and_nothing_personal_comes_out(reading: Reading) -> None:
    """Two ends of one call in two tabs: one sends, the other receives a picture for eight seconds."""
    found = webrtc_internals.read([Source(FILE, FILE.name)], reading)
    assert rules(found) == []
    names = [name for name, *_ in events(found)]
    assert names.count("participant.connected") == names.count("participant.left") == 2
    assert [
        row[1:] for row in events(found, "media_kind", "packets_received", "frames_decoded") if row[1]
    ] == [("video", 24, 12)]
    assert_nothing_personal(found, json.loads(FILE.read_text("utf-8")))
