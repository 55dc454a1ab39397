"""A workbook's formulas computed as Excel does; the results stored beside them are not read."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

OPERATORS = {"^": "**", "=": "==", "<>": "!="}
COMPARISON = re.compile(r"^(<>|>=|<=|>|<|=)(.*)$", re.S)


class Said(str):
    """A text in a formula: ``&`` joins."""

    __slots__ = ()

    def __and__(self, other: object) -> "Said":
        return Said(str(self) + str(other))


class Computed:
    """Every cell of ``book`` by sheet and place, computed when it is asked for."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.functions: set[str] = set()
        self._cells: dict[tuple[str, str], Any] = {}
        self._ranges: dict[str, np.ndarray] = {}
        self._masks: dict[tuple[str, Any], np.ndarray] = {}

    def cell(self, sheet: str, place: str) -> Any:
        """What a cell comes to."""
        key = (sheet, place.replace("$", ""))
        if key not in self._cells:
            cell = self.book[sheet][key[1]]
            value = cell.value
            if cell.data_type == "f":
                value = self.formula(sheet, value)
            self._cells[key] = Said(value) if isinstance(value, str) else value
        return self._cells[key]

    def formula(self, sheet: str, text: str) -> float:
        """What a formula comes to on a sheet."""
        said = "".join(self._translated(token) for token in Tokenizer(text).items)
        return float(eval(said, {"R": lambda name: self._range(sheet, name), **self._functions()}))

    def _translated(self, token: Token) -> str:
        value = str(token.value)
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            return f"R({value!r})"
        if token.type == Token.OPERAND and token.subtype == Token.TEXT:
            text = value[1:-1].replace('""', '"')
            return f"Said({text!r})"
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            self.functions.add(value[:-1])
        return OPERATORS.get(value, value) if token.type == Token.OP_IN else value

    def _range(self, sheet: str, name: str) -> Any:
        if name in self.book.defined_names:
            ((sheet, name),) = self.book.defined_names[name].destinations
        key = f"{sheet}!{name}"
        if ":" not in name:
            return self.cell(sheet, name)
        if key not in self._ranges:
            rows = self.book[sheet][name.replace("$", "")]
            found = [self.cell(sheet, cell.coordinate) for row in rows for cell in row]
            made = np.empty(len(found), dtype=object)
            made[:] = found
            self._ranges[key] = made
        return self._ranges[key]

    def _functions(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "Said": Said,
            "SUM": lambda *given: sum(_number(one) for part in given for one in np.atleast_1d(part)),
            "SUMIFS": lambda what, *pairs: self._sumifs(what, pairs),
            "SUMIF": lambda what, criterion: self._sumifs(what, (what, criterion)),
            "SUMPRODUCT": lambda given: float(np.sum(given)),
            "INDEX": lambda given, place: given[int(place) - 1],
            "MATCH": lambda value, given, _: list(given).index(value) + 1,
            "ROUND": _rounded,
            "SQRT": math.sqrt,
            "MIN": min,
            "MAX": max,
            "SUBSTITUTE": lambda text, old, new: Said(text.replace(old, new)),
        }

    def _sumifs(self, what: Any, pairs: Any) -> float:
        mask = np.ones(len(what), dtype=bool)
        for given, criterion in zip(pairs[::2], pairs[1::2], strict=True):
            key = (str(id(given)), criterion)
            if key not in self._masks:
                fits = _fitting(criterion)
                self._masks[key] = np.array([fits(value) for value in given], dtype=bool)
            mask &= self._masks[key]
        return math.fsum(_number(value) for value in what[mask])


def _fitting(criterion: Any) -> Callable[[Any], bool]:
    """What SUMIFS takes for a match: texts whatever their case, ``*`` and ``?`` as patterns."""
    if not isinstance(criterion, str):
        return lambda value: value == criterion
    found = COMPARISON.match(criterion)
    comparison, said = (found[1], found[2]) if found else ("=", criterion)
    if comparison in ("<", ">"):
        least = float(said)
        return lambda value: (
            isinstance(value, int | float) and (value < least if comparison == "<" else value > least)
        )
    escaped = re.sub(r"~([*?~])|([*?])|([^*?~]+|~)", _piece, said)
    pattern = re.compile(escaped, re.I | re.S)
    is_equal = comparison == "="
    return lambda value: (isinstance(value, str) and pattern.fullmatch(value) is not None) == is_equal


def _piece(match: "re.Match[str]") -> str:
    if match[2]:
        return ".*" if match[2] == "*" else "."
    return re.escape(match[1] or match[3])


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _rounded(value: float, places: int) -> float:
    """Half away from zero, of the fifteen digits that Excel goes by."""
    exact = Decimal(f"{float(value):.15g}")
    return float(exact.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP))
