"""The structure of a LimeSurvey survey (``.lss``): its questions and labels as variables, in one language.

Texts stand with the questions (versions to 3) or in ``question_l10ns`` and ``answer_l10ns`` (from 4).
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.formats.faults import shown
from pipeline.formats.result import Source, problem
from pipeline.formats.survey import Kind, Variable, words
from pipeline.formats.survey_files import plain_label
from pipeline.text import Problem

Row = Mapping[str, str]


def structure_variables(tree: ET.Element, source: Source) -> tuple[list[Variable], list[Problem]]:
    """Every variable that the survey's responses may have, and the types of question we do not know."""
    ours = words("limesurvey")
    languages = [element.text or "" for element in tree.iter("language") if element.text]
    language = "da" if "da" in languages else next(iter(languages), "")
    questions = _rows(tree, "questions")
    parts = [*_rows(tree, "subquestions"), *(row for row in questions if row.get("parent_qid", "0") != "0")]
    said = _texts(_rows(tree, "question_l10ns"), "qid", "question", language)
    answered = _texts(_rows(tree, "answer_l10ns"), "aid", "answer", language)
    found: dict[str, list[Variable]] = {}
    problems: list[Problem] = []
    for row in _ordered(questions, language):
        if row.get("parent_qid", "0") != "0" or row.get("qid", "") in found:
            continue
        kind = row.get("type", "")
        if kind not in ours["kinds"]:
            problems.append(_unknown_type(source, row))
        options = [
            (part.get("title", ""), said.get(part.get("qid", ""), plain_label(part.get("question", ""))))
            for part in _first(_ordered(parts, language))
            if part.get("parent_qid") == row.get("qid")
        ]
        text = said.get(row.get("qid", ""), plain_label(row.get("question", "")))
        labels = ours["choices"].get(kind) or {
            answer.get("code", ""): answered.get(answer.get("aid", ""), plain_label(answer.get("answer", "")))
            for answer in _ordered(_rows(tree, "answers"), language)
            if answer.get("qid") == row.get("qid")
        }
        found[row.get("qid", "")] = _variables(row, text, options, labels, ours)
    return [variable for made in found.values() for variable in made], problems


def _variables(
    row: Row,
    text: str,
    options: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    ours: Mapping[str, Any],
) -> list[Variable]:
    """One question's variables: itself or one per subquestion, and what may be written beside."""
    name, type_ = row.get("title", ""), row.get("type", "")
    kind: Kind | str = ours["kinds"].get(type_, "text")
    if kind == "none":
        return []
    known: Kind = kind  # type: ignore[assignment]  # the words are the kinds', but for none
    has_other = row.get("other") == "Y"
    other: str = ours["other"]
    comment: str = ours["comment"]
    if known == "choice" and has_other:
        labels = {**labels, "-oth-": other}
    made: list[Variable] = []
    for code, option in options:
        made.append(
            Variable(f"{name}[{code}]", known, text, option, name, labels if known == "choice" else {})
        )
        if type_ == "P":
            made.append(Variable(f"{name}[{code}comment]", "text", text, f"{option} – {comment}"))
    if not options:
        made.append(Variable(name, known, text, labels=labels if known == "choice" else {}))
    if type_ == "O":
        made.append(Variable(f"{name}[comment]", "text", text, comment))
    if has_other:
        made.append(Variable(f"{name}[other]", "other" if known == "tick" else "text", text, other, name))
    return made


def _rows(tree: ET.Element, name: str) -> list[dict[str, str]]:
    found = tree.find(name)
    return (
        []
        if found is None
        else [{cell.tag: (cell.text or "").strip() for cell in row} for row in found.iter("row")]
    )


def _ordered(rows: Sequence[Row], language: str) -> list[Row]:
    """Rows without language, or in ours where there are several."""
    return [row for row in rows if row.get("language", language) == language]


def _first(rows: Sequence[Row]) -> list[Row]:
    """Each question once: older structures repeat subquestions among the questions."""
    return list({row.get("qid", ""): row for row in reversed(rows)}.values())[::-1]


def _texts(rows: Sequence[Row], key: str, text: str, language: str) -> dict[str, str]:
    return {row.get(key, ""): plain_label(row.get(text, "")) for row in _ordered(rows, language)}


def _unknown_type(source: Source, row: Row) -> Problem:
    kind, name = shown(row.get("type", "")), shown(row.get("title", ""))
    return problem(
        source,
        None,
        name or "-",
        "unknown_code",
        f"ukendt spørgsmålstype »{kind}«; spørgsmålet er læst som tekst",
        f"unknown question type '{kind}'; the question is read as text",
    )
