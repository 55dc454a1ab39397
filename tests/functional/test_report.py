"""The reports of the pilot as their readers meet them: the Danish PDFs, and the summary sheet."""

import json
import re
import shutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pdf_structure import last_of_pages, page_texts, shell
from report_html import html_of

from pipeline import params, paths
from pipeline.contract import load_contracts
from pipeline.report.results import rows_of
from pipeline.stages import report
from pipeline.text import ProblemError
from tests.conftest import Reports
from tests.unit.report.written_sheet import OERE, Sheet

pytestmark = pytest.mark.slow
NAMES = ("evaluation", "business_case")
NOTICE = "Rekonstruerede data – ikke CIMT's rapport"
# English words that are no Danish ones.
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        the and of with from which that this are was were been not but its their they between than when
        these there will would could should any only other into about both after before through each
        meeting meetings card cards share overview summary figure chapter unknown missing suppressed observed
        reconstructed published implied proportion planned instant held conference consultation practice
        practices clinic clinics baseline cost costs benefit benefits year years page title value values yes
        none true false per_cent held_meeting usable_card
        """,
    )
)
# Words that are both an identifier of the project and Danish, and stand in none of its labels.
BOTH = frozenset({"interview", "login", "pilot", "support", "time", "windows"})
MARKED_SENTENCE = "Der kom {{ postcards.connected_and_good / usable_card | tæller }}."


def pages(folder: Path, name: str) -> list[str]:
    """The text of every page."""
    return page_texts(folder / f"{name}.da.pdf")


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def narrative(pilot_reports: Reports, tmp_path: Path) -> Path:
    """A copy of the narrative, to be changed; the other languages' lie beside it."""
    shutil.copytree(pilot_reports.folders.text.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "da"


def faults(name: str, reports: Reports, text: Path) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        html_of(name, reports, text)
    return [problem.line() for problem in caught.value.problems]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_twice(pilot_reports: Reports, name: str) -> None:
    first = (pilot_reports.first / f"{name}.da.pdf").read_bytes()
    assert first == (pilot_reports.second / f"{name}.da.pdf").read_bytes()
    assert first.startswith(b"%PDF-")


def test_the_summary_sheet_gives_the_results_table_to_the_oere(
    pilot_reports: Reports,
) -> None:
    """Every formula, computed from the ledger's sheet alone, is what is stored, and what the tables say."""
    content = (pilot_reports.first / report.SUMMARY).read_bytes()
    assert content == (pilot_reports.second / report.SUMMARY).read_bytes()
    results = pilot_reports.folders.results
    model = json.loads((results / "cost_model.json").read_text("utf-8"))
    sheet = Sheet(content, rows_of(results / "cost_results.parquet"), model)
    assert sheet.differences() == []
    ours, tabled = sheet.years(), sheet.tabled()
    assert len(ours) == len(tabled) > 200
    for line, known in zip(ours, tabled, strict=True):
        assert line == pytest.approx(known, abs=OERE)
    assert sheet.book["Resumé"]["A3"].value.startswith("Regneeksempel")
    assert NOTICE in sheet.book["Resumé"]["A5"].value


@pytest.mark.parametrize("name", NAMES)
def test_accessible(pilot_reports: Reports, name: str) -> None:
    checker: Any = import_module("page")
    found = checker.validate_pdf(
        pilot_reports.first / f"{name}.da.pdf", profile=checker.ValidationProfile.PDF_UA_1
    )
    assert [str(failure) for failure in found.failures] == []
    assert found.is_compliant


@pytest.mark.parametrize("name", NAMES)
def test_says_on_every_page_whose_data_it_is(pilot_reports: Reports, name: str) -> None:
    text = pages(pilot_reports.first, name)
    assert len(text) > 10
    footers = [page.strip().splitlines()[-1] for page in text]
    assert [n for n, line in enumerate(footers, 1) if not line.startswith(NOTICE)] == []
    assert [n for n, line in enumerate(footers, 1) if not line.endswith(f"Side {n} af {len(text)}")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_table_and_figure_is_numbered_and_has_a_caption(pilot_reports: Reports, name: str) -> None:
    html = html_of(name, pilot_reports)
    for tag, inner, word in (("table", "caption", "Tabel"), ("figure", "figcaption", "Figur")):
        found = re.findall(
            rf"<{inner}>\s*<span class=\"number\">{word} (\d+)\.</span>\s*(\S.*?)\s*</{inner}>",
            html,
            re.S,
        )
        assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
        assert len(found) == len(re.findall(rf"<{tag}\b", html)) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_its_numbers_in_a_table(pilot_reports: Reports, name: str) -> None:
    html, whole = html_of(name, pilot_reports), "\n".join(pages(pilot_reports.first, name))
    figures = re.findall(r"<figure id=\"figur-(\w+)\">.*?</figure>", html, re.S)
    for key in figures:
        table = re.search(rf"<div [^>]*id=\"tabel-figur_{key}\">(.*?)</div>", html, re.S)
        assert table, key
        assert table[1].count("<td") >= 2, key
    named = re.findall(r"^\s*Figur \d+\. (?:.|\n)*?Tallene\s+står\s+i\s+tabel\s+(\d+)", whole, re.M)
    assert len(named) == len(figures)
    assert [number for number in named if not re.search(rf"^\s*Tabel {number}\. ", whole, re.M)] == []


@pytest.mark.parametrize("name", NAMES)
def test_danish_only(pilot_reports: Reports, name: str) -> None:
    """Outside the codebook, where fields are named, stand no English words and no identifiers."""
    text = [
        page for page in pages(pilot_reports.first, name) if not re.match(r"\s*Bilag [A-Z]\s+Kodebog", page)
    ]
    words = set(re.findall(r"[^\W\d_]+(?:_[^\W\d_]+)*", "\n".join(text).lower()))
    assert len(words) > 500
    # »Business case« is what the Danish state calls it.
    assert words & (ENGLISH | identifiers()) <= {"case"}


def identifiers() -> set[str]:
    """Names and codes of the contracts, whole and in parts, that are no words of their Danish labels."""
    contracts = load_contracts()
    tables, lists = contracts.tables.values(), contracts.codes.values()
    columns = [column for table in tables for column in table.columns]
    names = {*contracts.tables, *contracts.codes, *(column.name for column in columns)}
    names |= {code for item in lists for code in item.codes}
    parts = {part for name in names for part in name.split("_") if len(part) > 3}
    labels = [table.title.da for table in tables] + [column.label.da for column in columns]
    labels += [item.title.da for item in lists] + [
        item.label(code).da for item in lists for code in item.codes
    ]
    danish = set(re.findall(r"\w+", " ".join(labels).lower()))
    return ({name for name in names if "_" in name} | parts) - danish - BOTH


@pytest.mark.parametrize("name", NAMES)
def test_no_page_ends_with_a_heading(pilot_reports: Reports, name: str) -> None:
    """Nor with a table's caption or head, nor with the heading of a group of rows."""
    last = last_of_pages(pilot_reports.first / f"{name}.da.pdf")
    assert len(last) == len(pages(pilot_reports.first, name))
    left = [
        page
        for page, element in last.items()
        if element.stands_in("H1", "H2", "H3", "THead")
        or (element.stands_in("Table") and element.stands_in("Caption"))
        or any(around.kind == "TR" and around.children == ("TH",) for around in element.around)
    ]
    assert left == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_reaches_beyond_the_page(pilot_reports: Reports, name: str) -> None:
    """Every word stands within its page's margins (8 mm at least)."""
    margin, width, beyond, number = 8 / 25.4 * 72, 0.0, [], 0
    for line in shell("pdftotext", "-bbox", pilot_reports.first / f"{name}.da.pdf", "-").splitlines():
        if found := re.search(r'<page width="([\d.]+)"', line):
            width, number = float(found[1]), number + 1
        found = re.search(r'xMin="([-\d.]+)".* xMax="([-\d.]+)"[^>]*>(.*)</word>', line)
        if found and not margin <= float(found[1]) < float(found[2]) <= width - margin:
            beyond.append((number, found[3]))
    assert beyond == []


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_s_words_are_text_on_its_page(pilot_reports: Reports, name: str) -> None:
    html, listed = html_of(name, pilot_reports), pages(pilot_reports.first, name)
    text = [one_line(page) for page in listed]
    placed = re.findall(
        r"<figure id=\"figur-(\w+)\">.*?<span class=\"number\">(Figur \d+\.)</span>", html, re.S
    )
    assert placed
    for key, number in placed:
        svg = (pilot_reports.first / "figures" / f"{key}.svg").read_text("utf-8")
        titles = re.findall(r'class="[xy]title"[^>]*>([^<]+)</text>', svg)
        (page,) = [page for page in text if f" {number} " in f" {page} "]
        assert [title for title in titles if title not in page] == [], key
        assert len(titles) == 2 or 'class="xaxislayer-above"' in svg


@pytest.mark.parametrize("name", NAMES)
def test_only_the_report_s_own_font_stands_in_it_and_is_embedded(pilot_reports: Reports, name: str) -> None:
    fonts = shell("pdffonts", pilot_reports.first / f"{name}.da.pdf").splitlines()[2:]
    assert fonts
    assert [line for line in fonts if not re.match(r"[A-Z]{6}\+Inter\b.* yes yes yes ", line)] == []


def test_published_figures_are_printed_unmarked(pilot_reports: Reports) -> None:
    """The summary, which may hold nothing reconstructed, holds the pilot's headline figures."""
    text = pages(pilot_reports.first, "evaluation")
    summary = next(page for page in text[2:5] if "Sammenfatning" in page)
    assert "°" not in summary
    for figure in ("52 praksis", "517 videomøder", "166 postkort", "40 af 52"):
        assert figure in one_line(summary)


def test_a_reconstructed_number_is_printed_in_the_marked_style(
    pilot_reports: Reports, narrative: Path
) -> None:
    chapter = narrative / "evaluation" / "technology.md"
    chapter.write_text(f"{MARKED_SENTENCE}\n\n{chapter.read_text('utf-8')}", "utf-8")
    html = html_of("evaluation", pilot_reports, narrative)
    assert re.search(
        r"<p>Der kom <span class=\"reconstructed\">\d+<span class=\"mark\">°</span></span>\.</p>", html
    )


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("evaluation", "front.md"),
        ("evaluation", "summary.md"),
        ("evaluation", "conclusion.md"),
        ("business_case", "front.md"),
    ],
)
def test_a_reconstructed_number_is_refused_where_decisions_are_read(
    pilot_reports: Reports, narrative: Path, name: str, file: str
) -> None:
    page = narrative / name / file
    page.write_text(f"Fint.\n\n{MARKED_SENTENCE}\n\n{page.read_text('utf-8')}", "utf-8")
    (said,) = faults(name, pilot_reports, narrative)
    assert f"{name}/{file}, linje 3: " in said
    assert "rekonstrueret" in said


