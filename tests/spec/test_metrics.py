"""Every metric: a tiny table in, a number out. A metric without a case fails."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipeline.contract import Contracts, load_contracts
from pipeline.contract.store import arrow_schema, nullable
from pipeline.engine import DuckEngine
from pipeline.mast.catalogue import METRICS, UNFED
from pipeline.mast.compute import Setting, compute
from pipeline.mast.metric import KIND, PRACTICE_TYPE, REGION
from pipeline.stages.link import CARRIED, contract

CONTRACTS = load_contracts()
DAY = date(2020, 1, 31)
Row = dict[str, Any]

HELD: Row = {"is_held": True, "region": "1083", "meeting_date": DAY, "has_card": False}
NOT_HELD: Row = HELD | {"is_held": False}
CARD: Row = {"is_held": True, "meeting_date": DAY, "has_meeting": True}
NO_CARD: Row = CARD | {"is_held": False}
CLINIC: Row = {
    "region": "1083",
    "practice_type": "general",
    "enrolled_date": DAY,
    "is_active": True,
    "is_server_ready": True,
}
STOPPED: Row = CLINIC | {"is_active": False, "dropout_reason": "technology"}
ANSWER: Row = {"answered_date": DAY, "got_contact": "yes", "is_contradictory": False}
NO_CONTACT: Row = ANSWER | {"got_contact": "no"}


def times(n: int, row: Row) -> list[Row]:
    return [dict(row) for _ in range(n)]


def units(theme: str, *coded: tuple[int, bool, bool]) -> list[Row]:
    """Two coders' answers per (group, first coder, second coder); one unit each."""
    return [
        {"interview_group": group, "unit": number, "coder": coder, "theme": theme, "is_coded": answer}
        for number, (group, *answers) in enumerate(coded)
        for coder, answer in zip("ab", answers, strict=True)
    ]


@dataclass(frozen=True)
class Case:
    """Rows by table, the answer and denominator looked at, and the value expected (None: missing)."""

    value: str | None
    rows: dict[str, list[Row]] = field(default_factory=dict)
    item: str = "-"
    per: str = "-"


