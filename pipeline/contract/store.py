"""Tables on disk: Parquet in the contract's types and primary-key order, the same bytes for the same rows."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.model import ColumnType, Table
from pipeline.paths import replacing
from pipeline.text import Problem, ProblemError, Text

if TYPE_CHECKING:
    import polars as pl

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 9),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}

# Fixed, so that a new default of the library does not change the files' bytes.
WRITER_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "version": "2.6",
    "data_page_version": "1.0",
    "use_dictionary": True,
    "write_statistics": True,
    "store_schema": True,
    "row_group_size": 32_768,
}


def arrow_schema(table: Table) -> pa.Schema:
    """The contract's columns as an Arrow schema; a required column is not nullable."""
    return pa.schema(
        [
            pa.field(column.name, ARROW_TYPES[column.type], nullable=not column.required)
            for column in table.columns
        ]
    )


def nullable(schema: pa.Schema) -> pa.Schema:
    """The schema with nulls everywhere: `check` counts them, so rows with them must be held and written."""
    return pa.schema([field.with_nullable(True) for field in schema])


def empty(table: Table) -> pa.Table:
    """The table with no rows."""
    return arrow_schema(table).empty_table()


def conform(table: Table, data: "pa.Table | pl.DataFrame") -> pa.Table:
    """``data`` in the contract's columns and types, sorted by primary key and then by every other column.

    Raises ProblemError when a column is missing, unknown or does not fit its type.
    """
    arrow: Any = data if isinstance(data, pa.Table) else data.to_arrow()
    schema = arrow_schema(table)
    for name in schema.names:
        if name not in arrow.column_names:
            raise _misfit(table, name, Text("kolonnen mangler i data", "the column is missing in the data"))
    for name in arrow.column_names:
        if name not in schema.names:
            raise _misfit(
                table,
                name,
                Text("kolonnen findes ikke i kontrakten", "the column is not in the contract"),
            )
    columns = [_cast(table, field, arrow.column(field.name)) for field in schema]
    made = pa.table(columns, schema=nullable(schema))
    return made.sort_by([(name, "ascending") for name in in_order(table)]).combine_chunks()


def in_order(table: Table) -> tuple[str, ...]:
    """The columns that rows are sorted by: the primary key, then every other; empty cells come last."""
    return (*table.primary_key, *(name for name in table.column_names if name not in table.primary_key))


def _cast(table: Table, field: pa.Field, values: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return values.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise _misfit(
            table,
            field.name,
            Text(f"{values.type} kan ikke blive {field.type}", f"{values.type} cannot become {field.type}"),
        ) from error


def _misfit(table: Table, column: str, message: Text) -> ProblemError:
    return ProblemError(Problem(table.name, None, column, "contract", message, "critical"))


def write(table: Table, data: "pa.Table | pl.DataFrame", path: Path) -> None:
    """Write ``data`` as the table's Parquet file, whole or not at all."""
    made = conform(table, data)
    with replacing(path) as temporary:
        pq.write_table(made, temporary, **WRITER_OPTIONS)


def write_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Write rows that come in their order, the same bytes as all at once, whole or not at all."""
    schema = nullable(schema)
    size = WRITER_OPTIONS["row_group_size"]
    options = {name: value for name, value in WRITER_OPTIONS.items() if name != "row_group_size"}
    waiting = schema.empty_table()
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, **options) as writer:
        for batch in batches:
            waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch]).cast(schema)])
            while waiting.num_rows > size:
                writer.write_table(waiting.slice(0, size).combine_chunks(), size)
                waiting = waiting.slice(size)
        writer.write_table(waiting.combine_chunks(), size)


def read(path: Path) -> pa.Table:
    """The Parquet file as Arrow."""
    return pq.read_table(path)
