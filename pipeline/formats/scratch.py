"""What a reader must remember to a file's end, beside memory: in a database that is gone when closed."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

HELD_KB = 16 * 1024


@contextmanager
def scratch(*tables: str) -> Generator[sqlite3.Connection]:
    """A database of these tables, in memory until it is large, then in a file that no folder lists."""
    made = sqlite3.connect("", isolation_level=None)
    try:
        made.execute(f"PRAGMA cache_size = -{HELD_KB}")
        made.execute("PRAGMA journal_mode = OFF")
        made.execute("PRAGMA synchronous = OFF")
        for table in tables:
            made.execute(f"CREATE TABLE {table}")
        made.execute("BEGIN")
        yield made
    finally:
        made.close()


def stored(text: str) -> str:
    """``text`` as a database holds it: JSON may have half of a surrogate pair, UTF-8 has not."""
    return text.encode(errors="backslashreplace").decode()
