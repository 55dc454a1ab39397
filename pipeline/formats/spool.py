"""Rows of one table that are written in another order than they come, held in a database until then."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.contract.ddl import quote_name
from pipeline.contract.given import execute_given
from pipeline.contract.store import write_batches

HELD_ROWS = 4096
PLACE = ("place_0", "place_1", "place_2")


class Spool:
    """``columns`` are the table's, with their types; ``name`` is its own in the database."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, pa.DataType]
    ) -> None:
        self._connection, self._name, self._schema = connection, name, pa.schema([*columns.items()])
        self._held: list[dict[str, object]] = []
        self._rows = 0
        self._insert(f"CREATE TABLE {quote_name(name)} AS")

    def add(self, place: tuple[int, int, int], row: Mapping[str, object]) -> None:
        """Rows are written in the order of their ``place``, and of one place as they came."""
        self._held.append({**row, **dict(zip(PLACE, place, strict=True)), "came": self._rows})
        self._rows += 1
        if len(self._held) >= HELD_ROWS:
            self._insert(f"INSERT INTO {quote_name(self._name)}")

    def write(self, path: Path) -> None:
        """Write every row as Parquet."""
        self._insert(f"INSERT INTO {quote_name(self._name)}")
        names = ", ".join(map(quote_name, self._schema.names))
        order = ", ".join((*PLACE, "came"))
        found = self._connection.execute(f"SELECT {names} FROM {quote_name(self._name)} ORDER BY {order}")
        write_batches(self._schema, found.to_arrow_reader(HELD_ROWS), path)

    def _insert(self, into: str) -> None:
        ordered = pa.schema([*self._schema, *((name, pa.int64()) for name in (*PLACE, "came"))])
        rows = pa.Table.from_pylist(self._held, ordered)
        execute_given(self._connection, rows, f"{into} SELECT * FROM given")
        self._held.clear()
