"""The keys of a delivery's rows, beside those of the one before: which stand twice, and what has changed.

They are held in a file beside the delivery while it is read, so that memory does not grow with their number.
"""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.contract import Table
from pipeline.contract.ddl import quote_name
from pipeline.portal.receipt import Difference

MEMORY = "40MB"
BATCH = 4096


class Keys:
    """Rows are added in the order of the file; the first of several with one key is the one that counts."""

    def __init__(self, table: Table, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._keys = ", ".join(quote_name(name) for name in table.primary_key)
        content = ", ".join(quote_name(column.name) for column in table.delivered_columns)
        self._columns = f"{self._keys}, hash({content}) AS content, source_row"
        self._added = {"now": 0, "before": 0}
        self._sides: set[str] = set()

    def add(self, side: str, rows: pa.Table) -> None:
        """Add ``rows``, in the contract's types and with ``source_row``, to ``now`` or ``before``."""
        start = self._added[side]
        asked = f"SELECT {self._columns}, {start} + row_number() OVER () - 1 AS position FROM piece"
        self.connection.register("piece", rows)
        made = f"INSERT INTO {side}" if side in self._sides else f"CREATE TABLE {side} AS"
        self.connection.execute(f"{made} {asked}")
        self.connection.unregister("piece")
        self._sides.add(side)
        self._added[side] += rows.num_rows

    def doubled(self) -> Iterator[tuple[int, int]]:
        """Place among the rows added, and line, of every row whose key an earlier one has; in their order."""
        if "now" not in self._sides:
            return
        found = self.connection.execute(
            f"WITH doubled AS (SELECT {self._keys}, min(position) AS first FROM now GROUP BY {self._keys}"
            f" HAVING count(*) > 1) SELECT position, source_row FROM now JOIN doubled USING ({self._keys})"
            " WHERE position > first ORDER BY position"
        )
        while batch := found.fetchmany(BATCH):
            yield from batch

    def difference(self, previous: str) -> Difference:
        """By key against the delivery called ``previous``; a doubled key's first row stands for it."""
        gone = self._added["before"]
        if "now" not in self._sides or "before" not in self._sides:
            return Difference(previous, self._distinct("now"), 0, gone, 0)
        first = f"SELECT {self._keys}, arg_min(content, position) AS content FROM now GROUP BY {self._keys}"
        counts = self.connection.execute(
            "SELECT count(*), count(before.content), count(*) FILTER (WHERE before.content = current.content)"
            f" FROM ({first}) AS current LEFT JOIN before USING ({self._keys})"
        ).fetchone()
        every, known, same = counts or (0, 0, 0)
        return Difference(previous, every - known, known - same, gone - known, same)

    def _distinct(self, side: str) -> int:
        if side not in self._sides:
            return 0
        asked = f"SELECT count(*) FROM (SELECT DISTINCT {self._keys} FROM {side})"
        found = self.connection.execute(asked).fetchone()
        return int(found[0]) if found else 0


@contextmanager
def open_keys(table: Table, folder: Path) -> Generator[Keys]:
    """Keys in files below ``folder``, which are gone afterwards."""
    place = folder / ".keys"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": "1",
        "temp_directory": str(place / "spilt"),
    }
    try:
        with duckdb.connect(str(place / "keys.duckdb"), config=config) as connection:
            yield Keys(table, connection)
    finally:
        shutil.rmtree(place, ignore_errors=True)
