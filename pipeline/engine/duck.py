"""DuckDB in this process: one thread, so that a sum of doubles is the same bytes twice; nothing fetched."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

# Spark's names for what the portable subset has no common spelling of.
_MACROS = (
    "create macro unix_millis(t) as epoch_ms(t)",
    "create macro unix_date(d) as cast(d - date '1970-01-01' as bigint)",
    "create macro from_utc_timestamp(t, zone) as timezone(zone, t)",
)


class DuckEngine:
    """An ``Engine`` on an in-memory DuckDB. Raises ``duckdb.Error`` for SQL that does not run."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            config={
                "threads": 1,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._connection.execute("set timezone = 'UTC'")
        for macro in _MACROS:
            self._connection.execute(macro)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, name: str, table: pa.Table) -> None:
        """Make ``table`` known as ``name``, in place of any earlier one."""
        self._connection.register(name, table)

    def query(self, sql: str) -> pa.Table:
        """Run one SELECT."""
        return self._connection.sql(sql).to_arrow_table()

    def close(self) -> None:
        """Let go of the tables and the connection."""
        self._connection.close()
