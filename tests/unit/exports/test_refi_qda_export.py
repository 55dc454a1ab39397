"""The coded interviews as REFI-QDA come back as the units and codings they were."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.contract.store import arrow_schema
from pipeline.exports import refi_qda as export
from pipeline.exports.source import Exported
from pipeline.formats import refi_qda
from pipeline.formats.refi_project import read_project
from pipeline.formats.result import Reading, Source
from pipeline.text import ProblemError

DAY = date(2020, 1, 31)
HELD = date(2019, 11, 5)
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PROVENANCE = {
    "delivery_id": "d",
    "programme": "pilot",
    "received_date": DAY,
    "source_file": "f",
    "source_row": 1,
}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts()


def unit(number: int, start: int, end: int, speaker: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"interview_group": 1, "unit": number, "start_char": start, "end_char": end, "speaker": speaker}
    return {**PROVENANCE, **row, "interview_date": HELD, **more}


def coding(stem: str, number: int, start: int, end: int, **more: Any) -> dict[str, Any]:
    row = {"coding_id": f"1-{stem}-{number}", "interview_group": 1, "unit": number, "coder": "Koder A"}
    place = {"theme": "patients_satisfied", "start_char": start, "end_char": end, "interview_date": HELD}
    return {**PROVENANCE, **row, **place, **more}


def exported(contracts: Contracts, units: Rows, codings: Rows) -> list[Exported]:
    tables = [contracts.tables[name] for name in (export.UNITS, export.CODINGS)]
    return [
        Exported(table, pa.Table.from_pylist(rows, schema=arrow_schema(table)))
        for table, rows in zip(tables, (units, codings), strict=True)
    ]


def back(contracts: Contracts, path: Path) -> tuple[Rows, Rows]:
    """The rows that the export is read as, by our own reader."""
    found = refi_qda.read([Source(path, path.name)], Reading(contracts, bytes(32)))
    assert found.problems == ()
    made: dict[str, Rows] = {export.UNITS: [], export.CODINGS: []}
    for frame in found.frames:
        names = [name for name in frame.columns if name not in PROVENANCE]
        columns = (frame.columns[name] for name in names)
        made[frame.table] += [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return made[export.UNITS], made[export.CODINGS]


def content(rows: Rows, *without: str) -> list[dict[str, Any]]:
    left = {*PROVENANCE, *without}
    kept = [{name: value for name, value in row.items() if name not in left} for row in rows]
    return sorted(kept, key=str)


def test_the_pilots_interviews_go_out_and_in(contracts: Contracts, tmp_path: Path) -> None:
    given = paths.RAW / "pilot" / "interview" / "interviews.qdpx"
    units, codings = back(contracts, given)
    _, path = export.write_refi_qda(
        exported(contracts, [PROVENANCE | row for row in units], [PROVENANCE | row for row in codings]),
        contracts, tmp_path / "first", DAY,
    )  # fmt: skip
    assert path.name == "interviews_pilot.qdpx"
    assert len(units) + len(codings) == 306
    again = back(contracts, path)
    assert content(again[0]) == content(units)
    assert content(again[1]) == content(codings)
    _, twice = export.write_refi_qda(
        exported(contracts, [PROVENANCE | row for row in again[0]], [PROVENANCE | row for row in again[1]]),
        contracts, tmp_path / "second", DAY,
    )  # fmt: skip
    assert twice.read_bytes() == path.read_bytes()


def test_the_project_is_as_the_schema_has_it(contracts: Contracts, tmp_path: Path) -> None:
    rows = exported(
        contracts, [unit(1, 0, 20, "Læge 1"), unit(2, 21, 40)], [coding("x", 1, 3, 30), coding("x", 2, 3, 30)]
    )
    _, path = export.write_refi_qda(rows, contracts, tmp_path, DAY)
    project = read_project(path)
    root = project.root
    assert root.get("xmlns") == "urn:QDA-XML:project:1.0"
    assert [child.local for child in root.children()] == ["Users", "CodeBook", "Sources", "Description"]
    (user,) = root.below("User")
    codes = list(root.below("Code"))
    assert len(codes) == len(contracts.codes["interview_theme"].codes)
    assert {code.get("isCodable") for code in codes} == {"true"}
    (source,) = root.below("TextSource")
    assert source.get("plainTextPath") == f"internal://{source.get('guid')}.txt"
    (selection,) = root.below("PlainTextSelection")  # two rows of one coding
    assert (selection.get("startPosition"), selection.get("endPosition")) == ("3", "30")
    (mark,) = selection.below("Coding")
    assert mark.get("creatingUser") == user.get("guid")
    (reference,) = selection.below("CodeRef")
    (code,) = (code for code in codes if code.get("guid") == reference.get("targetGUID"))
    assert code.get("name") == "Tilfredshed blandt patienter"
    guids = [node.get("guid") for node in (user, *codes, source, selection, mark)]
    assert len(set(guids)) == len(guids)
    assert all(GUID.fullmatch(guid) for guid in guids)
    (text,) = project.files.values()
    assert text.decode() == "Læge 1: " + "·" * 12 + "\n" + "·" * 19
    assert "rekonstruerede" in next(root.children("Description")).text


def test_no_number_of_a_person_goes_out(contracts: Contracts, tmp_path: Path) -> None:
    planted = "251248-9996"
    units = [unit(1, 0, 60, f"Læge {planted}"), unit(2, 61, 70, "bente@example.dk")]
    codings = [coding(planted, 1, 0, 5, coder=f"ring {planted}")]
    _, path = export.write_refi_qda(exported(contracts, units, codings), contracts, tmp_path, DAY)
    project = read_project(path)
    whole = repr(project.root) + "".join(content.decode() for content in project.files.values())
    assert planted not in whole
    assert "bente@" not in whole


def test_programmes_are_kept_apart_and_nothing_is_no_file(contracts: Contracts, tmp_path: Path) -> None:
    units = [unit(1, 0, 9), unit(1, 0, 9, programme="reference")]
    made = export.write_refi_qda(exported(contracts, units, []), contracts, tmp_path, DAY)
    assert [path.name for path in made] == [
        "themes.qdc",
        "interviews_pilot.qdpx",
        "interviews_reference.qdpx",
    ]
    assert len(export.write_refi_qda(exported(contracts, [], []), contracts, tmp_path, DAY)) == 1
    book = refi_qda.read([Source(made[0], "themes.qdc")], Reading(contracts))
    assert [item.rule for item in book.problems] == ["codebook_only"]  # every theme, and no other
    assert export.write_refi_qda([], contracts, tmp_path, DAY) == []


def test_an_interview_without_end_is_said(contracts: Contracts, tmp_path: Path) -> None:
    rows = exported(contracts, [unit(1, 0, 10**15)], [])
    with pytest.raises(ProblemError, match="interviewet slutter ved tegn"):
        export.write_refi_qda(rows, contracts, tmp_path, DAY)


LENGTHS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([None, "Læge 1", "B"])), min_size=1, max_size=6
)
CODERS = st.sampled_from(["Koder A", "koder-abcdefgh"])
MARKS = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 60), CODERS, st.integers(0, 15)),
    max_size=6, unique=True,
)  # fmt: skip


@given(lengths=LENGTHS, marks=MARKS)
def test_any_interview_goes_out_and_in(
    tmp_path_factory: pytest.TempPathFactory,
    contracts: Contracts,
    lengths: list[tuple[int, str | None]],
    marks: list[tuple[int, int, str, int]],
) -> None:
    units: Rows = []
    start = 0
    for number, (length, speaker) in enumerate(lengths, 1):
        length = max(length, len(f"{speaker}: ") if speaker else 0)
        units.append(unit(number, start, start + length, speaker))
        start += length + 1
    total = start - 1
    themes = contracts.codes["interview_theme"].codes
    codings: Rows = []
    for index, (first, length, coder, theme) in enumerate(marks):
        begin, end = min(first, total - 1), min(first + length, total)
        stem = f"{index:08x}-0000-0000-0000-000000000000"
        codings += [
            coding(stem, row["unit"], begin, end, coder=coder, theme=themes[theme])
            for row in units
            if begin < row["end_char"] and end > row["start_char"]
        ]
    folder = tmp_path_factory.mktemp("export")
    _, path = export.write_refi_qda(exported(contracts, units, codings), contracts, folder, DAY)
    again = back(contracts, path)
    assert content(again[0]) == content(units)
    assert content(again[1]) == content(codings)
