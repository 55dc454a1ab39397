"""Each cross-table rule finds the row it is written for, and leaves its neighbours alone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from contract_rows import all_empty, row, table_of

from pipeline.contract import Rule, load_contracts
from pipeline.contract.store import empty

CONTRACTS = load_contracts()
CONNECTION = all_empty(CONTRACTS)
ALL_RULES: dict[str, Rule] = {rule.id: rule for table in CONTRACTS.tables.values() for rule in table.rules}
LEFT = "dk.medvideo.participant.left.v1"


def offending(rule_id: str, **tables: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    for name, rows in tables.items():
        table = CONTRACTS.tables[name]
        CONNECTION.register(name, table_of(table, [row(table, CONTRACTS, **values) for values in rows]))
    found = sorted(CONNECTION.execute(ALL_RULES[rule_id].sql).fetchall())
    for name in tables:
        CONNECTION.register(name, empty(CONTRACTS.tables[name]))
    return found


def at(day: int, hour: int = 8, month: int = 10, minute: int = 0) -> datetime:
    return datetime(2019, month, day, hour, minute, tzinfo=UTC)


def day(number: int, month: int = 10, year: int = 2019) -> date:
    return date(year, month, number)


A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"
REGISTER = {
    "practice": "p_1",
    "clinic_id": "p_k1",
    "valid_from": day(1, 6),
    "valid_to": None,
    "region": "1083",
}
FEE = {"fee_code": "0125", "valid_to": None, "region": "DK", "amount_oere": None, "price_level": None}
PAID = {"fee_code": "0125", "region": "1083", "lines": 2, "amount_oere": 200}
BILLED = {"billing_date": date(2022, 2, 7), "lines": 1}
CONFERENCE = {
    "kind": "conference",
    "starts_at": datetime(2022, 1, 12, 9, tzinfo=UTC),
    "is_test": False,
    "status": "booked",
}
CARD = {"picture_and_sound": None, "not_held_reason": None}
HELD = CARD | {"card_id": "1", "is_held": True}
NOT_HELD = CARD | {"card_id": "2", "is_held": False}
NO_ADV = dict.fromkeys(
    [c for c in CONTRACTS.tables["questionnaires"].column_names if c.startswith("adv_")], None
)

CASES: list[tuple[str, dict[str, list[dict[str, Any]]], list[tuple[Any, ...]]]] = [
    (
        "practices.overlap",
        {
            "practices": [
                REGISTER | {"valid_to": day(30, 9)},
                REGISTER | {"valid_from": day(1)},
                REGISTER | {"valid_from": day(5)},
            ]
        },
        [("p_1", day(5))],
    ),
    (
        "practices.clinic_overlap",
        {
            "practices": [
                REGISTER | {"valid_to": day(30, 9)},
                REGISTER | {"practice": "p_2", "valid_from": day(1)},
                REGISTER | {"practice": "p_3", "valid_from": day(1, 11)},
            ]
        },
        [("p_3", day(1, 11))],
    ),
    # 23:30 in Denmark on 30 September is 21:30 UTC;
    # half past midnight on 1 October is 22:30 UTC the day before.
    (
        "bookings.practice_not_in_register",
        {
            "practices": [REGISTER | {"valid_from": day(1)}],
            "bookings": [
                {"short_id": A, "practice": "p_1", "starts_at": at(30, 21, 9, minute=30)},
                {"short_id": B, "practice": "p_1", "starts_at": at(30, 22, 9, minute=30)},
                {"short_id": C, "practice": "p_9", "starts_at": at(2)},
            ],
        },
        [(A,), (C,)],
    ),
    (
        "bookings.region_differs_from_register",
        {
            "practices": [REGISTER],
            "bookings": [
                {"short_id": A, "practice": "p_1", "region": "1083", "starts_at": at(2)},
                {"short_id": B, "practice": "p_1", "region": "1081", "starts_at": at(2)},
            ],
        },
        [(B,)],
    ),
    (
        "bookings.before_server",
        {
            "regions": [{"region": "1081", "server_from": day(21)}, {"region": "1082", "server_from": None}],
            "bookings": [
                {"short_id": A, "region": "1081", "starts_at": at(20)},
                {"short_id": B, "region": "1081", "starts_at": at(21)},
                {"short_id": C, "region": "1082", "starts_at": at(21)},
            ],
        },
        [(A,), (C,)],
    ),
    (
        "postcards.no_such_booking",
        {
            "bookings": [{"short_id": A}],
            "postcards": [
                {"card_id": "1", "short_id": A},
                {"card_id": "2", "short_id": B},
                {"card_id": "3", "short_id": None},
            ],
        },
        [("2",)],
    ),
    (
        "postcards.two_for_one_meeting",
        {
            "postcards": [
                {"card_id": "1", "short_id": A},
                {"card_id": "2", "short_id": A},
                {"card_id": "3", "short_id": None},
                {"card_id": "4", "short_id": None},
            ]
        },
        [("1",), ("2",)],
    ),
    (
        "postcards.held_without_picture_answer",
        {"postcards": [CARD | {"card_id": "1", "is_held": True}, CARD | {"card_id": "2", "is_held": False}]},
        [("1",)],
    ),
    (
        "postcards.not_held_with_picture_answer",
        {
            "postcards": [
                {"card_id": "1", "is_held": False, "picture_and_sound": "good"},
                CARD | {"card_id": "2", "is_held": False},
            ]
        },
        [("1",)],
    ),
    (
        "postcards.not_held_without_reason",
        {"postcards": [CARD | {"card_id": "1", "is_held": True}, CARD | {"card_id": "2", "is_held": False}]},
        [("2",)],
    ),
    (
        "questionnaires.no_advantages_contradicted",
        {
            "questionnaires": [
                NO_ADV | {"response_id": "1", "adv_none": True},
                NO_ADV | {"response_id": "2", "adv_none": True, "adv_other": True},
                NO_ADV | {"response_id": "3", "adv_other": True},
            ]
        },
        [("2",)],
    ),
    (
        "questionnaires.no_disadvantages_contradicted",
        {
            "questionnaires": [
                {"response_id": "1", "dis_none": True, "dis_hard_to_follow": True},
                {"response_id": "2", "dis_none": True},
            ]
        },
        [("1",)],
    ),
    (
        "questionnaires.quality_without_contact",
        {
            "questionnaires": [
                {"response_id": "1", "got_contact": "no", "picture": "good"},
                {"response_id": "2", "got_contact": "no", "picture": None, "sound": None},
                {"response_id": "3", "got_contact": "yes", "picture": "good"},
            ]
        },
        [("1",)],
    ),
    (
        "interview_codings.outside_unit",
        {
            "interview_units": [{"unit": 1, "start_char": 100, "end_char": 200}],
            "interview_codings": [
                {"coding_id": "1", "unit": 1, "start_char": 90, "end_char": 100},
                {"coding_id": "2", "unit": 1, "start_char": 90, "end_char": 101},
                {"coding_id": "3", "unit": 2, "start_char": 90, "end_char": 101},
            ],
        },
        [("1",)],
    ),
    (
        "interview_codings.no_such_unit",
        {
            "interview_units": [{"unit": 1}],
            "interview_codings": [{"coding_id": "1", "unit": 1}, {"coding_id": "2", "unit": 2}],
        },
        [("2",)],
    ),
    (
        "session_events.sequence_gap",
        {
            "session_events": [
                {"source": "a", "seq": number, "event_id": str(number)} for number in (5, 6, 8, 9, 12)
            ]
            + [{"source": "b", "seq": 7, "event_id": "b"}]
        },
        [("a", 8), ("a", 12)],
    ),
    (
        "session_events.left_without_connected",
        {
            "session_events": [
                {"seq": 1, "type": "dk.medvideo.participant.connected.v1", "participation_id": "1"},
                {"seq": 2, "type": LEFT, "participation_id": "1"},
                {"seq": 3, "type": LEFT, "participation_id": "2"},
            ]
        },
        [("x", 3)],
    ),
    (
        "fee_lines.code_not_valid",
        {
            "fee_codes": [
                {"fee_code": "0101", "valid_from": day(1, 6), "valid_to": day(30, 9), "region": "DK"},
                {"fee_code": "0201", "valid_from": day(1, 6), "valid_to": None, "region": "1083"},
            ],
            "fee_lines": [
                {"fee_line_id": "1", "fee_code": "0101", "billing_date": day(30, 9), "region": "1081"},
                {"fee_line_id": "2", "fee_code": "0101", "billing_date": day(7), "region": "1081"},
                {"fee_line_id": "3", "fee_code": "0201", "billing_date": day(7), "region": "1081"},
                {"fee_line_id": "4", "fee_code": "0201", "billing_date": day(7), "region": "1083"},
            ],
        },
        [("2",), ("3",)],
    ),
    (
        "fee_lines.code_unknown",
        {
            "fee_codes": [{"fee_code": "0101", "valid_from": day(1, 6), "region": "1083"}],
            "fee_lines": [
                {"fee_line_id": "1", "fee_code": "0101", "region": "1081"},
                {"fee_line_id": "2", "fee_code": "9999", "region": "1081"},
            ],
        },
        [("2",)],
    ),
    (
        "fee_lines.video_code_before_2022",
        {
            "fee_lines": [
                {"fee_line_id": "1", "fee_code": "0125", "billing_date": day(20, 12, 2021)},
                # the week of 27 December holds the first two days of 2022
                {"fee_line_id": "2", "fee_code": "0125", "billing_date": day(27, 12, 2021)},
                {"fee_line_id": "3", "fee_code": "0126", "billing_date": day(3, 1, 2022)},
                {"fee_line_id": "4", "fee_code": "0101", "billing_date": day(7)},
            ]
        },
        [("1",)],
    ),
    (
        "fee_lines.conference_of_few",
        {
            "bookings": [
                CONFERENCE | {"short_id": A, "practice": "p_1", "parties_expected": 3},
                CONFERENCE | {"short_id": B, "practice": "p_2", "parties_expected": 2},
                CONFERENCE | {"short_id": C, "practice": "p_3", "parties_expected": None},
                CONFERENCE | {"short_id": "dddddddddddd", "practice": "p_4", "parties_expected": 2},
                CONFERENCE
                | {
                    "short_id": "eeeeeeeeeeee",
                    "practice": "p_2",
                    "parties_expected": 5,
                    "status": "cancelled",
                },
                CONFERENCE
                | {"short_id": "ffffffffffff", "practice": "p_6", "parties_expected": 2, "starts_at": at(1)},
            ],
            "meetings": [
                # three were expected and two came; two were expected and three came
                {"meeting_id": "1", "short_id": A, "is_held": True, "actors": 2, "exclusion": None},
                {
                    "meeting_id": "4",
                    "short_id": "dddddddddddd",
                    "is_held": True,
                    "actors": 3,
                    "exclusion": None,
                },
            ],
            "fee_lines": [
                BILLED | {"fee_line_id": str(number), "practice": f"p_{number}", "fee_code": "0126"}
                for number in range(1, 7)
            ]
            + [BILLED | {"fee_line_id": "7", "practice": "p_2", "fee_code": "0125"}],
        },
        [("1",), ("2",)],
    ),
    (
        "fee_lines.zero_fee",
        {
            "fee_lines": [
                {"fee_line_id": "1", "fee_code": "0125", "amount_oere": 0},
                {"fee_line_id": "2", "fee_code": "0125", "amount_oere": 1},
                {"fee_line_id": "3", "fee_code": "0101", "amount_oere": 0},
            ]
        },
        [("1",)],
    ),
    (
        "fee_lines.own_code_on_video",
        {
            "fee_lines": [
                {"fee_line_id": "1", "fee_code": "0120", "billing_date": day(3, 1, 2022)},
                {"fee_line_id": "2", "fee_code": "6101", "billing_date": day(3, 1, 2022)},
                {"fee_line_id": "3", "fee_code": "0120", "billing_date": day(7)},
                {"fee_line_id": "4", "fee_code": "0125", "billing_date": day(3, 1, 2022)},
            ]
        },
        [("1",), ("2",)],
    ),
    (
        "fee_lines.amount_not_in_table",
        {
            "fee_codes": [
                FEE | {"valid_from": day(1, 10, 2021), "valid_to": day(31, 3, 2022), "amount_oere": 100},
                FEE
                | {
                    "valid_from": day(1, 4, 2022),
                    "amount_oere": 110,
                    "price_level": day(1, 4, 2022),
                },
                FEE | {"fee_code": "0201", "valid_from": day(1, 10, 2021), "amount_oere": None},
            ],
            "fee_lines": [
                PAID | {"fee_line_id": "1", "billing_date": day(10, 1, 2022), "amount_oere": 200},
                PAID | {"fee_line_id": "2", "billing_date": day(10, 1, 2022), "amount_oere": 220},
                # the old fee is right for eight weeks more, the new one from its first week
                PAID | {"fee_line_id": "3", "billing_date": day(28, 3, 2022), "amount_oere": 220},
                PAID | {"fee_line_id": "4", "billing_date": day(23, 5, 2022), "amount_oere": 200},
                PAID | {"fee_line_id": "5", "billing_date": day(30, 5, 2022), "amount_oere": 200},
                PAID | {"fee_line_id": "6", "billing_date": day(10, 1, 2022), "amount_oere": 0},
                PAID | {"fee_line_id": "7", "billing_date": day(10, 1, 2022), "fee_code": "0201"},
                PAID
                | {"fee_line_id": "8", "billing_date": day(10, 1, 2022), "lines": -1, "amount_oere": -100},
                # the level of April 2022 says nothing of what is paid two years on
                PAID | {"fee_line_id": "9", "billing_date": day(8, 1, 2024), "amount_oere": 999},
            ],
        },
        [("2",), ("5",)],
    ),
    (
        "fee_codes.overlap",
        {
            "fee_codes": [
                FEE | {"valid_from": day(1, 10, 2021), "valid_to": day(31, 3, 2022)},
                FEE | {"valid_from": day(31, 3, 2022), "valid_to": day(30, 9, 2022)},
                FEE | {"valid_from": day(1, 10, 2022), "valid_to": None},
                FEE | {"valid_from": day(1, 4, 2023), "region": "1083"},
            ]
        },
        [("0125", day(31, 3, 2022), "DK")],
    ),
    (
        "dropout_reasons.not_in_register",
        {"practices": [REGISTER], "dropout_reasons": [{"clinic_id": "p_k1"}, {"clinic_id": "p_k2"}]},
        [("p_k2",)],
    ),
    (
        "clinic_exposure.before_server",
        {
            "clinic_exposure": [
                {"clinic_id": "p_1", "exposed_from": day(1), "server_ready_from": day(1)},
                {"clinic_id": "p_2", "exposed_from": day(1), "server_ready_from": day(2)},
            ]
        },
        [("p_2", day(1))],
    ),
    (
        "participations.left_before_connected",
        {
            "participations": [
                {"participation_id": "1", "connected_at": at(1, 8), "left_at": at(1, 9)},
                {"participation_id": "2", "connected_at": at(1, 9), "left_at": at(1, 8)},
                {"participation_id": "3", "connected_at": None, "left_at": at(1, 8)},
            ]
        },
        [("2",)],
    ),
    (
        "meetings.duration_longer_than_span",
        {
            "meetings": [
                {"meeting_id": "1", "duration_s": 60, "span_s": 60},
                {"meeting_id": "2", "duration_s": 61, "span_s": 60},
            ]
        },
        [("2",)],
    ),
    (
        "meetings.held_and_excluded",
        {
            "meetings": [
                {"meeting_id": "1", "is_held": True, "exclusion": None},
                {"meeting_id": "2", "is_held": True, "exclusion": "test_call"},
                {"meeting_id": "3", "is_held": False, "exclusion": None},
                {"meeting_id": "4", "is_held": False, "exclusion": "no_overlap"},
            ]
        },
        [("2",), ("3",)],
    ),
    # A programme without bookings (a log of its own) is not held against another programme's.
    (
        "meetings.unknown_booking",
        {
            "bookings": [{"short_id": A, "programme": "pilot"}],
            "meetings": [
                {"meeting_id": "1", "short_id": A, "programme": "pilot"},
                {"meeting_id": "2", "short_id": B, "programme": "pilot"},
                {"meeting_id": "3", "short_id": C, "programme": "reference"},
            ],
        },
        [("2",)],
    ),
]


@pytest.mark.parametrize(("rule_id", "tables", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule_id: str, tables: dict[str, list[dict[str, Any]]], expected: list[tuple[Any, ...]]) -> None:
    assert offending(rule_id, **tables) == expected
