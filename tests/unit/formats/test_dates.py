"""Dates and times as Danish files write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.dates import (
    COPENHAGEN,
    DateOrder,
    decide_order,
    parse_date,
    parse_timestamp,
    week_monday,
)
from pipeline.formats.faults import Fault

days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(day=days, form=st.sampled_from(["%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]))
def test_the_templates_form_is_always_read(day: date, form: str) -> None:
    raw = day.strftime(form)
    assert parse_date(raw, decide_order([raw])) == day if day.day > 12 or form == "%Y-%m-%d" else True
    assert parse_date(raw, "dmy") == day


@given(several=st.lists(days, min_size=1), sign=st.sampled_from("-./"), is_day_first=st.booleans())
def test_one_order_is_read_right_or_not_at_all(several: list[date], sign: str, is_day_first: bool) -> None:
    form = sign.join(["%d", "%m", "%Y"] if is_day_first else ["%m", "%d", "%Y"])
    raws = [day.strftime(form) for day in several]
    order = decide_order(raws)
    for raw, day in zip(raws, several, strict=True):
        found = parse_date(raw, order)
        # Day first is what the template asks for; month first must be told by the file itself.
        if order == "default" and not is_day_first and day.day != day.month and sign != "/":
            continue
        assert found == day or (isinstance(found, Fault) and found.rule == "ambiguous_date")


@given(raw=st.text(max_size=20), order=st.sampled_from(["iso", "dmy", "mdy", "default", "mixed"]))
def test_anything_is_a_date_or_a_fault(raw: str, order: DateOrder) -> None:
    assert isinstance(parse_date(raw, order), date | Fault)
    assert isinstance(parse_timestamp(raw, order), datetime | Fault)


@pytest.mark.parametrize(
    ("raws", "order"),
    [
        ([], "iso"),
        (["2019-10-05"], "iso"),
        (["01-02-2019"], "default"),
        (["01-02-2019", "13-02-2019"], "dmy"),
        (["01/02/2019", "02/13/2019"], "mdy"),
        (["13/02/2019", "02/13/2019"], "mixed"),
        (["13-10-2019 09:30"], "dmy"),
    ],
)
def test_the_order_of_a_file(raws: list[str], order: DateOrder) -> None:
    assert decide_order(raws) == order


@pytest.mark.parametrize(
    ("raw", "order", "rule"),
    [
        ("01/02/19", "default", "ambiguous_date"),
        ("01/02/2019", "default", "ambiguous_date"),
        ("01-02-19", "default", "ambiguous_date"),
        ("01-02-2019", "mixed", "ambiguous_date"),
        ("31-02-2019", "dmy", "bad_date"),
        ("99-99-2026", "default", "bad_date"),
        ("2019-02-30", "iso", "bad_date"),
        ("12345", "default", "bad_date"),
        ("43743,5", "default", "bad_date"),
        ("01-02/2019", "dmy", "bad_date"),
        ("1. maj 2019", "dmy", "bad_date"),
    ],
)
def test_what_is_no_date(raw: str, order: DateOrder, rule: str) -> None:
    found = parse_date(raw, order)
    assert isinstance(found, Fault)
    assert found.rule == rule


@pytest.mark.parametrize(
    ("raw", "order", "day"),
    [
        ("01/02/19", "dmy", date(2019, 2, 1)),
        ("01/02/19", "mdy", date(2019, 1, 2)),
        ("01-02-2019", "default", date(2019, 2, 1)),
        ("05-05-2019", "mixed", date(2019, 5, 5)),
        ("25/10/19", "mixed", date(2019, 10, 25)),
        ("1.2.2019", "dmy", date(2019, 2, 1)),
        ("43743", "default", date(2019, 10, 5)),
    ],
)
def test_dates_the_file_decides(raw: str, order: DateOrder, day: date) -> None:
    assert parse_date(raw, order) == day


@given(moment=st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)))  # noqa: DTZ001  # local, on purpose
def test_local_time_comes_back_or_is_refused(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    found = parse_timestamp(moment.strftime("%d-%m-%Y %H:%M"), "dmy")
    if isinstance(found, Fault):
        assert found.rule in ("ambiguous_hour", "no_such_hour")
    else:
        assert found.tzinfo is UTC
        assert found.astimezone(COPENHAGEN).replace(tzinfo=None) == moment


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("01-10-2019 09:30", "2019-10-01T07:30:00"),
        ("01-12-2019 09.30", "2019-12-01T08:30:00"),
        ("2019-12-01T09:30:15", "2019-12-01T08:30:15"),
        ("2019-10-27T02:30:00+02:00", "2019-10-27T00:30:00"),
        ("2019-10-27T02:30:00+01:00", "2019-10-27T01:30:00"),
        ("27-10-2019 02:30 +01:00", "2019-10-27T01:30:00"),
        ("2020-01-31T10:00:00.123Z", "2020-01-31T10:00:00.123000"),
        ("27-10-2019 03:00", "2019-10-27T02:00:00"),
    ],
)
def test_moments_in_utc(raw: str, utc: str) -> None:
    assert parse_timestamp(raw, "dmy") == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("27-10-2019 02:30", "ambiguous_hour"),
        ("31-03-2019 02:30", "no_such_hour"),
        ("27-10-2019 25:00", "bad_timestamp"),
        ("27-10-2019", "bad_timestamp"),
        ("09:30", "bad_timestamp"),
    ],
)
def test_what_is_no_moment(raw: str, rule: str) -> None:
    found = parse_timestamp(raw, "dmy")
    assert isinstance(found, Fault)
    assert found.rule == rule


def test_billing_weeks() -> None:
    assert week_monday("1940") == date(2019, 9, 30)
    assert week_monday("2053") == date(2020, 12, 28)
    assert week_monday("1953") is None


@given(day=st.dates(date(2000, 1, 3), date(2099, 12, 20)))
def test_a_week_begins_on_its_monday(day: date) -> None:
    year, week, weekday = day.isocalendar()
    assert week_monday(f"{year - 2000:02d}{week:02d}") == day - timedelta(days=weekday - 1)
