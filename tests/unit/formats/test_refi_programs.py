"""What different programs write in REFI-QDA: sources, line ends, missing parts, nested codes, codebooks."""

import io
import stat
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import refi_coded, refi_qda
from pipeline.formats.refi_coded import coded
from pipeline.formats.refi_offsets import counted
from pipeline.formats.refi_project import Project
from pipeline.formats.refi_tree import parse_tree
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

TEXT = "Læge 1: Teknikken 😀 driller.\nLæge 2: Booking er tungt.\n"
CODES = '<Code guid="c1" name="Teknik giver usikkerhed" isCodable="true"/>'
USERS = '<Users><User guid="u1" name="Koder A"/></Users>'


def qde(sources: str, codes: str = CODES, more: str = "", users: str = USERS) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p">{users}'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>{more}<Sources>{sources}</Sources></Project>"
    ).encode()


def text_source(content: str, attributes: str = 'plainTextPath="internal://t1.txt"', guid: str = "t1") -> str:
    named = f'guid="{guid}" name="fokusgruppe_1_2019-11-05"'
    return f"<TextSource {named} {attributes}>{content}</TextSource>"


def selection(start: object, end: object, code: str = "c1", more: str = 'creatingUser="u1"') -> str:
    return (
        f'<PlainTextSelection startPosition="{start}" endPosition="{end}">'
        f'<Coding {more}><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def zipped(xml: bytes, members: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.qde", xml)
        for name, content in (members or {"sources/t1.txt": TEXT.encode()}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(make: Make, reading: Reading, content: bytes, name: str = "p.qdpx") -> Read:
    return refi_qda.read([make(name, content)], reading)


def column(found: Read, name: str) -> list[object]:
    (frame,) = (frame for frame in found.frames if frame.table == "interview_codings")
    return frame.columns[name]


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def test_a_bare_project_takes_its_texts_from_beside_it(make: Make, reading: Reading) -> None:
    xml = qde(text_source(selection(8, 17)))
    text = make("t1.txt", TEXT.encode())
    found = refi_qda.read([make("p.qde", xml), text], reading)
    assert (column(found, "unit"), rules(found)) == ([1], [])
    assert rules(refi_qda.read([text], reading)) == ["no_project"]
    alone = read(make, reading, xml, "p.qde")
    assert (rules(alone), len(alone.quarantine)) == (["missing_file"], 1)


def test_a_text_within_the_project(make: Make, reading: Reading) -> None:
    inner = f"<PlainTextContent>{TEXT}</PlainTextContent>{selection(8, 17)}"
    found = read(make, reading, qde(text_source(inner, "")), "p.qde")
    assert (column(found, "start_char"), column(found, "end_char")) == ([8], [17])


def test_rich_text_beside_plain_text_is_no_trouble(make: Make, reading: Reading) -> None:
    both = 'richTextPath="internal://t1.docx" plainTextPath="internal://t1.txt"'
    members = {"sources/t1.docx": b"PK\x03\x04", "sources/t1.txt": TEXT.encode()}
    found = read(make, reading, zipped(qde(text_source(selection(8, 17), both)), members))
    assert column(found, "unit") == [1]
    rich = read(
        make,
        reading,
        zipped(qde(text_source(selection(8, 17), 'richTextPath="internal://t1.docx"')), members),
    )
    assert rules(rich) == ["missing_file"]


def test_texts_of_pictures_pdfs_and_recordings_are_documents(make: Make, reading: Reading) -> None:
    plain = f"<PlainTextContent>{TEXT}</PlainTextContent>"
    mark = '<Coding><CodeRef targetGUID="c1"/></Coding>'
    sources = (
        f'<PDFSource guid="p" name="fokusgruppe_2_2019-11-06.pdf"><PDFSelection>{mark}</PDFSelection>'
        f'<Representation guid="r">{plain}{selection(8, 17)}</Representation></PDFSource>'
        f'<AudioSource guid="a" name="fokusgruppe_3_2019-11-07"><AudioSelection>{mark}</AudioSelection>{mark}'
        f'<Transcript guid="s">{plain}<SyncPoint guid="one" position="31"/>'
        '<SyncPoint guid="two" position="50"/>'
        f'<TranscriptSelection guid="ts" fromSyncPoint="one" toSyncPoint="two">{mark}</TranscriptSelection>'
        f'<TranscriptSelection fromSyncPoint="one" toSyncPoint="gone">{mark}</TranscriptSelection>'
        "</Transcript></AudioSource>"
    )
    notes = f'<Notes><Note guid="n">{plain}{selection(8, 17)}</Note></Notes>'
    found = read(make, reading, qde(sources, more=notes), "p.qde")
    frames = [frame.columns for frame in found.frames if frame.table == "interview_codings"]
    assert [(frame["interview_group"], frame["unit"]) for frame in frames] == [([2], [1]), ([3], [2])]
    assert rules(found) == ["unplaced_selection", "coding_elsewhere", "not_carried"]
    assert found.problems[1].message.da.startswith("4 kodninger")


def test_missing_ids_names_and_coders(make: Make, reading: Reading) -> None:
    source = '<TextSource plainTextPath="fokusgruppe_4_2019-11-08.txt">{}</TextSource>'.format(
        selection(8, 17, more="") + selection(40, 44, more="") + '<PlainTextSelection startPosition="1"/>'
    )
    files = {"sources/fokusgruppe_4_2019-11-08.txt": TEXT.encode()}
    found = read(make, reading, zipped(qde(source), files))
    assert column(found, "coding_id") == ["4-source-1-1-1-1", "4-source-1-2-1-2"]
    assert column(found, "coder") == ["Koder A"] * 2  # the only one there is
    assert rules(found) == ["unplaced_selection"]
    two = USERS.replace("</Users>", '<User guid="u2" name="Koder B"/></Users>')
    unknown = read(make, reading, zipped(qde(source, users=two), files))
    assert column(unknown, "coder") == ["koder-ukendt"] * 2
    assert "no_coder" in rules(unknown)


def test_ids_are_one_for_each_coding_and_guids_are_compared_as_guids(make: Make, reading: Reading) -> None:
    same = selection(8, 17, "{C1}", 'guid="g" creatingUser="{U1}"') * 3
    found = read(make, reading, zipped(qde(text_source(same))))
    assert column(found, "coding_id") == ["1-g-1", "1-g~2-1", "1-g~3-1"]
    assert set(column(found, "coder")) == {"Koder A"}


def test_a_code_under_a_theme_counts_as_the_theme(make: Make, reading: Reading) -> None:
    codes = (
        '<Code guid="f" name="Mappe" isCodable="false"><Code guid="c1" name="Teknik giver usikkerhed">'
        '<Code guid="low" name="Lyden faldt ud"><Code guid="in" name="Booking er tungt"/></Code>'
        "</Code></Code>"
    )
    marks = "".join(selection(8, 17, code) for code in ("c1", "low", "in", "f"))
    found = read(make, reading, zipped(qde(text_source(marks), codes)))
    assert column(found, "theme") == ["technology_unstable"] * 2 + ["booking_cumbersome"]
    assert rules(found) == ["not_codable", "under_theme", "unknown_code"]
    assert len(found.quarantine) == 1


def test_a_text_coded_as_a_whole_and_a_case_that_is_no_theme(make: Make, reading: Reading) -> None:
    whole = '<Coding guid="w" creatingUser="u1"><CodeRef targetGUID="c1"/></Coding>'
    cases = '<Cases><Case guid="k1" name="Bente Jensen"/></Cases><Notes><Note guid="n"/></Notes>'
    found = read(make, reading, zipped(qde(text_source(whole + selection(8, 17, "k1")), more=cases)))
    assert column(found, "unit") == [1, 2]
    assert column(found, "end_char") == [len(TEXT)] * 2
    assert rules(found) == ["case_coding", "not_carried"]
    assert found.problems[1].message.da == "ikke læst: 1 cases, 1 noter"
    assert "Bente" not in repr(found)


def test_offsets_count_code_points_and_end_with_the_text(make: Make, reading: Reading) -> None:
    start = TEXT.index("Booking")
    found = read(make, reading, zipped(qde(text_source(selection(start, 99999999999)))))
    assert (column(found, "start_char"), column(found, "end_char")) == ([start], [len(TEXT)])
    assert rules(found) == ["beyond_text"]
    for wrong in ("-1", "1e9", "9" * 400, "٣"):
        assert rules(read(make, reading, zipped(qde(text_source(selection(0, wrong)))))) == [
            "unplaced_selection"
        ]


def lined(number: int) -> str:
    return "".join(f"Læge {line}: Teknikken driller igen\r\n" for line in range(1, number + 1))


def test_line_breaks_count_as_the_selections_say(make: Make, reading: Reading) -> None:
    text = lined(6)
    single = text.replace("\r\n", "\n")
    for shown, is_said in ((text, False), (single, True)):
        places = [place for place in range(len(shown)) if shown.startswith("driller", place)]
        marks = "".join(selection(place, place + 7) for place in places)
        found = read(make, reading, zipped(qde(text_source(marks)), {"sources/t1.txt": text.encode()}))
        assert column(found, "unit") == [1, 2, 3, 4, 5, 6]
        assert column(found, "start_char") == places
        assert ("newlines" in rules(found)) == is_said


@given(text=st.text("ab \r\n😀", max_size=40), places=st.lists(st.integers(0, 50), max_size=6))
def test_what_is_counted_is_the_text_but_for_line_breaks(text: str, places: list[int]) -> None:
    found = counted(text, places)
    assert found in (text, text.replace("\r\n", "\n"))
    assert found == text or all(place <= len(found) for place in places)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", ["text_encoding"]), ("cp1252", ["text_encoding"])],
)
def test_a_text_in_another_code_page(make: Make, reading: Reading, encoding: str, said: list[str]) -> None:
    text = TEXT.replace("😀", "ø")
    files = {"sources/t1.txt": text.encode(encoding)}
    found = read(make, reading, zipped(qde(text_source(selection(8, 17))), files))
    assert (column(found, "unit"), rules(found)) == ([1], said)


def test_two_files_of_one_name_are_told_apart_or_said(make: Make, reading: Reading) -> None:
    xml = qde(text_source(selection(8, 17)))
    other = {"sources/t1.txt": TEXT.encode(), "backup/old/t1.txt": b"x"}
    assert column(read(make, reading, zipped(xml, other)), "unit") == [1]
    for names in (("a/b/t1.txt", "c/d/t1.txt"), ("sources/t1.txt", "Sources/t1.txt")):
        assert rules(read(make, reading, zipped(xml, dict.fromkeys(names, TEXT.encode())))) == [
            "missing_file"
        ]


def test_a_codebook_is_held_against_our_themes(make: Make, reading: Reading) -> None:
    codes = CODES + '<Code guid="x" name="Ring 2512489996" isCodable="false"/>'
    book = f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes></CodeBook>'
    found = read(make, reading, book.encode(), "codes.qdc")
    assert rules(found) == ["codebook_only", "unknown_codes", "absent_themes"]
    assert found.problems[0].message.da.startswith("kodebogen har 2 koder (1 kan bruges")
    assert found.problems[1].message.da.startswith("1 koder er ingen af vores temaer: Ring [")
    assert "2512489996" not in repr(found)
    assert (found.frames, found.quarantine, found.rows_read) == ((), (), 0)


PLANTED = ("2512489996", "251248-9996", "bente@example.dk", "+45 20 30 40 50")


@pytest.mark.parametrize("number", PLANTED)
def test_no_number_of_a_person_comes_out(make: Make, reading: Reading, number: str) -> None:
    text = f"Læge 1: ring {number} om teknikken\n"
    xml = qde(
        text_source(
            f'<PlainTextSelection guid="{number}" name="{number}" startPosition="0" endPosition="20">'
            f'<Description>{number}</Description><Coding guid="{number}" creatingUser="{number}">'
            '<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>' + selection(0, 9, "bad")
        )
        + f'<TextSource guid="{number}" name="{number}"/>',
        CODES + f'<Code guid="bad" name="{number}"/>',
        users=f'<Users><User guid="{number}" id="{number}" name="{number}"/></Users>',
    )
    found = read(make, reading, zipped(xml, {"sources/t1.txt": text.encode()}))
    assert len(column(found, "unit")) == 1
    assert len(found.quarantine) == 1
    assert number not in repr(found)
    keyless = read(make, Reading(reading.contracts), zipped(xml, {"sources/t1.txt": text.encode()}))
    assert number not in repr(keyless)


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.qde", qde(""))
        member = zipfile.ZipInfo("sources/t1.txt")
        member.create_system = 3
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return buffer.getvalue()


def doubled() -> bytes:
    return zipped(qde(""), {"sources/t1.txt": b"a", "sources/t2.txt": b"b"}).replace(b"t2.txt", b"t1.txt")


def unnamed() -> bytes:
    content = zipped(qde(""), {"sources/æ1.txt": b"a"})
    return content.replace("æ".encode(), b"\xff\xff")


@pytest.mark.parametrize(
    "content",
    [
        linked(), doubled(), unnamed(), b"PK", b"PK\x03\x04", b"<?xml version='1.0'?>", b"\xff\xfe<",
        b"\x00" * 99,
        b"<!DOCTYPE a><Project/>", b"<Project>" + b"<a>" * 200, b"<CodeBook>", b"<html/>",
        zipped(b"<CodeBook/>"), zipped(qde(""))[:-30], b"<Project a='1' a='2'/>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["p.qdpx", "p.qde", "p.qdc"])
def test_hostile_files_are_one_clear_line(make: Make, reading: Reading, content: bytes, name: str) -> None:
    found = read(make, reading, content, name)
    assert [(item.rule, item.severity) for item in found.problems] == [("not_refi_qda", "critical")]
    assert "forventet et REFI-QDA-projekt" in found.problems[0].message.da


def test_what_macos_adds_is_no_second_project(make: Make, reading: Reading) -> None:
    files = {"sources/t1.txt": TEXT.encode(), "__MACOSX/._project.qde": b"\x00\x05"}
    assert rules(read(make, reading, zipped(qde(text_source(selection(8, 17))), files))) == []


def test_too_many_coded_units_are_refused(
    make: Make, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refi_qda, "MAX_ROWS", 5)
    found = read(make, reading, zipped(qde(text_source(selection(0, 50) * 3))))
    assert [(item.rule, item.severity) for item in found.problems] == [("too_large", "critical")]
    assert found.frames == ()
    lines = read(make, reading, zipped(qde(text_source("")), {"sources/t1.txt": b"a\n" * 20}))
    assert [item.rule for item in lines.problems] == ["too_large"]


def test_one_text_under_many_sources_does_not_grow(
    make: Make, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refi_coded, "MAX_CHARS", 100)
    many = "".join(text_source("", guid=f"t{number}") for number in range(9))
    found = read(make, reading, zipped(qde(many)))
    assert [(item.rule, item.severity) for item in found.problems] == [("not_refi_qda", "critical")]
    assert "over 100 tegn tekst" in found.problems[0].message.da


XML = qde(text_source(selection(8, 17) + selection(20, 40)))


@given(at=st.integers(0, 700), junk=st.binary(max_size=12), cut=st.integers(0, 20))
def test_damaged_projects_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, reading: Reading, at: int, junk: bytes, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    for name, content in (("p.qde", XML), ("p.qdpx", zipped(XML))):
        (folder / name).write_bytes(content[:at] + junk + content[at + cut :])
        found = refi_qda.read([Source(folder / name, name)], reading)
        assert found.frames or found.problems


OFFSETS = st.tuples(st.integers(0, 80), st.integers(0, 80))


@given(marks=st.lists(OFFSETS, max_size=8))
def test_every_coding_is_used_or_counted(
    tmp_path_factory: pytest.TempPathFactory, reading: Reading, marks: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("marks") / "p.qdpx"
    path.write_bytes(zipped(qde(text_source("".join(selection(*mark) for mark in marks)))))
    found = refi_qda.read([Source(path, "p.qdpx")], reading)
    used = {str(name).rpartition("-")[0] for name in column(found, "coding_id")}
    reversed_ = sum(start >= end for start, end in marks)
    assert len(used) + len(found.quarantine) + reversed_ == len(marks)


def test_sources_of_one_guid_are_kept_apart(make: Make, reading: Reading) -> None:
    sources = "".join(text_source(selection(8, 17), guid=guid) for guid in ("t", "t-3", "t"))
    found = read(make, reading, zipped(qde(sources)))
    frames = [frame.columns for frame in found.frames if frame.table == "interview_codings"]
    assert [frame["coding_id"] for frame in frames] == [["1-t-1-1-1"], ["1-t-3-1-1-1"], ["1-t-3-3-1-1-1"]]


def test_codes_with_no_guid_and_a_project_without_anything() -> None:
    found = coded(
        Project(parse_tree(b"<Project><CodeBook><Codes><Code/><Code/></Codes></CodeBook></Project>"))
    )
    assert (len(found.codes), found.documents, found.codings, found.users) == (2, (), (), {})
