"""A report of the pilot as HTML, and its tables as cells."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline import params, paths
from pipeline.params import Params
from pipeline.report.assemble import Cut, load_run, report_html
from pipeline.text import Language
from tests.conftest import Reports


def html_of(
    name: str,
    reports: Reports,
    text: Path | None = None,
    given: Params | None = None,
    language: Language = "da",
) -> str:
    """The report as HTML, from the narrative in ``text``."""
    given = given or params.load()
    cut = Cut(given.as_of, given.compare_with, given.report.edition, given.programme, given.reference.as_of)
    folders = replace(reports.folders, text=text or reports.folders.text).said_in(language)
    run, checks = load_run(folders, cut, language)
    return report_html(
        name,
        run,
        checks,
        text=folders.text,
        templates=paths.REPORTS / "templates",
        style=paths.REPORTS / "style",
        figures="figures",
    )


def tables_of(report: str) -> dict[str, list[list[str]]]:
    """Every table's rows of cells by its id, the head's and the group's among them; cells as plain text."""
    return {
        match[1]: [list(_cells(row)) for row in re.findall(r"<tr\b.*?</tr>", match[2], re.S)]
        for match in re.finditer(r"<div class=\"table[^>]* id=\"tabel-(\w+)\">(.*?)</table>", report, re.S)
    }


def _cells(row: str) -> Iterator[str]:
    for inner in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.S):
        yield html.unescape(re.sub(r"<[^>]*>", "", inner)).strip()
