"""Templates open right in Danish Excel, offer the allowed values, and are the same bytes each time."""

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from pipeline.contract import headers, load_contracts, normalise_header
from pipeline.contract.dictionary import code_lists, entries, rules
from pipeline.contract.templates import write_all, write_csv_template, write_xlsx_template

CONTRACTS = load_contracts()
CARDS = CONTRACTS.tables["postcards"]


def test_the_csv_template_is_what_danish_excel_expects(tmp_path: Path) -> None:
    write_csv_template(CARDS, tmp_path / "cards.csv")
    content = (tmp_path / "cards.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == 1
    (header,) = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    known = headers(CARDS)
    assert [known[normalise_header(name)] for name in header] == [
        column.name for column in CARDS.delivered_columns
    ]


def test_the_workbook_offers_the_allowed_values(tmp_path: Path) -> None:
    path = tmp_path / "cards.xlsx"
    write_xlsx_template(CARDS, CONTRACTS.codes, path)
    book = load_workbook(path)
    assert book.sheetnames == ["Postkort", "Tilladte værdier", "Vejledning"]
    sheet = book["Postkort"]
    names = [cell.value for cell in sheet[1]]
    assert names == [column.label.da for column in CARDS.delivered_columns]
    letter = get_column_letter(names.index("Region") + 1)
    (listed,) = [item for item in sheet.data_validations.dataValidation if f"{letter}2" in item.sqref]
    assert listed.type == "list"
    assert listed.formula1.startswith("'Tilladte værdier'!$")
    first, last = listed.formula1.split("!")[1].replace("$", "").split(":")
    offered = [cell.value for (cell,) in book["Tilladte værdier"][f"{first}:{last}"]]
    assert offered == ["Nordjylland", "Midtjylland", "Syddanmark", "Hovedstaden", "Sjælland"]
    sor = get_column_letter(names.index("SOR-kode") + 1)
    assert sheet.column_dimensions[sor].number_format == "@"


def test_every_value_offered_is_accepted() -> None:
    for codes in CONTRACTS.codes.values():
        for item in codes.items:
            assert codes.decode(item.label.da) == item.code
            assert codes.decode(item.label.en) == item.code


def test_templates_are_the_same_bytes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_all(CONTRACTS, tmp_path / "a")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    second = write_all(CONTRACTS, tmp_path / "b")
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert {"postcards.csv", "postcards.xlsx"} <= {path.name for path in first}
    # a log of events is filled in by nobody, and the list of the erased is delivered by nobody
    assert not {"session_events.csv", "erasures.csv"} & {path.name for path in first}


def test_the_fixed_document_date_stands_in_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_xlsx_template(CARDS, CONTRACTS.codes, path)
    properties = load_workbook(path).properties
    assert (properties.created.year, properties.modified.year) == (1980, 1980)


def test_the_dictionary_has_every_column_and_is_plain() -> None:
    found = entries(CONTRACTS)
    assert len(found) == sum(len(table.columns) for table in CONTRACTS.tables.values())
    assert json.loads(json.dumps(found)) == found
    (entry,) = [e for e in found if (e["table"], e["column"]) == ("postcards", "picture_and_sound")]
    assert entry["label"] == {"da": "Billede og lyd", "en": "Picture and sound"}
    assert [item["code"] for item in entry["allowed"]] == ["good", "poor"]
    assert json.loads(json.dumps(code_lists(CONTRACTS))) == code_lists(CONTRACTS)
    assert {rule["severity"] for rule in rules(CONTRACTS)} == {"critical", "warning", "note"}