CASES: dict[str, Case] = {
    "practices.enrolled": Case("3", {"clinics": times(3, CLINIC)}),
    "practices.regions": Case("2", {"clinics": [CLINIC, CLINIC, CLINIC | {"region": "1081"}]}),
    "practices.general": Case(
        "0.75",
        {"clinics": [*times(3, CLINIC), CLINIC | {"practice_type": "specialist"}]},
        per="enrolled_practice",
    ),
    "practices.specialist": Case("1", {"clinics": [CLINIC, CLINIC | {"practice_type": "specialist"}]}),
    "practices.active": Case("0.8", {"clinics": [*times(4, CLINIC), STOPPED]}, per="enrolled_practice"),
    "practices.server_ready": Case("1", {"clinics": [CLINIC, CLINIC | {"is_server_ready": False}]}),
    "practices.without_server": Case("1", {"clinics": [CLINIC, CLINIC | {"is_server_ready": False}]}),
    "practices.stopped_by_technology": Case("2", {"clinics": [CLINIC, STOPPED, STOPPED]}),
    "practices.days_to_third_meeting": Case(
        "10",
        {
            "clinics": [
                CLINIC | {"first_meeting_date": date(2019, 7, 1), "third_meeting_date": date(2019, 7, day)}
                for day in (3, 11, 31)
            ]
        },
    ),
    "meetings.held": Case("2", {"contacts": [HELD, HELD, NOT_HELD]}),
    "meetings.consultations": Case(
        "0.5",
        {"contacts": [HELD | {"kind": "consultation"}, HELD | {"kind": "conference"}]},
        per="held_meeting",
    ),
    "meetings.conferences": Case(
        "1", {"contacts": [HELD | {"kind": "conference"}, NOT_HELD | {"kind": "conference"}]}
    ),
    "meetings.instant": Case("1", {"contacts": [HELD | {"mode": "instant"}, HELD | {"mode": "planned"}]}),
    "meetings.planned": Case("1", {"contacts": [HELD | {"mode": "instant"}, HELD | {"mode": "planned"}]}),
    "meetings.minutes": Case("11.5", {"contacts": [HELD | {"duration_s": 660}, HELD | {"duration_s": 720}]}),
    "meetings.minutes_median": Case("2", {"contacts": [HELD | {"duration_s": s} for s in (60, 120, 6000)]}),
    "meetings.minutes_consultation": Case(
        "14",
        {
            "contacts": [
                HELD | {"duration_s": 840, "kind": "consultation"},
                HELD | {"duration_s": 1, "kind": "conference"},
            ]
        },
    ),
    "meetings.minutes_conference": Case(
        "8",
        {
            "contacts": [
                HELD | {"duration_s": 480, "kind": "conference"},
                HELD | {"duration_s": 1, "kind": "consultation"},
            ]
        },
    ),
    "meetings.per_active_month": Case(
        "1.5",
        {
            "contacts": times(3, HELD),
            "clinics": [CLINIC | {"active_months": Decimal(2)}, STOPPED | {"active_months": Decimal(5)}],
        },
        per="active_practice_month",
    ),
    "meetings.per_practice_median": Case(
        "3", {"clinics": [CLINIC | {"meetings_held": n} for n in (1, 5)] + [STOPPED]}
    ),
    "meetings.per_practice_gini": Case("0.5", {"clinics": [CLINIC | {"meetings_held": n} for n in (0, 4)]}),
    "meetings.excluded": Case("1", {"contacts": [HELD, NOT_HELD | {"exclusion": "test_call"}]}),
    "meetings.reconnected": Case("1", {"contacts": [HELD | {"reconnects": n} for n in (0, 2)]}),
    "meetings.failed": Case(
        "0.5",
        {"contacts": [HELD, NOT_HELD | {"exclusion": "no_overlap"}, NOT_HELD | {"exclusion": "test_call"}]},
        per="tried_meeting",
    ),
    "meetings.quality": Case(
        "0.25",
        {"contacts": [HELD | {"quality_class": c} for c in ("poor", "good", "good", "good")]},
        "poor",
        "held_meeting",
    ),
    "meetings.use_type": Case("1", {"contacts": [HELD | {"use_type": "nursing_home"}, HELD]}, "nursing_home"),
    "meetings.three_or_more": Case("1", {"contacts": [HELD | {"actors": n} for n in (2, 3)]}),
    "meetings.booked_by": Case("1", {"contacts": [HELD | {"booked_by": "secretary"}, HELD]}, "secretary"),
    "meetings.wait_minutes": Case("1.5", {"contacts": [HELD | {"wait_s": 60}, HELD | {"wait_s": 120}, HELD]}),
    "postcards.usable": Case("2", {"cards": [CARD, NO_CARD]}),
    "postcards.response": Case(
        "0.5", {"cards": [CARD, NO_CARD], "contacts": times(4, HELD)}, per="held_meeting"
    ),
    "postcards.consultations": Case(
        "0.5", {"cards": [CARD | {"kind": k} for k in ("consultation", "conference")]}, per="held_card"
    ),
    "postcards.held": Case("0.75", {"cards": [CARD, CARD, CARD, NO_CARD]}, per="usable_card"),
    "postcards.not_held": Case("0.25", {"cards": [CARD, CARD, CARD, NO_CARD]}, per="usable_card"),
    "postcards.not_held_reason": Case(
        "1", {"cards": [CARD, NO_CARD | {"not_held_reason": "login"}]}, "login"
    ),
    "postcards.good_picture_and_sound": Case(
        "0.5", {"cards": [CARD | {"picture_and_sound": a} for a in ("good", "poor", None)]}, per="rated_card"
    ),
    "postcards.poor_picture_and_sound": Case(
        "1", {"cards": [CARD | {"picture_and_sound": a} for a in ("good", "poor")]}
    ),
    "postcards.connected_and_good": Case(
        "0.5", {"cards": [CARD | {"picture_and_sound": "good"}, NO_CARD]}, per="usable_card"
    ),
    "postcards.not_longer": Case(
        "0.5", {"cards": [CARD | {"longer_than_usual": a} for a in ("no", "yes", None)]}, per="answered_card"
    ),
    "postcards.replaced": Case("1", {"cards": [CARD | {"replaced": "phone"}, CARD]}, "phone"),
    "questionnaire.respondents": Case("2", {"responses": [ANSWER, NO_CONTACT]}),
    "questionnaire.connected": Case("0.5", {"responses": [ANSWER, NO_CONTACT]}, per="response"),
    **{
        f"questionnaire.{name}": Case(
            "0.5",
            {"responses": [ANSWER | {name: code}, ANSWER | {name: other}, ANSWER, NO_CONTACT]},
            code,
            "answer",
        )
        for name, code, other in (
            ("picture", "good", "poor"),
            ("sound", "dont_know", "good"),
            ("other_problems", "yes", "no"),
            ("easy_to_use", "agree", "neither"),
            ("had_help", "no", "yes"),
            ("time_preparing", "less", "same"),
            ("time_waiting", "more", "less"),
            ("time_talking", "same", "less"),
            ("would_recommend", "strongly_agree", "disagree"),
        )
    },
    "questionnaire.advantages": Case(
        "1", {"responses": [ANSWER | {"adv_other": True, "adv_none": False}, ANSWER]}, "other", "answer"
    ),
    "questionnaire.disadvantages": Case(
        "1", {"responses": [ANSWER | {"dis_none": True}, NO_CONTACT]}, "none"
    ),
    "questionnaire.easy_agree": Case(
        "0.5",
        {
            "responses": [
                ANSWER | {"easy_to_use": a} for a in ("agree", "strongly_agree", "neither", "dont_know")
            ]
        },
        per="answer",
    ),
    "questionnaire.would_use_again": Case(
        "0.5", {"responses": [ANSWER | {"would_use_again": "yes"}, NO_CONTACT]}, per="response"
    ),
    "questionnaire.contradictory": Case("1", {"responses": [ANSWER, ANSWER | {"is_contradictory": True}]}),
    "questionnaire.needed_help": Case(
        "1", {"responses": [ANSWER | {"had_help": "yes"}, ANSWER | {"had_help": "no"}]}
    ),
    "fees.zero_code_lines": Case(
        "5",
        {
            "fee_lines": [
                {"amount_oere": 0, "lines": 5, "region": "1083"},
                {"amount_oere": 9, "lines": 7, "region": "1083"},
            ]
        },
    ),
    "time.registered_minutes": Case(
        "3", {"time_registrations": [{"minutes": Decimal(2)}, {"minutes": Decimal(4)}]}
    ),
    "costs.registered": Case("1", {"cost_registrations": [{"amount_oere": 1}]}),
    "support.tickets": Case("1", {"support_tickets": [{"ticket_id": "t"}]}),
    "adverse_events.reported": Case("2", {"adverse_events": [{"event_id": "a"}, {"event_id": "b"}]}),
    "interviews.groups": Case(
        "2", {"coded_units": units("login_problems", (1, False, False), (2, True, False))}
    ),
    "interviews.theme": Case(
        "0.5",
        {"coded_units": units("login_problems", (1, False, False), (2, True, False))},
        "login_problems",
        "interview_group",
    ),
    "interviews.recommends_as_tested": Case("0", {"coded_units": units("login_problems", (1, True, True))}),
    # Two coders, four units, one disagreement: a 2×2 table with 1, 1 and 2; by hand 1 - 7·2/(2·3·5) = 8/15.
    "interviews.agreement": Case(
        "0.533333333",
        {
            "coded_units": units(
                "login_problems", (1, True, True), (1, True, False), (1, False, False), (2, False, False)
            )
        },
        "login_problems",
    ),
}


