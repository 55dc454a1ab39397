"""rtcstats dumps: made whole again, told as events of the session log, and nothing personal in them."""

import json
import os
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats import rtcstats
from pipeline.formats.result import Read, Reading, Source
from pipeline.formats.rtcstats_lines import Inflater
from tests.unit.formats.private import assert_nothing_personal

Make = Callable[[str, bytes], Source]

FOLDER = Path(os.environ.get("MAST_SAMPLES", "")) / "rtcstats"
START = 1_605_197_600_000
HEAD = [
    "connectionInfo",
    None,
    {"userAgent": "Browser/1", "url": "https://192.0.2.9/RoomOfSomebody"},
    START + 10**10,
]
MEETING = "171e34f9-73c4-4bb7-acc7-9ddd2b7fa172"


def lines(*entries: object) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def entry(kind: str, second: float, value: object = None, connection: str | None = "PC_0") -> list[object]:
    return [kind, connection, value, START + round(1000 * second)]


def state(word: str, second: float, connection: str = "PC_0") -> list[object]:
    return entry("onconnectionstatechange", second, word, connection)


def statistics(
    second: float, packets: int, connection: str = "PC_0", kind: str = "audio", **more: Any
) -> list[object]:
    report = {
        "type": "inbound-rtp",
        "kind": kind,
        "ssrc": 7,
        "packetsReceived": packets,
        "packetsLost": 0,
        **more,
    }
    return entry("getstats", second, {"in": report, "timestamp": START + round(1000 * second)}, connection)


def talk(seconds: int, connection: str = "PC_0", packets: int = 50, every: int = 2) -> list[list[object]]:
    return [statistics(second, packets * second, connection) for second in range(0, seconds + 1, every)]


def read(make: Make, reading: Reading, *entries: object, name: str = "dump.ndjson") -> Read:
    return rtcstats.read([make(name, lines(HEAD, *entries))], reading)


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def events(found: Read, *columns: str) -> list[tuple[Any, ...]]:
    """Every event's short type and, of the wanted columns, its values."""
    told = found.frames[0].columns
    short = [str(kind).removeprefix("dk.medvideo.").removesuffix(".v1") for kind in told["type"]]
    return list(zip(short, *(told[name] for name in columns), strict=True))


def second_of(found: Read) -> list[float]:
    return [(moment.timestamp() * 1000 - START) / 1000 for _, moment in events(found, "time")]


def test_a_call_is_told_as_coming_quality_and_going(make: Make, reading: Reading) -> None:
    """A connection lost for five seconds, windows of ten seconds or more from second two, and a rest."""
    found = read(
        make, reading, state("connecting", 0), state("connected", 1), *talk(20), state("disconnected", 21),
        state("connected", 26), *(statistics(second, 50 * second) for second in (26, 28, 30)),
        entry("close", 31),
    )  # fmt: skip
    assert rules(found) == []
    assert events(found, "window_ms", "packets_received", "reason", "is_inferred") == [
        ("participant.connected", None, None, None, False),
        ("quality.window", 10_000, 500, None, None),
        ("participant.reconnecting", None, None, None, None),
        ("participant.reconnected", None, None, None, None),
        ("quality.window", 14_000, 700, None, None),
        ("quality.window", 4_000, 200, None, None),
        ("participant.left", None, None, None, False),
    ]
    assert second_of(found) == [1, 12, 21, 26, 26, 30, 31]
    assert found.frames[0].columns["seq"] == list(range(7))
    assert found.frames[0].columns["source_row"] == [3, 10, 16, 16, 17, 20, 20]
    assert events(found, "connect_ms", "role")[0] == ("participant.connected", 1000, "unknown")


def test_times_are_those_of_the_body(make: Make, reading: Reading) -> None:
    found = read(
        make, reading, state("connected", 1), ["identity", None, {}, START + 10**10], state("closed", 5)
    )
    assert second_of(found) == [1, 5]


def test_the_meeting_is_the_dumps_own_word_or_nobody_elses(make: Make, reading: Reading) -> None:
    told = ["identity", None, {"meetingUniqueId": MEETING.upper(), "confName": "hos-fru-hansen"}, START]
    for word, entries in (
        (MEETING, [told]),
        (None, [["identity", None, {"meetingUniqueId": "fru-hansen"}, START]]),
    ):
        first = read(make, reading, *entries, state("connected", 1), name="a.ndjson")
        second = read(make, reading, *entries, state("connected", 2), name="b.ndjson")
        (one,), (other,) = (set(one.frames[0].columns["meeting_id"]) for one in (first, second))
        assert (one == other == word) if word else (one != other)
        assert "hansen" not in repr((first, second))


