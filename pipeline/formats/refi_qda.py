"""Coded group interviews from REFI-QDA (``.qdpx``, ``.qde``, ``.qdc``) become units (turns) and codings.

A document is called ``fokusgruppe_<group>_<yyyy-mm-dd>.txt``. Its units are the non-empty lines of the plain
text; a coding is assigned to every unit it overlaps, one row each. Not carried: text, notes, cases, links,
pictures and sound. A coder or speaker who stands under a name gets a mark. A codebook alone has no codings;
its codes are held against our themes. ``pages/refi_qda.md`` is for its readers.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.contract import CodeList
from pipeline.formats import refi_notes
from pipeline.formats.refi_coded import Coded, Coding, Document, coded
from pipeline.formats.refi_codes import Code, codes_of
from pipeline.formats.refi_marks import coder_mark, safe_id
from pipeline.formats.refi_project import MAX_TEXT_BYTES, TEXTS_ONLY, ProjectError, read_project
from pipeline.formats.result import Decisions, Quarantined, Read, Reading, Source, joined, unreadable
from pipeline.formats.rows import RawRows, type_rows
from pipeline.text import Problem, Text

UNITS, CODINGS = "interview_units", "interview_codings"
MAX_ROWS = 250_000  # units and coded units of one project: a selection of everything is a row for each unit

_NAME = re.compile(r"fokusgruppe_([0-9]{1,4})_([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\w+)?", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]+")
_ROLES = (
    "interviewer|moderator|facilitator|observatør|ordstyrer|deltager|læge|speciallæge|praktiserende læge|"
    "sekretær|sygeplejerske|klinikpersonale|patient|doctor|participant|nurse|secretary|[a-zæøå]"
)
_SPEAKER = re.compile(rf"\s*((?:{_ROLES})\s?[0-9]{{0,2}})\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A turn: its number in the document, from 1, and its place in the text."""

    number: int
    start: int
    end: int
    speaker: str


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every project and codebook of a delivery; its ``.txt`` files are the texts of a bare ``.qde``."""
    texts = [file for file in files if file.path.suffix.casefold() == ".txt"]
    projects = [file for file in files if file not in texts]
    if not projects:
        return joined(refi_notes.no_project(text) for text in texts)
    return joined(read_file(file, reading, texts) for file in projects)


def read_file(source: Source, reading: Reading, texts: Sequence[Source] = ()) -> Read:
    """Read one project or codebook."""
    if not source.path.is_file():
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    try:
        found = _opened(source, texts)
    except ProjectError as error:
        return unreadable(
            source,
            "not_refi_qda",
            f"{error}; forventet et REFI-QDA-projekt (.qdpx, .qde) eller en kodebog (.qdc)",
            f"{error}; expected a REFI-QDA project (.qdpx, .qde) or codebook (.qdc)",
        )
    if isinstance(found, Coded):
        return _read(source, found, reading)
    return refi_notes.codebook(source, found, _themes(reading))


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


def _opened(source: Source, texts: Sequence[Source]) -> Coded | Mapping[str, Code]:
    """What bears on codings, of a codebook its codes; the tree, ten times as large, goes with this frame."""
    project = read_project(source.path, TEXTS_ONLY)
    if project.is_codebook:
        return codes_of(project.root)
    if not project.files and texts:
        project = replace(project, files=_beside(texts))
    return coded(project)


def _beside(texts: Sequence[Source]) -> Mapping[str, bytes]:
    """The texts that were delivered beside a bare ``.qde``."""
    found: dict[str, bytes] = {}
    for text in texts:
        try:
            size = text.path.stat().st_size
            if size + sum(map(len, found.values())) > MAX_TEXT_BYTES:
                raise ProjectError("teksterne er for store / the texts are too large")
            found[text.path.name] = text.path.read_bytes()
        except OSError as error:
            raise ProjectError("en tekst kan ikke læses / a text cannot be read") from error
    return found


def _themes(reading: Reading) -> CodeList:
    return reading.contracts.codes[reading.contracts.tables[CODINGS].column("theme").codes or ""]


def _read(source: Source, whole: Coded, reading: Reading) -> Read:
    parts: list[Read] = []
    lost: list[Quarantined] = []
    problems = refi_notes.of_project(source, whole, _themes(reading))
    ordinals = {coding.guid: number for number, coding in enumerate(whole.codings, 1)}
    given: defaultdict[str, list[Coding]] = defaultdict(list)
    for coding in whole.codings:
        given[coding.document].append(coding)
    left = MAX_ROWS
    for number, document in enumerate(whole.documents, 1):
        codings = given[document.guid]
        named = _NAME.fullmatch(document.name)
        if named is None or document.text is None:
            wrong = refi_notes.bad_document(source, number, document, is_named=named is not None)
            problems.append(wrong)
            lost += [_lost(source, ordinals[coding.guid], wrong) for coding in codings]
            continue
        problems += refi_notes.of_document(source, number, document, codings)
        if document.text.count("\n") + document.text.count("\r") > 2 * left:
            return refi_notes.too_many(source, MAX_ROWS)
        units = units_of(document.text)
        left -= len(units)
        parts.append(_units(source, named[1], named[2], units, reading))
        placed: list[tuple[Coding, Unit]] = []
        for coding, over in _placed(codings, units):
            placed += [(coding, unit) for unit in over]
            if len(placed) > left:
                return refi_notes.too_many(source, MAX_ROWS)
            if not over:
                wrong = refi_notes.no_unit(source, ordinals[coding.guid], coding, len(document.text))
                problems.append(wrong)
                lost.append(_lost(source, ordinals[coding.guid], wrong))
        left -= len(placed)
        parts.append(_codings(source, (named[1], named[2]), document, placed, ordinals, whole, reading))
    made = joined(parts)
    encodings = dict.fromkeys(document.encoding for document in whole.documents if document.text is not None)
    return replace(
        made,
        problems=(*problems, *made.problems),
        quarantine=(*lost, *made.quarantine),
        decisions=Decisions(encoding=",".join(encodings) or "utf-8"),
        rows_read=made.rows_read + len(lost),
    )


def _placed(codings: Sequence[Coding], units: Sequence[Unit]) -> list[tuple[Coding, list[Unit]]]:
    """Each coding with the units it overlaps; as many rows as are too many are enough."""
    starts, ends = [unit.start for unit in units], [unit.end for unit in units]
    made: list[tuple[Coding, list[Unit]]] = []
    rows = 0
    for coding in codings:
        over = list(islice(units, bisect_right(ends, coding.start), bisect_left(starts, coding.end)))
        made.append((coding, over))
        rows += len(over)
        if rows > MAX_ROWS:
            break
    return made


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
    interview: tuple[str, str],
    document: Document,
    placed: Sequence[tuple[Coding, Unit]],
    ordinals: Mapping[str, int],
    whole: Coded,
    reading: Reading,
) -> Read:
    group, day = interview
    length = len(document.text or "")
    marks = {
        coder: coder_mark(coder, whole.users.get(coder, ""), reading.key)
        for coder in {coding.coder for coding, _ in placed}
    }
    themes = _themes(reading)
    names = {guid: code.theme(themes) or code.name.strip() or "?" for guid, code in whole.codes.items()}
    columns = {
        "coding_id": [
            f"{group}-{safe_id(coding.guid, ordinals[coding.guid])}-{unit.number}" for coding, unit in placed
        ],
        "interview_group": [group] * len(placed),
        "unit": [str(unit.number) for _, unit in placed],
        "coder": [marks[coding.coder] for coding, _ in placed],
        "theme": [names.get(coding.code, "?") for coding, _ in placed],
        "start_char": [str(coding.start) for coding, _ in placed],
        "end_char": [str(min(coding.end, length)) for coding, _ in placed],
        "interview_date": [day] * len(placed),
    }
    raw = RawRows(source, columns, [ordinals[coding.guid] for coding, _ in placed])
    return type_rows(reading.contracts.tables[CODINGS], raw, reading)


def _lost(source: Source, ordinal: int, wrong: Problem) -> Quarantined:
    text = Text(wrong.message.da, wrong.message.en)
    return Quarantined(CODINGS, source.name, ordinal, wrong.column, wrong.rule, text)
