"""Zero-fee lines: what general practice billed per clinic and week, a little less than it met."""

from collections import Counter
from datetime import date

from pipeline.pilot.assumptions import Fees
from pipeline.pilot.chance import Chance
from pipeline.pilot.meetings import Meeting
from pipeline.pilot.writers import Row

CODES = {"consultation": "PILOT-VK", "conference": "PILOT-VF"}
GENERAL = (
    "80"  # the specialty of general practice; specialists bill under numbers of their own, not delivered
)


def fee_lines(
    meetings: list[Meeting], ours: Fees, receipts: tuple[date, date], seed: int
) -> list[tuple[date, Row]]:
    """The lines with the receipt they came with: a week is delivered once it is over."""
    chance = Chance(seed, "fees")
    billed: Counter[tuple[int, int, str, str, str]] = Counter()
    held = sorted(
        (meeting for meeting in meetings if meeting.is_held and meeting.clinic.practice_type == "general"),
        key=lambda meeting: (meeting.starts_at, meeting.short_id),
    )
    for meeting in held:
        if chance.below(100) < ours.billed_per_hundred:
            year, week, _ = meeting.day.isocalendar()
            billed[year, week, meeting.practice, meeting.clinic.region.code, CODES[meeting.kind]] += 1
    made: list[tuple[date, Row]] = []
    for number, ((year, week, practice, region, code), lines) in enumerate(sorted(billed.items()), start=1):
        sunday = date.fromisocalendar(year, week, 7)
        row: Row = {
            "fee_line_id": f"L{number:04d}",
            "practice": practice,
            "region": region,
            "billing_week": f"{year % 100:02d}{week:02d}",
            "specialty": GENERAL,
            "fee_code": code,
            "lines": lines,
            "amount_oere": 0,
        }
        made.append((receipts[0] if sunday < receipts[0] else receipts[1], row))
    return made
