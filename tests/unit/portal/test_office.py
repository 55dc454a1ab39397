"""What the office reads: months, registers, what waits, quality over time, and a reminder for each region."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts
from pipeline.portal.history import HEIGHT, WIDTH, Point, picture, trends
from pipeline.portal.receipt import Receipt
from pipeline.portal.status import grids, registers, reminder, unconfirmed
from pipeline.portal.views import KINDS, month, rows

CONTRACTS = load_contracts()
REGIONS = CONTRACTS.codes["region"].codes
ONE = Receipt(
    id="a", region="1083", table="postcards", file="a.csv", sha256="", size_bytes=1,
    received_at="2019-11-02T09:05:00+01:00", rows_read=20, rows_accepted=15, rows_refused=5, rows_warned=2,
    masked=0, decisions={}, columns=(), unknown=(), missing=(), found=(), memory="", months=("2019-10",),
    state="confirmed",
)  # fmt: skip
REGISTER = replace(ONE, id="r", table="regions", months=())


def test_quality_over_time_is_of_what_was_told() -> None:
    later = replace(ONE, id="b", received_at="2019-12-02T09:05:00+01:00", rows_refused=0, state="accepted")
    tried = replace(ONE, id="c", state="read")
    taken = replace(ONE, id="d", state="withdrawn")
    empty = replace(ONE, id="e", rows_read=0)
    other = replace(ONE, id="f", region="1081", state="superseded")
    found = trends([later, tried, taken, empty, other, ONE], REGIONS)
    assert [(one.region, one.table) for one in found] == [("1081", "postcards"), ("1083", "postcards")]
    assert found[1].points == (Point(date(2019, 11, 2), 0.25, 0.1), Point(date(2019, 12, 2), 0.0, 0.1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_picture_stays_in_its_frame_and_says_its_numbers(shares: list[float]) -> None:
    points = [Point(date(2019, 10, 9), share, 0.0) for share in shares]
    drawn = ElementTree.fromstring(picture(points))
    circles = drawn.findall("circle")
    assert len(circles) == len(points)
    assert all(0 <= float(one.attrib["cx"]) <= WIDTH for one in circles)
    assert all(0 <= float(one.attrib["cy"]) <= HEIGHT for one in circles)
    assert drawn.attrib["aria-label"].count("9. oktober 2019: ") == len(points)


def test_a_table_without_months_is_a_register() -> None:
    found = registers([REGISTER, replace(REGISTER, region="1081", state="read")], CONTRACTS)
    assert [one.table for one in found] == ["regions"]
    assert [one and one.id for one in found[0].latest] == [None, None, "r", None, None]
    assert grids([REGISTER], CONTRACTS) == []


def test_what_nobody_confirmed_is_the_newest_of_its_table() -> None:
    waiting = replace(ONE, id="b", state="read")
    assert unconfirmed([waiting, ONE]) == [waiting]
    assert unconfirmed([ONE, waiting]) == []
    assert unconfirmed([replace(waiting, rows_accepted=0)]) == []


def test_a_reminder_says_what_is_missing_and_names_no_practice() -> None:
    later = replace(ONE, id="b", region="1081", months=("2019-10", "2019-11"))
    waiting = replace(ONE, id="c", table="bookings", state="read")
    told = [waiting, later, ONE, replace(REGISTER, region="1081")]
    text = reminder("1083", told, CONTRACTS)
    assert text.startswith("Kære Region Syddanmark\n")
    assert "- Postkort: november 2019\n" in text
    assert "- Regioner: ikke leveret\n" in text
    assert "- Bookinger: sendt 2. november 2019, men ikke bekræftet\n" in text
    assert "oktober" not in text
    assert "ingen leverancer" in reminder("1081", told, CONTRACTS)


def test_months_are_those_of_the_table_and_a_run_of_them_is_said_as_one() -> None:
    def of(region: str, *months: str, table: str = "postcards") -> Receipt:
        return replace(ONE, id=f"{region}-{table}", region=region, table=table, months=months)

    told = [of("1081", "2019-06", "2020-04"), of("1083", "2019-09"), of("1083", "2015-01", table="bookings")]
    found = grids(told, CONTRACTS)
    assert [(one.table, len(one.months)) for one in found] == [("bookings", 1), ("postcards", 11)]
    text = reminder("1083", told, CONTRACTS)
    assert "- Postkort: juni–august 2019, oktober 2019 – april 2020\n" in text
    assert "Bookinger" not in text


def test_words() -> None:
    assert (rows(0), rows(1), rows(1234)) == ("0 rækker", "1 række", "1.234 rækker")
    assert month("2019-10") == "oktober 2019"
    assert all(word.strip() == word for word in KINDS.values())
