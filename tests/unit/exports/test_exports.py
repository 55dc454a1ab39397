"""What is exported reads back as it was, as far as the format can carry it."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from pipeline.contract import CodeItem, CodeList, Column, Contracts, Table
from pipeline.contract.store import conform
from pipeline.exports import excel, labelled, plain, r_script
from pipeline.exports.command import FORMATS, write
from pipeline.exports.source import Exported, tables
from pipeline.text import ProblemError, Text

DAY = date(2020, 1, 31)
CODES = {
    "answer": CodeList(
        "answer",
        Text("Svar", "Answer"),
        (
            CodeItem("good", Text("Godt", "Good")),
            CodeItem("bad", Text("Dårligt", "Bad")),
            CodeItem("none", Text("Ved ikke", "Don't know")),
        ),
    )
}
LONG = "a_column_whose_name_is_longer_than_stata_takes"


def column(name: str, kind: Any, **more: Any) -> Column:
    return Column(name, kind, Text(f"Dansk {name}", f"English {name}"), **more)


TABLE = Table(
    "answers",
    Text("Svar på spørgsmål", "Answers"),
    None,
    "derived",
    ("id",),
    "",
    "",
    (
        column("id", "string", required=True),
        column("answer", "string", codes="answer"),
        column("is_held", "boolean"),
        column("held_on", "date"),
        column("started_at", "timestamp"),
        column("amount", "decimal"),
        column("parties", "integer", minimum=0),
        column("note", "string"),
        column(LONG, "integer"),
        column(f"{LONG}_too", "integer"),
    ),
)
ROWS = [
    {
        "id": "007",
        "answer": "bad",
        "is_held": True,
        "held_on": date(2019, 10, 9),
        "started_at": datetime(2019, 10, 27, 1, 30, tzinfo=UTC),
        "amount": Decimal("12.345"),
        "parties": 3,
        "note": '=HYPERLINK("http://x")',
        LONG: 1,
        f"{LONG}_too": 2,
    },
    {
        "id": "008",
        "answer": None,
        "is_held": None,
        "held_on": None,
        "started_at": None,
        "amount": None,
        "parties": None,
        "note": None,
        LONG: None,
        f"{LONG}_too": None,
    },
    {
        "id": "009",
        "answer": "none",
        "is_held": False,
        "held_on": date(1960, 1, 1),
        "started_at": datetime(1959, 12, 31, 23, 59, tzinfo=UTC),
        "amount": Decimal("-0.5"),
        "parties": 0,
        "note": "Æblegrød, »ø« og\nlinjeskift" * 40,
        LONG: 3,
        f"{LONG}_too": 4,
    },
]
CONTRACTS = Contracts({"answers": TABLE}, CODES)


@pytest.fixture
def exported() -> Exported:
    names = TABLE.column_names
    raw = pa.table({name: [row[name] for row in ROWS] for name in names})
    return Exported(TABLE, conform(TABLE, raw))


def back(frame: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    """The rows that a labelled file holds, in the contract's values."""
    made: list[dict[str, Any]] = []
    for record in frame.to_dict("records"):
        row: dict[str, Any] = {}
        for one in TABLE.columns:
            value = record[names[one.name]]
            if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
                row[one.name] = None
            elif one.codes:
                row[one.name] = labelled.code_of(CODES[one.codes], value)
            elif one.type == "boolean":
                row[one.name] = bool(value)
            elif one.type == "integer":
                row[one.name] = int(value)
            elif one.type == "decimal":
                row[one.name] = Decimal(repr(value))
            elif one.type == "timestamp":
                row[one.name] = pd.Timestamp(value).to_pydatetime().replace(tzinfo=UTC)
            elif one.type == "date":
                row[one.name] = value if type(value) is date else pd.Timestamp(value).date()
            else:
                row[one.name] = value or None
        made.append(row)
    return made