def test_who_never_connected_left_for_what_failed(make: Make, reading: Reading) -> None:
    ice = read(make, reading, state("connecting", 0), state("failed", 16))
    dtls = read(
        make, reading, state("connecting", 0), entry("ondtlsstatechange", 3, "failed"), state("failed", 16)
    )
    assert events(ice, "reason") == [("participant.left", "ice.failed")]
    assert events(dtls, "reason") == [("participant.left", "dtls.failed")]


def test_whose_network_went_left_when_it_went(make: Make, reading: Reading) -> None:
    found = read(
        make, reading, state("connected", 1), state("disconnected", 20), entry("onicecandidate", 60, "")
    )
    assert events(found, "reason", "is_inferred")[-1] == ("participant.left", "session.network_lost", True)
    assert second_of(found)[-1] == 20


def test_a_browser_that_tells_of_ice_alone_is_believed(make: Make, reading: Reading) -> None:
    """Firefox told no state of the whole connection before version 113."""
    ice = [
        entry("oniceconnectionstatechange", at, word)
        for at, word in enumerate(("checking", "completed", "closed"))
    ]
    assert [name for name, *_ in events(read(make, reading, *ice))] == [
        "participant.connected",
        "participant.left",
    ]


def test_a_dump_without_states_came_with_its_first_packet(make: Make, reading: Reading) -> None:
    found = read(make, reading, statistics(0, 0), *talk(20)[1:])
    assert events(found, "is_inferred")[0] == ("participant.connected", True)
    assert second_of(found)[0] == 2


def test_two_connections_at_once_are_one_stay(make: Make, reading: Reading) -> None:
    """Direct media begin while the server's connection stays open, and rests: its windows say nothing."""
    found = read(
        make, reading, state("connected", 0), state("connected", 1, "PC_1"), *talk(30),
        *talk(30, "PC_1", packets=1), state("closed", 30), state("closed", 31, "PC_1"),
    )  # fmt: skip
    kinds = [name for name, *_ in events(found)]
    assert (kinds[0], kinds[-1], kinds.count("quality.window")) == (
        "participant.connected",
        "participant.left",
        3,
    )
    assert rules(found) == ["resting_connection"]


def test_one_connection_without_packets_is_no_rest(make: Make, reading: Reading) -> None:
    found = read(
        make, reading, state("connected", 0), *talk(2), *(statistics(at, 100) for at in range(4, 16, 2))
    )
    assert ("quality.window", 0) in events(found, "packets_received")


def test_a_refused_camera_is_told_by_its_name(make: Make, reading: Reading) -> None:
    ask = "navigator.mediaDevices.getUserMedia"
    found = read(
        make, reading, entry(ask, 0, {"audio": True, "video": {"width": 1280}}, None),
        entry(f"{ask}OnFailure", 1, "NotAllowedError", None),
        entry(ask, 3, {"audio": {"echoCancellation": True}, "video": False}, None),
        entry(f"{ask}OnSuccess", 4, {"tracks": [{"label": "Mikrofon (fru Hansens)"}]}, None),
        entry(ask, 5, {"video": True}, None), entry(f"{ask}OnFailure", 6, {"name": "TrackStartError"}, None),
    )  # fmt: skip
    assert events(found, "audio", "video") == [
        ("device.checked", "NotAllowedError", "NotAllowedError"),
        ("device.checked", "ok", "not_asked"),
        ("device.checked", "not_asked", "NotReadableError"),
    ]
    assert "Hansen" not in repr(found)


def test_a_counter_that_the_browser_does_not_report_is_missing(make: Make, reading: Reading) -> None:
    found = read(make, reading, state("connected", 0), *talk(12))
    rows = events(found, "packets_lost", "concealed_samples", "freeze_count")
    assert [row for row in rows if "window" in row[0]] == [("quality.window", 0, None, None)]


def test_a_connection_that_is_made_anew_begins_with_new_counters(make: Make, reading: Reading) -> None:
    """A rest of two seconds before it is made anew, and of four after the window that follows."""
    again = [statistics(second, 50 * (second - 16)) for second in range(16, 34, 2)]
    found = read(
        make, reading, state("connected", 0), *talk(14), entry("create", 15), state("connected", 16), *again
    )
    assert [row for row in events(found, "packets_received") if row[1]] == [
        ("quality.window", 500),
        ("quality.window", 100),
        ("quality.window", 500),
        ("quality.window", 200),
    ]


def test_counters_that_fall_give_no_negative_window(make: Make, reading: Reading) -> None:
    fallen = [statistics(second, 10 * (second - 8)) for second in range(8, 40, 2)]
    found = read(make, reading, state("connected", 0), *talk(6), *fallen)
    counts = [count for _, count in events(found, "packets_received") if count is not None]
    assert min(counts) >= 0
    assert sum(counts) == 50 * 4 + 10 * 30