def table(contracts: Contracts, name: str, rows: list[Row]) -> pa.Table:
    made = contract(contracts, name) if name in CARRIED else contracts.tables[name]
    schema = nullable(arrow_schema(made))
    return pa.Table.from_pylist(
        [{column: ({"as_of": DAY} | row).get(column) for column in made.column_names} for row in rows],
        schema=schema,
    )


def estimates(
    rows: dict[str, list[Row]], empty: frozenset[str] = frozenset(), only: str | None = None
) -> dict[tuple[str, ...], Any]:
    wanted = [metric for metric in METRICS if only in (None, metric.id)]
    strata = {REGION: ("1081", "1083"), PRACTICE_TYPE: ("general",), KIND: ("consultation",)}
    setting = Setting((DAY,), strata, frozenset({(REGION, "1081", DAY)}), empty, 0.95)
    with DuckEngine() as engine:
        for name in {metric.table for metric in METRICS} | {
            per.table for metric in METRICS for per in metric.per
        }:
            engine.add(name, table(CONTRACTS, name, rows.get(name, [])))
        made = compute(wanted, engine, setting)
    return {(row.metric, row.item, row.stratum, row.per): row for row in made}


@pytest.mark.parametrize("metric", [metric.id for metric in METRICS])
def test_a_tiny_table_gives_the_number(metric: str) -> None:
    case = CASES[metric]
    row = estimates(case.rows, only=metric)[metric, case.item, "all", case.per]
    assert row.value == (None if case.value is None else Decimal(case.value))


def test_no_case_is_left_of_a_metric_that_went() -> None:
    assert set(CASES) == {metric.id for metric in METRICS}


def test_every_metric_compiles_on_empty_tables_and_says_missing_rather_than_nothing() -> None:
    found = estimates({})
    assert {key[0] for key in found} == {metric.id for metric in METRICS}
    assert all(row.value is not None or row.state != "observed" for row in found.values())


def test_ids_are_unique_and_no_row_is_both_fed_and_unfed() -> None:
    ids = [row.id for row in (*METRICS, *UNFED)]
    assert len(ids) == len(set(ids))


def test_a_region_without_a_server_is_a_structural_zero_not_a_missing_one() -> None:
    found = estimates({"contacts": [HELD]})
    assert found["meetings.held", "-", "1081", "-"].state == "structural_zero"
    assert found["meetings.held", "-", "1083", "-"].state == "observed"


def test_a_table_without_a_delivery_is_missing_not_nought() -> None:
    row = estimates({}, frozenset({"support_tickets"}))["support.tickets", "-", "all", "-"]
    assert (row.state, row.value) == ("missing", None)


def test_a_sample_carries_wilson_s_interval_and_a_census_none() -> None:
    found = estimates(
        {"cards": [*times(56, CARD), *times(5, NO_CARD)], "contacts": [HELD | {"mode": "instant"}]}
    )
    card = found["postcards.not_held", "-", "all", "usable_card"]
    # 5 of 61 by Newcombe 1998, method 3
    assert (round(card.low, 4), round(card.high, 4)) == (Decimal("0.0355"), Decimal("0.1779"))
    assert found["meetings.instant", "-", "all", "held_meeting"].low is None
