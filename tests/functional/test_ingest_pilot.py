"""The committed deliveries through the ingest stage: every row is used or in quarantine."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import read
from pipeline.formats.deliveries import read_index
from pipeline.identifiers import demonstration_key, is_pseudonym, key_id
from pipeline.params import load
from pipeline.stages.ingest import run


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ingest") / "delivered"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MAST_KEY_FILE", raising=False)
        params = replace(load(), key_id=key_id(demonstration_key()))
        run(raw=paths.RAW, schemas=paths.SCHEMAS, out=out, params=params)
    return out


def rows(delivered: Path, name: str) -> list[dict[str, Any]]:
    return read(delivered / f"{name}.parquet").to_pylist()


def test_every_table_keeps_its_contract(delivered: Path) -> None:
    contracts = load_contracts()
    for name, table in contracts.tables.items():
        if table.kind == "delivered":
            assert check(table, contracts.codes, read(delivered / f"{name}.parquet")) == [], name


def test_every_row_of_the_index_is_accounted_for(delivered: Path) -> None:
    counted = {row["delivery_id"]: row for row in rows(delivered, "deliveries")}
    for delivery in read_index(paths.DELIVERIES):
        row = counted[delivery.id]
        assert row["rows_read"] == delivery.rows
        assert row["rows_accepted"] + row["rows_quarantined"] + row["rows_again"] == delivery.rows


def test_identifiers_are_keyed_and_the_usual_sins_are_seen(delivered: Path) -> None:
    contracts = load_contracts()
    for name, table in contracts.tables.items():
        columns = [column.name for column in table.columns if column.identifier and table.kind == "delivered"]
        for row in rows(delivered, name) if columns else []:
            assert all(row[column] is None or is_pseudonym(row[column]) for column in columns)
    decisions = {(row["encoding"], row["date_order"]) for row in rows(delivered, "deliveries")}
    assert {("cp1252", "dmy"), ("utf-8-sig", "dmy")} <= decisions
    seen = {row["rule"] for row in rows(delivered, "problems")}
    assert {"scientific_identifier", "left_out_footnote", "left_out_subtotal", "unknown_code"} <= seen
    assert "critical" not in {row["severity"] for row in rows(delivered, "problems")}
