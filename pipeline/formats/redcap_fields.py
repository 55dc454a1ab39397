"""REDCap's fields, from a dictionary or a project's XML, and the variables that an export has of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.formats.dates import DateOrder
from pipeline.formats.faults import shown
from pipeline.formats.grid import Grid
from pipeline.formats.numbers import DecimalMark
from pipeline.formats.result import Source, problem
from pipeline.formats.survey import Kind, Role, State, Survey, Ticks, Variable, words
from pipeline.formats.survey_files import plain_label
from pipeline.text import Problem

_DATED = re.compile(r"date(time)?(?:_seconds)?_(ymd|dmy|mdy)")
_ORDERS: Mapping[str, DateOrder] = {"ymd": "iso", "dmy": "dmy", "mdy": "mdy"}
_UNCODED = frozenset({"checkbox", "dropdown", "radio", "select"})


@dataclass(frozen=True)
class Field:
    """What the metadata say of one field; ``choices`` is code → label."""

    name: str
    form: str
    type: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    validation: str = ""
    is_identifier: bool = False
    has_branching: bool = False
    line: int | None = None


def dictionary_heads(grid: Grid) -> dict[str, int]:
    """What a dictionary's columns hold → their places; without ``name`` the table is no dictionary."""
    known: dict[str, str] = words("redcap")["dictionary"]
    return {
        known[head.casefold()]: place for place, head in enumerate(grid.header) if head.casefold() in known
    }


def dictionary_fields(grid: Grid) -> tuple[list[Field], list[Problem]]:
    """The fields of a dictionary in its order, and the choices that cannot be told apart."""
    places = dictionary_heads(grid)
    fields: list[Field] = []
    problems: list[Problem] = []
    lacking = [name for name in ("form", "type", "label") if name not in places]
    if lacking:
        da, en = "Form Name, Field Type og Field Label", "Form Name, Field Type and Field Label"
        problems.append(
            problem(
                grid.source, 1, None, "no_header", f"ordbogen mangler kolonner; forventet {da}",
                f"the dictionary lacks columns; expected {en}", "critical",
            )
        )  # fmt: skip
    for line, row in zip(grid.lines, grid.rows, strict=True):
        said = {name: row[place] for name, place in places.items()}
        kind = said.get("type", "").casefold()
        choices, is_whole = parse_choices(said.get("choices", "")) if kind in _UNCODED else ({}, True)
        if not is_whole:
            problems.append(
                problem(
                    grid.source,
                    line,
                    "Choices",
                    "bad_choices",
                    f"svarmulighederne for {shown(said['name'])} kan ikke læses; forventet: 1, Ja | 2, Nej",
                    f"the choices of {shown(said['name'])} cannot be read; expected: 1, Ja | 2, Nej",
                )
            )
        fields.append(
            Field(
                said["name"].casefold(),
                said.get("form", ""),
                kind,
                plain_label(said.get("label", "")),
                choices,
                said.get("validation", "").casefold(),
                said.get("identifier", "").casefold() == "y",
                bool(said.get("branching")),
                line,
            )
        )
    return fields, problems


def parse_choices(text: str) -> tuple[dict[str, str], bool]:
    """``1, Ja | 2, Nej`` as code → label, and whether all of it could be read so, each code once."""
    found: dict[str, str] = {}
    is_whole = True
    for part in filter(None, (part.strip() for part in text.split("|"))):
        code, comma, label = part.partition(",")
        is_whole = is_whole and bool(comma) and code.strip() not in found
        if comma:
            found.setdefault(code.strip(), plain_label(label))
    return found, is_whole and bool(found)


