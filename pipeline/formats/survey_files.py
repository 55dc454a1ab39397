"""Files of survey exports: tables whose letters were damaged on the way are mended, and XML is bounded."""

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from pipeline.formats.grid import Grid, read_grid
from pipeline.formats.result import Read, Source, problem, unreadable
from pipeline.formats.safe_xml import XmlError, parse_xml
from pipeline.text import Problem

MAX_XML_BYTES = 16 * 1024 * 1024  # the tree takes twelve times as much memory

_TAG = re.compile(r"<[^<>]{0,2000}>")


def plain_label(text: str) -> str:
    """A question or label without HTML, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def read_cells(source: Source, required: Sequence[str] = ()) -> tuple[Grid, list[Problem]] | Read:
    """The table of ``source``, mended, and what that took; a Read when it is none or lacks ``required``."""
    grid = read_grid(source)
    if isinstance(grid, Read):
        return grid
    problems = list(grid.notes)
    rows = (grid.header, *grid.rows)
    if lost := sum("\ufffd" in cell for row in rows for cell in row):
        problems.append(
            problem(
                source, None, None, "lost_letters",
                f"bogstaver er tabt i {lost} felter; eksportér igen som UTF-8",
                f"letters are lost in {lost} cells; export again as UTF-8",
            )
        )  # fmt: skip
    folded = [name.casefold() for name in grid.header]
    lacking = [name for name in required if name not in folded]
    if lacking:
        return unreadable(
            source,
            "no_header",
            f"overskriften mangler {', '.join(lacking)}; forventet: {';'.join(required)}",
            f"the header lacks {', '.join(lacking)}; expected: {';'.join(required)}",
        )
    return grid, problems


def is_xml(path: Path) -> bool:
    """Whether a file begins as XML does, whatever it is called; a file that cannot be read does not."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    return (
        head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n").startswith(b"<")
    )


def read_xml(source: Source, root: str) -> ET.Element | Read:
    """The tree of ``source``, whose outermost element is called ``root``."""
    try:
        size = source.path.stat().st_size
        content = source.path.read_bytes() if size <= MAX_XML_BYTES else b""
    except OSError:
        return unreadable(source, "missing_file", "filen kan ikke læses", "the file cannot be read")
    if size > MAX_XML_BYTES:
        return unreadable(
            source,
            "too_large",
            f"filen fylder {size} bytes; forventet højst {MAX_XML_BYTES}; eksportér som CSV",
            f"the file has {size} bytes; expected at most {MAX_XML_BYTES}; export as CSV",
        )
    try:
        tree = parse_xml(content)
    except XmlError as error:
        da, _, en = str(error).partition(" / ")
        return unreadable(
            source,
            "bad_xml",
            f"filen er ikke hel og tilladt XML ({da}); eksportér den igen",
            f"the file is not whole, permitted XML ({en or da}); export it again",
            error.line,
        )
    if tree.tag != root:
        return unreadable(
            source, "no_header", f"fundet et andet dokument; forventet <{root}>",
            f"found another document; expected <{root}>",
        )  # fmt: skip
    return tree
