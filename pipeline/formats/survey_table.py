"""The responses of a survey as rows of a contract's table.

A variable's column is the one that its option, question or name is a header of; where none is, the variable
that names the response is the table's key, and the one that dates it is its date. A partial response is kept
with what it answered; one that the survey system calls not begun, and that answers nothing the table
requires, is left out and counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.contract import Column, Table, headers, normalise_header
from pipeline.formats.faults import shown
from pipeline.formats.result import Quarantined, Read, Reading, decided, problem
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.survey import Survey, Variable, unknown
from pipeline.formats.survey_answers import decide_mode, marks
from pipeline.formats.survey_cells import contract_cells
from pipeline.identifiers import mask
from pipeline.text import Problem, Severity


def read_table(survey: Survey | Read, table: Table, reading: Reading) -> Read:
    """Type the responses by ``table``; an export that could not be read stays as it is."""
    if isinstance(survey, Read):
        return survey
    places, problems = _places(survey, table)
    problems = [*survey.problems, *problems, *survey.broken, *marks(survey)]
    kept = _kept(survey, table, places)
    problems += _counted(survey, kept)
    if not survey.lines and not survey.broken:
        problems.append(
            problem(survey.source, None, None, "no_rows", "filen har ingen rækker", "the file has no rows")
        )
    if any(item.severity == "critical" for item in problems):
        return _refused(survey, table, problems)
    mode = decide_mode(survey)
    cells = {
        column: contract_cells(survey, place, table.column(column), mode) for column, place in places.items()
    }
    raw = RawRows(
        survey.source,
        {column: [made[row] for row in kept] for column, made in cells.items()},
        [survey.lines[row] for row in kept],
        {column: mask(survey.variables[place].name)[0] for column, place in places.items()},
    )
    made = type_rows(table, raw, reading)
    return replace(
        made,
        problems=(*problems, *made.problems),
        quarantine=(*_broken_rows(survey, table), *made.quarantine),
        decisions=decided((survey.decisions, made.decisions)),
        rows_read=made.rows_read + len(survey.broken),
        columns=tuple(raw.headers.items()),
    )


def _places(survey: Survey, table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Column → place of its variable, and the variables and columns that have no counterpart."""
    known = headers(table)
    places: dict[str, int] = {}
    rest: list[int] = []
    problems: list[Problem] = []
    for place, variable in enumerate(survey.variables):
        if variable.kind == "system":
            continue
        asked = variable.option or variable.question
        column = next(
            (known[key] for text in (asked, variable.name) if (key := normalise_header(text)) in known), None
        )
        if column is None:
            rest.append(place)
        elif column in places:
            problems.append(_doubled(survey, variable, survey.variables[places[column]]))
        else:
            places[column] = place
    key = table.primary_key[0] if len(table.primary_key) == 1 else None
    for role, column in (("key", key), ("when", table.occurred)):
        spare = [place for place in rest if survey.variables[place].role == role]
        if spare and column in set(known.values()) - set(places):
            places[column] = spare[0]
    problems += [
        _unknown(survey, survey.variables[place], table)
        for place in rest
        if survey.variables[place].role == "answer"
    ]
    return places, problems + [
        _absent(survey, column) for column in table.delivered_columns if column.name not in places
    ]


def _kept(survey: Survey, table: Table, places: Mapping[str, int]) -> list[int]:
    """The rows that are responses: all, but those not begun of which the table could use nothing."""
    needed = [
        survey.cells[places[column.name]]
        for column in table.delivered_columns
        if column.required and column.name in places and column.name not in table.primary_key
    ]
    return [
        row
        for row, state in enumerate(survey.states)
        if state != "not_started" or not needed or any(cells[row] for cells in needed)
    ]


def _counted(survey: Survey, kept: Sequence[int]) -> list[Problem]:
    """Notes on the responses that were not completed."""
    states = Counter(survey.states)
    dropped = len(survey.states) - len(kept)
    said: list[tuple[int, str, str, str, Severity]] = [
        (
            states["partial"] + states["not_started"] - dropped, "partial_response",
            "besvarelser er kun delvist udfyldt; de er med, som de er",
            "responses are only partly filled in; they are kept as they are", "note",
        ),
        (
            dropped, "left_out_not_started",
            "besvarelser er ikke begyndt og er ikke læst", "responses are not begun and are not read", "note",
        ),
        (
            states["unknown"], "unknown_status",
            "besvarelser har en ukendt status; de er læst som gennemført",
            "responses have an unknown status; they are read as completed", "warning",
        ),
    ]  # fmt: skip
    return [
        problem(survey.source, None, None, rule, f"{count} {da}", f"{count} {en}", severity)
        for count, rule, da, en, severity in said
        if count
    ]


def _doubled(survey: Survey, variable: Variable, first: Variable) -> Problem:
    return problem(
        survey.source,
        1,
        shown(variable.name),
        "doubled_column",
        f"variablen er den samme kolonne som »{shown(first.name)}«; forventet kun én af dem",
        f"the variable is the same column as '{shown(first.name)}'; expected only one of them",
        "critical",
    )


def _unknown(survey: Survey, variable: Variable, table: Table) -> Problem:
    if variable.is_identifier:
        return problem(
            survey.source,
            1,
            shown(variable.name),
            "unread_identifier",
            f"variablen er mærket som personhenførbar og er ikke læst; den er ingen kolonne i {table.name}",
            f"the variable is marked as identifying and is not read; it is no column of {table.name}",
        )
    return unknown(survey.source, variable.name, table.name)


def _absent(survey: Survey, column: Column) -> Problem:
    return problem(
        survey.source,
        1,
        column.label.da,
        "missing_column" if column.required else "absent_column",
        "ingen variabel svarer til kolonnen",
        f"no variable is the column ({column.label.en})",
        "critical" if column.required else "note",
    )


def _refused(survey: Survey, table: Table, problems: Sequence[Problem]) -> Read:
    wrong = next(item for item in problems if item.severity == "critical")
    return Read(
        problems=tuple(problems),
        quarantine=(
            *_broken_rows(survey, table),
            *(
                Quarantined(table.name, survey.source.name, line, wrong.column, wrong.rule, wrong.message)
                for line in survey.lines
            ),
        ),
        decisions=survey.decisions,
        rows_read=len(survey.lines) + len(survey.broken),
    )


def _broken_rows(survey: Survey, table: Table) -> list[Quarantined]:
    return [
        Quarantined(table.name, item.file, item.row, None, item.rule, item.message) for item in survey.broken
    ]
