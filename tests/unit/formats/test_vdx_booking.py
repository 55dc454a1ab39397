"""VDX' booking API: what is told of a meeting, by whom, and what is not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.formats import vdx_booking
from pipeline.formats.result import Read, Reading, Source
from pipeline.identifiers import pseudonym
from tests.unit.formats.platforms import CONTRACTS, told

Make = Callable[[str, bytes], Source]
KEY = bytes(range(32))
READING = Reading(CONTRACTS, KEY)
NOON = datetime(2019, 10, 2, 13, tzinfo=UTC)


def meeting(**more: Any) -> dict[str, Any]:
    user = {"organisationId": "klinik-1", "email": "anna.hansen@example.dk"}
    return {
        "uuid": "46b46a1e", "subject": "Anna Hansen 2512489996", "description": "knæ", "createdBy": user,
        "organizedBy": user, "shortId": "a27dcaa222cb", "startTime": "2019-10-02T13:00:00 +0000",
        "endTime": "2019-10-02T13:15:00 +0000", "createdTime": "2019-10-01T08:00:00 +0000",
        "meetingType": "NORMAL", "shortlink": "https://m.vconf.dk/a27dcaa222cb",
        "additionalInformation": [
            {"key": "Ydernummer", "value": "012345"},
            {"key": "Region", "value": "Region Syddanmark"},
            {"key": "Mødetype", "value": "konsultation"},
        ],
    } | more  # fmt: skip


def read(make: Make, *found: dict[str, Any]) -> Read:
    return vdx_booking.read([make("meetings.json", json.dumps(found, indent=1).encode())], READING)


def row(found: Read, place: int = 0) -> dict[str, Any]:
    return {name: values[place] for name, values in found.frames[0].columns.items()}


def test_a_booking(make: Make) -> None:
    found = read(make, meeting())
    made = row(found)
    assert made | {"source_file": "", "source_row": 0} == {
        "short_id": "a27dcaa222cb", "practice": pseudonym("practice", "012345", KEY), "region": "1083",
        "kind": "consultation", "mode": "planned", "use_type": None, "booked_by": None,
        "created_at": datetime(2019, 10, 1, 8, tzinfo=UTC), "starts_at": NOON, "parties_expected": None,
        "status": "booked", "is_test": False, "source_file": "", "source_row": 0,
    }  # fmt: skip
    assert (told(found), found.rows_read, found.quarantine) == ({}, 1, ())


@pytest.mark.parametrize(
    "time",
    [
        "2019-10-02T13:00:00 +0000", "2019-10-02T15:00:00+02:00", "2019-10-02T13:00:00Z",
        "2019-10-02T15:00:00.000+02:00", "2019-10-02T15:00:00 +0200",
    ],
)  # fmt: skip
def test_both_versions_say_the_same_instant(make: Make, time: str) -> None:
    assert row(read(make, meeting(startTime=time)))["starts_at"] == NOON


@pytest.mark.parametrize("time", ["0001-01-01 00:00:00", "0001-01-01T00:00:00Z", None])
def test_the_year_one_is_no_date(make: Make, time: object) -> None:
    assert row(read(make, meeting(deletedTime=time)))["status"] == "booked"
    refused = read(make, meeting(createdTime=time))
    assert [item.reason for item in refused.quarantine] == ["no_booking"]


def test_a_deleted_meeting_is_cancelled(make: Make) -> None:
    assert row(read(make, meeting(deletedTime="2019-10-01T09:00:00 +0000")))["status"] == "cancelled"


@pytest.mark.parametrize("name", ["shortLink", "shortlink"])
def test_the_short_id_is_in_either_link(make: Make, name: str) -> None:
    only = {key: value for key, value in meeting().items() if not key.lower().startswith("short")}
    assert row(read(make, only | {name: "https://m.vconf.dk/a27dcaa222cb"}))["short_id"] == "a27dcaa222cb"


def test_labels_may_tell_what_the_meeting_is(make: Make) -> None:
    found = read(
        make, meeting(additionalInformation=[], labels=["Hovedstaden", "konference", "plejehjem", "Test"])
    )
    made = row(found)
    assert [made[name] for name in ("region", "kind", "use_type", "is_test")] == [
        "1084", "conference", "nursing_home", True,
    ]  # fmt: skip
    assert made["practice"] == pseudonym("organisation", "klinik-1", KEY)
    assert told(found)["organisation_code"].startswith("1 ")


def test_what_is_not_told_is_asked_for(make: Make) -> None:
    found = read(make, meeting(additionalInformation=[{"key": "Region", "value": "Jylland"}]))
    assert found.frames[0].rows == 0
    assert {item.column for item in found.problems if item.rule == "missing_value"} == {
        "additionalInformation »Mødetype«", "additionalInformation »Region«",
    }  # fmt: skip
    assert told(found)["unread_information"].startswith("1 ")


@pytest.mark.parametrize(
    ("more", "mode"),
    [
        ({"meetingType": "POOL"}, "instant"),
        ({"meetingType": None, "schedulingInfo": {"provisionStatus": "3", "pool": True}}, "instant"),
        ({"meetingType": None, "schedulingInfo": {"provisionStatus": 3, "pool": False}}, "planned"),
    ],
)  # fmt: skip
def test_a_room_of_the_pool_is_an_instant_meeting(make: Make, more: dict[str, Any], mode: str) -> None:
    assert row(read(make, meeting(**more)))["mode"] == mode


def test_scheduling_information_is_joined(make: Make) -> None:
    info = {"uuid": "46b46a1e", "provisionStatus": "PROVISION_PROBLEMS", "pool": True, "hostPin": 1234}
    found = read(make, meeting(meetingType=None), info)
    assert (row(found)["mode"], row(found)["status"], found.rows_read) == ("instant", "booked", 2)
    assert told(found)["provision_problems"].startswith("1 ")
    assert told(found)["scheduling_info"].startswith("1 ")


def test_unknown_words_and_fields_are_named(make: Make) -> None:
    found = read(make, meeting(meetingType="FLYING", provisionStatus="ON_FIRE", colour="red"))
    words = {item.column: item.message.da for item in found.problems if item.rule == "unknown_word"}
    assert "»FLYING« (1)" in words["meetingType"]
    assert "talt som »Booket«: »ON_FIRE« (1)" in words["provisionStatus"]
    assert "»colour« (1)" in told(found)["unknown_field"]


@pytest.mark.parametrize("short_id", ["abcdefghijkl", "Anna Hansen", "", 7, None])
def test_a_short_id_of_another_form_is_refused_unseen(make: Make, short_id: object) -> None:
    found = read(make, meeting(shortId=short_id, shortlink=""))
    assert [item.reason for item in found.quarantine] == ["no_booking"]
    assert "Anna" not in repr(found)
