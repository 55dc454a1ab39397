"""The same rows are the same bytes, in primary-key order and in the contract's types."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa
import pytest
from contract_rows import row, table_of
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import arrow_schema, empty, read, write
from pipeline.text import ProblemError

CONTRACTS = load_contracts()
FLOW = CONTRACTS.tables["flow"]
STEPS = CONTRACTS.codes["flow_step"].codes
ROWS = [
    row(FLOW, CONTRACTS, step=step, step_order=number, n=number) for number, step in enumerate(STEPS, start=1)
]


def written(data: pa.Table | pl.DataFrame, table=FLOW) -> tuple[bytes, pa.Table]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        write(table, data, path)
        return path.read_bytes(), read(path)


@given(st.permutations(ROWS))
def test_the_order_of_rows_does_not_reach_the_file(rows: list[dict[str, object]]) -> None:
    content, back = written(table_of(FLOW, rows))
    assert content == written(table_of(FLOW, ROWS))[0]
    assert back["step"].to_pylist() == sorted(STEPS)


def test_columns_take_the_contracts_types_and_order() -> None:
    frame = pl.DataFrame(
        {"n": [1], "step_order": [2], "step": ["meetings_held"], "as_of": [date(2020, 1, 31)]}
    )
    _, back = written(frame)
    assert back.schema.names == list(FLOW.column_names)
    assert back.schema.types == arrow_schema(FLOW).types


def test_a_missing_or_unknown_column_is_named() -> None:
    data = table_of(FLOW, ROWS)
    with pytest.raises(ProblemError, match="flow, kolonne n: kolonnen mangler"):
        written(data.drop_columns(["n"]))
    with pytest.raises(ProblemError, match="flow, kolonne m: kolonnen findes ikke"):
        written(data.append_column("m", data["n"]))
    with pytest.raises(ProblemError, match="flow, kolonne n: "):
        written(data.set_column(3, "n", pa.array(["a"] * len(ROWS))))


def test_every_empty_table_is_written_and_read() -> None:
    for table in CONTRACTS.tables.values():
        _, back = written(empty(table), table)
        assert back.num_rows == 0
        assert back.schema.types == arrow_schema(table).types


def test_a_copy_per_cut_off_has_the_date_first_in_its_key() -> None:
    linked = CONTRACTS.tables["milestones"].with_as_of()
    assert linked.primary_key == ("as_of", "milestone_id")
    assert linked.column_names[0] == "as_of"
    assert linked.column_names[1:] == CONTRACTS.tables["milestones"].column_names


def test_a_derived_table_that_breaks_its_contract_is_not_written(tmp_path: Path) -> None:
    good = (FLOW, table_of(FLOW, ROWS))
    write_checked([good], CONTRACTS, tmp_path / "good")
    assert (tmp_path / "good" / "flow.parquet").exists()
    bad = (FLOW, table_of(FLOW, [row(FLOW, CONTRACTS, n=-1)]))
    with pytest.raises(ProblemError, match="flow, linje 1, kolonne n"):
        write_checked([good, bad], CONTRACTS, tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
