"""The narrative: Markdown that an analyst writes, with placeholders where the numbers go.

What a placeholder may ask for is in `pipeline.report.placeholder`. ``{{= 2019 }}`` is a literal: a year, a
paragraph, a code, a name. Every other digit is an error with file and line. ``{{ figur:id }}`` and
``{{ tabel:id }}`` alone in a paragraph place a block; inside a sentence they refer to it.

A number that is neither observed, published nor implied by what is published is set in the marked style; on a
decision page (the summary, the conclusion) it is an error.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Protocol

from markdown_it import MarkdownIt

from pipeline.paths import relative
from pipeline.report.phrases import PHRASES
from pipeline.report.placeholder import Placeholder, UnknownNameError, parse
from pipeline.report.spelling import FORMS, FormError, Spelled, html, is_marked
from pipeline.text import Language, Problem, ProblemError, Text

# Private-use characters stand for what is put in after Markdown has done its work.
OPEN, CLOSE = "\ue000", "\ue001"
BLOCK = re.compile(r"<p>\ue010(figur|tabel):([a-z0-9_]+)\ue011</p>\n?")
REFERENCE = re.compile(r"\ue010(figur|tabel):([a-z0-9_]+)\ue011")
DECISION_PAGES = frozenset({"summary.md", "conclusion.md"})

_BRACES = re.compile(r"\{\{(.*?)\}\}")
_PLACED = re.compile(r"(figur|tabel)\s*:\s*([a-z0-9_]+)")
# What a sentence begins after.
_STARTS = re.compile(r"(?:<p>|<li>|<td>|[.:!?]\s)$")
_LIST_MARKER = re.compile(r"^\s*\d+[.)]\s")


class Values(Protocol):
    """Where the numbers come from."""

    def spell(self, placeholder: Placeholder) -> Spelled:
        """The number as it is written. Raises UnknownNameError, or FormError where the form does not fit."""
        ...


def render(
    source: Path, values: Values, *, is_decision: bool | None = None, language: Language = "da"
) -> str:
    """The narrative file as HTML, with figures and tables still to be placed (``BLOCK``, ``REFERENCE``).

    ``is_decision`` None: by the file's name. Raises ProblemError with every fault, by file and line.
    """
    if not source.is_file():
        raise ProblemError(_problem(source, None, "missing", "filen mangler", "the file is missing"))
    strict = source.name in DECISION_PAGES if is_decision is None else is_decision
    try:
        text = source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        row = source.read_bytes()[: error.start].count(b"\n") + 1
        raise ProblemError(
            _problem(source, row, "encoding", "teksten er ikke UTF-8", "the text is not UTF-8")
        ) from error
    return render_text(text, source, values, is_decision=strict, language=language)


def render_text(
    text: str, source: Path, values: Values, *, is_decision: bool, language: Language = "da"
) -> str:
    """As ``render``, for text that stands in ``source``."""
    problems: list[Problem] = []
    filled: list[str] = []
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):

        def put(match: re.Match[str], number: int = number) -> str:
            try:
                made = _fill(match.group(1), values, is_decision)
            except _FaultError as fault:
                problems.append(_problem(source, number, fault.rule, fault.da, fault.en))
                return ""
            if made.startswith("\ue010"):
                return made
            filled.append(made)
            return f"{OPEN}{len(filled) - 1}{CLOSE}"

        _check_digits(_BRACES.sub("", line), source, number, problems)
        lines.append(_BRACES.sub(put, line))
    if problems:
        raise ProblemError(problems)
    made = _markdown(PHRASES[language].quotes).render("\n".join(lines))
    return re.sub(f"{OPEN}(\\d+){CLOSE}", lambda match: filled[int(match.group(1))], made)


class _FaultError(Exception):
    def __init__(self, rule: str, da: str, en: str) -> None:
        self.rule, self.da, self.en = rule, da, en
        super().__init__(da)


def _fill(inner: str, values: Values, is_decision: bool) -> str:
    if inner.startswith("="):
        return escape(inner[1:].strip())
    placed = _PLACED.fullmatch(inner.strip())
    if placed:
        return f"\ue010{placed[1]}:{placed[2]}\ue011"
    try:
        placeholder = parse(inner)
    except ValueError as error:
        raise _FaultError(
            "placeholder",
            f"»{inner.strip()}« kan ikke læses som en pladsholder; "
            "ventet: navn [item=kode] @ dato / nævner | form",
            f"'{inner.strip()}' is no placeholder; expected: name [item=code] @ date / denominator | form",
        ) from error
    if placeholder.form is not None and placeholder.form not in FORMS:
        raise _FaultError(
            "form",
            f"ukendt form »{placeholder.form}«; kendte er {', '.join(FORMS)}",
            f"unknown form '{placeholder.form}'; known are {', '.join(FORMS)}",
        )
    try:
        spelled = values.spell(placeholder)
    except UnknownNameError as error:
        near = ", ".join(error.nearest) or "–"
        raise _FaultError(
            "unknown",
            f"»{error.name}« findes ikke i resultaterne; nærmest er {near}",
            f"'{error.name}' is not in the results; nearest are {near}",
        ) from error
    except FormError as error:
        da, _, en = str(error).partition(" · ")
        raise _FaultError("form", f"»{inner.strip()}«: {da}", f"'{inner.strip()}': {en or da}") from error
    if is_decision and is_marked(spelled):
        raise _FaultError(
            "reconstructed",
            f"»{inner.strip()}« er rekonstrueret og må ikke stå i sammenfatning eller konklusion",
            f"'{inner.strip()}' is reconstructed and may not stand in a summary or a conclusion",
        )
    return html(spelled)


def _check_digits(line: str, source: Path, number: int, problems: list[Problem]) -> None:
    bare = _LIST_MARKER.sub("", line)
    found = re.search(r"\S*\d\S*", bare)
    if found:
        problems.append(
            _problem(
                source,
                number,
                "literal",
                f"tallet »{found.group()}« er skrevet direkte; "
                "brug en pladsholder, eller mærk det {{= … }}",
                f"'{found.group()}' is typed; use a placeholder, or mark it {{{{= … }}}}",
            )
        )


def _problem(source: Path, row: int | None, rule: str, da: str, en: str) -> Problem:
    return Problem(relative(source), row, None, f"narrative.{rule}", Text(da, en), "critical")


def _markdown(quotes: str) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": quotes})
    return made.enable(["table", "smartquotes"])


def fill_references(
    text: str, number: Callable[[str, str], int | None], source: Path, words: Mapping[str, str]
) -> str:
    """Write ``figur 3`` for every reference, as a link; ``words`` are what the kinds of block are called.

    Raises ProblemError for what is nowhere placed.
    """
    problems: list[Problem] = []

    def put(match: re.Match[str]) -> str:
        found = number(match[1], match[2])
        if found is None:
            problems.append(
                _problem(
                    source,
                    None,
                    "reference",
                    f"{match[1]} »{match[2]}« er ikke placeret noget sted",
                    f"{match[1]} '{match[2]}' is placed nowhere",
                )
            )
            return ""
        word = words[match[1]]
        word = word.capitalize() if _STARTS.search(text[: match.start()]) else word
        return f'<a class="ref" href="#{match[1]}-{match[2]}">{word}\u00a0{found}</a>'

    made = REFERENCE.sub(put, text)
    if problems:
        raise ProblemError(problems)
    return made