@pytest.mark.parametrize("block", ["tabel:domain_patient", "figur:replaced"])
def test_a_block_with_reconstructed_numbers_is_refused_where_decisions_are_read(
    pilot_reports: Reports, narrative: Path, block: str
) -> None:
    page = narrative / "evaluation" / "conclusion.md"
    page.write_text(f"{{{{ {block} }}}}\n\n{page.read_text('utf-8')}", "utf-8")
    (said,) = faults("evaluation", pilot_reports, narrative)
    assert "har rekonstruerede tal og må ikke stå i »Konklusion«" in said


def test_another_cut_off_leaves_the_decision_pages_unwritten(pilot_reports: Reports) -> None:
    given = params.load()
    given = replace(given, as_of=given.compare_with[0], compare_with=())
    html = html_of("evaluation", pilot_reports, given=given)
    pages_of = re.findall(r"<section class=\"chapter decision\">(.*?)</section>", html, re.S)
    assert len(pages_of) == 2
    for page in pages_of:
        assert "skrevet til en anden skæringsdato" in page
        assert "517" not in page


def test_a_faulty_sentence_is_named_by_file_and_line(
    pilot_reports: Reports, narrative: Path, tmp_path: Path
) -> None:
    file = narrative / "evaluation" / "technology.md"
    lines = file.read_text("utf-8").splitlines()
    lines[2:2] = ["Der var 517 møder i {{= 2019 }}.", "", "{{ postcards.hedl }}", ""]
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ProblemError) as caught:
        report.run(
            folders=replace(pilot_reports.folders, text=narrative),
            reports=paths.REPORTS,
            out=tmp_path,
            params=params.load(),
        )
    said = [problem.line() for problem in caught.value.problems]
    assert len(said) == 2
    assert "technology.md, linje 3: tallet »517«" in said[0]
    assert "technology.md, linje 5: »postcards.hedl«" in said[1]
    assert "postcards.held" in said[1]
    assert not (tmp_path / "evaluation.da.pdf").exists()


def test_a_file_that_is_not_utf_8_is_named_with_the_line(pilot_reports: Reports, narrative: Path) -> None:
    (narrative / "evaluation" / "purpose.md").write_bytes("Formål\n\nMøder på skærm".encode("cp1252"))
    (said,) = faults("evaluation", pilot_reports, narrative)
    assert "purpose.md, linje 1: teksten er ikke UTF-8" in said
