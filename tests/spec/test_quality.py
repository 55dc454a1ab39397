"""How good a call was: what a browser measured in, class and reason out. Counters are counted by hand.

The signatures are measured ones: real browsers on networks spoilt on purpose, windows of 15 seconds.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import params
from pipeline.contract import load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import arrow_schema, conform
from pipeline.engine import DuckEngine
from pipeline.stages import sessions

CONTRACTS = load_contracts()
EVENTS = CONTRACTS.tables["session_events"]
RULES = params.load().sessions
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
RATE, PACKETS, WINDOW_MS = 48_000, 750, 15_000  # sound of 15 seconds, 50 packets a second
Row = dict[str, Any]


def window(kind: str, participation: str = "patient", **counters: Any) -> Row:
    whose = {"meeting_id": "m", "participation_id": participation, "media_kind": kind}
    return {"type": "dk.medvideo.quality.window.v1", "window_ms": WINDOW_MS} | whose | counters


def sound(loss: float, concealed: float, buffer_ms: float, **more: Any) -> Row:
    """Shares in per cent of what was sent and played."""
    played = RATE * WINDOW_MS // 1000
    lost = round(PACKETS * loss / 100)
    counters = {
        "packets_received": PACKETS - lost,
        "packets_lost": lost,
        "concealed_samples": round(played * concealed / 100),
        "silent_concealed_samples": 0,
        "total_samples_received": played,
        "jitter_buffer_delay_s": Decimal(str(played * buffer_ms / 1000)),
        "jitter_buffer_emitted_count": played,
        "round_trip_time_s": Decimal("0.002"),
    }
    return window("audio", **(counters | more))


def picture(fps: float | None, frozen_s: float, packets: int = 900, **more: Any) -> Row:
    counters = {
        "packets_received": packets,
        "packets_lost": 0,
        "frames_per_second": None if fps is None else Decimal(str(fps)),
        "frames_decoded": 0 if fps is None else round(fps * WINDOW_MS / 1000),
        "freeze_count": 1 if frozen_s else 0,
        "total_freezes_duration_s": Decimal(str(frozen_s)),
    }
    return window("video", **(counters | more))


def stay(participation: str = "patient", seconds: float = 60, **left: Any) -> list[Row]:
    who = {"meeting_id": "m", "participation_id": participation, "actor_pseudonym": f"s_{participation}"}
    return [
        {"type": "dk.medvideo.participant.connected.v1", "time": START, "role": "guest"} | who,
        {"type": "dk.medvideo.participant.left.v1", "time": START + timedelta(seconds=seconds)} | who | left,
    ]


def log(*rows: Row) -> pa.Table:
    known = {
        "source": "/video/node/a1",
        "time": START,
        "bootid": "b",
        "delivery_id": "d",
        "programme": "reference",
        "received_date": date(2026, 11, 24),
        "source_file": "log.jsonl",
    }
    made = [
        {
            name: (known | {"seq": seq, "event_id": f"e{seq}", "source_row": seq} | row).get(name)
            for name in EVENTS.column_names
        }
        for seq, row in enumerate(rows, start=1)
    ]
    return pa.Table.from_pylist(made, schema=arrow_schema(EVENTS))


def derive(*rows: Row) -> dict[str, list[Row]]:
    with DuckEngine() as engine:
        made = sessions.derive(engine, log(*rows), CONTRACTS, RULES)
    kept = {name: conform(CONTRACTS.tables[name], data) for name, data in made.items()}
    for name, data in kept.items():
        assert check(CONTRACTS.tables[name], CONTRACTS.codes, data) == [], name
    return {name: data.to_pylist() for name, data in kept.items()}


def judged(row: Row) -> tuple[str, str | None]:
    return row["quality_class"], row["quality_reason"]


def judge(*windows: Row) -> list[tuple[str, str | None]]:
    return [judged(row) for row in derive(*windows)["quality_windows"]]


def judge_stay(*windows: Row, seconds: float = 60, **left: Any) -> tuple[str, str | None]:
    (row,) = derive(*stay(seconds=seconds, **left), *windows)["participations"]
    return judged(row)


GOOD = ("good", None)
CLEAN = (sound(0, 0, 32), picture(20, 0))

# scenario: what was measured, then sound, picture, and the stay they make
SIGNATURES: dict[str, tuple[tuple[Row, Row], Any, Any, Any]] = {
    "P2P clean": (CLEAN, GOOD, GOOD, GOOD),
    "P2P 5 % loss": (
        (sound(5.2, 4.3, 39), picture(20, 0)), ("degraded", "loss"), GOOD, ("degraded", "loss")),
    "P2P 20 % loss": (
        (sound(19.3, 16.8, 32), picture(20, 0)), ("poor", "loss"), GOOD, ("poor", "loss")),
    "P2P thin link, no loss": (
        (sound(0, 5.2, 580), picture(20, 2.4)), ("poor", "delay"), ("degraded", "frozen"), ("poor", "delay")),
    "P2P thin link, no loss, at its worst": (
        (sound(0, 5.2, 620), picture(20, 3.9)), ("poor", "delay"), ("poor", "frozen"), ("poor", "delay")),
    "SFU clean": ((sound(0, 0, 69), picture(20, 0)), GOOD, GOOD, GOOD),
    "SFU 5 % loss each leg": (
        (sound(10.4, 8.5, 71), picture(20, 0.6)), ("poor", "loss"), GOOD, ("poor", "loss")),
    "SFU 20 % loss each leg": (
        (sound(34.9, 32.6, 31), picture(13, 9.5)), ("poor", "loss"), ("poor", "frozen"), ("poor", "loss")),
    "SFU thin link, no feedback": (
        (sound(4.5, 15, 755), picture(12, 1.6)),
        ("poor", "delay"), ("degraded", "frozen"), ("poor", "delay")),
    "SFU thin link, no feedback, no picture": (
        (sound(9, 19, 952), picture(None, 11)), ("poor", "delay"), ("poor", "frozen"), ("poor", "delay")),
    "SFU thin link, feedback": (
        (sound(0, 1.5, 223), picture(20, 0)), ("degraded", "delay"), GOOD, ("degraded", "delay")),
    "SFU thin link, feedback, at its worst": (
        (sound(0, 8.4, 930), picture(19, 0)), ("poor", "delay"), GOOD, ("poor", "delay")),
    "UDP outage of 8 s": (
        (sound(0, 6, 50), picture(20, 0)), ("poor", "concealment"), GOOD, ("poor", "concealment")),
    "signalling killed, P2P": ((sound(0, 0, 34), picture(20, 0)), GOOD, GOOD, GOOD),
    "SFU killed": (
        (sound(0, 95, 34), picture(None, 0, packets=0)),
        ("poor", "concealment"), GOOD, ("poor", "concealment")),
}  # fmt: skip


@pytest.mark.parametrize("scenario", SIGNATURES)
def test_a_measured_signature(scenario: str) -> None:
    windows, of_sound, of_picture, of_stay = SIGNATURES[scenario]
    assert judge(*windows) == [of_sound, of_picture]
    assert judge_stay(*windows) == of_stay


def test_udp_blocked_from_the_start_measures_nothing() -> None:
    waiting = {
        "type": "dk.medvideo.participant.waiting.v1",
        "meeting_id": "m",
        "participation_id": "patient",
    }
    made = derive(waiting)
    assert made["quality_windows"] == []
    assert [judged(row) for row in made["participations"]] == [(None, None)]


LIMITS: dict[str, tuple[Row, Any]] = {
    "delay at the first limit": (sound(0, 0, 149), GOOD),
    "delay beyond it": (sound(0, 0, 149.1), ("degraded", "delay")),
    "delay at the second": (sound(0, 0, 399), ("degraded", "delay")),
    "delay beyond that": (sound(0, 0, 399.1), ("poor", "delay")),
    "half the round trip counts": (sound(0, 0, 300, round_trip_time_s=Decimal("0.21")), ("poor", "delay")),
    "loss of ten per cent": (sound(10, 0, 30), ("degraded", "loss")),
    "concealment of five per cent": (sound(0, 5, 30), ("degraded", "concealment")),
    "silence is no gap": (sound(0, 50, 30, silent_concealed_samples=360_000), GOOD),
    "frozen three seconds of fifteen": (picture(20, 3), ("degraded", "frozen")),
    "frozen longer": (picture(20, 3.01), ("poor", "frozen")),
    "eight frames a second": (picture(8, 0), ("degraded", "low_frame_rate")),
    "seven frames a second": (picture(7, 0), ("poor", "low_frame_rate")),
    "fifteen frames a second": (picture(15, 0), GOOD),
    "packets but no frame": (picture(None, 0), ("poor", "low_frame_rate")),
    "the worse of two decides": (sound(12, 0, 300), ("poor", "loss")),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit(limit: str) -> None:
    measured, expected = LIMITS[limit]
    assert judge(measured) == [expected]


MISSING: dict[str, tuple[Row, Any]] = {
    "nothing is reported": (window("audio"), ("unknown", None)),
    "nothing is reported of a picture": (window("video"), ("unknown", None)),
    "the camera is off": (window("video", packets_received=0), ("unknown", None)),
    "no silent samples: gaps cannot be told": (
        window("audio", concealed_samples=90_000, total_samples_received=100_000), ("unknown", None)),
    "no gaps at all need no silent samples": (
        window("audio", concealed_samples=0, total_samples_received=100_000), GOOD),
    "no round trip: the delay is at least the buffer's": (
        sound(0, 0, 500, round_trip_time_s=None), ("poor", "delay")),
    "packets lost are not reported": (sound(0, 0, 32, packets_lost=None), GOOD),
    "no length of freezes, but none": (
        window("video", packets_received=10, freeze_count=0, frames_per_second=Decimal(20)), GOOD),
    "no length of freezes": (window("video", freeze_count=7), ("unknown", None)),
    "no rate, but the frames": (
        window("video", packets_received=10, frames_decoded=60), ("poor", "low_frame_rate")),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSING)
def test_what_is_not_reported_is_missing_and_not_zero(case: str) -> None:
    measured, expected = MISSING[case]
    assert judge(measured) == [expected]


def test_packets_that_came_twice_are_no_loss_and_keep_their_sign() -> None:
    (row,) = derive(sound(0, 0, 32, packets_received=116, packets_lost=-16))["quality_windows"]
    assert judged(row) == GOOD
    assert row["loss_share"] == Decimal("-0.16")
    assert judge(sound(0, 0, 32, packets_received=5, packets_lost=-5)) == [GOOD]


def test_a_stay_is_as_bad_as_a_tenth_of_its_time() -> None:
    bad, good = sound(20, 18, 32), [CLEAN[0]]
    assert judge_stay(*good * 19, bad, seconds=300) == GOOD
    assert judge_stay(*good * 9, bad, seconds=150) == ("poor", "loss")
    weak = sound(5, 0, 32)
    assert judge_stay(*good * 18, weak, bad, seconds=300) == ("degraded", "loss")


def test_a_stay_has_the_reason_of_most_of_its_bad_time() -> None:
    late, lossy = sound(0, 0, 500), sound(20, 18, 32)
    assert judge_stay(late, lossy, lossy) == ("poor", "loss")
    assert judge_stay(late, late, lossy) == ("poor", "delay")
    assert judge_stay(lossy, late) == ("poor", "delay")


def test_time_in_which_nothing_was_measured_does_not_count() -> None:
    assert judge_stay(*[window("audio")] * 30, sound(20, 18, 32), CLEAN[0]) == ("poor", "loss")
    assert judge_stay(*[window("audio")] * 3) == ("unknown", None)


def test_a_short_stay_is_unknown() -> None:
    assert judge_stay(sound(20, 18, 32), seconds=19.4) == ("unknown", None)
    assert judge_stay(sound(20, 18, 32), seconds=20) == ("poor", "loss")


def test_the_class_is_the_services_own_where_no_window_says_otherwise() -> None:
    assert judge_stay(quality_class="degraded") == ("degraded", None)
    assert judge_stay(*CLEAN, quality_class="poor") == GOOD


def test_a_meeting_is_its_worst_stay_and_that_ones_reason() -> None:
    good = [row | {"participation_id": "doctor"} for row in CLEAN]
    made = derive(*stay(), *stay("doctor"), *good, sound(0, 5.2, 580))
    (found,) = made["meetings"]
    assert judged(found) == ("poor", "delay")
    (found,) = derive(*stay(quality_class="poor"), *stay("doctor"), *good)["meetings"]
    assert judged(found) == ("poor", None)


def test_a_window_of_a_stay_the_log_does_not_know_changes_none() -> None:
    made = derive(*stay(), window("audio", "somebody"))
    assert [row["participation_id"] for row in made["participations"]] == ["patient"]
    assert len(made["quality_windows"]) == 1


def test_engine_and_time_to_connect_are_those_of_the_first_connection() -> None:
    rows = stay()
    rows[0] |= {"engine": "p2p", "connect_ms": 310, "transport": "udp"}
    again = rows[0] | {"engine": "embedded", "connect_ms": 900}
    (found,) = derive(rows[0], again, rows[1])["participations"]
    assert (found["engine"], found["connect_ms"]) == ("p2p", 310)


def test_logins_have_their_method_and_why_they_failed() -> None:
    done = {
        "type": "dk.medvideo.auth.succeeded.v1",
        "meeting_id": "m",
        "method": "guardian",
        "loa": "substantial",
    }
    failed = {"type": "dk.medvideo.auth.failed.v1", "method": "mitid", "reason": "auth.cancelled"}
    started = {"type": "dk.medvideo.auth.started.v1", "method": "mitid"}
    found = [
        (row["method"], row["is_successful"], row["reason"])
        for row in derive(started, done, failed)["logins"]
    ]
    assert found == [("guardian", True, None), ("mitid", False, "auth.cancelled")]


def test_the_reasons_are_the_closed_list() -> None:
    given_reasons = {reason for _, (_, reason) in LIMITS.values() if reason}
    assert given_reasons == set(CONTRACTS.codes["quality_reason"].codes)


# --- whatever a browser may report ---

count, signed = st.none() | st.integers(0, 10**5), st.none() | st.integers(-(10**8), 10**8)
seconds = st.none() | st.decimals(0, 1000, places=9)
reported = st.lists(
    st.fixed_dictionaries(
        {
            "media_kind": st.sampled_from(["audio", "video"]),
            "window_ms": st.integers(1, 600_000),
            "packets_received": st.none() | st.integers(0, 10**8),
            "packets_lost": signed,
            "concealed_samples": st.none() | st.integers(0, 10**8),
            "silent_concealed_samples": st.none() | st.integers(0, 10**8),
            "total_samples_received": st.none() | st.integers(0, 10**8),
            "jitter_buffer_delay_s": st.none() | st.decimals(0, 10**8, places=9),
            "jitter_buffer_emitted_count": count,
            "round_trip_time_s": seconds,
            "frames_per_second": seconds,
            "frames_decoded": count,
            "freeze_count": count,
            "total_freezes_duration_s": seconds,
        }
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40)
@given(reported)
def test_every_window_the_contract_lets_in_gets_a_class(rows: list[Row]) -> None:
    made = derive(*stay(), *(window(row["media_kind"]) | row for row in rows))
    assert len(made["quality_windows"]) == len(rows)
    for row, found in zip(rows, made["quality_windows"], strict=True):
        kind, reason = judged(found)
        assert (reason is None) == (kind in ("good", "unknown"))
        if kind == "unknown":
            measures = ("delay_s", "concealed_share", "frozen_share", "frames_per_second")
            assert all(found[name] is None for name in measures), row
    worst = max((kind for kind, _ in map(judged, made["quality_windows"])), key=RANKS.index)
    assert RANKS.index(made["participations"][0]["quality_class"]) <= RANKS.index(worst)


RANKS = ["unknown", "good", "degraded", "poor"]