def test_a_clock_that_jumps_gives_no_window_over_the_jump(make: Make, reading: Reading) -> None:
    ahead = [statistics(second + 3600, 50 * second) for second in range(16, 30, 2)]
    back = [statistics(second, 50 * second) for second in range(30, 46, 2)]
    found = read(make, reading, state("connected", 0), *talk(14), *ahead, *back)
    spans = [span for _, span in events(found, "window_ms") if span is not None]
    assert max(spans) <= 30_000
    assert "gap_in_statistics" in rules(found)


def test_what_is_impossible_is_left_out_and_said(make: Make, reading: Reading) -> None:
    huge = [
        statistics(second, 10**10 * second, framesDecoded=10**400, jitter=1e9) for second in range(0, 16, 2)
    ]
    found = read(make, reading, state("connected", 0), *huge)
    windows = [
        row[1:]
        for row in events(found, "packets_received", "frames_decoded", "jitter_s")
        if "window" in str(row)
    ]
    assert set(windows) == {(None, None, None)}
    assert rules(found) == ["implausible_counter"]
    assert found.quarantine == ()


NOTHING = set[str]()
GOOD = lines(HEAD, state("connected", 0), *talk(14), state("closed", 15))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", {"not_rtcstats"}),
        (b"\n\n \n", {"not_rtcstats"}),
        (b"\x1f\x8b\x08\x00", {"not_text"}),
        (b"PK\x03\x04", {"not_text"}),
        (b"a;b;c\r\n1;2;3\r\n", {"not_rtcstats"}),
        (b'{"PeerConnections": {}}', {"not_rtcstats"}),
        (GOOD.decode().encode("utf-16"), {"not_rtcstats"}),
        (b"\xff\xfe\x00" * 100, {"not_rtcstats"}),
        (b"\n" * 100_000, {"not_rtcstats"}),
        (b"x\n" * 50_000, {"not_rtcstats"}),
        (GOOD[:-20], {"torn_line"}),
        (GOOD + b'["getstats"', {"torn_line"}),
        (GOOD + b"\xe6\xf8\xe5\n", {"bad_entry"}),
        (GOOD + b"[" * 200_000 + b"\n", {"bad_entry"}),
        (GOOD + b'{"a":' * 100_000 + b"\n", {"bad_entry"}),
        (GOOD + b'["getstats","PC_0",' + b"9" * 5000 + b",1605197610000]\n", {"bad_entry"}),
        (GOOD + b"{}\n[]\n[1,2,3,4]\n", {"bad_entry"}),
        (GOOD + b'["x","PC_0",{},"yesterday"]\n["x","PC_0",{},-1]\n', {"no_time"}),
        (GOOD + b'["getstats","PC_0",{"in":{"jitter":Infinity,"packetsLost":NaN}},1605197620000]\n', NOTHING),
        (GOOD + b'["getstats","PC_0",{"in":[],"out":null,"timestamp":{}},1605197620000]\n', NOTHING),
        (GOOD + b'["constraints","PC_0",{"optional":[1,{"rtcStatsSFUP2P":"x"}]},1605197620000]\n', NOTHING),
        (GOOD + b'["constraints","PC_0",{"optional":7},1605197620000]\n', NOTHING),
        (lines(HEAD), {"no_call"}),
        (b"\xef\xbb\xbf" + GOOD, NOTHING),
        (GOOD.replace(b"\n", b"\r\n"), NOTHING),
    ],
)  # fmt: skip
def test_bad_input_is_a_clear_problem(
    make: Make, reading: Reading, content: bytes, expected: set[str]
) -> None:
    found = rtcstats.read([make("dump.ndjson", content)], reading)
    assert set(rules(found)) == expected
    for item in found.problems:
        assert all(text.strip() for text in (item.message.da, item.message.en))
    if found.frames:
        assert found.rows_read == found.frames[0].rows + len(found.quarantine)


def test_a_missing_file_is_said(tmp_path: Path, reading: Reading) -> None:
    assert rules(rtcstats.read([Source(tmp_path / "none", "none")], reading)) == ["missing_file"]


def test_a_file_of_bad_lines_is_given_up(make: Make, reading: Reading) -> None:
    found = rtcstats.read([make("dump.ndjson", GOOD + b"x\n" * 5_000)], reading)
    assert rules(found).count("bad_entry") == rtcstats.MOST_BAD_LINES == len(found.quarantine)
    assert "too_many_bad_lines" in rules(found)


def test_an_endless_line_costs_no_memory(make: Make, reading: Reading) -> None:
    dump = make("dump.ndjson", GOOD + b"9" * 32_000_000 + b"\n" + GOOD)
    tracemalloc.start()
    found = rtcstats.read([dump], reading)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "long_line" in rules(found)
    assert peak < 24_000_000


