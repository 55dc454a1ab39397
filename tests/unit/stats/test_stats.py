"""Statistics against published results, closed forms and properties."""

import csv
import json
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.agreement import Level, krippendorff_alpha, percent_agreement
from pipeline.stats.disclosure import Sum, determined, suppress
from pipeline.stats.intervals import NO_OBSERVATIONS, newcombe_difference, wilson
from pipeline.stats.summary import gini, median

ORACLES = Path(__file__).parent.parent / "oracles"
PROPORTIONS = json.loads((ORACLES / "proportion_ci_expected.json").read_text("utf-8"))
ALPHA = json.loads((ORACLES / "kripp_wiki_expected.json").read_text("utf-8"))


def four(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))


@pytest.mark.parametrize("share", PROPORTIONS)
def test_wilson_is_newcombe_1998_to_four_decimals(share: str) -> None:
    count, total = map(int, share.split("/"))
    found = wilson(count, total)
    assert [four(found.low), four(found.high)] == [
        Decimal(str(limit)) for limit in PROPORTIONS[share]["wilson"]
    ]


def test_nothing_counted_is_a_named_result_and_nonsense_is_refused() -> None:
    assert wilson(0, 0) is NO_OBSERVATIONS
    assert not NO_OBSERVATIONS.is_defined
    assert newcombe_difference(1, 2, 0, 0) is NO_OBSERVATIONS
    with pytest.raises(ValueError, match="3 af 2"):
        wilson(3, 2)
    with pytest.raises(ValueError, match="konfidensniveauet"):
        wilson(1, 2, confidence=1)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(share: tuple[int, int]) -> None:
    count, total = share
    found, mirrored = wilson(count, total), wilson(total - count, total)
    assert 0 <= found.low <= Decimal(count) / total <= found.high <= 1
    assert abs(found.low + mirrored.high - 1) < Decimal("1E-20")


def test_newcombe_difference_is_the_published_one() -> None:
    found = newcombe_difference(56, 70, 48, 80)
    assert (four(found.low), four(found.high)) == (Decimal("0.0524"), Decimal("0.3339"))


def coders() -> list[list[int | None]]:
    with (ORACLES / "kripp_wiki_3x15.csv").open(encoding="utf-8") as file:
        return [[None if cell == "nan" else int(cell) for cell in row] for row in csv.reader(file)]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_of_the_three_coders_example(level: Level) -> None:
    found = krippendorff_alpha(list(zip(*coders(), strict=True)), level)
    assert found is not None
    assert float(found) == pytest.approx(ALPHA[level], abs=1e-12)


def test_alpha_by_hand() -> None:
    # 2 coders, 4 units: 11 11 00 10. D_o = 2/8, D_e = 2·5·3/(8·7); 1 − (7·2)/(2·15) = 8/15.
    assert krippendorff_alpha([(1, 1), (1, 1), (0, 0), (1, 0)]) == Fraction(8, 15)
    assert krippendorff_alpha([(1, 1), (1, 1)]) is None, "no disagreement was possible"
    assert krippendorff_alpha([(1, None), (None, 0)]) is None, "nothing was coded twice"
    assert percent_agreement([(1, 1), (0, 0), (1, 0), (1, None)]) == (2, 3)


def test_median_and_gini_by_hand() -> None:
    assert median({1: 1, 4: 1, 9: 1}) == 4
    assert median({1: 2, 4: 1, 9: 1}) == Fraction(5, 2)
    assert median({}) is None
    assert gini({5: 4}) == 0
    assert gini({0: 3, 8: 1}) == Fraction(3, 4)
    assert gini({1: 1, 2: 1, 3: 1}) == Fraction(2, 9)
    assert gini({0: 5}) is None
    with pytest.raises(ValueError, match="negative"):
        gini({-1: 1})


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    counted = {value: values.count(value) for value in values}
    found = gini(counted)
    if not any(values):
        assert found is None
        return
    differences = sum(abs(one - other) for one, other in product(values, repeat=2))
    assert found == Fraction(differences, 2 * len(values) * sum(values))


REGIONS = ("a", "b", "c", "d")
TOTAL = Sum("all", REGIONS)


def test_a_lone_small_cell_takes_a_neighbour_with_it() -> None:
    cells = {"all": 50, "a": 2, "b": 9, "c": 30, "d": 9}
    assert suppress(cells, [TOTAL], 5) == {"a", "b"}


def test_zeros_are_shown_and_large_cells_hide_nothing() -> None:
    assert suppress({"all": 39, "a": 0, "b": 9, "c": 30, "d": 0}, [TOTAL], 5) == frozenset()


def test_two_ones_that_sum_to_two_are_read_off_and_need_a_third() -> None:
    assert suppress({"all": 41, "a": 1, "b": 1, "c": 30, "d": 9}, [TOTAL], 5) == {"a", "b", "d"}


def test_those_who_did_not_are_a_cell_too() -> None:
    cells = {"asked": 56, "good": 54, "not good": 2}
    assert suppress(cells, [Sum("asked", ("good", "not good"))], 5, unprinted={"not good"}) == {"good"}


def test_when_nothing_else_is_left_the_total_goes() -> None:
    assert suppress({"all": 3, "a": 3}, [Sum("all", ("a",))], 3) == frozenset()
    assert suppress({"all": 7, "a": 3, "b": 4}, [Sum("all", ("a", "b"))], 4) == {"a", "b"}
    assert suppress({"all": 2, "a": 2, "b": 0}, [Sum("all", ("a", "b"))], 2) == frozenset()


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4), st.integers(2, 6)
)
def test_no_hidden_small_cell_of_a_two_way_table_can_be_worked_out(table: list[list[int]], k: int) -> None:
    rows, columns = range(len(table)), range(3)
    cells = {f"{r}{c}": table[r][c] for r in rows for c in columns}
    sums: list[Sum[str]] = []
    for r in rows:
        cells[f"r{r}"] = sum(table[r])
        sums.append(Sum(f"r{r}", tuple(f"{r}{c}" for c in columns)))
    for c in columns:
        cells[f"c{c}"] = sum(table[r][c] for r in rows)
        sums.append(Sum(f"c{c}", tuple(f"{r}{c}" for r in rows)))
    cells["all"] = sum(map(sum, table))
    sums.append(Sum("all", tuple(f"r{r}" for r in rows)))
    sums.append(Sum("all", tuple(f"c{c}" for c in columns)))
    hidden = suppress(cells, sums, k)
    small = {key for key, count in cells.items() if 0 < count < k}
    assert small <= hidden
    assert not determined(sums, hidden) & small
