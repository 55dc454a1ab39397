"""The summary sheet of a model small enough to know: every formula gives what the results tables say."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema, nullable, write
from pipeline.contract.workbook import Formula
from pipeline.economics.assumptions import assumption_rows
from pipeline.params import load
from pipeline.report.book import Book
from pipeline.report.contents import read_texts
from pipeline.report.results import Estimates, rows_of
from pipeline.report.run import Run
from pipeline.report.summary_sheet.cells import Number
from pipeline.report.summary_sheet.formulas import infix
from pipeline.report.summary_sheet.sheet import summary_sheet
from pipeline.report.summary_sheet.sums import text_in_formula
from pipeline.report.summary_sheet.told import distinct
from pipeline.stages import costs
from pipeline.text import Text
from tests.unit.economics.small_model import measure, section
from tests.unit.report.written_sheet import OERE, Sheet

TEXT = paths.REPORTS / "text"
AS_OF = date(2020, 1, 31)
COMMAND = "=cmd|' /C calc'!A0"
TABLES = ("cost_ledger", "cost_results", "cost_sensitivity")


def told(folder: Path, content: dict[str, Any]) -> tuple[Run, Run]:
    """The costs stage's tables of a model, as the reports see them in both languages."""
    contracts = load_contracts()
    table = contracts.tables["estimates"]
    row = {
        "metric": "m.minutes", "item": "-", "stratum_by": "all", "stratum": "all", "per": "-", "as_of": AS_OF,
        "edition": "restricted", "domain": "economy", "kind": "mean", "value": Decimal(10), "unit": "min",
        "state": "observed", "basis": "observed",
    }  # fmt: skip
    schema = nullable(arrow_schema(table))
    write(table, pa.Table.from_pylist([row], schema=schema), folder / "estimates.parquet")
    params = replace(load(), as_of=AS_OF, costs=content)
    costs.run(estimates=folder / "estimates.parquet", schemas=paths.SCHEMAS, out=folder, params=params)
    tables = {name: rows_of(folder / f"{name}.parquet") for name in TABLES}
    tables["cost_uncertainty"] = [
        {
            "alternative": item["name"], "perspective": view["name"], "low_oere": -100, "mean_oere": 0,
            "high_oere": 150, "probability": Decimal("0.5"),
        }
        for item in content["alternatives"]
        for view in content["perspectives"]
    ]  # fmt: skip
    run = Run(
        as_of=AS_OF,
        earlier=(),
        edition="restricted",
        estimates=Estimates((), {}),
        book=Book({}, {}, assumptions=assumption_rows(content, measure)),
        contracts=contracts,
        words=read_texts(TEXT / "da" / "words.toml"),
        tables=tables,
        is_reconstructed=True,
        model=json.loads((folder / "cost_model.json").read_text("utf-8")),
    )
    return run, replace(run, language="en", words=read_texts(TEXT / "en" / "words.toml"))


def sheet_of(runs: tuple[Run, Run]) -> Sheet:
    return Sheet(summary_sheet(*runs, text=TEXT), runs[0].tables["cost_results"], runs[0].model)


@pytest.fixture(scope="module")
def small_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    return told(tmp_path_factory.mktemp("small"), section())


@pytest.fixture(scope="module")
def small(small_runs: tuple[Run, Run]) -> Sheet:
    return sheet_of(small_runs)


def hostile() -> dict[str, Any]:
    """Texts that a spreadsheet would run, and titles that SUMIFS would read as patterns or comparisons."""
    content = section()
    for item in content["inputs"].values():
        item |= {"source": COMMAND} if "source" in item else {}
        item["title"] = {"da": COMMAND, "en": "@SUM(1)"}
    content["alternatives"][0]["title"] = {"da": "<>*", "en": "+1"}
    content["alternatives"][1]["title"] = {"da": "=~?", "en": "-1"}
    content["uses"][0]["title"] = {"da": 'a "*" b', "en": "a"}
    content["uses"][1]["title"] = {"da": 'a "?" b', "en": "b"}
    content["activities"][0]["title"] = {"da": "=1+1", "en": "x\x0bx"}
    content["perspectives"][0]["why"] = {"da": COMMAND, "en": COMMAND}
    return content


def without_volume() -> dict[str, Any]:
    content = section()
    for name in ("volume", "fewer"):
        content["inputs"][name] |= {"value": 0, "low": 0, "high": 0}
    return content


def without_risks() -> dict[str, Any]:
    content = section()
    content["risks"] = []
    for name in ("chance", "residual", "damage", "guard"):
        del content["inputs"][name]
    return content


