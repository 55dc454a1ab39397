"""A LimeSurvey export: responses as CSV (codes or texts), and the survey's structure (``.lss``) for labels.

A column is ``Q1`` or ``Q1[SQ001]``, or the question's text, ``text [subquestion]``. Without the structure
a variable is what its header says, and answers must stand as texts. A response without ``submitdate`` is
partial; its date is that of its last action.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.contract import normalise_header
from pipeline.formats.grid import Grid
from pipeline.formats.limesurvey_structure import structure_variables
from pipeline.formats.result import Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.survey import Spelling, State, Survey, Ticks, Variable, match, unknown, words
from pipeline.formats.survey_files import is_xml, plain_label, read_cells, read_xml
from pipeline.formats.survey_table import read_table
from pipeline.text import Problem

_SUBQUESTION = re.compile(r"(.*\S)\s*\[([^\[\]]*)\]")


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read one export; the files are told apart by what they hold."""
    return read_table(read_survey(files), reading.contracts.tables[table], reading)


def read_survey(files: Sequence[Source]) -> Survey | Read:
    """The export as a survey, whatever it asks."""
    structures = [file for file in files if is_xml(file.path)]
    responses = [file for file in files if file not in structures]
    if len(responses) != 1 or len(structures) > 1:
        return unreadable(
            files[0],
            "too_many_files" if responses else "missing_file",
            f"fundet {len(responses)} CSV-filer og {len(structures)} strukturer; forventet én CSV-fil "
            "med svar og højst én struktur (.lss)",
            f"found {len(responses)} CSV files and {len(structures)} structures; expected one CSV file of "
            "responses and at most one structure (.lss)",
        )
    cells = read_cells(responses[0])
    tree = read_xml(structures[0], "document") if structures else None
    if isinstance(cells, Read) or isinstance(tree, Read):
        return joined(part for part in (cells, tree) if isinstance(part, Read))
    grid, problems = cells
    if tree is None:
        asked, told = [], [_without_structure(grid.source)]
    else:
        asked, told = structure_variables(tree, structures[0])
    return _survey(grid, _system() + asked, [*problems, *told], has_structure=tree is not None)


def _survey(
    grid: Grid, variables: Sequence[Variable], problems: Sequence[Problem], *, has_structure: bool
) -> Survey:
    if not has_structure:
        variables = [*variables, *_of_headers(grid, variables)]
    placed, doubts = match(grid.source, grid.header, variables, _spellings())
    named = {normalise_header(item.column or "") for item in doubts}
    strange = [
        unknown(grid.source, name, ".lss")
        for place, name in enumerate(grid.header)
        if place not in placed
        and normalise_header(name) not in named
        and (name or any(row[place] for row in grid.rows))
    ]
    order = sorted(placed)
    made = tuple(placed[place] for place in order)
    cells = tuple([row[place] for row in grid.rows] for place in order)
    columns = {variable.name: column for variable, column in zip(made, cells, strict=True)}
    return Survey(
        grid.source,
        made,
        tuple(
            _submitted(column, columns.get("datestamp")) if variable.name == "submitdate" else column
            for variable, column in zip(made, cells, strict=True)
        ),
        grid.lines,
        tuple(_state(columns, row) for row in range(len(grid.lines))),
        Ticks.of("limesurvey"),
        (*problems, *doubts, *strange),
        grid.broken,
        grid.decisions,
    )


def _system() -> list[Variable]:
    """The columns of every export: the response's number and date, and what is no answer."""
    ours = words("limesurvey")
    made: list[Variable] = []
    for name, texts in ours["system"].items():
        variable = Variable(name, "system", texts[0], texts[-1])
        if name == "id":
            variable = replace(variable, kind="text", role="key")
        elif name == "submitdate":
            variable = replace(variable, kind="timestamp", role="when", order="iso")
        made.append(replace(variable, is_identifier=name in ours["identifiers"]))
    return made


def _spellings() -> tuple[Spelling, ...]:
    """How a header may name a variable: its code in three forms, or its text with and without the code."""

    def text(variable: Variable) -> str:
        return f"{variable.question} [{variable.option}]" if variable.option else variable.question

    return (
        lambda variable: variable.name,
        lambda variable: variable.name.replace("[", "_").replace("]", ""),
        text,
        lambda variable: f"{variable.name}. {text(variable)}",
        lambda variable: variable.option if variable.name in words("limesurvey")["system"] else "",
        lambda variable: variable.question if variable.name in words("limesurvey")["system"] else "",
    )


def _of_headers(grid: Grid, variables: Sequence[Variable]) -> list[Variable]:
    """The variables that headers name without being any of ``variables``, each once."""
    known, _ = match(grid.source, grid.header, variables, _spellings())
    made = {
        normalise_header(name): _of_header(name, [row[place] for row in grid.rows])
        for place, name in enumerate(grid.header)
        if name and place not in known
    }
    return list(made.values())


def _of_header(name: str, cells: Sequence[str]) -> Variable:
    """A variable by its header alone; options of which every filled cell is a tick are chosen or not."""
    text = plain_label(name)
    found = _SUBQUESTION.fullmatch(text)
    if found is None:
        return Variable(name, "text", text)
    ticks = Ticks.of("limesurvey")
    filled = {normalise_header(cell) for cell in cells if cell}
    is_tick = bool(filled) and filled <= (ticks.yes | ticks.no)
    return Variable(name, "tick" if is_tick else "text", found[1], found[2], found[1])


def _submitted(cells: Sequence[str], stamps: Sequence[str] | None) -> list[str]:
    """When each response was sent, or last touched; a survey that is not dated has a fixed day instead."""
    undated: str = words("limesurvey")["undated"]
    return [
        "" if raw.startswith(undated) else raw or (stamps[row] if stamps else "")
        for row, raw in enumerate(cells)
    ]


def _state(columns: Mapping[str, Sequence[str]], row: int) -> State:
    """How far a respondent came; without ``submitdate`` the export does not say."""
    if "submitdate" not in columns or columns["submitdate"][row]:
        return "completed"
    last = columns["lastpage"][row] if "lastpage" in columns else "1"
    return "not_started" if last in ("", "0", "-1") else "partial"


def _without_structure(source: Source) -> Problem:
    return problem(
        source,
        None,
        None,
        "missing_structure",
        "strukturen (.lss) er ikke med; svar skal stå som tekst, ikke som koder",
        "the structure (.lss) is not there; answers must stand as texts, not as codes",
        "note",
    )
