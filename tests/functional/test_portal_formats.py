"""What a table is delivered as: each format that a contract names comes by the portal and is read on."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from pipeline import params, paths
from pipeline.contract import load_contracts
from pipeline.contract.store import read as read_table
from pipeline.formats.deliveries import read_index
from pipeline.formats.readers import FORMATS
from pipeline.formats.result import Reading, Source, gathered
from pipeline.identifiers import demonstration_key
from pipeline.portal.accept import accept
from pipeline.portal.portal import Portal
from pipeline.portal.reading import ROWS, Sent, read_sent
from pipeline.portal.receipt import Receipt
from pipeline.stages import ingest
from tests.functional.portal_client import at_a_portal, clerk
from tests.unit.formats.examples import BOOKED, EXAMPLES

CONTRACTS = load_contracts()
READING = Reading(CONTRACTS, demonstration_key())
# What a person sends: a table's rows in one of its formats.
SENT = [
    (table.name, name)
    for table in CONTRACTS.tables.values()
    if table.has_template
    for name in table.delivered_as
    if name in EXAMPLES and table.name in EXAMPLES[name].tables
]
LINES = (
    "YDERNR;Region;HONUGE;SPECIALE;ANTYDEL;BRUHON\r\n012345;1083;2601;800125;2;29458\r\n"
    "012345;1083;2601;800125;1;0\r\n012345;1083;2601;80-0101;1;15000\r\n012345;Fyn;2602;800125;1;14729\r\n"
)


def as_one_file(files: Mapping[str, bytes]) -> bytes:
    if len(files) == 1:
        return next(iter(files.values()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"eksport/{name}", content)
    return buffer.getvalue()


def sent(folder: Path, table: str, content: bytes, name: str = "fil") -> Receipt:
    path = folder / "sent"
    path.write_bytes(content)
    told = Sent("x", "1083", table, name, path, "", len(content), "2026-11-02T12:00:00+01:00")
    return read_sent(told, folder / "out", folder / "none", "", None)


def test_what_the_contracts_name_is_read_and_every_reader_is_named() -> None:
    named = {name for table in CONTRACTS.tables.values() for name in table.delivered_as}
    assert named == set(FORMATS)
    assert not CONTRACTS.tables["erasures"].delivered_as


@pytest.mark.parametrize(("table", "name"), SENT)
def test_each_format_ends_in_rows_that_the_pipeline_reads(tmp_path: Path, table: str, name: str) -> None:
    example = EXAMPLES[name]
    files = example.files
    if name == "fees":  # an example is a delivery of both of its tables
        files = {"a.csv": files["linjer.csv" if table == "fee_lines" else "takster.csv"]}
    sources = [Source(path, path.name) for path in written(tmp_path, files)]
    alone = gathered(FORMATS[name].read(sources, [table], READING))
    receipt = sent(tmp_path, table, as_one_file(files), next(iter(files)))
    assert receipt.format == name
    rows = sum(frame.rows for frame in alone.frames if frame.table == table)
    assert (receipt.rows_accepted, receipt.rows_refused) == (rows, 0)
    again = gathered(FORMATS["danish_csv"].read([Source(tmp_path / "out" / ROWS, ROWS)], [table], READING))
    assert not again.quarantine
    (expected,) = (frame for frame in alone.frames if frame.table == table)
    (found,) = again.frames
    for column in CONTRACTS.tables[table].delivered_columns:
        assert found.columns[column.name] == expected.columns[column.name], column.name
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["receipt.json", ROWS]


def written(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    made: list[Path] = []
    for name, content in files.items():
        made.append(folder / name)
        made[-1].write_bytes(content)
    return made


def test_settlement_lines_by_the_portal_are_confirmed_mended_accepted_and_ingested(tmp_path: Path) -> None:
    """As the register has them: specialty and code in one column, no number of the line."""
    raw = tmp_path / "raw"
    raw.mkdir()

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            first = await one.send("fee_lines", LINES.encode("cp1252"), "afregning.csv")
            receipt = portal.desk.receipt(first)
            assert (receipt.format, receipt.rows_accepted, receipt.rows_refused) == ("fees", 3, 1)
            assert ("Beløb i øre", "BRUHON") in receipt.columns
            assert "i filen: »BRUHON«" in one.page
            assert "Overskrift i linje" in one.page
            assert receipt.months == ("2025-12",)  # the Monday of 2601
            await one.post(f"/kvittering/{first}/bekraeft")
            book = openpyxl.load_workbook(portal.desk.workbook(first))
            sheet = book.worksheets[0]
            (wrong,) = (cell for cell in sheet[2] if cell.comment)
            assert wrong.value == "Fyn"
            wrong.value = "Syddanmark"
            book.save(tmp_path / "ret.xlsx")
            second = await one.send("fee_lines", (tmp_path / "ret.xlsx").read_bytes(), "ret.xlsx")
            receipt = portal.desk.receipt(second)
            assert (receipt.format, receipt.rows_accepted, receipt.rows_refused) == ("fees", 1, 0)
            assert receipt.difference is not None
            assert (receipt.difference.new, receipt.difference.gone) == (1, 3)
            await one.post(f"/kvittering/{second}/bekraeft")
            accept(portal.desk, [first, second], "", portal.config, raw, "analytiker")

    at_a_portal(work, tmp_path / "state")
    assert [one.format for one in read_index(raw / "deliveries.toml")] == ["danish_csv"] * 2
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=tmp_path / "out", params=params.load())
    rows = read_table(tmp_path / "out" / "fee_lines.parquet").to_pylist()
    assert sorted((row["billing_week"], row["fee_code"], row["amount_oere"]) for row in rows) == [
        ("2601", "0101", 15000), ("2601", "0125", 0), ("2601", "0125", 29458), ("2602", "0125", 14729),
    ]  # fmt: skip
    assert {row["practice"][:2] for row in rows} == {"p_"}
    assert len({row["practice"] for row in rows}) == 1


def rules(receipt: Receipt) -> list[str]:
    return [one.rule for one in receipt.found if one.severity == "critical"]


def test_an_export_in_one_zip_file_says_what_it_lacks(tmp_path: Path) -> None:
    files = dict(EXAMPLES["surveyxact"].files)
    del files["svar_labels.csv"]
    receipt = sent(tmp_path, "questionnaires", as_one_file(files))
    said = [text for one in receipt.found for text in one.messages]
    assert any(text.startswith("læst som SurveyXact") and "mangler filen labels" in text for text in said), (
        said
    )
    assert receipt.rows_accepted == 0
    assert not (tmp_path / "out" / ".unpacked").exists()


def test_a_problem_in_an_export_names_its_file(tmp_path: Path) -> None:
    files = dict(EXAMPLES["surveyxact"].files)
    files["svar_dataset.csv"] = files["svar_dataset.csv"].replace(b"02-09-2019", b"32-09-2019")
    receipt = sent(tmp_path, "questionnaires", as_one_file(files))
    (wrong,) = [one for one in receipt.found if one.rule == "bad_date"]
    assert wrong.messages[0].startswith("svar_dataset.csv: ")
    assert wrong.lines == (3,)


def test_what_a_table_is_not_delivered_as_is_refused_with_what_is_expected(tmp_path: Path) -> None:
    packed = as_one_file({"a.csv": b"x", "b.csv": b"y"})
    assert rules(sent(tmp_path, "postcards", packed)) == ["not_one_file"]
    assert rules(sent(tmp_path, "questionnaires", as_one_file({"../../a.csv": b"x", "b": b""}))) == [
        "not_a_zip_file"
    ]
    assert not (tmp_path.parent / "a.csv").exists()
    wrong = sent(tmp_path, "questionnaires", b"Navn;Alder\r\nx;1\r\n")
    assert (wrong.format, rules(wrong)) == ("danish_csv", ["no_header"])
    assert rules(sent(tmp_path, "bookings", b'{"meetings": 7'))


def test_rows_of_another_table_are_named(tmp_path: Path) -> None:
    (content,) = EXAMPLES["refi_qda"].files.values()
    receipt = sent(tmp_path, "interview_units", content, "interviews.qdpx")
    (note,) = [one for one in receipt.found if one.rule == "other_tables"]
    assert CONTRACTS.tables["interview_codings"].title.da in note.messages[0]
    assert receipt.rows_read == receipt.rows_accepted


def bomb(suffix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"svar_{number}{suffix}", bytes(64 * 1024 * 1024 - 1))
    return buffer.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY b{n} "{"&a;" if not n else f"&b{n - 1};" * 10}">' for n in range(12))
    + "]><document>&b11;</document>"
)
HOSTILE = {
    "empty": b"",
    "zeros": bytes(100_000),
    "one-line": b"x;" * 2_000_000,
    "deep-json": b"[" * 1_000_000,
    "long-json": b'[{"uuid": "' + b"x" * 3_000_000,
    "laughs": LAUGHS.encode(),
    "cut-zip": as_one_file({"a.csv": b"x" * 1000, "b.csv": b"y"})[:-30],
    "zip-in-zip": as_one_file({"a.zip": as_one_file({"a": b"x", "b": b"y"}), "b.csv": b"x"}),
    "bomb": bomb(".csv"),
    "bomb-project": bomb(".qde"),
    "names": as_one_file(
        {"__MACOSX/a.csv": b"x", "a" * 200 + ".csv": b"x", "\u202egnp.csv": b"y", ".x": b"z"}
    ),
    "twice": as_one_file({"a/x.csv": b"x", "b/x.csv": b"y"}),
}


@pytest.mark.parametrize("table", ["postcards", "questionnaires", "bookings", "fee_lines", "interview_units"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_in_no_format_gets_a_receipt_that_says_so(tmp_path: Path, table: str, kind: str) -> None:
    receipt = sent(tmp_path, table, HOSTILE[kind])
    assert receipt.rows_accepted == 0
    assert receipt.found
    assert all(text.strip() for one in receipt.found for text in one.messages)
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {"receipt.json", ROWS, "refused.xlsx"}


def test_an_export_that_would_fill_the_memory_is_said_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content,) = EXAMPLES["limesurvey"].files.values()
    monkeypatch.setattr("pipeline.formats.decode.MOST_HELD_BYTES", len(content) - 1)
    receipt = sent(tmp_path, "questionnaires", content)
    assert (receipt.format, receipt.rows_accepted) == ("danish_csv", 0)
    said = [one for one in receipt.found if one.rule == "too_large"]
    assert any(text.startswith("læst som LimeSurvey") for one in said for text in one.messages)


def test_rows_that_a_reader_gives_in_batches_all_come_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.formats.vdx_booking.BATCH", 2)
    rows = [BOOKED | {"uuid": str(number), "shortId": f"{number:012d}"} for number in range(7)]
    receipt = sent(tmp_path, "bookings", json.dumps(rows).encode())
    assert (receipt.format, receipt.rows_read, receipt.rows_accepted) == ("vdx_booking", 7, 7)
