"""Answers as items: one per code of a column's list, or one per column that was ticked."""

from pipeline.contract import load_contracts
from pipeline.mast.metric import Item


def of_codes(table: str, column: str) -> tuple[Item, ...]:
    """One item per code of the column's code list, in the list's order."""
    codes = load_contracts().tables[table].column(column).codes
    if codes is None:
        raise ValueError(f"{table}.{column} has no code list")
    return tuple(
        Item(item.code, item.label, f"{column} = '{item.code}'")
        for item in load_contracts().codes[codes].items
    )


def of_ticks(table: str, prefix: str) -> tuple[Item, ...]:
    """One item per boolean column whose name begins with ``prefix``; the code is the rest of the name."""
    return tuple(
        Item(column.name.removeprefix(prefix), column.label, column.name)
        for column in load_contracts().tables[table].columns
        if column.name.startswith(prefix)
    )
