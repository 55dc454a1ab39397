"""The published Danish discount factors, on both sides of each change."""

from datetime import date
from decimal import Decimal

import pytest

from pipeline.economics.assumptions import parse_costs
from pipeline.economics.declared import Measured
from pipeline.economics.discounting import in_force
from pipeline.params import load

USES = (
    "consultation_visit", "consultation_phone", "consultation_econsult", "home_nursing",
    "nursing_home", "discharge", "specialist_advice", "interpretation",
)  # fmt: skip
MEASURED = {"postcards.not_held": Decimal("0.08")}
SCHEDULES = parse_costs(
    load().costs,
    USES,
    lambda metric, _: Measured(MEASURED.get(metric, Decimal(10)), None, None, date(2020, 1, 31)),
).schedules


@pytest.mark.parametrize(
    ("decided", "year", "expected"),
    [
        (date(2020, 3, 2), 0, "1"),
        (date(2020, 3, 2), 1, ".9615384615"),
        (date(2020, 3, 2), 5, ".8219271068"),
        (date(2020, 3, 2), 35, ".2534154707"),
        (date(2020, 3, 2), 36, ".2460344376"),
        (date(2020, 3, 2), 70, ".0900596510"),
        (date(2020, 3, 2), 75, ".0815698007"),  # .0900596510 / 1.02^5, by hand
        (date(2021, 1, 7), 1, ".9661835749"),
        (date(2021, 1, 7), 5, ".8419731669"),
        (date(2021, 1, 7), 35, ".2999768617"),
        (date(2021, 1, 7), 36, ".2926603528"),
        (date(2021, 1, 7), 70, ".1264015701"),
        (date(2021, 1, 7), 75, ".1173335626"),
        (date(2021, 1, 6), 1, ".9615384615"),
        (date(2013, 5, 31), 1, ".9615384615"),
        (date(2013, 5, 30), 1, ".9523809524"),  # 1 / 1.05
    ],
)
def test_published_factors(decided: date, year: int, expected: str) -> None:
    assert abs(in_force(SCHEDULES, decided).factor(year) - Decimal(expected)) < Decimal("1e-10")


def test_a_year_before_the_decision_has_no_factor() -> None:
    with pytest.raises(ValueError, match="før år 0"):
        SCHEDULES[0].factor(-1)


def test_a_date_before_every_schedule_has_no_rate() -> None:
    with pytest.raises(ValueError, match="ingen kalkulationsrente"):
        in_force(SCHEDULES[1:], date(2000, 1, 1))
