"""REFI-QDA files (QDA-XML 1.0 and 1.5) whole: a project or a codebook, in and out unchanged.

``.qdpx`` is a zip of one ``.qde`` and the sources' files, ``.qde`` the project's XML alone, ``.qdc`` a
codebook's. What a file is, its content says and not its name. The tree is the model: whatever stands in it,
Cases, Sets, Links, Notes, Graphs and a program's own elements, goes out as it came in.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pipeline import paths
from pipeline.contract.archive import archive_of
from pipeline.formats.faults import shown
from pipeline.formats.refi_tree import Node, parse_tree, tree_bytes
from pipeline.formats.safe_xml import XmlError
from pipeline.formats.safe_zip import (
    MAX_MEMBER_BYTES,
    MAX_TOTAL_BYTES,
    ZipError,
    check_size,
    opened,
    read_members,
)

PROJECT_NAMESPACE, CODEBOOK_NAMESPACE = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
ENTRY = "project.qde"
EVERY_FILE, TEXTS_ONLY = ("",), (".txt",)
MAX_TEXT_BYTES = 24 * 1024 * 1024  # of all texts, where only they are read


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
            if file.read(2) == b"PK":
                return _unzipped(path, suffixes)
            if file.seek(0, os.SEEK_END) > MAX_MEMBER_BYTES:
                raise ProjectError(f"filen er større end / the file is larger than {MAX_MEMBER_BYTES} bytes")
            file.seek(0)
            return Project(_root(file, "", ("Project", "CodeBook")))
    except (OSError, ZipError) as error:
        reason = "filen kan ikke læses / cannot be read" if isinstance(error, OSError) else str(error)
        raise ProjectError(reason) from error


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
    with opened(path) as (archive, every):
        # macOS puts a file of its own beside each.
        entries = [
            name for name in every if name.casefold().endswith(".qde") and not name.startswith("__MACOSX/")
        ]
        if len(entries) != 1:
            raise ProjectError(f"forventet én project.qde, fundet {len(entries)} / expected one project.qde")
        (entry,) = entries
        member = every.pop(entry)
        check_size([member])
        with archive.open(member) as file:
            root = _root(file, f"{shown(entry)}, ", ("Project",))
        members = {name: one for name, one in every.items() if name.casefold().endswith(suffixes)}
        most_bytes = MAX_TEXT_BYTES if suffixes == TEXTS_ONLY else MAX_TOTAL_BYTES
        return Project(root, read_members(archive, members, most_bytes), entry)


def _root(file: IO[bytes], place: str, expected: tuple[str, ...]) -> Node:
    try:
        root = parse_tree(file)
    except XmlError as error:
        raise ProjectError(f"{place}linje {error.line}: {error}") from error
    if root.local not in expected:
        names = ", ".join(expected)
        raise ProjectError(f"roden er ikke {names} / the root is not {names}")
    return root
