"""Formulas as steps: the same numbers as the formulas themselves, however many draws and however shared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_expression import AMOUNTS, trees

from pipeline.economics.expression import Tree, evaluate, parse
from pipeline.economics.steps import BLOCK, At, Floats, Operand, Steps


def recorded(tree: Tree, certain: dict[str, float], *, is_smooth: bool = False) -> tuple[Steps, Operand]:
    steps = Steps()

    def named(name: str) -> Operand:
        return certain[name] if name in certain else steps.varying(name)

    return steps, steps.tree(tree, named, is_smooth=is_smooth)


def ran(steps: Steps, output: Operand, values: dict[str, Floats], size: int) -> Floats:
    return steps.script([output]).run(values, size)[0]


@given(trees(), st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=5), st.booleans(), st.booleans())
def test_steps_are_the_formula(
    tree: Tree, pairs: list[tuple[float, float]], is_certain: bool, is_smooth: bool
) -> None:
    first, second = (np.array(column) for column in zip(*pairs, strict=True))
    certain = {"b": float(second[0])} if is_certain else {}
    steps, output = recorded(tree, certain, is_smooth=is_smooth)
    found = ran(steps, output, {"a": first, "b": second}, len(pairs))
    direct = evaluate(tree, {"a": first, "b": second, **certain}, is_smooth=is_smooth)
    assert found.tolist() == np.broadcast_to(direct, len(pairs)).tolist()


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_blocks_are_the_whole(size: int) -> None:
    stream = np.random.default_rng(1)
    values = {"a": stream.normal(0, 9, size), "b": stream.integers(0, 3, size).astype(np.float64)}
    tree = parse("max(ceil(a), b) * share(a, b) - min(a, b) / 7 + (a - b) * (a - b)")
    steps, output = recorded(tree, {})
    assert (ran(steps, output, values, size) == evaluate(tree, values)).all()


def test_what_is_the_same_is_recorded_once_and_what_is_certain_is_a_number() -> None:
    steps, output = recorded(parse("(a + c) * (a + c) + c * 2 - ceil(c / 4)"), {"c": 3.0})
    # a, a + 3, its square, + 6, − 1.
    assert isinstance(output, At)
    assert len(steps.script([output]).steps) == 5
    assert recorded(parse("a * c + min(c, 1) * 0"), {"c": 0.0})[1] == 0.0


def test_what_no_output_needs_is_left_out_and_its_place_is_used_again() -> None:
    steps, output = recorded(parse("a + 1 + 2 + 3 + 4"), {})
    recorded_besides = steps.of("*", steps.varying("b"), 5.0)
    script = steps.script([output])
    assert (len(script.steps), script.places) == (5, 1)
    assert ran(steps, output, {"a": np.array([1.0])}, 1).tolist() == [11]
    with pytest.raises(KeyError):
        ran(steps, recorded_besides, {"a": np.array([1.0])}, 1)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=4), st.sampled_from(["+", "-", "*", "/", "share", "max"])
)
def test_a_weighted_sum_takes_out_what_is_shared(weights: list[float], operator: str) -> None:
    steps = Steps()
    a, b = steps.varying("a"), steps.varying("b")
    terms = [steps.of(operator, steps.of("*", a, float(year)), b) for year in range(len(weights))]
    found = ran(steps, steps.weighted(terms, weights), {"a": np.array([2.0]), "b": np.array([3.0])}, 1)
    each = [float(evaluate([operator, 2.0 * year, 3.0], {})) for year in range(len(weights))]
    assert found[0] == pytest.approx(float(np.dot(weights, each)), rel=1e-12, abs=1e-12)


def test_a_weighted_sum_of_products_is_one_product() -> None:
    steps = Steps()
    terms = [steps.of("*", steps.varying(f"year_{number}"), steps.varying("share")) for number in range(3)]
    total = steps.weighted(terms, [1.0, 0.5, 0.25])
    multiplied = [step for _, step in steps.script([total]).steps if step.operator == "*"]
    assert len(multiplied) == 3  # two discounted years, and the share once