@pytest.mark.parametrize("model", [section, hostile, without_volume, without_risks])
def test_every_formula_gives_what_the_tables_say(model: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    sheet = sheet_of(told(tmp_path, model()))
    assert sheet.differences() == []
    ours, tabled = sheet.years(), sheet.tabled()
    assert len(ours) == len(tabled)
    for line, known in zip(ours, tabled, strict=True):
        assert line == pytest.approx(known, abs=OERE)


def test_a_known_amount(small: Sheet) -> None:
    """The budget: fees of 50 and 100 talks, two and four rooms, a risk and its mitigation; a rate of 25 %."""
    first, second = -(50 * 50 + 2 * 1000 + 100 + 30), -(100 * 50 + 4 * 1000)
    assert small.years()[0] == pytest.approx([first, second, first + second, first + second / 1.25], abs=0.01)


def test_only_our_own_formulas_are_formulas(tmp_path: Path) -> None:
    sheet = sheet_of(told(tmp_path, hostile()))
    assert sheet.differences() == []
    known = {
        "SUM",
        "SUMIFS",
        "SUMIF",
        "SUMPRODUCT",
        "INDEX",
        "MATCH",
        "ROUND",
        "SQRT",
        "MIN",
        "MAX",
        "SUBSTITUTE",
    }
    assert sheet.computed.functions <= known
    texts = [cell for _, cell in sheet.cells() if cell.data_type == "s"]
    assert sum(str(cell.value).startswith(COMMAND) for cell in texts) > 10
    assert {cell.data_type for _, cell in sheet.cells()} <= {"s", "n", "f", "d"}
    assert not any("cmd" in str(cell.value) for _, cell in sheet.cells() if cell.data_type == "f")


@pytest.mark.parametrize("model", [section, without_volume])
def test_no_cell_is_without_a_number(model: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    sheet = sheet_of(told(tmp_path, model()))
    for title, cell in sheet.cells():
        stored = sheet.stored[title][cell.coordinate].value
        assert stored is not None, (title, cell.coordinate)
        assert not str(stored).casefold().lstrip("-").startswith(("nan", "inf")), (title, cell.coordinate)
    for refused in (math.nan, math.inf):
        with pytest.raises(ValueError, match="giver"):
            Formula("=1", refused)
        with pytest.raises(ValueError, match="ikke et tal"):
            Number(refused)


def test_the_same_runs_are_the_same_bytes(small: Sheet, tmp_path: Path) -> None:
    assert summary_sheet(*told(tmp_path, section()), text=TEXT) == small.content


def test_nothing_to_list_is_said(tmp_path: Path) -> None:
    front = sheet_of(told(tmp_path, without_risks())).book["Resumé"]
    said = [str(cell.value) for cell in front["A"] if cell.value]
    (risks,) = (place for place, text in enumerate(said) if text.endswith("Risikopulje · Risk pool"))
    assert "Ingen" in said[risks:]
    assert said[-1] == "Afvigelse fra rapporten i alt"


def test_the_sheets_are_danish_first_and_set_up_to_be_read_and_printed(
    small: Sheet, small_runs: tuple[Run, Run]
) -> None:
    assert small.book.sheetnames == [
        "Resumé", "Kontantstrømme", "Forudsætninger", "Daterede tabeller", "Perspektiver", "Følsomhed",
        "Regnskab", "Formler",
    ]  # fmt: skip
    for sheet in small.book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.scale or sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
        assert sheet.oddFooter.left.text.startswith("Rekonstruerede data")
        if sheet.title != "Resumé":
            assert sheet.freeze_panes
    ledger = small.book["Regnskab"]
    assert ledger.auto_filter.ref
    heads = [str(cell.value).split("\n") for cell in ledger[4]]
    assert [head[0] for head in heads[:3]] == ["Alternativ", "Anvendelse", "Aktivitet"]
    assert ["Beløb (kr.)", "Amount (DKK)"] in heads
    counted = {row["row_id"] for row in small_runs[0].tables["cost_ledger"] if row["case"] == "main"}
    assert ledger.max_row == 4 + len(counted)
    assert {row[-1] for row in ledger.iter_rows(min_row=5, values_only=True)} == counted


def test_the_first_sheet_says_how_much_rests_on_sources(small: Sheet) -> None:
    front = small.book["Resumé"]
    said = " ".join(str(cell.value) for cell in front["A"] if cell.value)
    assert "hviler på kilder alene" in said
    assert "rest on sources alone" in said
    assert "Rekonstruerede data" in said
    rests = small.model["sourced"]
    assert f"{rests['sourced_inputs']} af {rests['inputs']} forudsætninger har en kilde" in said
    assert ("Regneeksempel" in said) == rests["is_example"]


def test_an_input_without_a_source_says_so(tmp_path: Path) -> None:
    content = section()
    del content["inputs"]["wage"]["source"]
    content["inputs"]["wage"]["assumption"] = {"da": "ingen har spurgt", "en": "nobody asked"}
    sheet = sheet_of(told(tmp_path, content)).book["Forudsætninger"]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "wage"]
    assert row[3:6] == (300, 600, 900)
    assert row[8:10] == ("uden kilde", "ingen har spurgt")


def test_a_formula_is_written_as_people_write_it() -> None:
    assert infix(["*", "held", ["/", "minutes", 60.0]]) == "held × (minutes / 60)"
    assert infix(["-", ["-", "a", "b"], ["-", "c", "d"]]) == "a − b − (c − d)"
    assert infix(["*", ["+", "a", 1.5], ["neg", "b"]]) == "(a + 1.5) × −b"
    assert infix(["ceil", ["share", "a", "b"]]) == "ceil(share(a; b))"


def test_labels_that_formulas_go_by_are_told_apart() -> None:
    made = distinct({"one": Text("Ens", "Same"), "two": Text("ens", "same"), "three": Text("Anden", "Other")})
    assert [text.da for text in made.values()] == ["Ens (one)", "ens (two)", "Anden"]
    assert text_in_formula('a "b"') == '"a ""b"""'
