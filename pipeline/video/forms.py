"""The card and the questionnaire as forms: questions, answers and help texts are those of the contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline import paths
from pipeline.contract import Column, Contracts, load_contracts
from pipeline.identifiers import mask
from pipeline.video.words import words

MOST_CHARS = 2000
YES_NO = (("true", "Ja"), ("false", "Nej"))
# The five questions of the card, the reason that belongs to the first, and free words.
CARD = (
    "is_held",
    "not_held_reason",
    "picture_and_sound",
    "longer_than_usual",
    "use_type",
    "replaced",
    "comment",
)
# What the person is not asked: who, where and when are known.
NOT_ASKED = frozenset({"response_id", "respondent", "region", "answered_date"})


@dataclass(frozen=True)
class Option:
    """An answer: ``code`` is what is stored."""

    code: str
    label: str


@dataclass(frozen=True)
class Field:
    """A question. Without options it takes free words; ``columns`` are those that several answers fill."""

    name: str
    label: str
    help: str = ""
    is_required: bool = False
    options: tuple[Option, ...] = ()
    is_multiple: bool = False
    given: tuple[str, ...] = ()


@cache
def _contracts() -> Contracts:
    return load_contracts(paths.SCHEMAS)


def card_fields(given: Mapping[str, str]) -> tuple[Field, ...]:
    """The card's questions; ``given`` are answers known beforehand, such as the use that was booked."""
    table = _contracts().tables["postcards"]
    made = [_field(table.column(name)) for name in CARD]
    return tuple(
        replace(one, is_required=one.name == "is_held", given=(given[one.name],) if one.name in given else ())
        for one in made
    )


def questionnaire_fields() -> tuple[Field, ...]:
    """The patient's questions; statements that may be ticked together are one question."""
    made: list[Field] = []
    titles: Mapping[str, str] = words()["groups"]
    columns = [
        one for one in _contracts().tables["questionnaires"].delivered_columns if one.name not in NOT_ASKED
    ]
    for column in columns:
        group = next((name for name in titles if column.name.startswith(name)), None)
        if group is None:
            made.append(_field(column))
        elif not any(one.name == group for one in made):
            ticks = tuple(Option(one.name, one.label.da) for one in columns if one.name.startswith(group))
            made.append(Field(group, titles[group], options=ticks, is_multiple=True))
    return tuple(replace(one, is_required=one.name == "got_contact") for one in made)


def _field(column: Column) -> Field:
    options = YES_NO if column.type == "boolean" else ()
    if column.codes:
        options = tuple((item.code, item.label.da) for item in _contracts().codes[column.codes].items)
    said = column.description.da if column.description else ""
    return Field(column.name, column.label.da, said, options=tuple(Option(*one) for one in options))


def read(fields: Sequence[Field], posted: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """The answers as the contract's columns, and what is wrong in Danish. Unanswered is left out.

    In free words, numbers that identify a person are masked before anything is kept.
    """
    row: dict[str, Any] = {}
    problems: list[str] = []
    for one in fields:
        answers = [text for text in posted.get(one.name, ()) if text]
        if not answers:
            if one.is_required:
                problems.append(f"Besvar »{one.label}«.")
            continue
        known = {option.code for option in one.options}
        if one.is_multiple:
            row |= {code: code in answers for code in sorted(known)}
        elif not one.options:
            row[one.name] = mask(" ".join(answers[0][:MOST_CHARS].split()))[0]
        elif answers[0] in known:
            row[one.name] = answers[0] == "true" if known == {"true", "false"} else answers[0]
        else:
            problems.append(f"»{one.label}«: vælg et af svarene.")
    if row.get("is_held") is True:
        row.pop("not_held_reason", None)
    return row, problems


def posted(form: Any) -> dict[str, list[str]]:
    """A posted form's texts by name; files are no answers."""
    return {name: [one for one in form.getall(name) if isinstance(one, str)] for name in form}
