"""A model small enough to compute by hand: one use with a fee and a doctor's time, one shared cost."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.economics.assumptions import AssumptionError, assumption_rows, parse_costs
from pipeline.economics.business_case import breakeven, npv, results, sensitivity
from pipeline.economics.cost_ledger import ledger
from pipeline.economics.declared import Measured
from pipeline.economics.model import PERSPECTIVES, SHARED, SUM, Costs

TITLE = {"da": "x", "en": "x"}


def given_input(
    value: float, unit: str, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    ends = {"low": value if low is None else low, "high": value if high is None else high}
    return {"title": TITLE, "value": value, "unit": unit, "source": "en kilde", **ends}


def activity(name: str, **more: Any) -> dict[str, Any]:
    common = {"title": TITLE, "uses": ["talk"], "scenario": "with", "per": "held", "payer": "clinic"}
    return {"name": name, **common, "benefit_class": "cashable", **more}


def section() -> dict[str, Any]:
    """100 meetings in year 0, 200 in year 1, a tenth fail; 30 min at 600 kr become 10 min and a fee."""
    return {
        "decision_date": date(2020, 3, 2),
        "price_year": 2019,
        "discounting": [
            {"bands": [{"rate": 0.25}], "source": "x"},
            {"valid_from": date(2021, 1, 7), "bands": [{"rate": 0.035}], "source": "x"},
        ],
        "roles": {
            "volume": "volume", "failed": "failed", "clinics": "clinics", "net_tax_factor": "tax",
            "adoption": ["first", "second"], "shares": {"talk": "all"},
        },
        "inputs": {
            "volume": given_input(200, "antal/år", 100, 400),
            "failed": given_input(0.1, "andel"),
            "clinics": given_input(4, "antal"),
            "tax": given_input(1.28, "faktor"),
            "first": given_input(0.5, "andel"),
            "second": given_input(1, "andel"),
            "all": given_input(1, "andel"),
            "before": given_input(30, "min"),
            "after": {"title": TITLE, "from_metric": "m.minutes", "unit": "min", "low": 5, "high": 60},
            "wage": given_input(600, "kr/time"),
            "fee": given_input(50, "kr"),
            "licence": given_input(1000, "kr"),
        },
        "activities": [
            activity("old", scenario="without", quantity=["before"], unit_cost="wage", is_factor_price=True),
            activity("new", quantity=["after"], unit_cost="wage", is_factor_price=True),
            activity("fee", unit_cost="fee", payer="region", receiver="clinic"),
            activity("licence", uses=[SHARED], per="clinic", unit_cost="licence", is_factor_price=True),
        ],
    }  # fmt: skip


def parse(content: dict[str, Any]) -> Costs:
    return parse_costs(content, ["talk"], lambda *_: Measured(Decimal(10), None, None, date(2020, 1, 31)))


BASE = parse(section())


def test_the_sums_by_hand() -> None:
    rows = ledger(BASE)
    found = {(r.use_type, r.perspective, r.measure, r.year): r.amount_oere for r in results(BASE, rows)}
    # Year 0: 90 held; saved 90 × 20 min × 600 kr = 18,000 kr; fee 4,500 kr. Year 1 twice that, × 1 / 1.25.
    assert found["talk", "clinic", "amount", 0] == 2_250_000
    assert found["talk", "clinic", "amount", 1] == 4_500_000
    assert found["talk", "clinic", "npv", None] == 2_250_000 + 3_600_000
    assert found["talk", "region", "amount", 0] == -450_000
    # Society: the fee is gone, the time is worth 1.28 of it. Licences: 2 clinics, then 4.
    assert found["talk", "society", "amount", 0] == 2_304_000
    assert found[SHARED, "clinic", "amount", 1] == -400_000
    assert found[SHARED, "society", "amount", 0] == -256_000
    assert found[SUM, "municipality", "npv", None] == 0


def test_sums_reconcile() -> None:
    rows = ledger(BASE)
    for perspective in PERSPECTIVES:
        assert npv(rows, perspective) == npv(rows, perspective, "talk") + npv(rows, perspective, SHARED)
    tax = sum(row.present_value_oere for row in rows if row.account == "society")
    assert npv(rows, "society") == tax + sum(npv(rows, account) for account in PERSPECTIVES[:-1])


def test_a_transfer_cancels_for_society() -> None:
    fees = [row for row in ledger(BASE) if row.activity == "fee"]
    assert len(fees) == 4
    assert npv(fees, "society") == 0
    assert npv(fees, "clinic") == -npv(fees, "region") > 0


def test_sensitivity_is_zero_wide_without_a_range() -> None:
    made = {(item.assumption, item.perspective): item for item in sensitivity(BASE)}
    wage, volume = made["wage", "clinic"], made["volume", "clinic"]
    assert wage.npv_low_oere == wage.npv_high_oere == wage.npv_base_oere
    assert volume.npv_low_oere < volume.npv_base_oere < volume.npv_high_oere


def test_break_even_plugged_back_pays_the_shared_costs_and_one_less_does_not() -> None:
    found = {(item.use_type, item.perspective): item for item in breakeven(BASE, ledger(BASE))}
    volume = found[SUM, "clinic"].volume_per_year
    assert volume == found["talk", "clinic"].volume_per_year
    assert volume is not None
    assert npv(ledger(BASE.with_value("volume", Decimal(volume))), "clinic") >= 0
    assert npv(ledger(BASE.with_value("volume", Decimal(volume - 1))), "clinic") < 0


def test_no_volume_pays_when_every_meeting_costs() -> None:
    found = {(item.use_type, item.perspective): item for item in breakeven(BASE, ledger(BASE))}
    assert found[SUM, "region"].volume_per_year is None
    assert "intet antal" in found[SUM, "region"].explanation.da
    assert found[SUM, "patient"].volume_per_year == 0


@given(volume=st.integers(1, 10**6), times=st.integers(2, 20))
def test_npv_is_linear_in_volume_without_shared_costs(volume: int, times: int) -> None:
    alone = replace(BASE, activities=BASE.activities[:-1])
    once = ledger(alone.with_value("volume", Decimal(volume)))
    many = ledger(alone.with_value("volume", Decimal(volume * times)))
    for perspective in PERSPECTIVES:
        # Each row is rounded twice: to whole øre, and again when discounted.
        slack = len(many) * (times + 1)
        assert abs(npv(many, perspective) - times * npv(once, perspective)) <= slack


def test_the_decision_date_changes_only_the_discounting() -> None:
    before, after = ledger(BASE), ledger(replace(BASE, decision_date=date(2021, 1, 7)))
    assert [replace(row, present_value_oere=0) for row in before] == [
        replace(row, present_value_oere=0) for row in after
    ]
    assert npv(before, "clinic") != npv(after, "clinic")


def test_rows_for_the_report() -> None:
    rows = {row["key"]: row for row in assumption_rows(section())}
    assert rows["wage"]["source"] == "en kilde"
    assert rows["wage"]["is_assumption"] is False
    assert rows["after"]["value"] is None
    assert rows["after"]["from_metric"] == "m.minutes"


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (("inputs", "wage", "value"), -1, r"costs\.inputs\.wage: værdien -1 ligger uden for"),
        (("inputs", "wage", "low"), 700, "ligger uden for 700–600"),
        (("inputs", "wage", "high"), 500, "ligger uden for 600–500"),
        (("inputs", "wage", "value"), "600", "skal være et tal"),
        (("inputs", "wage", "value"), True, "skal være et tal"),
        (("inputs", "wage", "unit"), "dollar", "'dollar' er ukendt"),
        (("inputs", "wage", "colour"), "red", "ukendt nøgle"),
        (("inputs", "wage", "assumption"), TITLE, "netop én af source, assumption og from_metric"),
        (("inputs", "fee"), given_input(0.001, "kr"), "højst to decimaler"),
        (("inputs", "fee"), given_input(-5, "kr"), "må ikke være negativ"),
        (("inputs", "first"), given_input(1.5, "andel"), "en andel er højst 1"),
        (("inputs", "all"), given_input(0.5, "andel"), "andelene skal give 1"),
        (("inputs", "spare"), given_input(5, "min"), r"costs\.inputs\.spare: bruges ikke"),
        (("inputs", "before"), given_input(5, "km"), "enhederne km passer ikke til kr/time"),
        (("roles", "shares"), {"talk": "all", "sing": "all"}, "ukendt nøgle"),
        (("roles", "volume"), "nothing", "'nothing' er ukendt"),
        (("decision_date",), "i morgen", "skal være en dato"),
        (("discounting",), [{"bands": [{"to_year": 3, "rate": 0.1}], "source": "x"}], "bånd skal stige"),
        (("activities",), [activity("a", unit_cost="fee", payer="king")], "'king' er ukendt"),
        (("activities",), [activity("a", unit_cost="fee", per="clinic")], "fælles poster"),
        (("surplus",), 1, r"costs\.surplus: ukendt nøgle"),
    ],
)
def test_what_cannot_be_used_names_file_and_key(where: tuple[str, ...], value: object, message: str) -> None:
    content = deepcopy(section())
    place: Any = content
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = value
    with pytest.raises(AssumptionError, match=message) as caught:
        parse(content)
    assert "pipeline/params.yaml" in str(caught.value)