def test_a_thousand_connections_are_followed_no_further(make: Make, reading: Reading) -> None:
    many = [state("connected", 0, f"PC_{number}") for number in range(1000)]
    assert "too_many_connections" in rules(read(make, reading, *many))


def test_the_events_of_a_call_have_an_end(
    make: Make, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.formats.browser_calls.MOST_EVENTS", 20)
    flapping = [state(word, at) for at, word in enumerate(("connected", "disconnected") * 50)]
    found = read(make, reading, *flapping)
    assert found.frames[0].rows == 21
    assert "too_many_events" in rules(found)
    assert events(found)[-1] == ("participant.left",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=12))
def test_a_damaged_dump_never_breaks_the_reader(
    make: Make, reading: Reading, place: int, damage: bytes
) -> None:
    found = rtcstats.read([make("dump.ndjson", GOOD[:place] + damage + GOOD[place + len(damage) :])], reading)
    assert found.problems or found.frames


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
kinds = st.sampled_from(
    ["getstats", "create", "close", "constraints", "identity", "onconnectionstatechange", "ondtlsstatechange",
     "oniceconnectionstatechange", "getUserMedia", "getUserMediaOnSuccess", "getUserMediaOnFailure"]
)  # fmt: skip
words = st.sampled_from(["connected", "disconnected", "failed", "closed", "completed"])
reports = st.dictionaries(
    st.text(max_size=3),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["inbound-rtp", "transport", "candidate-pair", "track"]) | anything},
        optional=dict.fromkeys(
            (
                "kind",
                "packetsReceived",
                "packetsLost",
                "trackId",
                "jitter",
                "selectedCandidatePairId",
            ),
            anything,
        ),
    )
    | anything,
    max_size=4,
)
said = st.tuples(
    kinds,
    st.none() | st.just("PC_0") | anything,
    words | reports | anything,
    st.integers(START, START + 10**5) | anything,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.lists(said, max_size=12))
def test_whatever_a_dump_says_it_is_read_or_refused(make: Make, reading: Reading, entries: list[Any]) -> None:
    found = rtcstats.read([make("dump.ndjson", lines(*entries))], reading)
    assert found.problems or found.frames
    assert not [row for row in found.quarantine if row.reason != "bad_entry"]


def deflated(before: Mapping[str, Any], now: Mapping[str, Any], at: int) -> dict[str, Any]:
    """A report as the client sends it after ``before``; what is equal to the one before is left out."""
    made: dict[str, Any] = {"timestamp": at}
    for name, report in now.items():
        known = before.get(name, {})
        made[name] = {key: value for key, value in report.items() if key not in known or known[key] != value}
        made[name]["timestamp"] = 0
    return made


numbers = st.integers(0, 2**53) | st.floats(0, 1e9) | st.sampled_from(["connected", "audio"]) | st.booleans()
bodies = st.dictionaries(st.sampled_from("abcdef"), numbers, max_size=6)
whole = st.lists(
    st.dictionaries(st.sampled_from(["in", "out", "pair"]), bodies, max_size=3), min_size=1, max_size=6
)


@given(whole)
def test_what_is_left_out_is_put_back(changes: list[dict[str, dict[str, Any]]]) -> None:
    """Statistics that only change and never go are the same after compression and inflation."""
    inflater = Inflater()
    before: dict[str, Any] = {}
    for place, change in enumerate(changes):
        at = START + place
        now = {
            name: {**before.get(name, {}), **body, "timestamp": at}
            for name, body in (before | change).items()
        }
        assert inflater.add(deflated(before, now, at)) == now
        before = now


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the dumps are in the folder that MAST_SAMPLES names")
@pytest.mark.parametrize(
    ("dump", "connected", "windows"),
    [
        ("chrome-standard-pc-failed", "2022-03-14T13:40:13.058", 5),
        ("google-standard-stats-p2p", "2020-11-12T16:13:20.470", 18),
        ("google-standard-stats-sfu", "2020-11-12T16:29:51.923", 12),
    ],
)
def test_a_real_dump_is_read_and_nothing_personal_comes_out(
    reading: Reading, dump: str, connected: str, windows: int
) -> None:
    path = FOLDER / f"{dump}.ndjson"
    found = rtcstats.read([Source(path, path.name)], reading)
    rows = events(found, "time")
    assert [
        moment.isoformat(timespec="milliseconds")[:23] for name, moment in rows if "connected" in name
    ] == [connected]
    assert [name for name, _ in rows].count("quality.window") == windows
    assert found.quarantine == ()
    assert_nothing_personal(found, [json.loads(line) for line in path.read_text("utf-8").splitlines()])
