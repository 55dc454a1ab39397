"""Which rows of a piece are rows beyond doubt, seen column by column; the others need a closer look."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any

import pyarrow.compute

# Made when it is imported, and so unknown to what checks types.
pc: Any = pyarrow.compute


def sure_rows(columns: Sequence[Any]) -> Any:
    """Which rows are none of a sum, a note and blank, as an Arrow array; None: all of them.

    ``columns`` are Arrow's, None where one is not read. Of a sure row the first cell has a digit and another
    a letter or digit; or two have a letter; or, where every column is there, none has and two have a digit.
    """
    numbered = _numbered(columns)
    if numbered is not None and pc.all(numbered).as_py():
        return None
    letters: Any = None
    for column in columns:
        if column is None:
            continue
        letters = _added(letters, column, "[A-Za-z]")
        if pc.min(letters).as_py() >= 2:
            return None
    found = pc.greater_equal(letters, 2)
    if numbered is not None:
        found = pc.or_(found, numbered)
    if not any(column is None for column in columns):
        digits: Any = None
        for column in columns:
            digits = _added(digits, column, "[0-9]")
        found = pc.or_(found, pc.and_(pc.equal(letters, 0), pc.greater_equal(digits, 2)))
    return None if pc.all(found).as_py() else found


def _numbered(columns: Sequence[Any]) -> Any:
    """Which rows begin with a digit's cell, as no sum does, and are more than that, as no note is.

    None where there are no columns that tell.
    """
    if columns[0] is None:
        return None
    begun = pc.match_substring_regex(columns[0], "[0-9]")
    filled: Any = None
    found: Any = None
    for column in columns[1:]:
        if column is None:
            continue
        has_sign = pc.match_substring_regex(column, "[0-9A-Za-z]")
        filled = has_sign if filled is None else pc.or_(filled, has_sign)
        found = pc.and_(begun, filled)
        if found.equals(begun):
            break
    return found


def _added(count: Any, column: Any, pattern: str) -> Any:
    has_one = pc.cast(pc.match_substring_regex(column, pattern), pyarrow.int16())
    return has_one if count is None else pc.add(count, has_one)
