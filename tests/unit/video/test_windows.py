"""A browser's statistics are a stranger's claims: what fits becomes windows of deltas, the rest nothing."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.webrtc.samples import read_sample
from pipeline.webrtc.windows import Windows


def sample(at_ms: int, **audio: Any) -> dict[str, Any]:
    return {"at_ms": at_ms, "audio": {"packetsReceived": at_ms // 20, "packetsLost": 0, **audio}}


def windows(*samples: dict[str, Any]) -> list[dict[str, object]]:
    one = Windows()
    return [window for given in samples for window in one.add(given)]


def test_a_window_holds_what_came_in_ten_seconds() -> None:
    """Two seconds are left out, then ten make a window: 500 packets, 3 of them lost, 0.5 s of wait."""
    made = windows(
        *(
            sample(at, packetsLost=at // 4000, jitterBufferDelay=at / 20_000, jitter=0.01)
            for at in range(0, 13_000, 1000)
        )
    )
    assert made == [
        {
            "media_kind": "audio",
            "packets_received": 500,
            "packets_lost": 3,
            "jitter_buffer_delay_s": 0.5,
            "jitter_s": 0.01,
            "window_ms": 10_000,
        }
    ]


def test_lost_packets_may_come_back_and_counters_may_not() -> None:
    given = [
        sample(at, packetsLost=12 - at // 1000, concealedSamples=100 - at // 1000)
        for at in range(0, 13_000, 1000)
    ]
    (window,) = windows(*given)
    assert window["packets_lost"] == -10
    assert "concealed_samples" not in window


def test_a_page_that_is_loaded_anew_begins_anew() -> None:
    before = [sample(at) for at in range(0, 9000, 1000)]
    after = [sample(at) for at in range(0, 12_000, 1000)]
    assert windows(*before, *after) == []


def test_a_machine_that_slept_gives_no_window_over_its_sleep() -> None:
    (window,) = windows(*(sample(at) for at in (0, 1000, 2000, 3000, 60_000, 61_000, 70_000)))
    assert (window["window_ms"], window["packets_received"]) == (10_000, 500)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 1e308, 10**400, "12", None, True, [], {}, -1, 0.5]
)
def test_what_is_no_count_is_left_out(value: Any) -> None:
    found = read_sample(sample(1000, concealedSamples=value))
    assert found is not None
    assert "concealedSamples" not in found["audio"]


@pytest.mark.parametrize("at", [math.nan, "1", None, -5, 1e300, 10**400, True])
def test_a_sample_without_a_time_is_none(at: Any) -> None:
    assert read_sample({"at_ms": at, "audio": {"packetsReceived": 1}}) is None


def test_only_known_words_are_kept() -> None:
    pair = {
        "candidateType": "host",
        "relayProtocol": "<script>",
        "roundTripTime": 0.05,
        "address": "192.0.2.1",
    }
    found = read_sample({"at_ms": 1, "pair": pair, "qualityLimitationReason": "me"})
    assert found == {"at_ms": 1, "round_trip_time_s": 0.05, "candidate_type": "host"}


@pytest.mark.parametrize("word", [[], {}, 1, None, ["host"]])
def test_a_word_that_is_none_is_left_out(word: Any) -> None:
    said = {"at_ms": 1, "pair": {"candidateType": word}, "qualityLimitationReason": word}
    assert read_sample(said) == {"at_ms": 1}


def test_the_rest_of_a_call_is_a_shorter_window() -> None:
    one = Windows()
    whole = [window for at in range(0, 16_000, 1000) for window in one.add(sample(at))]
    (rest,) = one.rest()
    assert [(window["window_ms"], window["packets_received"]) for window in (*whole, rest)] == [
        (10_000, 500),
        (3_000, 150),
    ]
    assert one.rest() == []


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(["at_ms", "audio", "video", "pair"]), json_like), max_size=8))
def test_whatever_is_said_only_numbers_and_words_come_out(said: list[dict[str, Any]]) -> None:
    for window in windows(*said):
        for value in window.values():
            assert isinstance(value, int | float | str)
            assert not isinstance(value, float) or math.isfinite(value)
