"""The cut and the joins: tiny tables in, linked rows out at 9 October 2019 and 31 January 2020."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import params
from pipeline.contract import load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import arrow_schema, conform, nullable, write
from pipeline.engine import DuckEngine
from pipeline.stages import link

CONTRACTS = load_contracts()
INTERIM, FINAL = date(2019, 10, 9), date(2020, 1, 31)
Row = dict[str, Any]

QUARANTINE = pa.schema(
    [
        ("table", pa.string()),
        ("programme", pa.string()),
        ("received_date", pa.date32()),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
)


def table(name: str, *rows: Row) -> pa.Table:
    """Rows of a contract: what is not said is null, provenance is filled in."""
    contract = CONTRACTS.tables[name]
    known = {
        "programme": "pilot",
        "received_date": INTERIM,
        "delivery_id": "d",
        "source_file": f"{name}.csv",
        "source_row": 2,
    }
    filled = [{column: (known | row).get(column) for column in contract.column_names} for row in rows]
    schema = nullable(arrow_schema(contract))
    return pa.Table.from_pylist(filled, schema=schema)


def quarantine(*rows: Row) -> pa.Table:
    return pa.Table.from_pylist([{"file": "kort.csv"} | row for row in rows], schema=QUARANTINE)


def linked(*tables: tuple[str, list[Row]], bad: tuple[Row, ...] = ()) -> dict[str, list[Row]]:
    made = joined(*tables, bad=bad)
    for name, data in made.items():
        assert not data.num_rows or check(link.contract(CONTRACTS, name), CONTRACTS.codes, data) == []
    return {name: data.to_pylist() for name, data in made.items()}


def joined(*tables: tuple[str, list[Row]], bad: tuple[Row, ...] = ()) -> dict[str, pa.Table]:
    given_tables = {name: table(name, *rows) for name, rows in tables}
    made = link.link(given_tables, quarantine(*bad), CONTRACTS, cut_offs=(INTERIM, FINAL), programme="pilot")
    return {name: conform(link.contract(CONTRACTS, name), data) for name, data in made.items()}


def at(rows: list[Row], as_of: date) -> list[Row]:
    return [row for row in rows if row["as_of"] == as_of]


def practice(number: int = 1, clinic: int | None = None, **data: Any) -> Row:
    return {
        "practice": f"p_practice{number}",
        "clinic_id": f"p_clinic{clinic or number}",
        "region": "1084",
        "practice_type": "general",
        "enrolled_date": date(2019, 6, 1),
        "valid_from": date(2019, 1, 1),
    } | data


def short_id(number: int) -> str:
    return f"{number:012}"


def booking(number: int, day: date, of_practice: int = 1, **data: Any) -> Row:
    start = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return {
        "short_id": short_id(number),
        "practice": f"p_practice{of_practice}",
        "region": "1084",
        "kind": "consultation",
        "mode": "planned",
        "use_type": "consultation_visit",
        "booked_by": "doctor",
        "created_at": start,
        "starts_at": start,
        "status": "booked",
        "is_test": False,
    } | data


def meeting(number: int, day: date, exclusion: str | None = None, **data: Any) -> Row:
    return {
        "meeting_id": f"m{number}",
        "short_id": short_id(number),
        "region": "1084",
        "kind": "consultation",
        "mode": "planned",
        "is_test": exclusion == "test_call",
        "started_at": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        "meeting_date": day,
        "actors": 2,
        "max_parties": 2,
        "duration_s": 600,
        "span_s": 660,
        "is_held": exclusion is None,
        "exclusion": exclusion,
    } | data


def card(number: int, day: date, booked: int | None, **data: Any) -> Row:
    return {
        "card_id": f"c{number}",
        "short_id": None if booked is None else short_id(booked),
        "practice": "p_practice1",
        "region": "1084",
        "meeting_date": day,
        "is_held": True,
        "picture_and_sound": "good",
        "source_row": number + 1,
    } | data


SEPTEMBER, OCTOBER, NOVEMBER = date(2019, 9, 2), date(2019, 10, 1), date(2019, 11, 4)


# --- the cut ---


@pytest.mark.parametrize(
    ("occurred", "received", "counts"),
    [
        (INTERIM, INTERIM, True),
        (date(2019, 10, 10), INTERIM, False),
        (INTERIM, date(2019, 10, 10), False),
    ],
)
def test_a_row_counts_when_both_dates_are_reached(occurred: date, received: date, counts: bool) -> None:
    rows = linked(("postcards", [card(1, occurred, None, received_date=received)]))["cards"]
    assert bool(at(rows, INTERIM)) == counts
    assert len(at(rows, FINAL)) == 1


@pytest.mark.parametrize(
    ("opened", "counts"),
    [
        (datetime(2019, 10, 9, 21, 59, 59, tzinfo=UTC), True),  # 23:59:59 in Copenhagen
        (datetime(2019, 10, 9, 22, 0, 0, tzinfo=UTC), False),  # midnight there
    ],
)
def test_a_moment_counts_by_its_danish_date(opened: datetime, counts: bool) -> None:
    rows = linked(("support_tickets", [{"ticket_id": "t", "opened_at": opened}]))["support_tickets"]
    assert bool(at(rows, INTERIM)) == counts


def test_another_programme_does_not_count() -> None:
    rows = linked(("postcards", [card(1, OCTOBER, None, programme="reference")]))
    assert rows["cards"] == []


def test_a_register_counts_from_the_day_a_row_is_valid() -> None:
    rows = linked(("practices", [practice(), practice(2, 1, valid_from=date(2019, 11, 1), region="1085")]))[
        "clinics"
    ]
    assert [row["region"] for row in rows] == ["1084", "1085"]


late_cards = st.lists(
    st.tuples(
        st.integers(1, 6),  # the meeting it names
        st.dates(date(2019, 6, 1), date(2020, 1, 31)),
        st.booleans(),
        st.dates(date(2019, 10, 10), date(2020, 1, 31)),
    ),
    max_size=6,
)


@settings(max_examples=8)
@given(late_cards)
def test_what_is_received_later_changes_nothing_earlier(late: list[tuple[int, date, bool, date]]) -> None:
    before = [
        ("practices", [practice()]),
        ("bookings", [booking(number, SEPTEMBER) for number in range(1, 5)]),
        ("meetings", [meeting(number, SEPTEMBER) for number in range(1, 5)]),
    ]
    cards = [card(number, SEPTEMBER, number) for number in range(1, 4)]
    more = [
        card(10 + number, day, named, is_held=is_held, received_date=received)
        for number, (named, day, is_held, received) in enumerate(late)
    ]
    early, all_of_it = joined(*before, ("postcards", cards)), joined(*before, ("postcards", cards + more))
    for name, rows in early.items():
        assert at(all_of_it[name].to_pylist(), INTERIM) == at(rows.to_pylist(), INTERIM), name


def test_the_cut_is_the_same_text_for_any_contract() -> None:
    with DuckEngine() as engine:
        for name, contract in CONTRACTS.tables.items():
            if "received_date" in contract.column_names:
                engine.add(name, table(name))
                assert engine.query(link.cut(contract, INTERIM, "pilot")).num_rows == 0


# --- cards ---


def test_of_two_cards_for_one_meeting_the_later_received_is_usable() -> None:
    cards = [
        card(1, OCTOBER, 1),
        card(2, OCTOBER, 1, is_held=False, picture_and_sound=None, received_date=FINAL),
        card(3, OCTOBER, None),
        card(4, OCTOBER, None),
        card(5, OCTOBER, 9),  # names a booking nobody knows
    ]
    rows = linked(("postcards", cards))
    assert [row["card_id"] for row in at(rows["cards"], INTERIM)] == ["c1", "c3", "c4", "c5"]
    assert [row["card_id"] for row in at(rows["cards"], FINAL)] == ["c2", "c3", "c4", "c5"]
    steps = {row["step"]: row["n"] for row in at(rows["flow"], FINAL)}
    assert (steps["cards_received"], steps["cards_superseded"], steps["cards_usable"]) == (5, 1, 4)
    assert (steps["cards_without_booking"], steps["cards_held"]) == (2, 3)


def test_a_card_finds_its_meeting_and_the_clinic_of_that_day() -> None:
    rows = linked(
        ("practices", [practice(region="1085", practice_type="specialist")]),
        ("bookings", [booking(1, OCTOBER), booking(2, OCTOBER), booking(3, OCTOBER)]),
        (
            "meetings",
            [
                meeting(1, OCTOBER),
                meeting(2, OCTOBER, "single_participant", use_type="interpretation"),
                meeting(3, OCTOBER, "cancelled"),
            ],
        ),
        ("postcards", [card(number, OCTOBER, number) for number in (1, 2, 3)]),
    )
    cards = at(rows["cards"], INTERIM)
    assert [row["has_meeting"] for row in cards] == [True, True, False]
    assert [row["use_type"] for row in cards] == [
        "consultation_visit",
        "interpretation",
        "consultation_visit",
    ]
    assert {(row["clinic_id"], row["region"], row["practice_type"]) for row in cards} == {
        ("p_clinic1", "1085", "specialist")
    }
    contacts = at(rows["contacts"], INTERIM)
    assert [(row["has_card"], row["card_id"]) for row in contacts] == [
        (True, "c1"),
        (True, "c2"),
        (True, "c3"),
    ]


# --- contacts and clinics ---


def test_a_clinic_keeps_its_meetings_when_its_number_changes() -> None:
    register = [
        practice(valid_to=date(2019, 9, 30)),
        practice(2, 1, valid_from=date(2019, 10, 1)),
    ]
    rows = linked(
        ("practices", register),
        # the third was booked under the old number for a day after the change
        ("bookings", [booking(1, SEPTEMBER), booking(2, OCTOBER, 2), booking(3, OCTOBER, 1)]),
        ("meetings", [meeting(1, SEPTEMBER), meeting(2, OCTOBER), meeting(3, OCTOBER)]),
    )
    assert {row["clinic_id"] for row in rows["contacts"]} == {"p_clinic1"}
    (clinic,) = at(rows["clinics"], INTERIM)
    assert (clinic["meetings_held"], clinic["first_meeting_date"], clinic["third_meeting_date"]) == (
        3,
        SEPTEMBER,
        OCTOBER,
    )


def test_what_the_log_does_not_say_is_taken_from_the_booking() -> None:
    (contact, _) = linked(
        ("bookings", [booking(1, OCTOBER, region="1082", booked_by="secretary")]),
        ("meetings", [meeting(1, OCTOBER, kind=None, mode=None, region=None)]),
        (
            "participations",
            [
                {"participation_id": "a", "meeting_id": "m1", "reconnects": 2, "wait_s": 30},
                {"participation_id": "b", "meeting_id": "m1", "reconnects": 1, "wait_s": 90},
            ],
        ),
    )["contacts"]
    expected = {"kind": "consultation", "mode": "planned", "region": "1082", "booked_by": "secretary"}
    assert expected.items() <= contact.items()
    assert (contact["reconnects"], contact["wait_s"], contact["clinic_id"]) == (3, 90, None)


def test_clinics_that_stopped_are_not_filled_in() -> None:
    rows = linked(
        ("practices", [practice(1), practice(2), practice(3, region="1081")]),
        ("dropout_reasons", [{"clinic_id": "p_clinic2", "stopped_date": NOVEMBER, "reason": "technology"}]),
        ("regions", [{"region": "1084", "server_from": date(2019, 5, 1)},
                     {"region": "1081", "server_from": date(2019, 10, 21)}]),
        ("clinic_exposure", [
            {"clinic_id": "p_clinic1", "exposed_from": date(2019, 9, 10)},
            {"clinic_id": "p_clinic2", "exposed_from": date(2019, 6, 1), "exposed_to": date(2019, 6, 30),
             "server_ready_from": date(2019, 6, 16)},
            {"clinic_id": "p_clinic3", "exposed_from": date(2019, 6, 1)},
        ]),
    )["clinics"]  # fmt: skip
    interim, final = at(rows, INTERIM), at(rows, FINAL)
    assert [row["is_active"] for row in interim] == [True, True, True]
    assert [row["is_active"] for row in final] == [True, False, True]
    assert [row["meetings_held"] for row in final] == [0, None, 0]
    assert [row["dropout_reason"] for row in final] == [None, "technology", None]
    assert [row["is_server_ready"] for row in interim] == [True, True, False]
    assert [row["is_server_ready"] for row in final] == [True, True, True]
    # 10 September-9 October is 30 days, 16-30 June 15; 30 / 30.4375 = 0.985626283
    assert [row["active_months"] for row in interim] == [
        Decimal("0.985626283"),
        Decimal("0.492813142"),
        Decimal(0),
    ]


# --- answers, interviews, the flow ---


def test_none_ticked_together_with_something_contradicts() -> None:
    base = {"answered_date": SEPTEMBER, "got_contact": "yes"}
    rows = linked(
        (
            "questionnaires",
            [
                base | {"response_id": "1", "dis_none": True, "dis_hard_to_follow": True},
                base | {"response_id": "2", "dis_none": True, "dis_hard_to_follow": False},
                base | {"response_id": "3", "adv_none": True, "adv_other": True},
                base | {"response_id": "4", "got_contact": "no"},
            ],
        )
    )
    assert [row["is_contradictory"] for row in at(rows["responses"], INTERIM)] == [True, False, True, False]
    steps = {row["step"]: row["n"] for row in at(rows["flow"], INTERIM)}
    assert (steps["responses_received"], steps["responses_connected"]) == (4, 3)


def test_every_unit_stands_under_every_coder_and_theme() -> None:
    unit = {"interview_group": 1, "start_char": 0, "end_char": 9, "interview_date": NOVEMBER}
    coding = unit | {"coding_id": "a", "unit": 1, "coder": "first", "theme": "login_problems"}
    rows = linked(
        ("interview_units", [unit | {"unit": 1}, unit | {"unit": 2}]),
        ("interview_codings", [coding, coding | {"coding_id": "b", "coder": "second", "unit": 2},
                               coding | {"coding_id": "c"}]),
    )  # fmt: skip
    themes = len(CONTRACTS.codes["interview_theme"].codes)
    assert at(rows["coded_units"], INTERIM) == []
    assert len(at(rows["coded_units"], FINAL)) == 2 * 2 * themes
    coded = {(row["coder"], row["unit"]) for row in rows["coded_units"] if row["is_coded"]}
    assert coded == {("first", 1), ("second", 2)}
    counts = {(row["coder"], row["theme"]): row["units_coded"] for row in rows["themes"]}
    assert counts["first", "login_problems"] == 1
    assert counts["first", "rather_live"] == 0


def test_the_flow_counts_every_booking_and_card_once() -> None:
    exclusions = [None, None, "test_call", "cancelled", "never_connected", "single_participant", "no_overlap"]
    rows = linked(
        ("meetings", [meeting(number, SEPTEMBER, why) for number, why in enumerate(exclusions)]),
        ("bookings", [booking(0, SEPTEMBER), booking(20, SEPTEMBER), booking(21, SEPTEMBER, is_test=True),
                      booking(22, SEPTEMBER, status="cancelled")]),
        ("postcards", [card(1, SEPTEMBER, 0)]),
        bad=(
            {"table": "postcards", "programme": "pilot", "received_date": INTERIM, "row": 7},
            {"table": "postcards", "programme": "pilot", "received_date": INTERIM, "row": 7},
            {"table": "postcards", "programme": "reference", "received_date": INTERIM, "row": 3},
            {"table": "postcards", "programme": "pilot", "received_date": FINAL, "row": 8},
            {"table": "bookings", "programme": "pilot", "received_date": INTERIM, "row": 9},
        ),
    )  # fmt: skip
    flow = at(rows["flow"], INTERIM)
    assert [row["step_order"] for row in sorted(flow, key=lambda row: row["step_order"])] == list(
        range(1, len(flow) + 1)
    )
    assert {row["step"] for row in flow} == set(CONTRACTS.codes["flow_step"].codes)
    steps = {row["step"]: row["n"] for row in flow}
    assert steps["meetings_booked"] == 10
    parts = ("test_call", "cancelled", "never_connected", "attempted", "held")
    assert [steps[f"meetings_{part}"] for part in parts] == [2, 2, 2, 2, 2]
    assert (steps["cards_received"], steps["cards_quarantined"], steps["cards_usable"]) == (2, 1, 1)
    assert {row["step"]: row["n"] for row in at(rows["flow"], FINAL)}["cards_quarantined"] == 2


def test_no_rows_at_all_still_give_every_table() -> None:
    rows = linked()
    assert set(rows) == {*link.LINKED, *link.CARRIED}
    assert {name for name, found in rows.items() if found} == {"flow"}


# --- the stage on files ---


def test_the_stage_writes_every_table_the_same_twice(tmp_path: Path) -> None:
    for name, contract in CONTRACTS.tables.items():
        folder = "sessions" if name in link.SESSIONS else "delivered"
        write(contract, table(name), tmp_path / folder / f"{name}.parquet")
    write(CONTRACTS.tables["postcards"], table("postcards", card(1, OCTOBER, None)),
          tmp_path / "delivered" / "postcards.parquet")  # fmt: skip
    pq.write_table(quarantine(), tmp_path / "delivered" / "quarantine.parquet")
    for folder in ("one", "two"):
        link.run(
            delivered=tmp_path / "delivered",
            sessions=tmp_path / "sessions",
            out=tmp_path / folder,
            params=params.load(),
        )
    written = sorted((tmp_path / "one").iterdir())
    assert {file.stem for file in written} == {*link.LINKED, *link.CARRIED, link.REFERENCE}
    for file in written:
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