def variables_of(fields: Sequence[Field], source: Source) -> tuple[list[Variable], list[Problem]]:
    """The variables that an export of ``fields`` may have, the system's own included."""
    ours = words("redcap")
    made = [
        Variable(name, "system", label, is_identifier=name in ours["identifiers"])
        for name, label in ours["system"].items()
    ]
    problems: list[Problem] = []
    for place, asked in enumerate(fields):
        if asked.type not in ours["kinds"]:
            problems.append(
                problem(
                    source,
                    asked.line,
                    shown(asked.name),
                    "unknown_code",
                    f"ukendt felttype »{shown(asked.type)}«; feltet er læst som tekst",
                    f"unknown field type '{shown(asked.type)}'; the field is read as text",
                )
            )
        made += _of_field(asked, ours, "key" if place == 0 else "answer")
    for form in dict.fromkeys(asked.form for asked in fields):
        texts: dict[str, str] = ours["forms"]
        made.append(Variable(f"{form}_timestamp", "timestamp", texts["timestamp"], role="when", order="iso"))
        complete: dict[str, str] = ours["choices"]["complete"]
        made.append(Variable(f"{form}_complete", "system", texts["complete"], labels=complete))
    if branching := sum(asked.has_branching for asked in fields):
        problems.append(
            problem(
                source,
                None,
                None,
                "branching_ignored",
                f"{branching} felter vises kun under en betingelse; den er ikke efterprøvet",
                f"{branching} fields are shown on a condition only; it is not checked",
                "note",
            )
        )
    return made, problems


def finished(
    grid: Grid, variables: Sequence[Variable], cells: Sequence[Sequence[str]], problems: Sequence[Problem]
) -> Survey:
    """The survey of an export's cells: how far each response came, and stamps that are no time emptied."""
    texts: dict[str, str] = words("redcap")["forms"]
    incomplete = {"0", words("redcap")["choices"]["complete"]["0"].casefold()}
    is_partial = [False] * len(grid.lines)
    is_event = [False] * len(grid.lines)
    made: list[Sequence[str]] = []
    for variable, column in zip(variables, cells, strict=True):
        for row, raw in enumerate(column):
            is_open = variable.name.endswith("_complete") and raw.casefold() in incomplete
            is_partial[row] |= variable.kind in ("system", "timestamp") and (
                is_open or raw.casefold() == texts["not_completed"]
            )
            is_event[row] |= variable.name in ("redcap_event_name", "redcap_repeat_instance") and bool(raw)
        is_stamp = variable.kind == "timestamp"
        made.append(
            [("" if is_stamp and raw.casefold() == texts["not_completed"] else raw) for raw in column]
        )
    states: list[State] = ["partial" if partial else "completed" for partial in is_partial]
    found = list(problems)
    if any(is_event):
        found.append(
            problem(
                grid.source,
                None,
                None,
                "repeated_record",
                f"{sum(is_event)} rækker er et forløb eller en gentagelse; hver er læst som en besvarelse",
                f"{sum(is_event)} rows are an event or a repeat; each is read as a response",
            )
        )
    return Survey(
        grid.source,
        tuple(variables),
        tuple(made),
        grid.lines,
        tuple(states),
        Ticks.of("redcap"),
        tuple(found),
        grid.broken,
        grid.decisions,
    )


def _of_field(asked: Field, ours: Mapping[str, Any], role: Role) -> list[Variable]:
    kind: Kind | str = ours["kinds"].get(asked.type, "text")
    if kind == "none":
        return []
    if kind == "tick":
        return [
            Variable(
                f"{asked.name}___{re.sub('[^a-z0-9_]', '_', code.casefold())}",
                "tick",
                asked.label,
                option,
                asked.name,
                is_identifier=asked.is_identifier,
            )
            for code, option in asked.choices.items()
        ]
    kind, mark, order = _typed(asked, kind)
    labels: Mapping[str, str] = asked.choices or ours["choices"].get(asked.type, {})
    return [
        Variable(
            asked.name,
            kind,
            asked.label,
            labels=labels,
            is_identifier=asked.is_identifier,
            role=role,
            mark=mark,
            order=order,
        )
    ]


def _typed(asked: Field, kind: Any) -> tuple[Kind, DecimalMark, DateOrder]:
    """Kind, decimal mark and date order by the field's validation."""
    valid = asked.validation
    if asked.type == "text" and (dated := _DATED.fullmatch(valid)):
        return "timestamp" if dated[1] else "date", "undecided", _ORDERS[dated[2]]
    if asked.type == "text" and valid.startswith(("number", "int", "float")):
        return "number", "comma" if "comma_decimal" in valid else "point", "default"
    return kind, "point" if asked.type == "calc" else "undecided", "default"
