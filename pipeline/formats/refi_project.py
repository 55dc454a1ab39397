"""REFI-QDA projects (QDA-XML 1.0 and 1.5) as they are: documents, codes, coders and codings.

``.qdpx`` is a zip with ``project.qde`` and ``sources/``. A document's plain text stands in the project or in
a file (``internal://<name>`` or the bare name). Positions are code points of the plain text.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.formats.safe_xml import XmlError, parse_xml
from pipeline.formats.safe_zip import ZipError, read_members


@dataclass(frozen=True)
class Document:
    """One text source; ``text`` is None when it is not in the project."""

    guid: str
    name: str
    text: str | None


@dataclass(frozen=True)
class Coding:
    """A code given by a coder to a part of a document. ``start`` to ``end`` exclusive, in code points."""

    guid: str
    document: str
    code: str
    coder: str
    start: int
    end: int


@dataclass(frozen=True)
class Project:
    """Everything of a project that bears on codings. Codes and users are guid → name."""

    users: Mapping[str, str]
    codes: Mapping[str, str]
    documents: tuple[Document, ...]
    codings: tuple[Coding, ...]
    selections: int
    unplaced: int  # selections without two whole numbers in order, and codings without a code


class ProjectError(ValueError):
    """The file is not a REFI-QDA project as we accept it."""


def read_project(path: Path) -> Project:
    """Parse a ``.qdpx``. Raises ProjectError with the reason."""
    try:
        members = read_members(path, (".qde", ".txt"))
    except ZipError as error:
        raise ProjectError(str(error)) from error
    projects = [name for name in members if name.casefold().endswith(".qde")]
    if len(projects) != 1:
        raise ProjectError(f"forventet én project.qde, fundet {len(projects)} / expected one project.qde")
    try:
        root = parse_xml(members[projects[0]])
    except XmlError as error:
        raise ProjectError(f"{projects[0]}, linje {error.line}: {error}") from error
    if root.tag != "Project":
        raise ProjectError("roden er ikke Project / the root is not Project")
    return _project(root, members)


def _project(root: ET.Element, members: Mapping[str, bytes]) -> Project:
    texts = {PurePosixPath(name).name.casefold(): content for name, content in members.items()}
    owner = root.get("creatingUserGUID", "")
    documents: list[Document] = []
    codings: list[Coding] = []
    selections = unplaced = 0
    for place, source in enumerate(root.iterfind("Sources/TextSource"), 1):
        guid = source.get("guid") or f"source-{place}"
        if any(document.guid == guid for document in documents):
            guid = f"{guid}-{place}"
        documents.append(Document(guid, source.get("name") or _file_name(source), _text(source, texts)))
        for number, selection in enumerate(source.iterfind("PlainTextSelection"), 1):
            selections += 1
            start, end = _position(selection, "startPosition"), _position(selection, "endPosition")
            if start is None or end is None or start >= end:
                unplaced += 1
                continue
            for index, coding in enumerate(selection.iterfind("Coding"), 1):
                reference = coding.find("CodeRef")
                code = reference.get("targetGUID") if reference is not None else None
                if not code:
                    unplaced += 1
                    continue
                codings.append(
                    Coding(
                        coding.get("guid") or f"{selection.get('guid') or f'{guid}-{number}'}-{index}",
                        guid,
                        code,
                        coding.get("creatingUser") or selection.get("creatingUser") or owner,
                        start,
                        end,
                    )
                )
    return Project(
        users={user.get("guid", ""): user.get("name", "") for user in root.iterfind("Users/User")},
        codes={
            code.get("guid", ""): code.get("name", "")
            for codes in root.iterfind("CodeBook/Codes")
            for code in codes.iter("Code")
        },
        documents=tuple(documents),
        codings=tuple(codings),
        selections=selections,
        unplaced=unplaced,
    )


def _file_name(source: ET.Element) -> str:
    return PurePosixPath((source.get("plainTextPath") or "").replace("\\", "/")).name


def _text(source: ET.Element, texts: Mapping[str, bytes]) -> str | None:
    """The plain text, without newline translation: positions count every character of it."""
    content = source.find("PlainTextContent")
    if content is not None:
        return content.text or ""
    raw = texts.get(_file_name(source).casefold())
    if raw is None:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _position(selection: ET.Element, name: str) -> int | None:
    raw = selection.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 else None
