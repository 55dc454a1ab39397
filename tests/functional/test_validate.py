"""The validate stage on files: what is bad is caught, counted without keys, and stops the run."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import params, paths
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema, nullable, write
from pipeline.params import Validation
from pipeline.stages import validate
from pipeline.text import ProblemError

CONTRACTS = load_contracts()
GOOD_CARD = {
    "card_id": "c1",
    "practice": "p_practice1",
    "region": "1084",
    "meeting_date": date(2019, 9, 2),
    "is_held": True,
    "picture_and_sound": "good",
}
PRACTICE = {
    "practice": "p_practice1",
    "clinic_id": "p_clinic1",
    "region": "1084",
    "practice_type": "general",
    "enrolled_date": date(2019, 6, 1),
    "valid_from": date(2019, 1, 1),
}
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    return {name: tmp_path / name for name in ("delivered", "sessions", "results")}


def put(folders: dict[str, Path], tables: Tables) -> None:
    """Every table the stage reads; those not named are empty."""
    for name, table in CONTRACTS.tables.items():
        schema = nullable(arrow_schema(table))
        known = {
            "programme": "pilot",
            "received_date": date(2019, 10, 9),
            "delivery_id": "d",
            "source_file": f"{name}.csv",
            "source_row": 2,
        }
        rows = [
            {column: (known | row).get(column) for column in table.column_names}
            for row in tables.get(name, [])
        ]
        folder = folders["sessions" if name in validate.DERIVED else "delivered"]
        write(table, pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")


def run(folders: dict[str, Path], max_warning_share: float = 0.5) -> None:
    settings = replace(params.load(), validation=Validation(max_warning_share=max_warning_share))
    validate.run(**folders, schemas=paths.SCHEMAS, params=settings)


def counts(folders: dict[str, Path], table: str) -> dict[str, int]:
    written = json.loads((folders["results"] / "validation.json").read_text("utf-8"))
    rules = written["tables"][table]["rules"]
    return {rule: found["failing"] for rule, found in rules.items() if found["failing"]}


def failures(folders: dict[str, Path]) -> list[dict[str, str]]:
    return pq.read_table(folders["results"] / "validation_failures.parquet").to_pylist()


def test_good_tables_pass_and_are_counted(folders: dict[str, Path]) -> None:
    put(folders, {"postcards": [GOOD_CARD], "practices": [PRACTICE]})
    run(folders)
    assert failures(folders) == []
    written = json.loads((folders["results"] / "validation.json").read_text("utf-8"))
    assert written["tables"]["postcards"]["rows"] == 1
    assert written["summary"]["broken"] == {"critical": 0, "warning": 0, "note": 0}
    assert set(written["tables"]) >= {"bookings", "meetings", "participations", "literature"}


def test_a_bad_table_is_caught_and_stops_the_run_after_writing(folders: dict[str, Path]) -> None:
    bad = [
        GOOD_CARD | {"card_id": "c2", "region": "9999"},
        GOOD_CARD | {"card_id": "c3", "meeting_date": None},
        GOOD_CARD | {"card_id": "c4", "practice": "123456"},
        GOOD_CARD | {"card_id": "c5"},
        GOOD_CARD | {"card_id": "c5", "source_row": 3},
    ]
    put(folders, {"postcards": [GOOD_CARD, *bad], "practices": [PRACTICE]})
    with pytest.raises(ProblemError) as caught:
        run(folders)
    found = counts(folders, "postcards")
    assert found.pop("expect_column_values_to_be_in_set(region)") == 1
    assert found.pop("expect_column_values_to_not_be_null(meeting_date)") == 1
    assert found.pop("expect_column_values_to_match_regex(practice)") == 1
    assert found.pop("expect_column_values_to_be_unique(card_id)") == 2
    assert found.pop("postcards.practice_not_in_register") == 2
    assert not found
    lines = [problem.line() for problem in caught.value.problems]
    assert len(lines) == 4
    assert all("postcards" in line and " · " in line and "\n" not in line for line in lines)
    assert {json.loads(row["key"])["card_id"] for row in failures(folders)} == {"c2", "c3", "c4", "c5"}


def test_no_key_and_no_value_is_in_the_counts(folders: dict[str, Path]) -> None:
    bad = GOOD_CARD | {"card_id": "c-very-secret", "practice": "765432", "comment": "0101011234"}
    put(folders, {"postcards": [bad], "practices": [PRACTICE]})
    with pytest.raises(ProblemError) as caught:
        run(folders)
    text = (folders["results"] / "validation.json").read_text("utf-8") + str(caught.value)
    for secret in ("c-very-secret", "765432", "0101011234"):
        assert secret not in text


def test_a_missing_key_of_two_columns_is_named_whole(folders: dict[str, Path]) -> None:
    put(folders, {"practices": [PRACTICE, PRACTICE | {"source_row": 3}]})
    with pytest.raises(ProblemError):
        run(folders)
    keys = {
        row["key"]
        for row in failures(folders)
        if row["rule"] == "expect_compound_columns_to_be_unique(practice, valid_from)"
    }
    assert keys == {'{"practice": "p_practice1", "valid_from": "2019-01-01"}'}


def test_a_rule_across_tables_is_caught(folders: dict[str, Path]) -> None:
    moment = datetime(2019, 9, 2, 9, tzinfo=UTC)
    booking = {
        "short_id": "0123456789ab",
        "practice": "p_practice2",
        "region": "1084",
        "kind": "consultation",
        "mode": "planned",
        "created_at": moment,
        "starts_at": moment,
        "status": "booked",
        "is_test": False,
    }
    regions = [{"region": "1084", "server_from": date(2019, 5, 1)}]
    put(folders, {"bookings": [booking], "practices": [PRACTICE], "regions": regions})
    with pytest.raises(ProblemError, match=r"bookings\.practice_not_in_register"):
        run(folders)


@pytest.mark.parametrize(("share", "stops"), [(0.5, False), (0.4, True)])
def test_too_many_warnings_stop_the_run(folders: dict[str, Path], share: float, stops: bool) -> None:
    silent = GOOD_CARD | {"card_id": "c2", "picture_and_sound": None}
    put(folders, {"postcards": [GOOD_CARD, silent], "practices": [PRACTICE]})
    if stops:
        with pytest.raises(ProblemError, match="1/2"):
            run(folders, share)
    else:
        run(folders, share)
    (failure,) = failures(folders)
    assert failure["severity"] == ("critical" if stops else "warning")


def test_the_same_tables_give_the_same_bytes(folders: dict[str, Path], tmp_path: Path) -> None:
    silent = GOOD_CARD | {"card_id": "c2", "picture_and_sound": None}
    put(folders, {"postcards": [GOOD_CARD, silent], "practices": [PRACTICE]})
    again = folders | {"results": tmp_path / "again"}
    run(folders)
    run(again)
    for name in ("validation.json", "validation_failures.parquet"):
        assert (folders["results"] / name).read_bytes() == (again["results"] / name).read_bytes()


@pytest.mark.slow
def test_the_command_prints_lines_and_exits_with_one(folders: dict[str, Path]) -> None:
    put(folders, {"postcards": [GOOD_CARD | {"region": "9999"}], "practices": [PRACTICE]})
    named = {name: str(folder) for name, folder in folders.items()}
    program = (
        "from pathlib import Path\n"
        "from pipeline import params, paths\n"
        "from pipeline.stages import validate\n"
        "from pipeline.stages.run import run_stage\n"
        f"folders = {{name: Path(folder) for name, folder in {named!r}.items()}}\n"
        "run_stage(lambda: validate.run(**folders, schemas=paths.SCHEMAS, params=params.load()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.ROOT,
        env=os.environ | {"PYTHONPATH": str(paths.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "expect_column_values_to_be_in_set(region)" in done.stderr
    assert (folders["results"] / "validation.json").is_file()
