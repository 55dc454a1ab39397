"""Coded group interviews from a REFI-QDA project become units (turns) and codings of units.

A document is called ``fokusgruppe_<group>_<yyyy-mm-dd>.txt``. Its units are the non-empty lines of the plain
text; a coding is assigned to every unit it overlaps, one row each. Not carried: text, notes, cases, links,
pictures and sound. A coder or speaker who stands under a name gets a mark.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.formats.faults import shown
from pipeline.formats.refi_project import Coding, Document, Project, ProjectError, read_project
from pipeline.formats.result import Decisions, Quarantined, Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.rows import RawRows, type_rows
from pipeline.text import Problem, Text

UNITS, CODINGS = "interview_units", "interview_codings"

_NAME = re.compile(r"fokusgruppe_([0-9]{1,4})_([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\w+)?", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]+")
_ROLES = (
    "interviewer|moderator|facilitator|observatør|ordstyrer|deltager|læge|speciallæge|praktiserende læge|"
    "sekretær|sygeplejerske|klinikpersonale|patient|doctor|participant|nurse|secretary|[a-zæøå]"
)
_SPEAKER = re.compile(rf"\s*((?:{_ROLES})\s?[0-9]{{0,2}})\s*:", re.IGNORECASE)
_CODER = re.compile(r"(?:(?:koder|coder|rater)[ _-]?)?[a-zæøå0-9]{1,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A turn: its number in the document, from 1, and its place in the text."""

    number: int
    start: int
    end: int
    speaker: str


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every project of a delivery."""
    return joined(read_file(file, reading) for file in files)


def read_file(source: Source, reading: Reading) -> Read:
    """Read one project."""
    if not source.path.is_file():
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    try:
        project = read_project(source.path)
    except ProjectError as error:
        return unreadable(
            source,
            "not_refi_qda",
            f"{error}; forventet et REFI-QDA-projekt (.qdpx)",
            f"{error}; expected a REFI-QDA project (.qdpx)",
        )
    return _read(source, project, reading)


def units_of(text: str) -> list[Unit]:
    """The turns of a plain text: its lines that are not blank."""
    found = (line for line in _LINE.finditer(text) if line[0].strip())
    return [
        Unit(
            number,
            line.start(),
            line.end(),
            speaker[1].strip() if (speaker := _SPEAKER.match(line[0])) else "",
        )
        for number, line in enumerate(found, 1)
    ]


def coder_mark(guid: str, name: str) -> str:
    """The coder's mark: the name when it is one (``Koder A``), else made from the guid, which is no name."""
    name = name.strip()
    if _CODER.fullmatch(name):
        return name
    return f"koder-{hashlib.sha256(guid.encode()).hexdigest()[:8]}"


def _read(source: Source, project: Project, reading: Reading) -> Read:
    parts: list[Read] = []
    problems: list[Problem] = []
    lost: list[Quarantined] = []
    ordinals = {id(coding): number for number, coding in enumerate(project.codings, 1)}
    if project.unplaced:
        problems.append(
            problem(
                source,
                None,
                None,
                "unplaced_selection",
                f"{project.unplaced} markeringer uden sted eller kode er ikke læst",
                f"{project.unplaced} selections without place or code are not read",
            )
        )
    for number, document in enumerate(project.documents, 1):
        codings = [coding for coding in project.codings if coding.document == document.guid]
        named = _NAME.fullmatch(document.name)
        if named is None or document.text is None:
            wrong = _bad_document(source, number, document, is_named=named is not None)
            problems.append(wrong)
            lost += [_lost(source, ordinals[id(coding)], wrong) for coding in codings]
            continue
        units = units_of(document.text)
        parts.append(_units(source, named[1], named[2], units, reading))
        placed: list[tuple[Coding, Unit]] = []
        for coding in codings:
            over = [unit for unit in units if coding.start < unit.end and coding.end > unit.start]
            placed += [(coding, unit) for unit in over]
            if not over:
                wrong = _no_unit(source, ordinals[id(coding)], coding, len(document.text))
                problems.append(wrong)
                lost.append(_lost(source, ordinals[id(coding)], wrong))
        parts.append(_codings(source, named[1], named[2], placed, ordinals, project, reading))
    if not project.documents:
        problems.append(
            problem(source, None, None, "no_rows", "projektet har ingen tekster", "the project has no texts")
        )
    made = joined(parts)
    return replace(
        made,
        problems=(*problems, *made.problems),
        quarantine=(*lost, *made.quarantine),
        decisions=Decisions(encoding="utf-8"),
        rows_read=made.rows_read + len(lost),
    )


def _units(source: Source, group: str, day: str, units: Sequence[Unit], reading: Reading) -> Read:
    columns = {
        "interview_group": [group] * len(units),
        "unit": [str(unit.number) for unit in units],
        "start_char": [str(unit.start) for unit in units],
        "end_char": [str(unit.end) for unit in units],
        "speaker": [unit.speaker for unit in units],
        "interview_date": [day] * len(units),
    }
    raw = RawRows(source, columns, [unit.number for unit in units])
    return type_rows(reading.contracts.tables[UNITS], raw, reading)


def _codings(
    source: Source,
    group: str,
    day: str,
    placed: Sequence[tuple[Coding, Unit]],
    ordinals: dict[int, int],
    project: Project,
    reading: Reading,
) -> Read:
    columns = {
        "coding_id": [f"{group}-{coding.guid}-{unit.number}" for coding, unit in placed],
        "interview_group": [group] * len(placed),
        "unit": [str(unit.number) for _, unit in placed],
        "coder": [coder_mark(coding.coder, project.users.get(coding.coder, "")) for coding, _ in placed],
        "theme": [project.codes.get(coding.code, "") or "?" for coding, _ in placed],
        "start_char": [str(coding.start) for coding, _ in placed],
        "end_char": [str(coding.end) for coding, _ in placed],
        "interview_date": [day] * len(placed),
    }
    raw = RawRows(source, columns, [ordinals[id(coding)] for coding, _ in placed])
    return type_rows(reading.contracts.tables[CODINGS], raw, reading)


def _bad_document(source: Source, number: int, document: Document, *, is_named: bool) -> Problem:
    if is_named:
        return problem(
            source,
            None,
            f"TextSource {number}",
            "missing_file",
            "tekstens fil mangler i projektet eller er ikke UTF-8; forventet sources/<navn>.txt",
            "the text's file is missing in the project or is not UTF-8; expected sources/<name>.txt",
        )
    found = shown(document.name)
    return problem(
        source,
        None,
        f"TextSource {number}",
        "bad_source_name",
        f"fundet »{found}«; forventet fokusgruppe_<nr>_<åååå-mm-dd>.txt",
        f"found '{found}'; expected fokusgruppe_<no>_<yyyy-mm-dd>.txt",
    )


def _no_unit(source: Source, ordinal: int, coding: Coding, length: int) -> Problem:
    place = f"{coding.start}–{coding.end}"
    return problem(
        source,
        ordinal,
        "PlainTextSelection",
        "no_unit",
        f"fundet tegn {place}; forventet et sted med tekst inden for 0–{length}",
        f"found characters {place}; expected a place with text within 0–{length}",
    )


def _lost(source: Source, ordinal: int, wrong: Problem) -> Quarantined:
    text = Text(wrong.message.da, wrong.message.en)
    return Quarantined(CODINGS, source.name, ordinal, wrong.column, wrong.rule, text)
