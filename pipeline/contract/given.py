"""Arrow rows for one statement of DuckDB's, which reads them where they are."""

# pyarrow and DuckDB's registering are untyped.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb


def execute_given(connection: "duckdb.DuckDBPyConnection", rows: pa.Table, statement: str) -> None:
    """Run ``statement``, in which the table ``given`` is ``rows``. Raises ``duckdb.Error``."""
    connection.register("given", rows)
    connection.execute(statement)
    connection.unregister("given")
