"""What kind of file something is, by what it begins with and never by what it is called."""

import zipfile
from pathlib import Path
from typing import Literal

from pipeline.formats.safe_zip import DAMAGED
from pipeline.formats.survey_files import is_xml
from pipeline.formats.xlsx import is_workbook as is_zip

# project: coded interviews. several: files in a zip file.
FileKind = Literal["text", "workbook", "xml", "json", "project", "several"]

_START_BYTES = 64


def kind_of(path: Path) -> FileKind:
    """A damaged zip file counts as a workbook, which is what most are; what is nothing else is text."""
    if is_zip(path):
        return _kind_of_zip(path)
    if is_xml(path):
        return "xml"
    with path.open("rb") as file:
        start = file.read(_START_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
    return "json" if start[:1] in (b"{", b"[") else "text"


def _kind_of_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.casefold() for name in archive.namelist()]
    except DAMAGED:
        return "workbook"
    if "xl/workbook.xml" in names or "[content_types].xml" in names:
        return "workbook"
    return "project" if any(name.endswith(".qde") for name in names) else "several"
