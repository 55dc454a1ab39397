"""Put every table and result into one DuckDB file, for notebooks; nothing depends on it.

Four schemas in the order of the flow: ``delivered``, ``sessions``, ``linked``, ``results``. A table with a
contract gets its constraints and, as comments, its labels; a JSON result is a table of its own.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipeline import paths
from pipeline.contract import Contracts, Table, load_contracts
from pipeline.contract.ddl import create_table
from pipeline.stages.run import run_stage


def run(*, folders: Mapping[str, Path], schemas: Path, out: Path) -> list[str]:
    """Write the warehouse at ``out`` from the Parquet files in ``folders`` (schema name to folder).

    Returns the qualified names of the tables made. The file is whole or not there.
    """
    contracts = load_contracts(schemas)
    made: list[str] = []
    with paths.replacing(out) as temporary:
        temporary.unlink()
        with duckdb.connect(str(temporary), config={"autoinstall_known_extensions": "false"}) as connection:
            for schema, folder in folders.items():
                connection.execute(f'CREATE SCHEMA "{schema}"')
                connection.execute(f"USE {schema}")
                for file in sorted(folder.glob("*.parquet")):
                    _add(connection, file, contracts)
                    made.append(f"{schema}.{file.stem}")
    return made


def _add(connection: duckdb.DuckDBPyConnection, file: Path, contracts: Contracts) -> None:
    name, quoted = file.stem, str(file).replace("'", "''")
    source = f"read_parquet('{quoted}')"
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    table = contracts.tables.get(name)
    if table is None or [column.name for column in table.columns] != columns:
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM {source}')
        return
    connection.execute(create_table(table, contracts.codes))
    connection.execute(f'INSERT INTO "{name}" SELECT * FROM {source}')
    _comment(connection, table)


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    said = [(f'TABLE "{table.name}"', table.title)]
    said += [(f'COLUMN "{table.name}"."{column.name}"', column.label) for column in table.columns]
    for target, text in said:
        quoted = str(text).replace("'", "''")
        connection.execute(f"COMMENT ON {target} IS '{quoted}'")


def main() -> None:
    """Bind the paths."""
    folders = {
        "delivered": paths.DELIVERED,
        "sessions": paths.SESSIONS,
        "linked": paths.LINKED,
        "results": paths.RESULTS,
    }
    made = run(folders=folders, schemas=paths.SCHEMAS, out=paths.WAREHOUSE)
    inputs = [file for folder in folders.values() for file in sorted(folder.glob("*.parquet"))]
    paths.write_manifest(paths.RESULTS / "warehouse.json", "warehouse", inputs, [paths.WAREHOUSE])
    print(f"{len(made)} tabeller i {paths.relative(paths.WAREHOUSE)} · {len(made)} tables")


if __name__ == "__main__":
    run_stage(main)
