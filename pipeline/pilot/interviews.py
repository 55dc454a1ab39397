"""Five group interviews with doctors, transcribed and coded by two coders, as a REFI-QDA project.

Nobody codes »would recommend as tested«: the evaluation's own conclusion.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date

from pipeline.contract import Contracts
from pipeline.pilot.assumptions import Interviews
from pipeline.pilot.chance import Chance
from pipeline.pilot.wording import Wording
from pipeline.pilot.writers import zipped

NAMESPACE = "urn:QDA-XML:project:1.0"
# What the deck and the published summaries have from the doctors themselves comes up in every group.
ALWAYS = (
    "technology_unstable",
    "booking_cumbersome",
    "requires_known_patient",
    "unsuited_physical_examination",
    "unsuited_complex_or_cognitive",
    "closeness_not_a_problem",
    "time_use_disagreement",
)
MADE = "2020-01-30T10:00:00Z"
CODERS = ("Koder A", "Koder B")


@dataclass(frozen=True)
class Turn:
    """One line of a transcript. ``theme``: what it was written about, None for what carries no theme."""

    speaker: str
    text: str
    theme: str | None = None


@dataclass(frozen=True)
class Mark:
    """One coded selection; positions are code points of the plain text, ``end`` exclusive."""

    coder: str
    theme: str
    start: int
    end: int


@dataclass(frozen=True)
class Interview:
    group: int
    day: date
    turns: tuple[Turn, ...]
    marks: tuple[Mark, ...]

    @property
    def name(self) -> str:
        return f"fokusgruppe_{self.group}_{self.day.isoformat()}.txt"

    @property
    def text(self) -> str:
        return "".join(f"{_line(turn)}\n" for turn in self.turns)


def interviews(ours: Interviews, wording: Wording, seed: int) -> list[Interview]:
    """The interviews with their codings."""
    chance = Chance(seed, "interviews")
    made: list[Interview] = []
    for group, (day, doctors, themes) in enumerate(
        zip(ours.dates, ours.doctors, ours.themes, strict=True), start=1
    ):
        turns = _transcript(doctors, themes, wording, chance)
        made.append(Interview(group, day, turns, tuple(_marks(turns, chance))))
    return made


def rows(made: list[Interview]) -> int:
    """How many rows the project holds: turns, and turns that a selection touches."""
    touched = 0
    for interview in made:
        spans = _spans(interview.turns)
        touched += sum(
            mark.start < end and mark.end > start for mark in interview.marks for start, end in spans
        )
    return touched + sum(len(interview.turns) for interview in made)


def qdpx(made: list[Interview], contracts: Contracts, seed: int) -> bytes:
    """The project with its texts, in REFI-QDA's exchange format (QDA-XML 1.0)."""
    chance = Chance(seed, "qdpx")
    themes = contracts.codes["interview_theme"]
    coders = {name: chance.uuid() for name in CODERS}
    codes = {item.code: chance.uuid() for item in themes.items}
    owner = coders[CODERS[0]]
    root = ET.Element(
        "Project", xmlns=NAMESPACE, name="Gruppeinterview", creatingUserGUID=owner, creationDateTime=MADE,
        modifiedDateTime=MADE,
    )  # fmt: skip
    users = ET.SubElement(root, "Users")
    for name, guid in coders.items():
        ET.SubElement(users, "User", guid=guid, name=name)
    book = ET.SubElement(ET.SubElement(root, "CodeBook"), "Codes")
    for item in themes.items:
        ET.SubElement(book, "Code", guid=codes[item.code], name=item.label.da, isCodable="true")
    sources = ET.SubElement(root, "Sources")
    members: dict[str, bytes] = {}
    for interview in made:
        guid = chance.uuid()
        members[f"sources/{guid}.txt"] = interview.text.encode()
        source = ET.SubElement(
            sources, "TextSource", guid=guid, name=interview.name, plainTextPath=f"internal://{guid}.txt",
            creatingUser=owner, creationDateTime=MADE,
        )  # fmt: skip
        for mark in interview.marks:
            user = coders[mark.coder]
            selection = ET.SubElement(
                source, "PlainTextSelection", guid=chance.uuid(), startPosition=str(mark.start),
                endPosition=str(mark.end), creatingUser=user, creationDateTime=MADE,
            )  # fmt: skip
            coding = ET.SubElement(
                selection, "Coding", guid=chance.uuid(), creatingUser=user, creationDateTime=MADE
            )
            ET.SubElement(coding, "CodeRef", targetGUID=codes[mark.theme])
    ET.indent(root, " ")
    project = b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"
    return zipped({"project.qde": project, **members})


def _transcript(doctors: int, themes: int, wording: Wording, chance: Chance) -> tuple[Turn, ...]:
    others = [code for code in wording.themes if code not in ALWAYS]
    spoken = chance.shuffled([*ALWAYS, *chance.shuffled(others)[: themes - len(ALWAYS)]])
    turns = [Turn("Interviewer", wording.opening)]
    for code in spoken:
        theme = wording.themes[code]
        speakers = chance.shuffled([f"Læge {number}" for number in range(1, doctors + 1)])
        turns.append(Turn("Interviewer", theme.question))
        lines = chance.shuffled(theme.lines)[: chance.between(1, 2)]
        for speaker, line in zip(speakers, lines, strict=False):
            turns.append(Turn(speaker, _begun(chance.choice(wording.starters), line), code))
        if chance.one_in(2):
            turns.append(Turn(speakers[-1], chance.choice(wording.assent)))
    turns.append(Turn("Interviewer", wording.closing))
    turns.append(Turn(f"Læge {chance.between(1, doctors)}", chance.choice(wording.last_words)))
    return tuple(turns)


def _begun(starter: str, line: str) -> str:
    return starter + (
        line[0].lower() + line[1:] if starter.endswith(", ") and not line.startswith("Jeg") else line
    )


def _marks(turns: tuple[Turn, ...], chance: Chance) -> list[Mark]:
    """Both coders' selections: they mostly agree, but not always on where a passage ends or its theme."""
    spans, spoken = _spans(turns), [turn.theme for turn in turns if turn.theme]
    made: list[Mark] = []
    for index, (turn, (start, end)) in enumerate(zip(turns, spans, strict=True)):
        if turn.theme is None:
            continue
        words = start + len(turn.speaker) + 2
        made.append(Mark(CODERS[0], turn.theme, words, end))
        drawn = chance.below(100)
        if drawn < 78:
            is_answered = index + 1 < len(turns) and turns[index + 1].theme is None and chance.one_in(4)
            made.append(Mark(CODERS[1], turn.theme, start, spans[index + 1][1] if is_answered else end))
        elif drawn < 90:
            made.append(Mark(CODERS[1], chance.choice(spoken), words, end))
        if chance.one_in(12):
            made.append(Mark(CODERS[0], chance.choice(spoken), words, end))
    return made


def _spans(turns: tuple[Turn, ...]) -> list[tuple[int, int]]:
    """Where each turn begins and ends in the plain text."""
    found: list[tuple[int, int]] = []
    start = 0
    for turn in turns:
        end = start + len(_line(turn))
        found.append((start, end))
        start = end + 1
    return found


def _line(turn: Turn) -> str:
    return f"{turn.speaker}: {turn.text}"
