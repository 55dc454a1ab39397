"""What of a REFI-QDA project bears on codings: documents, codes, coders and who gave which code to what.

Positions are code points of the plain text, which stands in the project or in a file (``internal://<name>``
or the bare name). A PDF's, picture's or recording's text (Representation, TextDescription, Transcript) is a
document like any other; a coding in the picture, the sound or a note itself has no place in a text.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.formats.decode import decode_bytes
from pipeline.formats.refi_codes import Code, codes_of, guid_key
from pipeline.formats.refi_offsets import counted
from pipeline.formats.refi_project import Project, ProjectError
from pipeline.formats.refi_tree import Node
from pipeline.formats.result import Source

MAX_CHARS = 12_000_000  # of all texts: a hundred and twenty long interviews
TEXTS = ("Representation", "TextDescription", "Transcript")
UNCARRIED = ("Case", "Variable", "Set", "Note", "Link", "Graph")


@dataclass(frozen=True)
class Document:
    """One text, with the line ends that positions count; ``text`` is None when it is not in the project."""

    guid: str
    name: str
    text: str | None
    encoding: str = "utf-8"
    is_renewlined: bool = False  # the file has CRLF, and positions count one for it


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
class Coded:
    """Users are guid → name, codes and cases by guid; codings in the document's order."""

    users: Mapping[str, str]
    codes: Mapping[str, Code]
    documents: tuple[Document, ...]
    codings: tuple[Coding, ...]
    selections: int
    unplaced: int  # selections without two whole numbers in order, and codings without a code
    elsewhere: int  # codings in a picture, a recording or a note itself
    attributions: int  # codings that say which case a passage belongs to
    uncarried: Mapping[str, int]  # elements with no place in our tables: name → how many


@dataclass(frozen=True)
class _Place:
    start: int
    end: int | None  # None: to the document's end
    coding: Node
    given: str  # the selection's guid, else what stands for it
    coder: str


def coded(project: Project) -> Coded:
    """Take out of ``project`` what bears on codings; what cannot be used is counted. Raises ProjectError."""
    root = project.root
    codes = codes_of(root)
    cases = {guid_key(case.get("guid")) for case in _held(root, "Cases", "Case")}
    users = {guid_key(user.get("guid")): user.get("name") for user in _held(root, "Users", "User")}
    owner = root.get("creatingUserGUID") or (next(iter(users)) if len(users) == 1 else "")
    files = _Files(project.files)
    documents: dict[str, Document] = {}
    codings: list[Coding] = []
    left = MAX_CHARS
    taken: set[str] = set()
    ids: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for number, (source, node) in enumerate(_texts(root), 1):
        guid = _unique(node.get("guid") or f"source-{number}", documents, number)
        places = list(_places(node, guid, counts))
        document = _document(guid, source, node, files, places)
        documents[guid] = document
        left -= len(document.text or "")
        if left < 0:  # a file may be the text of any number of sources
            raise ProjectError(f"over {MAX_CHARS} tegn tekst / over {MAX_CHARS} characters of text")
        for place in places:
            reference = next(place.coding.children("CodeRef"), None)
            code = guid_key(reference.get("targetGUID")) if reference is not None else ""
            end = place.end if place.end is not None else len(document.text or "")
            if not code or (place.end is None and document.text is not None and not end):
                counts["unplaced"] += 1
                continue
            if code in cases and code not in codes:
                counts["attributions"] += 1
                continue
            coder = guid_key(place.coding.get("creatingUser") or place.coder or owner)
            given = place.coding.get("guid") or place.given
            made = given
            while made in taken:
                ids[given] += 1
                made = f"{given}~{ids[given] + 1}"
            taken.add(made)
            codings.append(Coding(made, guid, code, coder, place.start, end))
    found = Counter(node.local for node in root.below("Coding", *UNCARRIED))
    return Coded(
        users=users,
        codes=codes,
        documents=tuple(documents.values()),
        codings=tuple(codings),
        selections=counts["selections"],
        unplaced=counts["unplaced"],
        elsewhere=found.pop("Coding", 0) - counts["seen"],
        attributions=counts["attributions"],
        uncarried=found,
    )


def _held(root: Node, holder: str, name: str) -> Iterator[Node]:
    return (node for parent in root.children(holder) for node in parent.children(name))


def _texts(root: Node) -> Iterator[tuple[Node, Node]]:
    """Every source with the element that holds a text of it."""
    for sources in root.children("Sources"):
        for source in sources.children():
            if source.local == "TextSource":
                yield source, source
            for node in source.children(*TEXTS):
                yield source, node


def _places(node: Node, document: str, counts: Counter[str]) -> Iterator[_Place]:
    """Every coding of a text with its place, those of the text as a whole last."""
    points = {guid_key(point.get("guid")): point.get("position") for point in node.children("SyncPoint")}
    for number, selection in enumerate(node.children("PlainTextSelection", "TranscriptSelection"), 1):
        counts["selections"] += 1
        codings = list(selection.children("Coding"))
        counts["seen"] += len(codings)
        if selection.local == "PlainTextSelection":
            raw = selection.get("startPosition"), selection.get("endPosition")
        else:
            ends = selection.get("fromSyncPoint"), selection.get("toSyncPoint")
            raw = tuple(points.get(guid_key(end), "") for end in ends)
        start, end = (_position(text) for text in raw)
        if start is None or end is None or start >= end:
            counts["unplaced"] += 1
            continue
        given = selection.get("guid") or f"{document}-{number}"
        for index, coding in enumerate(codings, 1):
            yield _Place(start, end, coding, f"{given}-{index}", selection.get("creatingUser"))
    for index, coding in enumerate(node.children("Coding"), 1):
        counts["seen"] += 1
        yield _Place(0, None, coding, f"{document}-0-{index}", "")


def _document(guid: str, source: Node, node: Node, files: "_Files", places: Sequence[_Place]) -> Document:
    path = node.get("plainTextPath")
    name = node.get("name") or source.get("name") or _base(path) or _base(node.get("richTextPath"))
    content = next(node.children("PlainTextContent"), None)
    if content is not None:
        return Document(guid, name, content.text)
    raw = files.find(path)
    if raw is None:
        return Document(guid, name, None)
    found = decode_bytes(Source(Path(), name), raw)
    if found.problem is not None:
        return Document(guid, name, None)
    text = counted(found.text, [end for place in places for end in (place.start, place.end) if end])
    made = Document(guid, name, text, found.encoding.removesuffix("-sig"))
    return replace(made, is_renewlined=text is not found.text)


class _Files:
    """A project's files, found by what a path in it says."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._names: dict[str, list[str]] = {}
        for name in files:
            self._names.setdefault(_base(name).casefold(), []).append(name)

    def find(self, path: str) -> bytes | None:
        """The file's bytes; None where there is none, or where it cannot be told which of several."""
        base = _base(path)
        found = self._names.get(base.casefold(), [])
        exact = [name for name in found if name.rpartition("/")[2] == base and name.count("/") <= 1]
        chosen = found if len(found) == 1 else exact
        return self._files[chosen[0]] if len(chosen) == 1 else None


def _base(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name


def _position(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 else None


def _unique(guid: str, taken: Mapping[str, object], number: int) -> str:
    while guid in taken:
        guid = f"{guid}-{number}"
    return guid
