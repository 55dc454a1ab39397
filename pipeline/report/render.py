"""A report put together: chapters with their narrative, numbered tables and figures, as one HTML document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.paths import relative
from pipeline.report.contents import Chapter, Contents
from pipeline.report.points import Chart
from pipeline.report.run import Run
from pipeline.report.table import DataTable, cell_html, label_html
from pipeline.report.text import BLOCK, REFERENCE, fill_references, render, render_text
from pipeline.text import Problem, ProblemError, Text, full_date

FIGURE, TABLE = "figur", "tabel"
_HEADING = re.compile(r"<h2>(.*?)</h2>")


@dataclass(frozen=True)
class Blocks:
    """The tables and figures a report may place, by id; a domain's own tables, and those by stratum."""

    tables: Mapping[str, DataTable]
    charts: Mapping[str, Chart]
    of_domain: Mapping[str, Sequence[DataTable]]
    by_stratum: Mapping[str, Sequence[DataTable]]


@dataclass
class _Numbers:
    """Numbers in the order of placing; each kind counts for itself."""

    given: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def give(self, kind: str, key: str) -> int:
        count = sum(1 for other, _ in self.given if other == kind) + 1
        return self.given.setdefault((kind, key), count)

    def get(self, kind: str, key: str) -> int | None:
        return self.given.get((kind, key))


@dataclass(frozen=True)
class _Made:
    chapter: Chapter
    number: str
    html: str
    sections: tuple[tuple[str, str], ...]


def render_report(
    contents: Contents, run: Run, blocks: Blocks, *, text: Path, templates: Path, styles: str, figures: str
) -> str:
    """The report as HTML.

    ``text`` is the narrative's folder, ``figures`` where the SVG files lie, as an address.
    Raises ProblemError with every fault in the narrative.
    """
    found_templates = environment(templates)
    numbers = _Numbers()
    problems: list[Problem] = []
    bodies: list[tuple[Chapter, str]] = []
    for chapter in contents.chapters:
        try:
            bodies.append((chapter, _body(chapter, contents, run, text)))
        except ProblemError as error:
            problems += error.problems
    front = ""
    try:
        front = render(text / contents.front, run, is_decision=True, language=run.language)
    except ProblemError as error:
        problems += error.problems
    if problems:
        raise ProblemError(problems)
    placed: list[str] = []
    made: list[_Made] = []
    opening = Chapter("front", contents.title, is_decision=True)
    front = _place(front, opening, blocks, numbers, placed, found_templates, contents, run, figures)
    counts = {"chapter": 0, "annex": 0}
    for chapter, body in bodies:
        number = _number(chapter, counts, run.phrases.annex)
        filled = _place(
            body + _following(chapter, blocks, placed),
            chapter,
            blocks,
            numbers,
            placed,
            found_templates,
            contents,
            run,
            figures,
        )
        html, sections = _sections(filled, chapter.id)
        made.append(_Made(chapter, number, html, sections))
    words = run.phrases.blocks

    def refer(html: str) -> str:
        return fill_references(html, numbers.get, contents.source, words)

    final = [replace(one, html=refer(one.html)) for one in made]
    template = found_templates.get_template("report.html")
    return template.render(
        contents=contents,
        label=_label(contents, run),
        run=run,
        words=run.phrases,
        date=full_date(run.as_of, run.language),
        earlier=[full_date(day, run.language) for day in run.earlier],
        day=run.as_of.isoformat(),
        front=Markup(refer(front)),
        chapters=[
            {
                "id": one.chapter.id,
                "title": one.chapter.title,
                "number": one.number,
                "html": Markup(one.html),
                "sections": one.sections,
                "is_annex": one.chapter.is_annex,
                "is_wide": one.chapter.is_wide,
                "is_decision": one.chapter.is_decision,
            }
            for one in final
        ],
        notice=contents.notice if run.is_reconstructed else "",
        edition=run.word("edition", run.edition),
        styles=Markup(styles),
    )


def _label(contents: Contents, run: Run) -> str:
    is_example = bool(contents.example) and bool(run.model["sourced"]["is_example"])
    return f"{contents.label} · {contents.example}" if is_example else contents.label


def _body(chapter: Chapter, contents: Contents, run: Run, text: Path) -> str:
    if not chapter.text:
        return ""
    if chapter.is_decision and contents.written_for not in (None, run.as_of):
        said = contents.not_written
        return render_text(said, contents.source, run, is_decision=True, language=run.language)
    return render(text / chapter.text, run, is_decision=chapter.is_decision or None, language=run.language)


def _following(chapter: Chapter, blocks: Blocks, placed: list[str]) -> str:
    ids = list(chapter.tables)
    if chapter.domain:
        ids += [table.id for table in blocks.of_domain[chapter.domain]]
    if chapter.has_strata:
        ids += [table.id for found in blocks.by_stratum.values() for table in found]
    made = "".join(f"<p>\ue010{TABLE}:{key}\ue011</p>\n" for key in ids)
    if chapter.domain and ids:
        made = f"<h2>Domænets indikatorer</h2>\n{made}"
    if chapter.has_figure_data:
        made += "".join(f"<p>\ue010{TABLE}:{FIGURE}_{key}\ue011</p>\n" for key in placed)
    return made


def _place(
    body: str,
    chapter: Chapter,
    blocks: Blocks,
    numbers: _Numbers,
    placed: list[str],
    environment: Environment,
    contents: Contents,
    run: Run,
    figures: str,
) -> str:
    macros: Any = environment.get_template("blocks.html").module
    tables = {**blocks.tables, **{chart.table.id: chart.table for chart in blocks.charts.values()}}

    def put(match: re.Match[str]) -> str:
        kind, key = match[1], match[2]
        english = "table" if kind == TABLE else "figure"
        found = tables.get(key) if kind == TABLE else blocks.charts.get(key)
        if found is None:
            what = Text(f"der er ingen {kind} »{key}«", f"there is no {english} '{key}'")
            raise ProblemError(Problem(relative(contents.source), None, key, "block", what, "critical"))
        if chapter.is_decision and found.has_marks:
            what = Text(
                f"{kind} »{key}« har rekonstruerede tal og må ikke stå i »{chapter.title}«",
                f"{english} '{key}' has reconstructed numbers and may not stand in '{chapter.title}'",
            )
            raise ProblemError(Problem(relative(contents.source), None, key, "block", what, "critical"))
        number = numbers.give(kind, key)
        if isinstance(found, DataTable):
            return str(macros.table(found, number, cell_html, label_html, run.phrases))
        placed.append(key)
        notice = contents.notice if run.is_reconstructed else ""
        return str(macros.figure(found, number, figures, notice, run.phrases))

    return BLOCK.sub(put, body)


def _sections(html: str, chapter: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    found: list[tuple[str, str]] = []

    def put(match: re.Match[str]) -> str:
        anchor = f"{chapter}-{len(found) + 1}"
        found.append((anchor, REFERENCE.sub("", match[1])))
        return f'<h2 id="{anchor}">{match[1]}</h2>'

    return _HEADING.sub(put, html), tuple(found)


def _number(chapter: Chapter, counts: dict[str, int], annex: str) -> str:
    if chapter.is_annex:
        counts["annex"] += 1
        return f"{annex} {chr(ord('A') + counts['annex'] - 1)}"
    if not chapter.is_numbered:
        return ""
    counts["chapter"] += 1
    return str(counts["chapter"])


def environment(templates: Path) -> Environment:
    """Where templates are found and how they are filled: a name without a value stops."""
    return Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
