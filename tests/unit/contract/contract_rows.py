"""Valid rows of any contract, made from the contract alone, so that a test says only what it changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.contract import Contracts, Table
from pipeline.contract.model import KEYED_PATTERN
from pipeline.contract.store import arrow_schema, empty, nullable

SAMPLES = {
    "[0-9a-hjkmnp-tv-z]{12}": "0123456789ab",
    KEYED_PATTERN: "p_abc",
    "s_[0-9A-Za-z_-]+": "s_abc",
    "[a-zA-Z_]+(?:[.][a-z_]+)?": "session.host_ended",
    "[0-9]{2}(?:0[1-9]|[1-4][0-9]|5[0-3])": "1941",
    "[0-9]{2}": "80",
    "[0-9a-f]{64}": "0" * 64,
    "DK|108[1-5]": "DK",
}


def row(table: Table, contracts: Contracts, **values: Any) -> dict[str, Any]:
    """A row that keeps the contract in every column, with ``values`` put in."""
    made: dict[str, Any] = {}
    for column in table.columns:
        if column.codes is not None:
            made[column.name] = contracts.codes[column.codes].codes[0]
        elif column.stored_pattern is not None:
            made[column.name] = SAMPLES[column.stored_pattern]
        else:
            made[column.name] = {
                "string": "x",
                "integer": max(column.minimum or 0, 1),
                "decimal": Decimal(max(column.minimum or 0, 1)),
                "boolean": False,
                "date": date(2019, 10, 1),
                "timestamp": datetime(2019, 10, 1, 8, 0, tzinfo=UTC),
            }[column.type]
    unknown = set(values) - set(made)
    assert not unknown, unknown
    return made | values


def table_of(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as Arrow in the contract's types; nulls are allowed everywhere, so that bad rows can be made."""
    schema = nullable(arrow_schema(table))
    return pa.Table.from_pylist(rows, schema=schema)


def all_empty(contracts: Contracts) -> duckdb.DuckDBPyConnection:
    """A connection in which every table of the contracts stands with no rows."""
    connection = duckdb.connect()
    for name, table in contracts.tables.items():
        connection.register(name, empty(table))
    return connection
