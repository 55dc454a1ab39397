"""The sheet of the quantities' formulas, written as people write them."""

import json
from typing import Any, cast

from pipeline.report.summary_sheet.book import Book
from pipeline.report.summary_sheet.page import Page
from pipeline.report.summary_sheet.told import Told, both

# How tightly an operator holds its parts; a looser part stands in brackets.
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3}
SIGNS = {"-": "−", "*": "×"}


def write(book: Book, told: Told) -> None:
    """What every quantity that the ledger's formulas name is made of, in the order of their need."""
    page = Page(book, told.text("sheet_formulas").da, (34, 66, 130))
    page.intro(told.text("formulas_title"), told.text("formulas_note"))
    head = page.headings([told.text(key) for key in ("formula_name", "formula_use", "formula_text")])
    uses = {str(row["code"]): told.titled(row) for row in told.model["uses"]}
    for key, use, tree in told.model["definitions"]:
        page.bare((str(key), both(uses[use]) if use in uses else str(told.text("formula_all")), infix(tree)))
    page.listed(head, "B", page.last)


def written(formula: str) -> str:
    """A formula of the ledger, which is a tree as JSON, as people write it."""
    return infix(json.loads(formula))


def infix(tree: Any, outer: int = 0) -> str:
    """``["*", "held", ["/", "minutes", 60]]`` as ``held × (minutes / 60)``."""
    if not isinstance(tree, list):
        return f"{tree:.15g}" if isinstance(tree, float | int) else str(tree)
    operator, *parts = cast("list[Any]", tree)
    binding = BINDING.get(operator)
    if binding is None:
        return f"{operator}({'; '.join(infix(part) for part in parts)})"
    if operator == "neg":
        text = f"−{infix(parts[0], binding)}"
    else:
        left, right = infix(parts[0], binding - 1), infix(parts[1], binding)
        text = f"{left} {SIGNS.get(operator, operator)} {right}"
    return f"({text})" if binding <= outer else text
