"""What every survey system exports: variables with a question and labels, and a row of cells per response.

A format parses its own metadata into ``Variable`` and its own cells into ``Survey``; ``survey_answers`` types
the answers, and ``survey_table`` makes a contract's rows of them.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.contract import normalise_header
from pipeline.formats.dates import DateOrder
from pipeline.formats.faults import listed, shown
from pipeline.formats.numbers import DecimalMark
from pipeline.formats.result import Decisions, Source, problem
from pipeline.text import Problem

# other: a tick whose cell is what the respondent wrote. system: the survey system's own, no answer.
Kind = Literal["text", "choice", "tick", "other", "number", "date", "timestamp", "system"]
# key: names the response. when: when it was given.
Role = Literal["answer", "key", "when"]
State = Literal["completed", "partial", "not_started", "unknown"]

_WORDS = Path(__file__).with_name("surveys.toml")


@cache
def words(system: str) -> Mapping[str, Any]:
    """What ``surveys.toml`` says of one survey system."""
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))[system]


@dataclass(frozen=True)
class Variable:
    """One variable. ``option`` is the option of several, or the row of a grid, that it stands for.

    ``group`` is what the options of one question share; ``labels`` is code → label. ``mark`` and ``order``
    are how the survey system says that numbers and dates are written. An identifier's value is never shown.
    """

    name: str
    kind: Kind
    question: str
    option: str = ""
    group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    is_identifier: bool = False
    role: Role = "answer"
    mark: DecimalMark = "undecided"
    order: DateOrder = "default"


@dataclass(frozen=True)
class Ticks:
    """The words, case-folded, that say an option is chosen, and that it is not."""

    yes: frozenset[str]
    no: frozenset[str]

    @classmethod
    def of(cls, system: str) -> "Ticks":
        said = words(system)["ticks"]
        return cls(frozenset(said["yes"]), frozenset(said["no"]))


@dataclass(frozen=True)
class Survey:
    """The responses of one export, as text; ``cells`` holds each variable's cells, in ``variables``' order.

    ``lines`` is where each row stands (in XML: its number among the records); ``states`` is how far each
    respondent came. ``broken`` are rows that could not be read at all.
    """

    source: Source
    variables: tuple[Variable, ...]
    cells: tuple[Sequence[str], ...] = field(repr=False)
    lines: tuple[int, ...]
    states: tuple[State, ...]
    ticks: Ticks
    problems: tuple[Problem, ...] = ()
    broken: tuple[Problem, ...] = ()
    decisions: Decisions = field(default_factory=Decisions)

    def place(self, name: str) -> int:
        """Where the first variable called ``name`` stands; ValueError when there is none."""
        return [variable.name for variable in self.variables].index(name)


Spelling = Callable[[Variable], str]


def match(
    source: Source, header: Sequence[str], variables: Sequence[Variable], spellings: Sequence[Spelling]
) -> tuple[dict[int, Variable], list[Problem]]:
    """Place in ``header`` → variable, by the first of ``spellings`` under which a name is one.

    Variables that share a spelling (names cut to eight characters, questions asked twice) are told apart by
    their order when the header has them all; else none of them is read. A name without variable is left out.
    """
    by_spelling = [_grouped(variables, spelling) for spelling in spellings]
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(normalise_header(name), []).append(place)
    found: dict[int, Variable] = {}
    problems: list[Problem] = []
    for name, where in places.items():
        sharing = next((known[name] for known in by_spelling if name in known), ())
        if len(sharing) == 1 and len(where) > 1:
            problems.append(doubled(source, header[where[0]], len(where)))
        elif len(sharing) > 1:
            problems.append(_shared(source, header[where[0]], sharing, len(where)))
        if len(sharing) == len(where):
            found |= dict(zip(where, sharing, strict=True))
    return found, problems


def doubled(source: Source, name: str, count: int) -> Problem:
    return problem(
        source,
        1,
        shown(name) or "-",
        "doubled_column",
        f"kolonnen findes {count} gange; forventet kun én af dem",
        f"the column stands {count} times; expected only one of them",
        "critical",
    )


def unknown(source: Source, name: str, where: str) -> Problem:
    return problem(
        source,
        1,
        shown(name) or "-",
        "unknown_column",
        f"ukendt variabel, som ikke læses; forventet en, der står i {where}",
        f"unknown variable, which is not read; expected one that stands in {where}",
    )


def _grouped(variables: Sequence[Variable], spelling: Spelling) -> dict[str, list[Variable]]:
    found: dict[str, list[Variable]] = {}
    for variable in variables:
        name = normalise_header(spelling(variable))
        if name:
            found.setdefault(name, []).append(variable)
    return found


def _shared(source: Source, name: str, sharing: Sequence[Variable], count: int) -> Problem:
    names = listed(shown(variable.name) for variable in sharing)
    if count == len(sharing):
        return problem(
            source,
            1,
            shown(name),
            "shared_name",
            f"{count} variable har dette navn ({names}); de er læst i strukturens rækkefølge",
            f"{count} variables have this name ({names}); they are read in the structure's order",
        )
    return problem(
        source,
        1,
        shown(name),
        "ambiguous_variable",
        f"navnet er {len(sharing)} variables ({names}), men står {count} gange; ingen af dem er læst",
        f"the name is that of {len(sharing)} variables ({names}) but stands {count} times; none is read",
    )
