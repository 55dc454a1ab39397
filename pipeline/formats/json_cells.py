"""A value of JSON as the text of a cell, so that every reader hands its rows to the same typing."""

import json
import math

from pipeline.formats.numbers import DECIMALS, INTEGER_DIGITS


def cell_text(value: object) -> str:
    """``value`` as a cell: nothing is empty, a boolean is true or false, a structure its JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A double in the digits that a table keeps: it has more than nine decimals, and 1e-05 is no cell.

    All nine are written, so that 1.234 cannot be read as thousands. What is out of range stays as it is, to
    be refused by the cell's column.
    """
    if not math.isfinite(value) or abs(value) >= 10**INTEGER_DIGITS:
        return json.dumps(value)
    return str(int(value)) if value.is_integer() else f"{value:.{DECIMALS}f}"
