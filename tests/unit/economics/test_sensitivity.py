"""One input at a time, two at once, and where the sign turns: on the true model, steps and all."""

from decimal import Decimal

import numpy as np
import pytest
from small_model import parse

from pipeline.economics.cost_ledger import ledger, npv
from pipeline.economics.program import build, case
from pipeline.economics.sensitivity import Interval, breakeven, swings, turning, two_way

COSTS = parse()
PROGRAM = build(COSTS)
CASE = case(COSTS)


def booked(**values: float) -> float:
    changed = COSTS.with_values({key: Decimal(repr(value)) for key, value in values.items()})
    return npv(changed, ledger(changed, PROGRAM, CASE), "clinic") / 100


def test_an_input_at_its_ends_is_the_model_run_there() -> None:
    found = {item.assumption: item for item in swings(COSTS, PROGRAM, CASE) if item.perspective == "clinic"}
    assert found["before"].npv_low == pytest.approx(booked(before=15), abs=0.1)
    assert found["before"].npv_high == pytest.approx(booked(before=45), abs=0.1)
    assert found["before"].npv_base == pytest.approx(booked(), abs=0.1)
    assert "room" not in found  # it has no range


def test_the_inputs_that_turn_the_sign() -> None:
    # A talk and a walk together bring 250 − 180 kr; a wage of 300 or 900 kr, no fee: still positive.
    names = [item.assumption for item in turning(swings(COSTS, PROGRAM, CASE), "clinic")]
    assert set(names) == {"after", "before", "talks", "walks"}
    assert names[:2] == ["after", "before"]


def test_two_weights_share_what_there_is() -> None:
    at = np.linspace(0, 1, 3)
    grid = two_way(COSTS, PROGRAM, CASE, ("talks", at), ("walks", at))["clinic"]
    assert np.isnan(grid[2, 1])  # half and all are more than all
    assert grid[1, 1] == pytest.approx(booked(), abs=0.1)


def test_break_even_is_a_set_of_intervals_where_costs_come_in_steps() -> None:
    # A clinic that had to pay a room of 1,000 kr per 60 contacts: each new room costs more than it brings at
    # first.
    costs = COSTS.with_values({"room": Decimal(4000)})
    found = breakeven(costs, PROGRAM, CASE, "care", "volume", 0, 400)
    sums = [
        npv(changed, ledger(changed, PROGRAM, CASE), "care")
        for volume in (1, 60, 61, 120, 121, 400)
        for changed in [costs.with_values({"volume": Decimal(volume)})]
    ]
    for volume, amount in zip((1, 60, 61, 120, 121, 400), sums, strict=True):
        assert (amount >= 0) == any(item.start <= volume <= item.end for item in found), volume


def test_a_range_with_no_turn_is_all_or_nothing() -> None:
    assert breakeven(COSTS, PROGRAM, CASE, "budget", "fee", 10, 100) == ()
    assert breakeven(COSTS, PROGRAM, CASE, "clinic", "before", 40, 45) == (Interval(40, 45, True, True),)


def test_the_turn_is_where_it_is_by_hand() -> None:
    # Talks: (before − 10) × 10 kr + 50 kr; walks: −18 × 10 kr. Nought where before = 10 + 18 − 5 = 23
    # minutes.
    (only,) = breakeven(COSTS, PROGRAM, CASE, "clinic", "before", 15, 45)
    assert only.start == pytest.approx(23)
    assert (only.is_start_open, only.is_end_open) == (False, True)
