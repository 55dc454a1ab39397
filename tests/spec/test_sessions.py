"""What a held meeting is: a few log lines in, one meeting out. Times are UTC, numbers counted by hand."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import params
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema, read, write
from pipeline.engine import DuckEngine
from pipeline.stages import sessions
from pipeline.text import ProblemError

CONTRACTS = load_contracts()
EVENTS = CONTRACTS.tables["session_events"]
RULES = params.load().sessions
NODE = "/video/node/a1"
MEETING = "3f0c7c1e-0000-4000-8000-000000000001"
Event = dict[str, Any]


def at(clock: str, day: str = "2019-09-02") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+00:00")


def event(kind: str, time: datetime, /, **data: Any) -> Event:
    return {
        "type": f"dk.medvideo.{kind}.v1",
        "time": time,
        "meeting_id": MEETING,
        "short_id": "0123456789ab",
    } | data


def booked(time: datetime | None = None, /, **data: Any) -> list[Event]:
    plan = {"kind": "consultation", "mode": "planned", "region": "1084", "is_test": False}
    return [event("meeting.booked", time or at("07:00:00"), **(plan | {"starts_at": at("08:00:00")} | data))]


def stay(
    actor: str, joined: datetime, left: datetime | None, participation: str = "", **data: Any
) -> list[Event]:
    """Connected from ``joined`` to ``left``; without ``left`` the log never says."""
    who = {"participation_id": participation or f"{actor}-1", "actor_pseudonym": f"s_{actor}"}
    events = [event("participant.connected", joined, **who, role="guest", transport="udp")]
    if left is not None:
        events.append(event("participant.left", left, **({"reason": "session.peer_left"} | who | data)))
    return events


def log(*parts: list[Event], received: date = date(2019, 10, 9)) -> pa.Table:
    """The events in the order of their times, numbered by one node."""
    events = sorted((item for part in parts for item in part), key=lambda item: item["time"])
    rows = [
        dict.fromkeys(EVENTS.column_names)
        | {
            "source": NODE,
            "seq": seq,
            "event_id": f"e{seq}",
            "bootid": "b1",
            "delivery_id": "d",
            "programme": "pilot",
            "received_date": received,
            "source_file": "log.jsonl",
            "source_row": seq,
        }
        | item
        for seq, item in enumerate(events, start=1)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(EVENTS))


def derive(events: pa.Table) -> dict[str, pa.Table]:
    with DuckEngine() as engine:
        return sessions.derive(engine, events, CONTRACTS, RULES)


def meeting(*parts: list[Event]) -> dict[str, Any]:
    (row,) = derive(log(*parts))["meetings"].to_pylist()
    return row


DOCTOR = stay("doctor", at("08:00:00"), at("08:20:00"))

CASES: dict[str, tuple[list[list[Event]], dict[str, Any]]] = {
    "two parties": (
        [booked(), DOCTOR, stay("patient", at("08:03:00"), at("08:15:30"))],
        {"is_held": True, "exclusion": None, "duration_s": 750, "span_s": 1200, "actors": 2,
         "started_at": at("08:03:00"), "meeting_date": date(2019, 9, 2), "max_parties": 2},
    ),
    "one participant for twenty minutes": (
        [booked(), DOCTOR],
        {"is_held": False, "exclusion": "single_participant", "duration_s": 0, "span_s": 1200, "actors": 1,
         "started_at": at("08:00:00"), "max_parties": 1},
    ),
    "two who never overlap": (
        [booked(), DOCTOR, stay("patient", at("08:20:00"), at("08:30:00"))],
        {"is_held": False, "exclusion": "no_overlap", "duration_s": 0, "span_s": 1800, "actors": 2},
    ),
    "one person on two devices": (
        [booked(), DOCTOR, stay("doctor", at("08:05:00"), at("08:30:00"), "doctor-2")],
        {"is_held": False, "exclusion": "single_participant", "duration_s": 0, "span_s": 1800, "actors": 1,
         "max_parties": 1},
    ),
    "a second device beside another person": (
        [booked(), DOCTOR, stay("doctor", at("08:05:00"), at("08:10:00"), "doctor-2"),
         stay("patient", at("08:00:00"), at("08:20:00"))],
        {"is_held": True, "duration_s": 1200, "actors": 2, "max_parties": 2},
    ),
    "a re-join": (
        [booked(), DOCTOR, stay("patient", at("08:01:00"), at("08:05:00")),
         stay("patient", at("08:07:00"), at("08:10:00"), "patient-2")],
        {"is_held": True, "duration_s": 420, "span_s": 1200, "actors": 2},
    ),
    "a re-join in the same millisecond": (
        [booked(), DOCTOR, stay("patient", at("08:01:00"), at("08:05:00")),
         stay("patient", at("08:05:00"), at("08:06:00"), "patient-2")],
        {"is_held": True, "duration_s": 300, "actors": 2},
    ),
    "under a second": (
        [booked(), DOCTOR, stay("patient", at("08:10:00"), at("08:10:00.999"))],
        {"is_held": False, "exclusion": "under_one_second", "actors": 2},
    ),
    "exactly one second": (
        [booked(), DOCTOR, stay("patient", at("08:10:00"), at("08:10:01"))],
        {"is_held": True, "exclusion": None, "duration_s": 1},
    ),
    "half a second is rounded up": (
        [booked(), DOCTOR, stay("patient", at("08:10:00"), at("08:10:02.500"))],
        {"is_held": True, "duration_s": 3},
    ),
    "over midnight: the Danish date of the start": (
        [booked(), stay("doctor", at("21:50:00"), at("22:10:00")),
         stay("patient", at("21:55:00"), at("22:10:00"))],
        {"is_held": True, "duration_s": 900, "meeting_date": date(2019, 9, 2)},
    ),
    "after Danish midnight, before that of UTC": (
        [booked(), stay("doctor", at("22:05:00"), at("22:15:00")),
         stay("patient", at("22:05:00"), at("22:15:00"))],
        {"is_held": True, "meeting_date": date(2019, 9, 3)},
    ),
    "over the clock change of 27 October 2019": (
        # 02:50 summer time to 02:10 winter time on the wall: twenty minutes
        [booked(), stay("doctor", at("00:50:00", "2019-10-27"), at("01:10:00", "2019-10-27")),
         stay("patient", at("00:50:00", "2019-10-27"), at("01:10:00", "2019-10-27"))],
        {"is_held": True, "duration_s": 1200, "meeting_date": date(2019, 10, 27)},
    ),
    "the evening before the clock change": (
        [booked(), stay("doctor", at("21:59:59", "2019-10-26"), at("22:30:00", "2019-10-26")),
         stay("patient", at("21:59:59", "2019-10-26"), at("22:30:00", "2019-10-26"))],
        {"is_held": True, "meeting_date": date(2019, 10, 26)},
    ),
    "a test call": (
        [booked(is_test=True), DOCTOR, stay("patient", at("08:03:00"), at("08:15:00"))],
        {"is_held": False, "exclusion": "test_call", "is_test": True, "duration_s": 720},
    ),
    "cancelled": (
        [booked(), [event("meeting.cancelled", at("07:30:00"))]],
        {"is_held": False, "exclusion": "cancelled", "duration_s": 0, "span_s": 0, "actors": 0,
         "started_at": at("08:00:00")},
    ),
    "cancelled, and held all the same": (
        [booked(), [event("meeting.cancelled", at("07:30:00"))], DOCTOR,
         stay("patient", at("08:03:00"), at("08:15:00"))],
        {"is_held": True, "exclusion": None},
    ),
    "nobody connected": (
        [booked(), [event("participant.waiting", at("08:00:00"), participation_id="patient-1")]],
        {"is_held": False, "exclusion": "never_connected", "actors": 0, "quality_class": None},
    ),
    "moved": (
        [booked(), [event("meeting.changed", at("07:10:00"), starts_at=at("09:00:00"))]],
        {"booked_start": at("09:00:00"), "started_at": at("09:00:00"), "kind": "consultation"},
    ),
    "a crash: the meeting's end closes who never left": (
        [booked(), DOCTOR, stay("patient", at("08:03:00"), None),
         [event("meeting.ended", at("08:13:00"))]],
        {"is_held": True, "duration_s": 600},
    ),
    "still connected when the log ends": (
        [booked(), stay("doctor", at("08:00:00"), None), stay("patient", at("08:03:00"), None),
         [event("node.gap", at("08:08:00"), meeting_id=None, short_id=None)]],
        {"is_held": True, "duration_s": 300},
    ),
    "three parties": (
        # 08:00-08:20 doctor, 08:05-08:15 nurse, 08:10-08:30 patient: two or more 08:05-08:20
        [booked(), DOCTOR, stay("nurse", at("08:05:00"), at("08:15:00")),
         stay("patient", at("08:10:00"), at("08:30:00"))],
        {"is_held": True, "duration_s": 900, "span_s": 1800, "actors": 3, "max_parties": 3},
    ),
    "the worst quality of the participations": (
        [booked(), stay("doctor", at("08:00:00"), at("08:20:00"), quality_class="good"),
         stay("patient", at("08:00:00"), at("08:20:00"), quality_class="poor")],
        {"quality_class": "poor"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_meeting_out_of_its_events(case: str) -> None:
    events, expected = CASES[case]
    found = meeting(*events)
    assert {name: found[name] for name in expected} == expected


def participation(name: str, *parts: list[Event]) -> dict[str, Any]:
    rows = derive(log(*parts))["participations"].to_pylist()
    return next(row for row in rows if row["participation_id"] == name)


def test_only_what_no_event_closes_is_inferred() -> None:
    ended = [event("meeting.ended", at("08:13:00"))]
    parts = (booked(), DOCTOR, stay("patient", at("08:03:00"), None), ended)
    crashed, told = participation("patient-1", *parts), participation("doctor-1", *parts)
    assert (crashed["left_at"], crashed["is_inferred_end"], crashed["connected_s"]) == (
        at("08:13:00"),
        True,
        600,
    )
    assert (told["left_at"], told["is_inferred_end"], told["end_reason"]) == (
        at("08:20:00"),
        False,
        "session.peer_left",
    )


def test_a_restarted_node_saw_nobody_while_it_was_down() -> None:
    """The service appends the missing `left` when it is up again; the stay ends at its last word before."""
    before = [event("node.gap", at("08:09:00"), meeting_id=None, short_id=None)]
    after = stay("patient", at("08:03:00"), at("09:00:00"), is_inferred=True, bootid="b2")
    found = participation("patient-1", booked(), before, after)
    assert (found["left_at"], found["is_inferred_end"]) == (at("08:09:00"), True)


def test_a_reconnect_is_counted_and_does_not_part_the_stay() -> None:
    who = {"participation_id": "patient-1", "actor_pseudonym": "s_patient"}
    found = participation(
        "patient-1",
        stay("patient", at("08:03:00"), at("08:13:00"), quality_class="degraded"),
        [event("participant.reconnecting", at("08:05:00"), **who)],
        [event("participant.reconnected", at("08:05:20"), **who)],
    )
    assert (found["reconnects"], found["connected_s"], found["quality_class"]) == (1, 600, "degraded")


def test_waiting_is_what_the_service_says_or_the_time_from_the_lobby() -> None:
    waiting = [event("participant.waiting", at("08:00:00"), participation_id="patient-1")]
    found = participation("patient-1", waiting, stay("patient", at("08:03:00"), at("08:13:00")))
    assert found["wait_s"] == 180


def test_a_row_is_known_when_its_last_event_is() -> None:
    early = log(booked(), DOCTOR, stay("patient", at("08:03:00"), None))
    late = pa.Table.from_pylist(
        [
            early.to_pylist()[0]
            | event("meeting.ended", at("08:13:00"))
            | {"seq": 5, "event_id": "e5", "received_date": date(2020, 1, 31), "starts_at": None}
        ],
        schema=early.schema,
    )
    derived = derive(pa.concat_tables([early, late]))
    known = {row["participation_id"]: row["received_date"] for row in derived["participations"].to_pylist()}
    assert known == {"doctor-1": date(2019, 10, 9), "patient-1": date(2020, 1, 31)}
    assert derived["meetings"].column("received_date").to_pylist() == [date(2020, 1, 31)]


def test_a_hole_in_the_sequence_names_source_and_numbers() -> None:
    events = log(booked(), DOCTOR, stay("patient", at("08:03:00"), at("08:15:00")))
    with DuckEngine() as engine:
        assert sessions.missing_events(engine, events) == []
        (problem,) = sessions.missing_events(engine, events.take([0, 1, 4]))
        (no_start,) = sessions.missing_events(engine, events.slice(1))
    assert NODE in problem.message.da
    assert "3–4" in problem.message.da
    assert problem.severity == "critical"
    assert "løbenummer 1 " in no_start.message.da


# --- the stage on files ---


def test_the_stage_writes_both_tables_the_same_twice(tmp_path: Path) -> None:
    write(
        EVENTS,
        log(booked(), DOCTOR, stay("patient", at("08:03:00"), None)),
        tmp_path / "session_events.parquet",
    )
    for folder in ("one", "two"):
        sessions.run(delivered=tmp_path, out=tmp_path / folder, params=params.load())
    for name in ("participations.parquet", "meetings.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert read(tmp_path / "one" / "meetings.parquet").column("is_held").to_pylist() == [True]


def test_the_stage_stops_at_a_hole_and_leaves_what_stood(tmp_path: Path) -> None:
    whole = log(booked(), DOCTOR)
    write(EVENTS, whole.take([0, 2]), tmp_path / "session_events.parquet")
    with pytest.raises(ProblemError, match=NODE):
        sessions.run(delivered=tmp_path, out=tmp_path / "out", params=params.load())
    assert not (tmp_path / "out").exists()


# --- what holds for every meeting ---

Span = tuple[str, int, int]
milliseconds = st.integers(min_value=0, max_value=4 * 3600 * 1000)
people = st.lists(
    st.tuples(st.sampled_from(["doctor", "nurse", "patient"]), milliseconds, milliseconds),
    min_size=1,
    max_size=7,
)
rooms = st.lists(people, min_size=1, max_size=12)
# One example is a whole log of rooms: a few are many meetings.
few = settings(max_examples=15)


def room(number: int, spans: list[Span], **plan: Any) -> list[Event]:
    start = at("06:00:00")
    events = booked(at("05:00:00"), **plan)
    for nth, (actor, one, other) in enumerate(spans):
        joined, left = (start + timedelta(milliseconds=moment) for moment in sorted((one, other)))
        events += stay(actor, joined, left, f"{number}-{nth}")
    return [item | {"meeting_id": f"room {number:02}"} for item in events]


def meetings(*parts: list[Event]) -> list[dict[str, Any]]:
    return sorted(derive(log(*parts))["meetings"].to_pylist(), key=lambda row: row["meeting_id"])


def milliseconds_together(spans: list[Span]) -> int:
    """Counted the slow way: every stretch between two moments, and who is there in it."""
    moments = sorted({moment for _, one, other in spans for moment in (one, other)})
    return sum(
        until - since
        for since, until in pairwise(moments)
        if len({who for who, one, other in spans if min(one, other) <= since and until <= max(one, other)})
        >= 2
    )


@few
@given(rooms)
def test_duration_is_the_time_of_two_and_never_more_than_the_span(everybody: list[list[Span]]) -> None:
    found = meetings(*(room(number, spans) for number, spans in enumerate(everybody)))
    for row, spans in zip(found, everybody, strict=True):
        together = milliseconds_together(spans)
        assert row["duration_s"] == (together + 500) // 1000
        assert row["is_held"] == (together >= 1000)
        assert row["duration_s"] <= row["span_s"]
        assert row["max_parties"] <= row["actors"]


@few
@given(rooms, milliseconds, milliseconds)
def test_second_devices_and_test_calls_change_nothing(
    everybody: list[list[Span]], one: int, other: int
) -> None:
    def with_second_device(spans: list[Span]) -> list[Span]:
        actor, joined, left = spans[0]
        first, last = sorted((joined, left))
        begun, ended = (first + moment % (last - first + 1) for moment in (one, other))
        return [*spans, (actor, begun, ended)]

    plain = meetings(*(room(number, spans) for number, spans in enumerate(everybody)))
    more = meetings(
        *(room(number, with_second_device(spans)) for number, spans in enumerate(everybody)),
        *(room(number + 50, spans, is_test=True) for number, spans in enumerate(everybody)),
    )
    assert more[: len(plain)] == plain
    assert not any(row["is_held"] for row in more[len(plain) :])


@few
@given(rooms, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(everybody: list[list[Span]], random: Any) -> None:
    events = log(*(room(number, spans) for number, spans in enumerate(everybody)))
    order = list(range(events.num_rows))
    random.shuffle(order)
    shuffled = derive(events.take(order))
    for name, table in derive(events).items():
        key = CONTRACTS.tables[name].primary_key[0]
        assert shuffled[name].sort_by(key) == table.sort_by(key)
