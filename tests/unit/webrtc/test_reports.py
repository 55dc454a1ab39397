"""A connection's reports become one sample: sums that never fall, and nothing that was not reported."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.webrtc.reports import Meter, number, path
from pipeline.webrtc.windows import Windows


def inbound(packets: int, kind: str = "audio", **more: Any) -> dict[str, Any]:
    return {"type": "inbound-rtp", "kind": kind, "packetsReceived": packets, **more}


def samples(*reports: dict[str, Any]) -> list[dict[str, Any]]:
    meter = Meter()
    return [meter.sample(given, 1000 * place) for place, given in enumerate(reports)]


def test_counters_are_summed_over_the_streams_of_a_kind() -> None:
    (made,) = samples({"a": inbound(10), "b": inbound(5), "v": inbound(7, "video")})
    assert made == {"at_ms": 0, "audio": {"packetsReceived": 15}, "video": {"packetsReceived": 7}}


def test_a_stream_that_comes_later_counts_from_nothing() -> None:
    made = samples({"a": inbound(10)}, {"a": inbound(20), "b": inbound(5)})
    assert [one["audio"]["packetsReceived"] for one in made] == [10, 25]


def test_a_stream_that_goes_takes_nothing_with_it() -> None:
    made = samples({"a": inbound(10), "b": inbound(5)}, {"a": inbound(12)})
    assert [one["audio"]["packetsReceived"] for one in made] == [15, 17]


def test_a_stream_whose_counters_fall_begins_anew() -> None:
    made = samples(
        {"a": inbound(100, packetsLost=7)}, {"a": inbound(3, packetsLost=0)}, {"a": inbound(5, packetsLost=1)}
    )
    assert [(one["audio"]["packetsReceived"], one["audio"]["packetsLost"]) for one in made] == [
        (100, 7),
        (100, 7),
        (102, 8),
    ]


def test_lost_packets_that_come_after_all_are_taken_back() -> None:
    made = samples({"a": inbound(10, packetsLost=3)}, {"a": inbound(20, packetsLost=1)})
    assert [one["audio"]["packetsLost"] for one in made] == [3, 1]


def test_a_counter_that_one_stream_does_not_report_is_missing() -> None:
    (made,) = samples({"a": inbound(10, concealedSamples=4), "b": inbound(10)})
    assert made["audio"] == {"packetsReceived": 20}


def test_a_gauge_is_the_worst_of_the_streams_that_something_came_in_on() -> None:
    first = {
        name: inbound(10, "video", framesPerSecond=rate, jitter=0.1) for name, rate in (("a", 30), ("b", 5))
    }
    second = {
        "a": inbound(20, "video", framesPerSecond=30, jitter=0.01),
        "b": inbound(10, "video", framesPerSecond=5, jitter=0.1),
    }
    made = samples(first, second)
    assert [(one["video"]["framesPerSecond"], one["video"]["jitter"]) for one in made] == [
        (5, 0.1),
        (30, 0.01),
    ]


def test_what_older_browsers_tell_of_the_track_belongs_to_the_stream() -> None:
    track = {"type": "track", "freezeCount": 2, "totalFreezesDuration": 1.5}
    (made,) = samples({"v": inbound(10, "video", trackId="t"), "t": track})
    assert made["video"] == {"packetsReceived": 10, "freezeCount": 2, "totalFreezesDuration": 1.5}


LOCAL = {"type": "local-candidate", "candidateType": "relay", "relayProtocol": "tcp", "address": "192.0.2.1"}
PAIR = {"type": "candidate-pair", "localCandidateId": "l", "currentRoundTripTime": 0.05}
RELAYED = {"roundTripTime": 0.05, "candidateType": "relay", "relayProtocol": "tcp", "transport": "relay"}


@pytest.mark.parametrize(
    "reports",
    [
        {"t": {"type": "transport", "selectedCandidatePairId": "p"}, "p": PAIR, "l": LOCAL},
        {"p": PAIR | {"selected": True}, "l": LOCAL},
        {"p": PAIR | {"nominated": True, "state": "succeeded"}, "l": LOCAL},
    ],
    ids=["Chrome and Safari", "Firefox", "nominated"],
)
def test_the_path_is_told_without_its_address(reports: dict[str, dict[str, Any]]) -> None:
    assert path(reports) == RELAYED


def test_a_path_that_is_not_chosen_is_none() -> None:
    assert path({"p": PAIR | {"nominated": False, "state": "succeeded"}, "l": LOCAL}) == {}


@pytest.mark.parametrize("said", [True, "1", None, [], {}, float("nan"), float("inf"), 10**400, -1e300])
def test_what_no_counter_holds_is_no_number(said: Any) -> None:
    assert number(said) is None


COUNTERS = ["packetsReceived", "concealedSamples", "totalFreezesDuration"]
ALL = [*COUNTERS, "packetsLost"]
steps = st.lists(
    st.fixed_dictionaries(
        {name: st.integers(0, 5000) for name in COUNTERS} | {"packetsLost": st.integers(-5, 50)}
    ),
    min_size=4,
    max_size=60,
)


@given(steps=steps, begun_anew=st.sets(st.integers(3, 60), max_size=3), is_new_second=st.booleans())
def test_the_windows_of_a_call_come_to_what_its_counters_grew(
    steps: list[dict[str, int]], begun_anew: set[int], *, is_new_second: bool
) -> None:
    """Two streams, a sample a second; one may begin anew, and what it loses thereby is not counted."""
    meter, windows = Meter(), Windows()
    streams = {"a": dict.fromkeys(ALL, 0)}
    grown = dict.fromkeys(ALL, 0)
    made: list[dict[str, object]] = []
    for second, step in enumerate(steps):
        if second == 3 and is_new_second:
            streams["b"] = dict.fromkeys(ALL, 0)
        for name, stream in streams.items():
            if name == "a" and second in begun_anew and stream["packetsReceived"]:
                stream.update(dict.fromkeys(ALL, 0))
                continue
            for counter, more in step.items():
                stream[counter] += more + (counter == "packetsReceived")
                if second > 2:  # the first two seconds are left out, and the third is where counting begins
                    grown[counter] += more + (counter == "packetsReceived")
        reports = {name: inbound(kind="audio", packets=0) | stream for name, stream in streams.items()}
        made += windows.add(meter.sample(reports, 1000 * second))
    made += windows.rest()
    columns = ("packets_received", "concealed_samples", "total_freezes_duration_s", "packets_lost")
    for counter, column in zip(grown, columns, strict=True):
        assert sum(float(str(window.get(column, 0))) for window in made) == grown[counter]
    assert all(float(str(window["packets_received"])) >= 0 for window in made)
