"""REFI-QDA files (QDA-XML 1.0 and 1.5) whole: a project or a codebook, in and out unchanged.

``.qdpx`` is a zip of one ``.qde`` and the sources' files, ``.qde`` the project's XML alone, ``.qdc`` a
codebook's. What a file is, its content says and not its name. The tree is the model: whatever stands in it,
Cases, Sets, Links, Notes, Graphs and a program's own elements, goes out as it came in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import paths
from pipeline.contract.archive import archive_of
from pipeline.formats.faults import shown
from pipeline.formats.refi_tree import Node, parse_tree, tree_bytes
from pipeline.formats.safe_xml import XmlError
from pipeline.formats.safe_zip import MAX_MEMBER_BYTES, ZipError, read_members

PROJECT_NAMESPACE, CODEBOOK_NAMESPACE = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
ENTRY = "project.qde"
EVERY_FILE, TEXTS_ONLY = ("",), (".qde", ".txt")


@dataclass(frozen=True)
class Project:
    """A file's XML and, by their names in the zip, the other files' bytes. ``entry`` names the XML there."""

    root: Node
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    entry: str = ENTRY

    @property
    def is_codebook(self) -> bool:
        """Whether it is a codebook alone."""
        return self.root.local == "CodeBook"


class ProjectError(ValueError):
    """The file is not REFI-QDA as we accept it, or what is to be written is not."""


def read_project(path: Path, suffixes: tuple[str, ...] = EVERY_FILE) -> Project:
    """Read a ``.qdpx``, ``.qde`` or ``.qdc``, of a zip files with these suffixes. Raises ProjectError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_MEMBER_BYTES + 1) if (head := file.read(2)) != b"PK" else b""
        if head == b"PK":
            return _unzipped(path, suffixes)
    except (OSError, ZipError) as error:
        reason = "filen kan ikke læses / cannot be read" if isinstance(error, OSError) else str(error)
        raise ProjectError(reason) from error
    if len(content) > MAX_MEMBER_BYTES:
        raise ProjectError(f"filen er større end / the file is larger than {MAX_MEMBER_BYTES} bytes")
    return Project(_root(head + content, "", ("Project", "CodeBook")))


def write_project(project: Project, path: Path) -> None:
    """Write a ``.qdpx`` (a zip) or, by any other name, the XML alone. The same project is the same bytes.

    Nothing is masked: what is in the project is in the file. Raises ProjectError for what cannot be written.
    """
    try:
        content = tree_bytes(project.root)
    except ValueError as error:
        raise ProjectError(str(error)) from error
    if path.suffix.casefold() == ".qdpx":
        content = archive_of({**project.files, project.entry: content})
    elif project.files:
        raise ProjectError("projektet har filer; skriv det som .qdpx / the project has files; write a .qdpx")
    paths.write_bytes(path, content)


def _unzipped(path: Path, suffixes: tuple[str, ...]) -> Project:
    members = read_members(path, suffixes)
    # macOS puts a file of its own beside each.
    entries = [
        name for name in members if name.casefold().endswith(".qde") and not name.startswith("__MACOSX/")
    ]
    if len(entries) != 1:
        raise ProjectError(f"forventet én project.qde, fundet {len(entries)} / expected one project.qde")
    (entry,) = entries
    root = _root(members[entry], f"{shown(entry)}, ", ("Project",))
    return Project(root, {name: content for name, content in members.items() if name != entry}, entry)


def _root(content: bytes, place: str, expected: tuple[str, ...]) -> Node:
    try:
        root = parse_tree(content)
    except XmlError as error:
        raise ProjectError(f"{place}linje {error.line}: {error}") from error
    if root.local not in expected:
        names = ", ".join(expected)
        raise ProjectError(f"roden er ikke {names} / the root is not {names}")
    return root
