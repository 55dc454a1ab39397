"""Formulas as data: parsed strictly, evaluated over numbers and arrays alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.economics.expression import FormulaError, Tree, evaluate, names, parse


def test_a_text_becomes_a_tree_and_a_number() -> None:
    tree = parse("held * minutes / 60 - -2")
    assert tree == ["-", ["/", ["*", "held", "minutes"], 60.0], ["neg", 2.0]]
    assert list(names(tree)) == ["held", "minutes"]
    assert evaluate(tree, {"held": 30.0, "minutes": 4.0}) == 4.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ceil(3.2)", 4), ("ceil(3)", 3), ("ceil(0)", 0), ("ceil(0.1 + 0.2 + 2.7)", 3), ("min(1, 2)", 1),
        ("max(1, 2)", 2), ("share(1, 4)", 0.25), ("share(1, 0)", 0),
    ],
)  # fmt: skip
def test_operators(text: str, expected: float) -> None:
    assert evaluate(parse(text), {}) == expected


def test_without_steps_half_a_room_is_half_a_room() -> None:
    assert evaluate(parse("ceil(0.5)"), {}, is_smooth=True) == 0.5


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a.b", "a[0]", "f(x)", "min(1)", "a if b else c", "a ** 2", "'x'", "True", "a := 1",
     "__import__('os')", "lambda: 1", "a < b", "(" * 500],
)  # fmt: skip
def test_nothing_else_is_a_formula(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


# Amounts have a least part: a share of 10⁻³⁰⁸ is no question anybody asks.
AMOUNTS = st.floats(-9, 9).map(lambda value: round(value, 6))


def trees() -> st.SearchStrategy[Tree]:
    leaves = st.one_of(AMOUNTS, st.sampled_from(["a", "b"]))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["+", "-", "*", "min", "max", "share"]), inner, inner).map(list),
            st.tuples(st.sampled_from(["neg", "ceil"]), inner).map(list),
        ),
        max_leaves=12,
    )


@given(trees(), st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=5))
def test_an_array_is_its_numbers_one_by_one(tree: Tree, pairs: list[tuple[float, float]]) -> None:
    whole = evaluate(tree, {"a": np.array([a for a, _ in pairs]), "b": np.array([b for _, b in pairs])})
    single = [evaluate(tree, {"a": a, "b": b}) for a, b in pairs]
    assert np.broadcast_to(whole, len(pairs)).tolist() == single
