"""The warehouse holds every Parquet table, with the contract's constraints and labels."""

from pathlib import Path

import duckdb
import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.store import empty, write
from pipeline.stages.warehouse import run


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    contracts = load_contracts()
    made = {name: tmp_path / name for name in ("delivered", "results")}
    for folder, table in (("delivered", "postcards"), ("delivered", "regions"), ("results", "estimates")):
        contract = contracts.tables[table]
        write(contract, empty(contract), made[folder] / f"{table}.parquet")
    return made


def test_every_table_is_in_the_schema_of_its_folder(folders: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "w.duckdb"
    made = run(folders=folders, schemas=paths.SCHEMAS, out=out)
    assert made == ["delivered.postcards", "delivered.regions", "results.estimates"]
    with duckdb.connect(str(out), read_only=True) as connection:
        found = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        comment = connection.execute(
            "select comment from duckdb_columns() where table_name = 'postcards' and column_name = 'is_held'"
        ).fetchall()
    assert [row[0] for row in found] == made
    label = load_contracts().tables["postcards"].column("is_held").label
    assert comment == [(str(label),)]


def test_the_contract_s_constraints_hold_in_the_warehouse(folders: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "w.duckdb"
    run(folders=folders, schemas=paths.SCHEMAS, out=out)
    with duckdb.connect(str(out)) as connection, pytest.raises(duckdb.ConstraintException):
        connection.execute("insert into delivered.regions (region) values (null)")


def test_a_run_that_fails_leaves_the_old_warehouse(folders: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "w.duckdb"
    run(folders=folders, schemas=paths.SCHEMAS, out=out)
    before = out.read_bytes()
    (folders["results"] / "broken.parquet").write_bytes(b"no parquet")
    with pytest.raises(duckdb.Error):
        run(folders=folders, schemas=paths.SCHEMAS, out=out)
    assert out.read_bytes() == before
