"""Rows beyond memory: a DuckDB of one's own that spills to a folder, and keys a share at a time."""

import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.contract.ddl import quote_name

# Keys that are grouped at once: DuckDB's groups spill only in part.
GROUPED_ROWS = 250_000


@contextmanager
def spilling(folder: Path, memory_mb: int) -> Generator[duckdb.DuckDBPyConnection]:
    """A database in ``folder``, which is made anew and gone afterwards; it holds ``memory_mb`` MB at most.

    Raises MemoryError where even that does not do.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": "1",
        "temp_directory": str(folder / "spilt"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(str(folder / "rows.duckdb"), config=config) as connection:
            connection.execute("SET timezone = 'UTC'")
            yield connection
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(
            f"rækkerne kan ikke behandles i {memory_mb} MB hukommelse; del leverancen i mindre filer"
            f" · the rows do not do with {memory_mb} MB of memory; split the delivery into smaller files"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shares(keys: Sequence[str], rows: int) -> Iterator[str]:
    """Conditions on columns ``keys`` of which every row meets one, and rows of one key the same.

    Each is met by so few of ``rows`` rows that their keys can be grouped in memory.
    """
    names, count = ", ".join(map(quote_name, keys)), 1 + rows // GROUPED_ROWS
    return (f"hash({names}) % {count} = {share}" for share in range(count))
