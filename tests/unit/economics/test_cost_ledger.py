"""The ledger by hand, and what must always hold of it."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_model import activity, parse, perspective, section

from pipeline.economics.activities import MOST_RISKS
from pipeline.economics.assumptions import AssumptionError
from pipeline.economics.business_case import ledgers, results, sourced
from pipeline.economics.cost_ledger import counted, ledger, npv
from pipeline.economics.model import RISK, SHARED, SUM, USES, Costs
from pipeline.economics.present_value import Asked, present_values
from pipeline.economics.program import MAIN, build, case

BASE = parse()
PROGRAM = build(BASE)
ROWS = ledger(BASE, PROGRAM, case(BASE))


def test_the_sums_by_hand() -> None:
    # Year 0: 50 talks save 50 × 20 min × 600 kr = 10,000 kr, 50 walks lose 50 × 18 min × 600 = 9,000 kr; the
    # fee is 2,500 kr. Year 1 twice that, and a krone of it is worth 1 / 1.25 in year 0: 1 + 2 / 1.25 = 2.6 in
    # all. Rooms: 100 / 60 and 200 / 60 contacts are 2 and 4 rooms: 2,000 + 4,000 / 1.25 = 5,200 kr.
    assert npv(BASE, ROWS, "clinic", "talk") == 100 * int((10_000 + 2_500) * 2.6)
    assert npv(BASE, ROWS, "clinic", "walk") == 100 * int(-9_000 * 2.6)
    assert npv(BASE, ROWS, "budget", "talk") == -100 * 6_500
    assert npv(BASE, ROWS, "budget", SHARED) == -100 * 5_200
    # A quarter of 400 kr is expected, and preventing it costs 30 kr.
    assert npv(BASE, ROWS, "budget", RISK) == -100 * (100 + 30)
    # Society: 25 % on factor prices (time, room, risk), a tenth on the region's cash, and no fee.
    cash = 6_500 + 5_200 + 130
    factor = 26_000 - 23_400 - 5_200 - 130
    assert npv(BASE, ROWS, "society") == round(100 * (1.25 * factor - 0.1 * cash))


def test_every_row_is_its_formula_and_rests_on_named_inputs() -> None:
    row = next(row for row in ROWS if row.row_id == "main/now/talk/old/clinic/1")
    assert (row.quantity, row.unit, row.unit_cost_oere, row.amount_oere) == (50, "timer", 60_000, 3_000_000)
    assert row.formula == '["*", "held.talk.1", ["/", "before", 60.0]]'
    assert row.assumptions == ("volume", "slow", "talks", "walks", "before", "wage")
    assert (row.year, row.realised_year, row.present_value_oere) == (1, 1, 2_400_000)


@given(st.sampled_from(["volume", "slow", "before", "wage", "fee"]), st.floats(0, 1))
def test_transfers_cancel_and_blocks_add_up(key: str, place: float) -> None:
    item = BASE.inputs[key]
    value = round(item.low + (item.high - item.low) * Decimal(repr(place)), 2)
    costs = BASE.with_values({key: value})
    rows = ledger(costs, PROGRAM, case(costs))
    assert sum(row.amount_oere for row in rows if row.receiver is not None) == 0
    (exact,) = present_values(costs, PROGRAM, [Asked(case(costs))], {})
    for view in costs.perspectives:
        blocks = [npv(costs, rows, view.name, block) for block in ("talk", "walk", SHARED, RISK)]
        assert sum(blocks) == npv(costs, rows, view.name)
        # What the draws are computed by gives the ledger's sum, but for its rounding to whole øre.
        assert abs(exact[view.name] * 100 - npv(costs, rows, view.name)) <= len(rows)


def test_every_table_is_a_sum_of_the_ledger() -> None:
    found = ledgers(BASE, PROGRAM)
    made = [item for item in results(BASE, found) if item.measure in ("npv", "amount")]
    assert {item.use_type for item in made} > {"talk", "walk", SHARED, RISK, SUM}
    for item in made:
        block = SUM if item.use_type == USES else item.use_type
        rows = [
            row
            for row in counted(BASE, found[item.case, item.alternative], item.perspective, block)
            if item.year in (None, row.year)
            and not (item.use_type == USES and row.use_type in (SHARED, RISK))
        ]
        amounts = [row.present_value_oere if item.year is None else row.amount_oere for row in rows]
        assert (item.amount_oere, item.rows) == (sum(amounts), len(rows))


def test_between_two_perspectives_lie_the_rows_that_one_of_them_counts() -> None:
    for one, other in combinations(BASE.perspectives, 2):
        own = {row.row_id: row for row in counted(BASE, ROWS, one.name)}
        others = {row.row_id: row for row in counted(BASE, ROWS, other.name)}
        added = sum(others[name].present_value_oere for name in others.keys() - own.keys())
        left = sum(own[name].present_value_oere for name in own.keys() - others.keys())
        assert npv(BASE, ROWS, other.name) == npv(BASE, ROWS, one.name) + added - left
        for name in own.keys() ^ others.keys():
            row = {**own, **others}[name]
            said = [view.refuses(row.account, row.benefit_class, row.kind) for view in (one, other)]
            assert sum(reason is None for reason in said) == 1


def test_perspectives_differ_by_the_rows_they_say() -> None:
    care = {row.row_id for row in counted(BASE, ROWS, "care")}
    everyone = {row.row_id: row for row in counted(BASE, ROWS, "society")}
    assert {everyone[name].kind for name in everyone.keys() - care} == {"tax", "distortion"}
    assert care <= everyone.keys()


def test_a_work_hour_is_refused_where_production_is_left_out() -> None:
    content = section()
    content["activities"].append(
        activity(
            "work", kind="production", payer="patient", benefit_class="quality", price_basis="consumer",
            side="without", hours_of="the visit",
        )
    )  # fmt: skip
    costs = parse(content)
    rows = ledger(costs, build(costs), case(costs))
    assert any(row.activity == "work" for row in counted(costs, rows, "society"))
    assert not any(row.activity == "work" for row in counted(costs, rows, "care"))
    refused = costs.perspective("care").refuses("patient", "quality", "production")
    assert refused is not None
    assert "derfor" in refused.da
    content["activities"].append(
        activity(
            "leisure", kind="patient_time", payer="patient", benefit_class="quality", price_basis="consumer",
            side="without", hours_of="the visit",
        )
    )  # fmt: skip
    with pytest.raises(AssumptionError, match="arbejde eller fritid"):
        parse(content)


def figures(costs: Costs) -> dict[tuple[str, str, str, str, int | None], int]:
    return {
        (r.alternative, r.use_type, r.perspective, r.measure, r.year): r.amount_oere
        for r in results(costs, ledgers(costs, build(costs)))
    }


def test_stand_alone_incremental_and_contribution_fit_the_sum() -> None:
    found = figures(BASE)
    # Alone 50 and 100 talks need 1 and 2 rooms; last in, talks add one and two rooms to those of walks alone.
    own = found["now", "talk", "budget", "npv", None]
    flood = -100 * 130
    assert (
        found["now", "talk", "budget", "stand_alone", None] == own - 100 * int(1_000 + 2_000 / 1.25) + flood
    )
    assert found["now", "talk", "budget", "incremental", None] == own - 100 * int(1_000 + 2_000 / 1.25)
    assert found["now", SUM, "budget", "npv", None] == sum(
        found["now", block, "budget", "npv", None] for block in ("talk", "walk", SHARED, RISK)
    )
    # Half-again prices a year on: nominal year 1 is one and a half times the real.
    assert found["now", SUM, "budget", "nominal", 1] == 1.5 * found["now", SUM, "budget", "amount", 1]
    # When the frame binds the fee moves nothing, nor the taxes that pay it.
    assert found["now", "talk", "budget", "fixed_frame", None] == 0
    assert found["now", SUM, "budget", "fixed_frame", None] == -100 * (5_200 + 130)


def test_an_alternative_is_other_numbers_in_the_same_formulas() -> None:
    rows = ledgers(BASE, PROGRAM)[MAIN, "later"]
    held = {row.quantity for row in rows if row.activity == "fee" and row.account == "region"}
    assert held == {5, 10}  # a tenth of the volume, half of it talks
    assert {row.use_type for row in rows} == {"talk", SHARED, RISK}
    assert all("fewer" in row.assumptions for row in rows if row.activity == "fee")


def test_what_rests_on_sources_is_counted_in_kroner() -> None:
    content = section()
    found = sourced(BASE, ROWS)
    assert 0 < found.share < 1  # only society's tax rows rest on the unknown factor
    assert found.sourced_inputs == found.inputs - 1
    del content["inputs"]["volume"]["source"]
    content["inputs"]["volume"]["assumption"] = {"da": "gæt", "en": "guess"}
    costs = parse(content)
    rows = ledger(costs, build(costs), case(costs))
    left = [row for row in rows if row.activity.startswith("flood") and row.kind != "tax"]
    assert sourced(costs, rows).sourced_oere == sum(abs(row.present_value_oere) for row in left)


def test_year_1_instead_of_year_0_discounts_all_by_a_year() -> None:
    content = section()
    content["first_year"] = 1
    content["volumes"][1]["formula"] = "min(1, slow * year)"
    costs = parse(content)
    rows = ledger(costs, build(costs), case(costs))
    assert {row.year for row in rows} == {1, 2}
    assert abs(npv(costs, rows, "clinic") - npv(BASE, ROWS, "clinic") / 1.25) <= len(rows)


def test_nothing_at_all_costs_nothing_but_what_is_fixed() -> None:
    costs = BASE.with_values({"volume": Decimal(0)})
    rows = ledger(costs, PROGRAM, case(costs))
    assert {row.use_type for row in rows} == {RISK}


@pytest.mark.parametrize(
    ("where", "change", "said"),
    [
        (("inputs", "fee"), {"value": -5, "low": -5}, "må ikke være negativ"),
        (("inputs", "residual"), {"value": 1.5, "high": 1.5}, "en andel er højst 1"),
        (("inputs", "wage"), {"value": 1000}, "ligger uden for"),
        (("inputs", "fee"), {"price_year": 2001}, "prisindekset har ikke år 2001"),
        (("inputs", "volume"), {"assumption": {"da": "x", "en": "x"}}, "netop én af"),
        (("inputs", "talks"), {"value": 0.6}, "skal give 1"),
        (("decision",), {"headline": "never"}, "»never« findes ikke"),
        (("correlations", 0), {"rho": 1}, "mellem −1 og 1"),
        (("volumes", 2), {"formula": "volume * nobody"}, "kender ikke navnet nobody"),
        (("volumes", 1), {"formula": "all_held"}, "kender ikke navnet all_held"),
        (("activities", 0), {"each": "held"}, "kender ikke navnet held"),
        (("activities", 4), {"price_basis": "factor"}, "en overførsel har to parter"),
        (("activities", 5), {"volume": "held"}, "findes ikke for shared"),
        (("activities", 1), {"each": "after * damage / 60"}, "er både en risiko og et spænd"),
        (("risks", 0), {"residual": "chance"}, "er en begivenhed"),
        (("alternatives", 1), {"bindings": {"volume": "fee"}}, "samme enhed"),
        ((), {"decision_date": "2020"}, "skal være en dato"),
        ((), {"surprise": 1}, "ukendt nøgle"),
    ],
)
def test_what_is_wrong_stops_with_the_key(
    where: tuple[str | int, ...], change: dict[str, object], said: str
) -> None:
    content = section()
    place = content
    for key in where:
        place = place[key]  # type: ignore[index]
    place.update(change)
    with pytest.raises(AssumptionError, match=r"params\.yaml.*") as error:
        parse(content)
    assert said in str(error.value)


def test_at_most_twelve_risks() -> None:
    content = section()
    content["risks"] *= MOST_RISKS + 1
    with pytest.raises(AssumptionError, match="højst 12 risici"):
        parse(content)


def test_an_input_of_another_price_year_is_lifted() -> None:
    content = section()
    content["inputs"]["fee"]["price_year"] = 2018
    assert parse(content).inputs["fee"].value == Decimal("55.00")


def test_a_perspective_that_nobody_is_in_sees_nothing() -> None:
    content = section()
    content["perspectives"].append(perspective("nobody", ["municipality"], ["cashable"]))
    costs = parse(content)
    assert npv(costs, ledger(costs, build(costs), case(costs)), "nobody") == 0
