"""Every delivery's rows by table, in a database that spills: what is held does not grow with their number."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.contract import Table
from pipeline.contract.ddl import SQL_TYPES, quote_name
from pipeline.contract.given import execute_given
from pipeline.contract.spilling import shares
from pipeline.contract.store import arrow_schema, in_order, write_batches
from pipeline.formats.deliveries import Delivery
from pipeline.formats.frames import as_arrow
from pipeline.formats.merge import Lost, Version, lost
from pipeline.formats.result import Frame

BATCH_ROWS = 4096


class Gathering:
    """Rows are added in the order they were received, then settled table by table, then written."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
        self._connection = connection
        self._rows: Counter[str] = Counter()
        self._places = 0
        for table in tables:
            columns = ", ".join(f"{quote_name(one.name)} {SQL_TYPES[one.type]}" for one in table.columns)
            connection.execute(f"CREATE TABLE {quote_name(table.name)} ({columns}, place BIGINT)")

    def add(self, table: Table, told: Delivery, frame: Frame) -> None:
        """One piece of one delivery."""
        count = frame.rows
        if not count:
            return
        told_of = {
            "delivery_id": told.id,
            "programme": told.programme,
            "received_date": told.received_date,
        }
        places = pa.array(range(self._places, self._places + count), pa.int64())
        rows = as_arrow(table, frame, told_of).append_column("place", places)
        execute_given(self._connection, rows, f"INSERT INTO {quote_name(table.name)} SELECT * FROM given")
        self._rows[table.name] += count
        self._places += count

    def settle(self, table: Table) -> Iterator[Lost]:
        """Leave one row a key; those that go, key by key."""
        self._connection.execute("CREATE OR REPLACE TEMP TABLE gone (place BIGINT)")
        for share in shares(table.unique_key, self._rows[table.name]):
            places: list[int] = []
            for versions in self._doubled(table, share):
                for one in lost(versions):
                    places.append(one.version.place)
                    yield one
            going = pa.table({"place": pa.array(places, pa.int64())})
            execute_given(self._connection, going, "INSERT INTO gone SELECT place FROM given")
        self._connection.execute(
            f"DELETE FROM {quote_name(table.name)} WHERE place IN (SELECT place FROM gone)"
        )

    def accepted(self, table: Table) -> dict[str, int]:
        """How many rows are left of each delivery."""
        asked = f"SELECT delivery_id, count(*) FROM {quote_name(table.name)} GROUP BY delivery_id"
        return dict(self._connection.execute(asked).fetchall())

    def write(self, table: Table, path: Path) -> None:
        """Write the table's rows as ``contract.store`` does, a row group at a time."""
        names = ", ".join(map(quote_name, table.column_names))
        # What is sorted is read from blocks as they are on disk: without this it is held beside them.
        self._connection.execute("CHECKPOINT")
        order = ", ".join(f"{quote_name(name)} NULLS LAST" for name in in_order(table))
        found = self._connection.execute(f"SELECT {names} FROM {quote_name(table.name)} ORDER BY {order}")
        write_batches(arrow_schema(table), found.to_arrow_reader(BATCH_ROWS), path)

    def _doubled(self, table: Table, share: str) -> Iterator[Iterator[Version]]:
        """The rows of every key that stands twice, key by key, in the order they were received."""
        name, keys = quote_name(table.name), [quote_name(key) for key in table.unique_key]
        same = " AND ".join(f"{name}.{key} IS NOT DISTINCT FROM doubled.{key}" for key in keys)
        listed = ", ".join(keys)
        order = ", ".join(f"{name}.{key}" for key in keys)
        # A cursor of its own: what is done with the rows may ask the database too.
        found = self._connection.cursor().execute(
            f"SELECT {name}.* FROM {name} JOIN (SELECT {listed} FROM {name} WHERE {share} GROUP BY {listed}"
            f" HAVING count(*) > 1) AS doubled ON {same} ORDER BY {order}, {name}.place"
        )
        content = [column.name for column in table.columns if column.name not in table.provenance]
        versions = (
            _version(table, content, row)
            for batch in found.to_arrow_reader(BATCH_ROWS)
            for row in batch.to_pylist()
        )
        return (rows for _, rows in groupby(versions, attrgetter("key")))


def _version(table: Table, content: Sequence[str], row: dict[str, Any]) -> Version:
    return Version(
        row["place"],
        tuple(row[name] for name in table.unique_key),
        row["delivery_id"],
        row["received_date"],
        row["source_file"],
        row["source_row"],
        {name: row[name] for name in content},
    )
