"""A REFI-QDA file goes out and in unchanged, whatever stands in it."""

import os
import string
import xml.etree.ElementTree as ET
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.refi_project import Project, ProjectError, read_project, write_project
from pipeline.formats.refi_tree import Markup, Node, parse_tree, tree_bytes

SAMPLES = os.environ.get("MAST_SAMPLES")
WHOLE = """<?xml version="1.0" encoding="utf-8"?>
<!-- before -->
<q:Project xmlns:q="urn:QDA-XML:project:1.0" xmlns:v="urn:vendor" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
 name="Alt &amp; &quot;mere&quot;&#10;&#9;&#13;" origin="NVivo 14" v:build="7">
 <q:Users><q:User guid="{AAAAAAAA-0000-0000-0000-000000000001}" id="A" name="Koder A"/></q:Users>
 <q:CodeBook><q:Codes><q:Code guid="c1" name="Tema" isCodable="false" color="#46AA00">
  <q:Description>a]]&gt;b &lt;i&gt; &#13; 😀</q:Description>
  <q:Code guid="c2" name="Under" isCodable="true"/></q:Code></q:Codes>
  <q:Sets><q:Set guid="s0" name="Gruppe"><q:MemberCode targetGUID="c1"/></q:Set></q:Sets></q:CodeBook>
 <q:Variables><q:Variable guid="v1" name="Alder" typeOfVariable="Integer"/></q:Variables>
 <q:Cases><q:Case guid="k1" name="Læge 1"><q:VariableValue><q:VariableRef targetGUID="v1"/>
  <q:IntegerValue>44</q:IntegerValue></q:VariableValue><q:SourceRef targetGUID="t1"/></q:Case></q:Cases>
 <q:Sources><q:TextSource guid="t1" name="n" plainTextPath="internal://t1.txt" richTextPath="internal://t1.docx"/>
  <q:PDFSource guid="p1" path="internal://p1.pdf"><q:PDFSelection guid="x" page="0" firstX="1" firstY="2"
  secondX="3" secondY="4"><q:Coding guid="y"><q:CodeRef targetGUID="c1"/></q:Coding></q:PDFSelection>
  <q:Representation guid="r1" plainTextPath="internal://r1.txt"/></q:PDFSource>
  <q:PictureSource guid="i1" path="internal://i1.png"/><q:AudioSource guid="a1" path="relative:///a.mp3"/>
  <q:VideoSource guid="w1" path="absolute:///C:/w.mp4"><q:Transcript guid="tr">
  <q:SyncPoint guid="sp" position="0" timeStamp="0"/></q:Transcript></q:VideoSource></q:Sources>
 <q:Notes><q:Note guid="n1" name="memo">
  <q:PlainTextContent><![CDATA[<b>]]></q:PlainTextContent></q:Note></q:Notes>
 <q:Links><q:Link guid="l1" direction="OneWay" originGUID="c1" targetGUID="c2"/></q:Links>
 <q:Sets><q:Set guid="s1" name="S"><q:MemberSource targetGUID="t1"/></q:Set></q:Sets>
 <q:Graphs><q:Graph guid="g1"><q:Vertex guid="ve" firstX="1" firstY="1"/><q:Edge guid="e" sourceVertex="ve"
  targetVertex="ve"/></q:Graph></q:Graphs>
 <!-- a comment --><?tool do this?><v:extra v:a="1" b="2">t<v:deep/>u</v:extra>
</q:Project>
"""
FILES = {
    "sources/t1.txt": "Læge 1: \r\n".encode(),
    "sources/t1.docx": b"PK\x03\x04\x00",
    "sources/p1.pdf": b"%PDF",
}


def canonical(content: bytes) -> str:
    return ET.canonicalize(content.decode("utf-8-sig"), with_comments=True)