def test_stata_goes_out_and_in(exported: Exported, tmp_path: Path) -> None:
    path = labelled.write_stata(exported, CONTRACTS, tmp_path, DAY)
    frame: Any
    frame, meta = pyreadstat.read_dta(str(path))
    names = labelled.short_names(TABLE.column_names)
    assert max(map(len, frame.columns)) == 32
    assert len(set(frame.columns)) == len(TABLE.columns)
    assert back(frame, names) == ROWS
    assert meta.variable_value_labels["answer"] == {1: "Godt", 2: "Dårligt", 3: "Ved ikke"}
    assert meta.variable_value_labels["is_held"] == {0: "Nej", 1: "Ja"}
    assert meta.column_names_to_labels["answer"] == "Dansk answer"
    # As Stata's own reader in another library has it.
    other: Any = pd.read_stata(path)
    assert list(other["answer"].astype(object).where(other["answer"].notna(), None)) == [
        "Dårligt",
        None,
        "Ved ikke",
    ]


def test_spss_goes_out_and_in(exported: Exported, tmp_path: Path) -> None:
    path = labelled.write_spss(exported, CONTRACTS, tmp_path, DAY)
    frame, meta = pyreadstat.read_sav(str(path))
    assert back(frame, {name: name for name in TABLE.column_names}) == ROWS
    assert meta.variable_value_labels["answer"] == {1: "Godt", 2: "Dårligt", 3: "Ved ikke"}
    assert meta.column_names_to_labels[LONG] == f"Dansk {LONG}"
    assert meta.variable_measure["answer"] == "nominal"


def test_parquet_says_what_its_columns_are(exported: Exported, tmp_path: Path) -> None:
    path = plain.write_parquet(exported, tmp_path)
    found = pq.read_table(path)
    assert found.to_pylist() == exported.data.to_pylist()
    assert found.schema.field("answer").metadata[b"label_da"] == b"Dansk answer"


def test_csv_and_its_package(exported: Exported, tmp_path: Path) -> None:
    path = plain.write_csv(exported, tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["id"] == "007"
    assert rows[0]["started_at"] == "2019-10-27T01:30:00+00:00"
    assert rows[2]["note"] == ROWS[2]["note"]
    assert set(rows[1].values()) == {"008", ""}
    package = json.loads(plain.write_package([exported], CONTRACTS, tmp_path).read_text("utf-8"))
    (resource,) = package["resources"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert [field["name"] for field in resource["schema"]["fields"]] == list(rows[0])
    assert fields["id"]["constraints"] == {"required": True}
    assert fields["answer"]["constraints"]["enum"] == ["good", "bad", "none"]
    assert fields["parties"]["constraints"] == {"minimum": 0}
    assert (fields["started_at"]["type"], fields["amount"]["type"]) == ("datetime", "number")
    assert resource["schema"]["primaryKey"] == ["id"]
    assert "personoplysninger" in package["description"]
    assert "anonym" not in json.dumps(package)


def test_excel_runs_nothing(exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "COMMITTEE", ("answers",))
    book = openpyxl.load_workbook(excel.write_excel([exported], CONTRACTS, tmp_path))
    assert book.sheetnames == ["Forklaring", "Svar på spørgsmål"]
    sheet = book.worksheets[1]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    assert cells[ROWS[0]["note"]].data_type == "s"
    assert cells["007"].data_type == "s"
    assert cells[12.345].data_type == "n"
    assert "Dårligt" in cells


def test_r_reads_with_classes_and_levels(exported: Exported, tmp_path: Path) -> None:
    text = r_script.write_r([exported], CONTRACTS, tmp_path).read_text("utf-8")
    assert (
        'factor(d$answer, levels = c("good", "bad", "none"), labels = c("Godt", "Dårligt", "Ved ikke"))'
        in text
    )
    assert 'id = "character"' in text
    assert 'held_on = "Date"' in text
    assert text.count("{") == text.count("}")
    assert text.count("(") == text.count(")")


def test_the_same_rows_are_the_same_bytes(exported: Exported, tmp_path: Path) -> None:
    for writer in (labelled.write_stata, labelled.write_spss):
        first = writer(exported, CONTRACTS, tmp_path / "a", DAY).read_bytes()
        assert first == writer(exported, CONTRACTS, tmp_path / "b", DAY).read_bytes()
        assert b"31 Jan 20" in first


def test_without_a_run_there_is_a_line(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="run report"):
        list(tables(CONTRACTS, [tmp_path]))
    with pytest.raises(ProblemError):
        write(Contracts({}, {}), tmp_path, FORMATS, DAY)
