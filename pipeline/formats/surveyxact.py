"""A SurveyXact export in three CSV files: the answers, the codes' labels, and the questions.

``…dataset.csv`` has variable names (cut to eight characters) over answers as codes or labels;
``…structure.csv`` has a row per variable; ``…labels.csv`` has a row per code. A question with several answers
is one variable per option. Names, types and status codes are words of ``surveys.toml``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.formats.faults import listed, shown
from pipeline.formats.grid import Grid
from pipeline.formats.result import Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.survey import Kind, State, Survey, Ticks, Variable, match, unknown, words
from pipeline.formats.survey_files import read_cells
from pipeline.formats.survey_table import read_table
from pipeline.text import Problem

_NUMBER = re.compile(r"_([0-9]+)$")


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read the three files of one export; all must be there."""
    return read_table(read_survey(files), reading.contracts.tables[table], reading)


def read_survey(files: Sequence[Source]) -> Survey | Read:
    """The export as a survey, whatever it asks."""
    ours = words("surveyxact")
    roles: dict[str, list[str]] = ours["files"]
    found = {
        role: file
        for file in files
        for role, marks in roles.items()
        if any(mark in file.path.stem.casefold() for mark in marks)
    }
    lacking = [role for role in roles if role not in found]
    if lacking:
        return unreadable(
            files[0],
            "missing_file",
            f"eksporten mangler filen {listed(lacking)}; forventet: {listed(roles)}",
            f"the export lacks the file {listed(lacking)}; expected: {listed(roles)}",
        )
    heads: dict[str, str] = ours["headers"]
    dataset = read_cells(found["dataset"])
    labels = read_cells(found["labels"], [heads[name] for name in ("variable", "value", "text")])
    structure = read_cells(
        found["structure"], [heads[name] for name in ("variable", "kind", "question", "option")]
    )
    if isinstance(dataset, Read) or isinstance(labels, Read) or isinstance(structure, Read):
        return joined(part for part in (dataset, labels, structure) if isinstance(part, Read))
    variables, problems = _variables(structure[0], _labels(labels[0], heads), ours)
    grid = dataset[0]
    problems = [*dataset[1], *labels[1], *structure[1], *problems, *labels[0].broken, *structure[0].broken]
    return _survey(grid, variables, problems, ours)


def _survey(
    grid: Grid, variables: Sequence[Variable], problems: list[Problem], ours: Mapping[str, Any]
) -> Survey:
    def cut(variable: Variable) -> str:
        return variable.name[: ours["name_chars"]]

    placed, doubts = match(grid.source, grid.header, variables, (lambda variable: variable.name, cut))
    known = {name.casefold() for variable in variables for name in (variable.name, cut(variable))}
    problems += doubts
    problems += [
        unknown(grid.source, name, "structure")
        for place, name in enumerate(grid.header)
        if name.casefold() not in known and (name or any(row[place] for row in grid.rows))
    ]
    order = sorted(placed)
    made = tuple(placed[place] for place in order)
    cells = tuple([row[place] for row in grid.rows] for place in order)
    return Survey(
        grid.source,
        made,
        cells,
        grid.lines,
        _states(made, cells, len(grid.lines), ours),
        Ticks.of("surveyxact"),
        tuple(problems),
        grid.broken,
        grid.decisions,
    )


def _variables(
    structure: Grid, labels: Mapping[str, Mapping[str, str]], ours: Mapping[str, Any]
) -> tuple[list[Variable], list[Problem]]:
    """Every variable in the structure's order, and what it says that cannot be followed."""
    heads: dict[str, str] = ours["headers"]
    kinds: dict[str, Kind] = ours["kinds"]
    chars: int = ours["name_chars"]
    found: list[Variable] = []
    problems: list[Problem] = []
    columns = [structure.column(heads[name]) for name in ("variable", "kind", "question", "option")]
    for line, name, kind, question, option in zip(structure.lines, *columns, strict=True):
        if kind.casefold() not in kinds:
            problems.append(
                problem(
                    structure.source,
                    line,
                    heads["kind"],
                    "unknown_code",
                    f"fundet »{shown(kind)}«; forventet en af: {', '.join(sorted(kinds))}",
                    f"found '{shown(kind)}'; expected one of: {', '.join(sorted(kinds))}",
                )
            )
        folded = name.casefold()
        texts = labels.get(folded) or labels.get(folded[:chars], {})
        found.append(
            Variable(
                name,
                kinds.get(kind.casefold(), "text"),
                question,
                option,
                group=question,
                labels=texts,
            )
        )
    return found, problems


def _labels(labels: Grid, heads: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Variable → code → label."""
    found: dict[str, dict[str, str]] = {}
    columns = [labels.column(heads[name]) for name in ("variable", "value", "text")]
    for name, value, text in zip(*columns, strict=True):
        found.setdefault(name.casefold(), {})[value] = text
    return found


def _states(
    variables: Sequence[Variable], cells: Sequence[Sequence[str]], rows: int, ours: Mapping[str, Any]
) -> tuple[State, ...]:
    """How far each respondent came: by one variable of codes, or by one ticked of several numbered ones."""
    said: dict[str, list[str]] = ours["status"]
    status = [
        (variable, column)
        for variable, column in zip(variables, cells, strict=True)
        if variable.kind == "system" and _NUMBER.sub("", variable.name.casefold()) in said["variables"]
    ]
    made: list[State] = []
    for row in range(rows):
        words_ = [
            (number[1] if len(status) > 1 and (number := _NUMBER.search(variable.name)) else column[row])
            for variable, column in status
            if column[row] and (len(status) == 1 or column[row] != "0")
        ]
        made.append(_state(words_[0], status[0][0].labels, said) if words_ else "completed")
    return tuple(made)


def _state(word: str, labels: Mapping[str, str], said: Mapping[str, Sequence[str]]) -> State:
    names: tuple[State, ...] = ("completed", "partial", "not_started")
    # The export's own label says more than our list of codes.
    for text in (labels.get(word, word).casefold(), word):
        for name in names:
            if text in said[name]:
                return name
    return "unknown"