def entry(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("project.qde")


def test_everything_the_format_has_goes_out_and_in(tmp_path: Path) -> None:
    project = Project(parse_tree(WHOLE.encode()), FILES)
    write_project(project, tmp_path / "p.qdpx")
    again = read_project(tmp_path / "p.qdpx")
    assert again == project
    expected = canonical(WHOLE.replace("<!-- before -->\n", "").encode())
    assert canonical(entry(tmp_path / "p.qdpx")) == expected
    assert 'v:build="7"' in expected
    write_project(again, tmp_path / "q.qdpx")
    assert (tmp_path / "p.qdpx").read_bytes() == (tmp_path / "q.qdpx").read_bytes()


@pytest.mark.skipif(not SAMPLES, reason="MAST_SAMPLES is not set")
def test_a_real_project_goes_out_and_in_unchanged(tmp_path: Path) -> None:
    given = Path(SAMPLES or "") / "refi-qda" / "coded-project.qdpx"
    out = tmp_path / "out.qdpx"
    write_project(read_project(given), out)
    assert canonical(entry(out)) == canonical(entry(given))
    with zipfile.ZipFile(given) as before, zipfile.ZipFile(out) as after:
        assert sorted(before.namelist()) == sorted(after.namelist())
        for name in before.namelist():
            assert name == "project.qde" or before.read(name) == after.read(name)
    assert read_project(out) == read_project(given)


@pytest.mark.parametrize("root", ["<Project name='p'/>", "<CodeBook xmlns='urn:QDA-XML:codebook:1.0'/>"])
def test_bare_xml_is_read_by_what_it_is(tmp_path: Path, root: str) -> None:
    project = Project(parse_tree(root.encode()))
    write_project(project, tmp_path / "bare.qde")
    assert read_project(tmp_path / "bare.qde") == project
    assert project.is_codebook == root.startswith("<CodeBook")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="skriv det som"):
        write_project(Project(Node("Project"), {"a.txt": b""}), tmp_path / "p.qde")
    for sign in ("\x00", "\ud800", "\ufffe"):
        with pytest.raises(ProjectError, match="kan ikke stå i XML"):
            write_project(Project(Node("Project", ("name", sign))), tmp_path / "p.qdpx")
    assert list(tmp_path.iterdir()) == []


def test_encodings_of_the_xml(tmp_path: Path) -> None:
    for name in ("utf-16", "iso-8859-1", "windows-1252", "utf-8-sig"):
        told = name.removesuffix("-sig")
        path = tmp_path / f"{name}.qde"
        path.write_bytes(f"<?xml version='1.0' encoding='{told}'?><Project name='æøå'/>".encode(name))
        assert read_project(path).root.get("name") == "æøå"


SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r<>&\"'😀 ]"
)
TEXTS = st.text(SIGNS, max_size=12)
NAMES = st.text(string.ascii_letters, min_size=1, max_size=6).map(
    lambda name: f"q:{name}" if name[0] == "q" else name
)
ATTRIBUTES = st.dictionaries(NAMES, TEXTS, max_size=3).map(
    lambda made: tuple(chain.from_iterable(made.items()))
)
MARKUP = st.sampled_from([Markup("<!-- a -->"), Markup("<?tool x?>")])


def joined_texts(parts: list[Node | Markup | str]) -> tuple[Node | Markup | str, ...]:
    made: list[Node | Markup | str] = []
    for part in parts:
        if isinstance(part, str) and made and isinstance(made[-1], str):
            made[-1] += part
        elif part != "":
            made.append(part)
    return tuple(made)


def parents(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    content = st.lists(children | MARKUP | TEXTS, max_size=4).map(joined_texts)
    return st.builds(Node, NAMES, ATTRIBUTES, content)


NODES = st.recursive(st.builds(Node, NAMES, ATTRIBUTES), parents, max_leaves=12)
ROOTS = NODES.map(lambda node: Node("Project", node.attributes, node.content))


@given(root=ROOTS)
def test_any_tree_is_read_as_it_was_written(root: Node) -> None:
    written = tree_bytes(root)
    assert parse_tree(written) == root
    assert tree_bytes(parse_tree(written)) == written


FILE_NAMES = st.text("abæ😀 .-", min_size=1, max_size=6).filter(lambda name: name.strip(". ") == name)


@given(
    root=ROOTS, files=st.dictionaries(FILE_NAMES.map("sources/{}".format), st.binary(max_size=40), max_size=4)
)
def test_any_project_goes_out_and_in(
    tmp_path_factory: pytest.TempPathFactory, root: Node, files: dict[str, bytes]
) -> None:
    path = tmp_path_factory.mktemp("project") / "p.qdpx"
    project = Project(root, files)
    write_project(project, path)
    assert read_project(path) == project
