"""Coded interviews from REFI-QDA projects."""

import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import refi_qda
from pipeline.formats.refi_coded import coded
from pipeline.formats.refi_marks import coder_mark
from pipeline.formats.refi_project import ProjectError, read_project
from pipeline.formats.refi_qda import units_of
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

TEXT = (
    "Interviewer: Hvordan går det?\n\nLæge 1: 😀 Teknikken driller.\r\nJens Hansen: Patienterne er glade.\n"
)
PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project name="p" xmlns="urn:QDA-XML:project:1.0" creatingUserGUID="u1">
<Users><User guid="u1" name="Koder A"/><User guid="u2" name="Bente Jensen"/></Users>
<CodeBook><Codes><Code guid="c1" name="Teknik giver usikkerhed" isCodable="true">
<Code guid="c2" name="patients_satisfied" isCodable="true"/></Code>
<Code guid="c3" name="Noget helt andet" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="t1" name="fokusgruppe_2_2019-11-05.txt" plainTextPath="{path}">
{content}{selections}
</TextSource></Sources></Project>"""


def selection(start: int, end: int, code: str, coder: str = "", guid: str = "g") -> str:
    user = f' creatingUser="{coder}"' if coder else ""
    return (
        f'<PlainTextSelection guid="s{guid}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{guid}"{user}><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def project(
    *selections: str, path: str = "internal://t1.txt", member: str = "sources/t1.txt", text: str = TEXT
) -> bytes:
    xml = PROJECT.format(path=path, content="", selections="".join(selections))
    return archive({"project.qde": xml.encode(), member: text.encode()})


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def read(make: Make, reading: Reading, content: bytes) -> Read:
    return refi_qda.read([make("p.qdpx", content)], reading)


def test_units_are_lines_and_offsets_code_points() -> None:
    units = units_of(TEXT)
    assert [unit.number for unit in units] == [1, 2, 3]
    assert [TEXT[unit.start : unit.end][:6] for unit in units] == ["Interv", "Læge 1", "Jens H"]
    assert [unit.speaker for unit in units] == ["Interviewer", "Læge 1", ""]


@given(text=st.text(alphabet="ab: \n\r\u2028😀", max_size=60))
def test_units_cover_every_sign_that_is_not_blank(text: str) -> None:
    units = units_of(text)
    covered = {place for unit in units for place in range(unit.start, unit.end)}
    assert {place for place, sign in enumerate(text) if sign in "ab:😀"} <= covered
    assert all(left.end <= right.start for left, right in pairwise(units))


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("internal://t1.txt", "sources/t1.txt"),
        ("t1.txt", "sources/t1.txt"),
        ("internal://T1.txt", "Sources/t1.txt"),
    ],
)
def test_codings_by_unit_and_coder(make: Make, reading: Reading, path: str, member: str) -> None:
    over_two = selection(TEXT.index("Teknik"), TEXT.index("glade"), "c1", guid="g1")
    one = selection(TEXT.index("Patient"), len(TEXT), "c2", "u2", "g2")
    found = read(make, reading, project(over_two, one, path=path, member=member))
    units, codings = found.frames
    assert units.columns["interview_group"] == [2, 2, 2]
    assert units.columns["interview_date"][0] == date(2019, 11, 5)
    assert units.columns["speaker"] == ["Interviewer", "Læge 1", None]
    assert codings.columns["coding_id"] == ["2-g1-2", "2-g1-3", "2-g2-3"]
    assert codings.columns["unit"] == [2, 3, 3]
    assert codings.columns["theme"] == ["technology_unstable", "technology_unstable", "patients_satisfied"]
    assert codings.columns["coder"] == ["Koder A", "Koder A", coder_mark("u2", "Bente Jensen", reading.key)]
    assert "Bente" not in repr(found)
    assert "Jens" not in repr(found)
    assert found.problems == ()


def test_what_cannot_be_placed_is_in_quarantine(make: Make, reading: Reading) -> None:
    found = read(
        make,
        reading,
        project(
            selection(0, 5, "c3", guid="a"),
            selection(5000, 6000, "c1", guid="b"),
            selection(9, 5, "c1", guid="c"),
            '<PlainTextSelection guid="d" startPosition="x"/>',
        ),
    )
    assert [(row.row, row.reason) for row in found.quarantine] == [(2, "no_unit"), (1, "unknown_code")]
    assert [item.rule for item in found.problems] == ["unplaced_selection", "no_unit", "unknown_code"]
    assert "2 markeringer" in found.problems[0].message.da


def test_another_file_name_and_a_missing_text(make: Make, reading: Reading) -> None:
    renamed = PROJECT.replace("fokusgruppe_2_2019-11-05", "interview").format(
        path="t1.txt", content="", selections=selection(0, 5, "c1")
    )
    found = read(make, reading, archive({"project.qde": renamed.encode(), "sources/t1.txt": TEXT.encode()}))
    assert [item.rule for item in found.problems] == ["bad_source_name"]
    assert [row.reason for row in found.quarantine] == ["bad_source_name"]
    lost = read(make, reading, project(selection(0, 5, "c1"), path="internal://other.txt"))
    assert [row.reason for row in lost.quarantine] == ["missing_file"]


BOMB = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Project>&b;</Project>'
OUTSIDE = '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><Project>&a;</Project>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a zip",
        archive({}),
        archive({"project.qde": b""}),
        archive({"project.qde": b"<Project>"}),
        archive({"project.qde": b"<Other/>"}),
        archive({"project.qde": BOMB.encode()}),
        archive({"project.qde": OUTSIDE.encode()}),
        archive({"project.qde": OUTSIDE.encode("utf-16")}),
        archive({"project.qde": b"<a>" * 200_000}),
        archive({"project.qde": b"<?xml version='1.0' encoding='nope'?><Project/>"}),
        archive({"project.qde": b"<Project/>", "../../evil.txt": b"x"}),
        archive({"project.qde": b"<Project/>", "/etc/evil.txt": b"x"}),
        archive({"project.qde": b"<Project/>", "..\\evil.txt": b"x"}),
        archive({"project.qde": b"<Project/>", "C:/evil.txt": b"x"}),
        archive({"project.qde": b"<Project/>", "other.qde": b"<Project/>"}),
        archive({"project.qde": b"<Project/>", "bomb.txt": b"\x00" * (65 * 1024 * 1024)}),
        project(selection(0, 5, "c1"))[:-40],
        project(selection(0, 5, "c1"))[:300],
    ],
)
def test_hostile_files_are_one_clear_line(make: Make, reading: Reading, content: bytes) -> None:
    found = read(make, reading, content)
    assert [(item.rule, item.severity) for item in found.problems] == [("not_refi_qda", "critical")]
    assert "forventet et REFI-QDA-projekt" in found.problems[0].message.da
    assert found.frames == ()


def test_a_project_without_texts_is_said(make: Make, reading: Reading) -> None:
    found = read(make, reading, archive({"project.qde": b"<Project/>"}))
    assert [item.rule for item in found.problems] == ["no_rows"]


@given(at=st.integers(0, 2000), junk=st.binary(max_size=20))
def test_damaged_bytes_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    content = project(selection(0, 5, "c1"), selection(6, 20, "c2"))
    path = tmp_path_factory.mktemp("damaged") / "p.qdpx"
    path.write_bytes(content[:at] + junk + content[at + len(junk) :])
    with suppress(ProjectError):
        coded(read_project(path))


SAMPLES = os.environ.get("MAST_SAMPLES")


@pytest.mark.skipif(not SAMPLES, reason="MAST_SAMPLES is not set")
def test_a_real_project_is_read_whole() -> None:
    found = coded(read_project(Path(SAMPLES or "") / "refi-qda" / "coded-project.qdpx"))
    assert (found.selections, len(found.codings), len(found.codes)) == (158, 205, 262)
    assert found.unplaced == 0
    texts = {document.guid: document.text or "" for document in found.documents}
    assert all(coding.end <= len(texts[coding.document]) for coding in found.codings)
    assert len({coding.coder for coding in found.codings}) == 1


@pytest.mark.skipif(not SAMPLES, reason="MAST_SAMPLES is not set")
def test_themes_and_names_of_a_foreign_project_are_problems(reading: Reading) -> None:
    path = Path(SAMPLES or "") / "refi-qda" / "coded-project.qdpx"
    found = refi_qda.read([Source(path, "coded-project.qdpx")], reading)
    assert len(found.quarantine) == 205
    assert {item.rule for item in found.problems} == {"bad_source_name"}
