"""The answers of a survey by variable, typed by what the survey system says of each; labels beside them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pipeline.contract import normalise_header
from pipeline.formats.dates import parse_date, parse_timestamp
from pipeline.formats.faults import Fault, fault
from pipeline.formats.numbers import DecimalMark, decide_decimal_mark, parse_decimal
from pipeline.formats.result import problem
from pipeline.formats.survey import Survey, Variable
from pipeline.identifiers import mask, points_to_person
from pipeline.text import Problem

HIDDEN = "***"

_CLOCK = re.compile(r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?$")

# How an export writes choices: as codes or as labels.
Mode = Literal["values", "labels"]
Value = str | bool | Decimal | date | datetime | None


@dataclass(frozen=True)
class Answers:
    """One variable's answers in the order of the rows; a choice's value is its code, beside its label.

    ``labels`` is what people read of each, empty where nothing is answered. None: not answered, or unusable.
    """

    variable: Variable
    values: tuple[Value, ...]
    labels: tuple[str, ...]


def answers(survey: Survey) -> tuple[tuple[Answers, ...], tuple[Problem, ...]]:
    """Every variable's answers, and what could not be typed. Identifiers are hidden, free text is masked."""
    mode = decide_mode(survey)
    found: list[Answers] = []
    problems: list[Problem] = []
    for variable, cells in zip(survey.variables, survey.cells, strict=True):
        mark = mark_of(variable, cells) if variable.kind == "number" else "undecided"
        values: list[Value] = []
        labels: list[str] = []
        for line, raw in zip(survey.lines, cells, strict=True):
            value = _value(survey, variable, raw, mode, mark) if raw else None
            if isinstance(value, Fault):
                message = value.message
                problems.append(
                    problem(survey.source, line, variable.name, value.rule, message.da, message.en)
                )
                value = None
            values.append(value)
            labels.append("" if value is None else _label(variable, value))
        found.append(Answers(variable, tuple(values), tuple(labels)))
    return tuple(found), (*marks(survey), *problems)


def marks(survey: Survey) -> tuple[Problem, ...]:
    """A note when the numbers of one export are written with decimal comma and with decimal point."""
    numeric = [
        raw
        for variable, cells in zip(survey.variables, survey.cells, strict=True)
        if variable.kind == "number"
        for raw in cells
    ]
    if decide_decimal_mark(numeric) != "mixed":
        return ()
    return (
        problem(
            survey.source,
            None,
            None,
            "mixed_decimal_marks",
            "tal er skrevet både med decimalkomma og decimalpunktum; hver variabel er læst for sig",
            "numbers stand with decimal comma and with decimal point; each variable is read by itself",
            "note",
        ),
    )


def decide_mode(survey: Survey) -> Mode:
    """Whether choices stand as codes or as labels, by the cells that are only one of them."""
    codes = labels = 0
    for variable, cells in zip(survey.variables, survey.cells, strict=True):
        if variable.kind == "choice" and variable.labels:
            spelt = {normalise_header(label) for label in variable.labels.values()}
            for raw, count in Counter(filter(None, cells)).items():
                is_code, is_label = raw in variable.labels, normalise_header(raw) in spelt
                codes += count * (is_code and not is_label)
                labels += count * (is_label and not is_code)
    return "labels" if labels > codes else "values"


def code_of(variable: Variable, raw: str, mode: Mode) -> str | None:
    """The code that ``raw`` is, or is the label of; in a mixed export either is taken, ``mode`` first."""
    spelt = normalise_header(raw)
    by_label = next(
        (code for code, label in variable.labels.items() if normalise_header(label) == spelt), None
    )
    by_code = raw if raw in variable.labels else None
    first, second = (by_label, by_code) if mode == "labels" else (by_code, by_label)
    return second if first is None else first


def tick_of(survey: Survey, variable: Variable, raw: str) -> bool | None:
    """Whether an option is chosen; None when ``raw`` does not say."""
    spelt = normalise_header(raw)
    if variable.kind == "other" or spelt in survey.ticks.yes or spelt == normalise_header(variable.option):
        return spelt not in survey.ticks.no
    return False if spelt in survey.ticks.no else None


def without_clock(raw: str) -> str:
    """A date without the time of day that some exports put behind it."""
    return _CLOCK.sub("", raw)


def mark_of(variable: Variable, cells: Sequence[str]) -> DecimalMark:
    """How the variable writes numbers; where the survey system does not say, as its own cells tell."""
    return decide_decimal_mark(cells) if variable.mark == "undecided" else variable.mark


def _value(survey: Survey, variable: Variable, raw: str, mode: Mode, mark: DecimalMark) -> Value | Fault:
    if variable.is_identifier:
        return HIDDEN
    match variable.kind:
        case "choice":
            code = code_of(variable, raw, mode) if variable.labels else raw
            return (
                fault("unknown_code", raw, "en kode med label", "a code with a label")
                if code is None
                else code
            )
        case "tick":
            tick = tick_of(survey, variable, raw)
            return fault("bad_tick", raw, "valgt eller ikke valgt", "chosen or not") if tick is None else tick
        case "number":
            return parse_decimal(raw, mark)
        case "date":
            return parse_date(without_clock(raw), variable.order)
        case "timestamp":
            return parse_timestamp(raw, variable.order)
        case _:
            is_plain_key = variable.role == "key" and not points_to_person(raw)
            return raw if is_plain_key else mask(raw)[0]


def _label(variable: Variable, value: Value) -> str:
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, date):
        return value.isoformat()
    return variable.labels.get(str(value), str(value))
