"""The coded interviews as REFI-QDA projects that NVivo, ATLAS.ti and MAXQDA open: one for each programme.

The interviews' text is not kept, so each unit stands at its place as dots behind its speaker; positions count
those. Users are the coders' marks, codes the themes with their Danish labels. Units with no character between
them run together, a speaker who has no room is left out.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.contract import CodeList, Contracts
from pipeline.exports.source import PERSONAL, RECONSTRUCTED, Exported, codes_of
from pipeline.formats.refi_project import CODEBOOK_NAMESPACE, PROJECT_NAMESPACE, Project, write_project
from pipeline.formats.refi_tree import Node
from pipeline.identifiers import mask
from pipeline.text import Problem, ProblemError, Text

UNITS, CODINGS = "interview_units", "interview_codings"
NOT_KEPT = "Teksten er ikke gemt; prikkerne holder pladsen · The text is not kept; dots hold its place"
FILLER, ORIGIN = "·", "mast"
MAX_CHARS = 10_000_000  # of one interview
# Names of ours under which GUIDs are made: the same mark, theme or coding has the same GUID in every export.
_NAMESPACE = uuid.UUID("6f1c0f52-9d0b-5a53-8f6e-3b8a5f0c7e11")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Row = Mapping[str, Any]


def write_refi_qda(every: Iterable[Exported], contracts: Contracts, folder: Path, day: date) -> list[Path]:
    """``themes.qdc``, the codebook to code with, and ``interviews_<programme>.qdpx`` for each programme.

    ``day`` stands as time of writing. Without interview tables there is no file. Raises ProblemError.
    """
    found = {item.name: item for item in every if item.name in (UNITS, CODINGS)}
    if len(found) < 2:
        return []
    themes = codes_of(found[CODINGS].table.column("theme"), contracts)
    assert themes is not None  # the contract says so
    units: list[Row] = found[UNITS].data.to_pylist()
    codings: list[Row] = found[CODINGS].data.to_pylist()
    made = [folder / "themes.qdc"]
    write_project(
        Project(_node("CodeBook", _codes(themes), xmlns=CODEBOOK_NAMESPACE, origin=ORIGIN)), made[0]
    )
    for programme in sorted({row["programme"] for row in units}):
        project = project_of(
            [row for row in units if row["programme"] == programme],
            [row for row in codings if row["programme"] == programme],
            themes,
            day,
        )
        made.append(folder / f"interviews_{programme}.qdpx")
        write_project(project, made[-1])
    return made


def project_of(units: Sequence[Row], codings: Sequence[Row], themes: CodeList, day: date) -> Project:
    """The project of one programme's ``interview_units`` and ``interview_codings``."""
    coders = sorted({_masked(row["coder"]) for row in codings})
    users = [_node("User", guid=_guid("user", coder), name=coder) for coder in coders]
    files: dict[str, bytes] = {}
    sources: list[Node] = []
    for interview in sorted({(row["interview_group"], row["interview_date"]) for row in units}):
        group, held = interview
        name = f"fokusgruppe_{group}_{held.isoformat()}.txt"
        guid = _guid("source", name)
        own = [row for row in units if (row["interview_group"], row["interview_date"]) == interview]
        given = [row for row in codings if row["interview_group"] == group]
        files[f"sources/{guid}.txt"] = text_of(own).encode()
        sources.append(
            _node(
                "TextSource",
                _node("Description", NOT_KEPT),
                *_selections(given, name),
                guid=guid, name=name, plainTextPath=f"internal://{guid}.txt",
            )
        )  # fmt: skip
    said = "\n".join(str(text) for text in (PERSONAL, RECONSTRUCTED))
    stamp = f"{day.isoformat()}T00:00:00Z"
    root = _node(
        "Project",
        *([_node("Users", *users)] if users else []),
        _node("CodeBook", _codes(themes)),
        *([_node("Sources", *sources)] if sources else []),
        _node("Description", said),
        xmlns=PROJECT_NAMESPACE, name="Gruppeinterview", origin=ORIGIN, creationDateTime=stamp,
        modifiedDateTime=stamp,
    )  # fmt: skip
    return Project(root, files)


def _codes(themes: CodeList) -> Node:
    made = (
        _node(
            "Code",
            _node("Description", item.label.en),
            guid=_guid("code", item.code), name=item.label.da, isCodable="true",
        )
        for item in themes.items
    )  # fmt: skip
    return _node("Codes", *made)


def text_of(units: Sequence[Row]) -> str:
    """A text of the interview's length with every unit at its place: its speaker, then dots.

    Raises ProblemError for an interview longer than anyone has held.
    """
    length = max((row["end_char"] for row in units), default=0)
    if length > MAX_CHARS:
        text = Text(
            f"interviewet slutter ved tegn {length}; forventet højst {MAX_CHARS}; ret leverancen",
            f"the interview ends at character {length}; expected at most {MAX_CHARS}; mend the delivery",
        )
        raise ProblemError(Problem(UNITS, None, "end_char", "too_large", text, "critical"))
    signs = ["\n"] * length
    for row in units:
        room = row["end_char"] - row["start_char"]
        speaker = f"{_masked(row['speaker'])}: " if row["speaker"] else ""
        line = speaker if len(speaker) <= room else ""
        signs[row["start_char"] : row["end_char"]] = line + FILLER * (room - len(line))
    return "".join(signs)


def _selections(codings: Sequence[Row], source: str) -> list[Node]:
    """A selection for each coding, which stands in the table once for each unit it touches."""
    found: dict[tuple[Any, ...], str] = {}
    for row in codings:
        stem = (
            str(row["coding_id"]).removeprefix(f"{row['interview_group']}-").removesuffix(f"-{row['unit']}")
        )
        place = (row["start_char"], row["end_char"], _masked(row["coder"]), row["theme"])
        found.setdefault((*place, stem), stem)
    made: list[Node] = []
    taken: set[str] = set()
    for (start, end, coder, theme, _), stem in sorted(found.items()):
        guid = stem if _GUID.fullmatch(stem) and stem not in taken else ""
        guid = guid or _guid("coding", f"{source} {stem} {start} {end} {coder} {theme}")
        taken.add(guid)
        user = _guid("user", coder)
        coding = _node(
            "Coding", _node("CodeRef", targetGUID=_guid("code", theme)), guid=guid, creatingUser=user
        )
        made.append(
            _node(
                "PlainTextSelection",
                coding,
                guid=_guid("selection", f"{source} {guid}"),
                startPosition=str(start), endPosition=str(end), creatingUser=user,
            )
        )  # fmt: skip
    return made


def _node(local: str, /, *content: Node | str, **attributes: str) -> Node:
    return Node(local, tuple(chain.from_iterable(attributes.items())), content)


def _guid(kind: str, name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind} {name}"))


def _masked(text: str) -> str:
    """What the table holds is masked already; a text from before that is masked here."""
    return mask(text)[0]
