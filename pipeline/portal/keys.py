"""The keys of a delivery's rows, beside those of the one before: which stand twice, and what has changed.

They are held in a file beside the delivery while it is read, so that memory does not grow with their number.
"""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.contract import Table
from pipeline.contract.ddl import quote_name
from pipeline.contract.given import execute_given
from pipeline.contract.spilling import shares, spilling
from pipeline.portal.receipt import Difference

MEMORY_MB = 24
BATCH = 4096


class Keys:
    """Rows are added in the order of the file; the first of several with one key is the one that counts."""

    def __init__(self, table: Table, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self._table = connection, table
        self._keys = ", ".join(quote_name(name) for name in table.primary_key)
        content = ", ".join(quote_name(column.name) for column in table.delivered_columns)
        self._columns = f"{self._keys}, hash({content}) AS content, source_row"
        self._added = {"now": 0, "before": 0}
        self._sides: set[str] = set()

    def add(self, side: str, rows: pa.Table) -> None:
        """Add ``rows``, in the contract's types and with ``source_row``, to ``now`` or ``before``."""
        start = self._added[side]
        asked = f"SELECT {self._columns}, {start} + row_number() OVER () - 1 AS position FROM given"
        made = f"INSERT INTO {side}" if side in self._sides else f"CREATE TABLE {side} AS"
        execute_given(self.connection, rows, f"{made} {asked}")
        self._sides.add(side)
        self._added[side] += rows.num_rows

    def doubled(self) -> Iterator[tuple[int, int]]:
        """Place among the rows added, and line, of every row whose key an earlier one has; in their order."""
        if "now" not in self._sides:
            return
        self.connection.execute("CREATE TEMP TABLE doubled (position BIGINT, source_row BIGINT)")
        for share in self._shares():
            self.connection.execute(
                f"INSERT INTO doubled WITH found AS (SELECT {self._keys}, min(position) AS first FROM now"
                f" WHERE {share} GROUP BY {self._keys} HAVING count(*) > 1)"
                f" SELECT position, source_row FROM now JOIN found USING ({self._keys})"
                " WHERE position > first"
            )
        found = self.connection.execute("SELECT position, source_row FROM doubled ORDER BY position")
        while batch := found.fetchmany(BATCH):
            yield from batch

    def difference(self, previous: str) -> Difference:
        """By key against the delivery called ``previous``; a doubled key's first row stands for it."""
        gone = self._added["before"]
        if "now" not in self._sides or "before" not in self._sides:
            return Difference(previous, self._distinct(), 0, gone, 0)
        every, known, same = self._counted(
            "count(*), count(before.content), count(*) FILTER (WHERE before.content = current.content)",
            f"SELECT {self._keys}, arg_min(content, position) AS content FROM now",
            f"LEFT JOIN before USING ({self._keys})",
        )
        return Difference(previous, every - known, known - same, gone - known, same)

    def _distinct(self) -> int:
        """How many keys the delivery has."""
        if "now" not in self._sides:
            return 0
        return self._counted("count(*)", f"SELECT {self._keys} FROM now")[0]

    def _counted(self, counts: str, current: str, beside: str = "") -> list[int]:
        """``counts`` over ``current``, which is one row a key, summed over every key."""
        sums: list[int] = []
        for share in self._shares():
            grouped = f"{current} WHERE {share} GROUP BY {self._keys}"
            asked = f"SELECT {counts} FROM ({grouped}) AS current {beside}"
            found = self.connection.execute(asked).fetchone() or ()
            sums = [sum(pair) for pair in zip(sums or [0] * len(found), found, strict=True)]
        return sums

    def _shares(self) -> Iterator[str]:
        return shares(self._table.primary_key, max(self._added.values()))


@contextmanager
def open_keys(table: Table, folder: Path) -> Generator[Keys]:
    """Keys in files below ``folder``, which are gone afterwards."""
    with spilling(folder / ".keys", MEMORY_MB) as connection:
        yield Keys(table, connection)
