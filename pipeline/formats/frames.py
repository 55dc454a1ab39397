"""A reader's rows as Arrow in their contract's types."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false

from collections.abc import Mapping

import pyarrow as pa

from pipeline.contract import Table
from pipeline.contract.store import arrow_schema
from pipeline.formats.result import Frame


def as_arrow(table: Table, frame: Frame, told: Mapping[str, object]) -> pa.Table:
    """``frame`` with what its delivery ``told`` of every row, in the contract's order.

    A column that neither has is left out; nothing is checked but that values fit their types.
    """
    rows = frame.rows
    every = {**frame.columns, **{name: [value] * rows for name, value in told.items()}}
    return pa.table(
        {
            field.name: pa.array(every[field.name], field.type)
            for field in arrow_schema(table)
            if field.name in every
        }
    )
