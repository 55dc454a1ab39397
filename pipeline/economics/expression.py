"""Formulas as data: a text of names, numbers and a few operators becomes a tree that anybody can evaluate.

A tree is a number, a name, or a list of an operator and its trees: ``["*", "minutes", ["/", "wage", 60]]``,
which JSON can carry. Operators: ``+ - * /`` of two, ``neg`` of one, ``min`` and ``max`` of two, ``ceil`` of
one (a step: half a room is a whole one), ``share`` of a part and a whole (0 of nothing). There is no other
way to compute in the cost model, in Python or outside it.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Tree = float | str | list[Any]
Value = float | NDArray[np.float64]

# Rounding may leave 3 rooms as 3.0000000000000004, which is not four.
CEIL_SLACK = 1e-9

_BINARY: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_CALLS = {"min": 2, "max": 2, "ceil": 1, "share": 2}


class FormulaError(ValueError):
    """A text that is no formula of ours; the message says what was found, in Danish and English."""


def parse(text: str) -> Tree:
    """The tree of ``text``. Raises FormulaError."""
    try:
        return _tree(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise FormulaError(f"»{text[:60]}« er ikke en formel / is not a formula") from error


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ["neg", _tree(operand)]
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            return [_BINARY[type(operator)], _tree(left), _tree(right)]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if _CALLS.get(name) == len(
            arguments
        ):
            return [name, *(_tree(one) for one in arguments)]
        case _:
            pass
    known = ", ".join(("+ - * /", *_CALLS))
    raise FormulaError(
        f"»{ast.unparse(node)[:60]}«: kun navne, tal og {known} / only names, numbers and these"
    )


def names(tree: Tree) -> Iterator[str]:
    """Every name in the tree, left to right."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for part in cast("list[Tree]", tree[1:]):
            yield from names(part)


def renamed(tree: Tree, name: Callable[[str], str]) -> Tree:
    """The same tree with every name put through ``name``."""
    if isinstance(tree, str):
        return name(tree)
    if isinstance(tree, list):
        return [tree[0], *(renamed(part, name) for part in cast("list[Tree]", tree[1:]))]
    return tree


def evaluate(tree: Tree, values: Mapping[str, Value], *, is_smooth: bool = False) -> Value:
    """The tree's value; names are looked up in ``values``, whose arrays must be of one length.

    ``is_smooth`` leaves out the steps: ``ceil`` passes its argument on, so that what they cost can be told.
    Raises KeyError for a name without a value.
    """
    if isinstance(tree, str):
        return values[tree]
    if not isinstance(tree, list):
        return tree
    operator = cast("str", tree[0])
    parts = [evaluate(part, values, is_smooth=is_smooth) for part in cast("list[Tree]", tree[1:])]
    match operator:
        case "+":
            return parts[0] + parts[1]
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "neg":
            return -parts[0]
        case "ceil":
            return parts[0] if is_smooth else _plain(np.ceil(parts[0] - CEIL_SLACK))
        case "share":
            return _share(parts[0], parts[1])
        case "min":
            return _plain(np.minimum(parts[0], parts[1]))
        case _:
            return _plain(np.maximum(parts[0], parts[1]))


def _share(part: Value, whole: Value) -> Value:
    """``part / whole``; nothing is a share of nothing."""
    return _plain(
        np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=np.asarray(whole) != 0)
    )


def _plain(value: Any) -> Value:
    """A single number as Python's own, so that one evaluation is exact and fast."""
    return float(value) if np.ndim(value) == 0 else value
