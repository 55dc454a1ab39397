"""A day of decision picks the entries in force, and moving it changes exactly those whose validity it
crosses.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from small_model import measure, parse, section

from pipeline.economics.assumptions import AssumptionError, parse_costs
from pipeline.economics.dated import DatedTable, NotInForceError, crossed
from pipeline.economics.discounting import Schedule
from pipeline.params import load

COSTS = parse_costs(load().costs, measure)


def schedule(day: date) -> Schedule:
    return COSTS.discounting.at(day)


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
    assert abs(schedule(decided).factor(year) - Decimal(expected)) < Decimal("1e-10")


def test_a_year_before_the_decision_has_no_factor() -> None:
    with pytest.raises(ValueError, match="før år 0"):
        schedule(date(2020, 3, 2)).factor(-1)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (date(2017, 8, 27), date(2017, 8, 28), {"tax_distortion"}),
        (date(2021, 1, 6), date(2021, 1, 7), {"discounting"}),
        (date(2023, 6, 21), date(2023, 6, 22), {"net_tax_factor", "tax_distortion", "co2e_price"}),
        (date(2020, 3, 2), date(2020, 3, 3), set[str]()),
    ],
)
def test_a_later_day_changes_the_tables_it_crosses_and_no_other(
    before: date, after: date, expected: set[str]
) -> None:
    tables: list[DatedTable[Any]] = [COSTS.discounting, *COSTS.tables]
    assert set(crossed(tables, before, after)) == expected
    # The inputs that differ are those of the crossed tables.
    one, other = (parse_costs({**load().costs, "decision_date": day}, measure) for day in (before, after))
    changed = {key for key in one.inputs if one.inputs[key] != other.inputs[key]}
    assert {one.inputs[key].table.split(".")[0] for key in changed} == expected - {"discounting"}


def test_before_the_first_entry_nothing_is_in_force() -> None:
    content = section()
    del content["discounting"][0]
    with pytest.raises(AssumptionError, match=r"decision_date.*første er 2021-01-07"):
        parse(content)
    with pytest.raises(NotInForceError):
        DatedTable("x", COSTS.discounting.title, COSTS.discounting.entries[1:]).at(date(2000, 1, 1))
