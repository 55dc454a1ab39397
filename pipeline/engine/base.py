"""What an engine is: it holds named tables, answers SQL of the portable subset, and is closed."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from typing import Protocol, runtime_checkable

import pyarrow as pa


@runtime_checkable
class Engine(Protocol):
    """Runs the same SQL text wherever it stands, and answers in Arrow.

    The portable subset is that of the design: named CTEs, ``case when``, ``row_number``, ``lag`` and ``sum``
    over windows with ROWS frames, ``cast``, explicit ``order by ... nulls last``. For what the engines spell
    differently an engine provides three functions under Spark's names: ``unix_millis(timestamp)``,
    ``unix_date(date)`` and ``from_utc_timestamp(timestamp, zone)``, the zone's wall clock.
    Sessions run in UTC.
    """

    def add(self, name: str, table: pa.Table) -> None:
        """Make ``table`` known as ``name``, in place of any earlier one."""
        ...

    def query(self, sql: str) -> pa.Table:
        """Run one SELECT."""
        ...

    def close(self) -> None:
        """Let go of everything held; the engine answers no more."""
        ...
