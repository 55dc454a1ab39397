"""A variable's answers as the text that a contract's column reads: labels for codes, Ja and Nej for ticks."""

from collections.abc import Sequence

from pipeline.contract import Column
from pipeline.formats.dates import parse_date
from pipeline.formats.faults import Fault
from pipeline.formats.numbers import parse_decimal
from pipeline.formats.survey import Survey, Variable
from pipeline.formats.survey_answers import Mode, code_of, mark_of, tick_of, without_clock


def contract_cells(survey: Survey, place: int, column: Column, mode: Mode) -> list[str]:
    """The cells of the variable at ``place``, for ``column``; a code without label is said to be so."""
    variable, raws = survey.variables[place], survey.cells[place]
    if variable.kind in ("tick", "other"):
        return _ticks(survey, place) if variable.kind == "tick" or column.type == "boolean" else list(raws)
    if variable.kind == "choice" and variable.labels:
        memo = {raw: _chosen(variable, raw, mode) for raw in set(raws)}
        return [memo[raw] for raw in raws]
    if variable.kind == "number" and column.type in ("integer", "decimal"):
        return _numbers(variable, raws)
    if column.type == "date":
        return [_day(variable, raw) for raw in raws]
    return list(raws)


def _chosen(variable: Variable, raw: str, mode: Mode) -> str:
    code = code_of(variable, raw, mode) if raw else None
    return variable.labels[code] if code is not None else f"{raw} (uden label)" if raw else ""


def _ticks(survey: Survey, place: int) -> list[str]:
    """A question of which no option is filled in was not answered; else an empty option is not chosen."""
    variable = survey.variables[place]
    options = [
        cells
        for asked, cells in zip(survey.variables, survey.cells, strict=True)
        if asked.kind in ("tick", "other") and asked.group == variable.group
    ]
    said = {True: "Ja", False: "Nej", None: None}
    memo = {raw: said[tick_of(survey, variable, raw)] or raw for raw in set(survey.cells[place]) if raw}
    return [
        memo[raw] if raw else "Nej" if any(cells[row] for cells in options) else ""
        for row, raw in enumerate(survey.cells[place])
    ]


def _numbers(variable: Variable, raws: Sequence[str]) -> list[str]:
    """Numbers by the variable's own decimal mark, written so that they read one way only."""
    mark = mark_of(variable, raws)
    made: list[str] = []
    for raw in raws:
        value = parse_decimal(raw, mark) if raw else None
        if value is None or isinstance(value, Fault):
            made.append(raw)
            continue
        text = f"{value:f}"
        # 1.234 could be a thousand.
        made.append(f"{text}0" if len(text.partition(".")[2]) == 3 else text)
    return made


def _day(variable: Variable, raw: str) -> str:
    text = without_clock(raw)
    if variable.order == "default":
        return text
    day = parse_date(text, variable.order)
    return text if isinstance(day, Fault) else day.isoformat()
