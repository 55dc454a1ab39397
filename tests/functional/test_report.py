"""The two PDFs of the pilot as their readers meet them."""

import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pipeline import params, paths
from pipeline.stages import report
from pipeline.text import ProblemError
from tests.conftest import Reports

NAMES = ("evaluation", "business_case")
NOTICE = "Rekonstruerede data – ikke CIMT's rapport"
ENGLISH = frozenset(
    [
        "the",
        "and",
        "of",
        "with",
        "from",
        "which",
        "meeting",
        "meetings",
        "card",
        "cards",
        "share",
        "overview",
        "summary",
        "table",
        "figure",
        "chapter",
        "unknown",
        "missing",
        "suppressed",
        "observed",
        "reconstructed",
        "proportion",
        "planned",
        "instant",
        "conference",
        "consultation",
        "held",
        "practice",
        "region_code",
        "baseline",
        "cost",
        "costs",
        "benefit",
        "year",
        "years",
        "page",
        "title",
        "value",
        "yes",
    ]
)


def pages(folder: Path, name: str) -> list[str]:
    """The text of every page."""
    made = subprocess.run(
        ["pdftotext", "-layout", str(folder / f"{name}.da.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.split("\f")[:-1]


def annex(text: list[str]) -> int:
    """The page on which the codebook begins; field names stand there."""
    return next(
        (n for n, page in enumerate(text) if re.search(r"^\s*Bilag [A-Z]\s+Kodebog", page, re.M)), len(text)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_twice(pilot_reports: Reports, name: str) -> None:
    first = (pilot_reports.first / f"{name}.da.pdf").read_bytes()
    assert first == (pilot_reports.second / f"{name}.da.pdf").read_bytes()
    assert first.startswith(b"%PDF-")


@pytest.mark.parametrize("name", NAMES)
def test_accessible(pilot_reports: Reports, name: str) -> None:
    checker: Any = import_module("page")
    found = checker.validate_pdf(
        str(pilot_reports.first / f"{name}.da.pdf"), profile=checker.ValidationProfile.PDF_UA_1
    )
    assert [str(failure) for failure in found.failures] == []


@pytest.mark.parametrize("name", NAMES)
def test_says_on_every_page_whose_data_it_is(pilot_reports: Reports, name: str) -> None:
    text = pages(pilot_reports.first, name)
    assert len(text) > 10
    assert [n for n, page in enumerate(text, 1) if NOTICE not in page] == []
    assert "ikke CIMT's evalueringsrapport" in text[0] or "rekonstrueret" in text[0]


@pytest.mark.parametrize("name", NAMES)
def test_blocks_are_numbered_in_order_and_figures_have_a_table(pilot_reports: Reports, name: str) -> None:
    whole = "\n".join(pages(pilot_reports.first, name))
    for word in ("Figur", "Tabel"):
        numbers = [int(found) for found in re.findall(rf"^\s*{word} (\d+)\. \S", whole, re.M)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 4
    captions = re.findall(r"^\s*Figur \d+\. (?:.|\n)*?Tallene\s+står\s+i\s+tabel\s+(\d+)", whole, re.M)
    assert len(captions) == len(re.findall(r"^\s*Figur \d+\. ", whole, re.M))
    for table in captions:
        assert re.search(rf"^\s*Tabel {table}\. ", whole, re.M)


@pytest.mark.parametrize("name", NAMES)
def test_danish_only(pilot_reports: Reports, name: str) -> None:
    text = pages(pilot_reports.first, name)
    words = set(re.findall(r"[a-z_-]+", "\n".join(text[: annex(text)]).lower()))
    assert words & ENGLISH == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_heading_is_left_behind(pilot_reports: Reports, name: str) -> None:
    """A page's last line above its footer is no heading, and no table's head without a row."""
    source = "".join(path.read_text("utf-8") for path in (pilot_reports.folders.text / name).glob("*.md"))
    headings = {found.strip() for found in re.findall(r"^#+ (.+)$", source, re.M)} | {"Domænets indikatorer"}
    for number, page in enumerate(pages(pilot_reports.first, name), 1):
        lines = [line.strip() for line in page.splitlines() if line.strip() and NOTICE not in line]
        lines = [line for line in lines if not line.startswith("Side ")]
        assert lines[-1] not in headings, f"side {number}"
        assert not re.match(r"Tabel \d+\. ", lines[-1]), f"side {number}"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_reaches_beyond_the_page(pilot_reports: Reports, name: str) -> None:
    """Every word stands within its page's margins (8 mm at least)."""
    made = subprocess.run(
        ["pdftotext", "-bbox", str(pilot_reports.first / f"{name}.da.pdf"), "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    margin, width, beyond, number = 8 / 25.4 * 72, 0.0, [], 0
    for line in made.stdout.splitlines():
        if found := re.search(r'<page width="([\d.]+)"', line):
            width, number = float(found[1]), number + 1
        found = re.search(r'xMin="([-\d.]+)".* xMax="([-\d.]+)"[^>]*>(.*)</word>', line)
        if found and not margin <= float(found[1]) < float(found[2]) <= width - margin:
            beyond.append((number, found[3]))
    assert beyond == []


def test_a_pictures_words_are_text_in_the_reports_own_font(pilot_reports: Reports) -> None:
    text = "\n".join(pages(pilot_reports.first, "evaluation"))
    svg = (pilot_reports.first / "figures" / "replaced.svg").read_text("utf-8")
    words = [word for word in re.findall(r">([^<>]{6,})</(?:text|tspan)>", svg) if not re.search(r"\d", word)]
    assert words
    assert [word for word in words if word.split()[0] not in text] == []
    for name in NAMES:
        listed = subprocess.run(
            ["pdffonts", str(pilot_reports.first / f"{name}.da.pdf")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()[2:]
        assert listed
        assert [line for line in listed if "Inter" not in line or " yes " not in line] == []


def test_published_figures_are_printed_unmarked(pilot_reports: Reports) -> None:
    """The summary, which may hold nothing reconstructed, holds the pilot's headline figures."""
    text = pages(pilot_reports.first, "evaluation")
    summary = next(page for page in text[2:5] if "Sammenfatning" in page)
    assert "°" not in summary
    for figure in ("52 praksis", "517 videomøder", "166 postkort", "40 af 52"):
        assert figure in re.sub(r"\s+", " ", summary)


def test_another_cut_off_leaves_the_decision_pages_unwritten(pilot_reports: Reports, tmp_path: Path) -> None:
    given = replace(params.load(), as_of=params.load().compare_with[0], compare_with=())
    shutil.copytree(pilot_reports.first / "figures", tmp_path / "figures")
    report.run(folders=pilot_reports.folders, reports=paths.REPORTS, out=tmp_path, params=given)
    summary = re.sub(r"\s+", " ", " ".join(pages(tmp_path, "evaluation")[:4]))
    assert "skrevet til en anden skæringsdato" in summary
    assert "517" not in summary


def test_a_faulty_sentence_is_named_by_file_and_line(pilot_reports: Reports, tmp_path: Path) -> None:
    text = tmp_path / "da"
    shutil.copytree(pilot_reports.folders.text, text)
    file = text / "evaluation" / "technology.md"
    lines = file.read_text("utf-8").splitlines()
    lines[2:2] = ["Der var 517 møder.", "", "{{ postcards.hedl }}", ""]
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ProblemError) as caught:
        report.run(
            folders=replace(pilot_reports.folders, text=text),
            reports=paths.REPORTS, out=tmp_path, params=params.load(),
        )  # fmt: skip
    said = [problem.line() for problem in caught.value.problems]
    assert len(said) == 2
    assert "technology.md, linje 3: tallet »517«" in said[0]
    assert "technology.md, linje 5: »postcards.hedl«" in said[1]
    assert "postcards.held" in said[1]
    assert not (tmp_path / "evaluation.da.pdf").exists()


SCRIPT = """
import sys
from pathlib import Path
from pipeline import paths
from pipeline.report.assemble import Folders
from pipeline.report.preview import Places, preview
delivered, linked, results, text, out = map(Path, sys.argv[1:])
preview(Places(Folders(delivered, linked, results, paths.SCHEMAS, text), paths.REPORTS, out),
        report="evaluation", once=False)
"""


def test_preview_shows_a_changed_sentence_within_three_seconds(
    pilot_reports: Reports, tmp_path: Path
) -> None:
    folders, text = pilot_reports.folders, tmp_path / "da"
    shutil.copytree(folders.text, text)
    page, file = tmp_path / "out" / "evaluation.html", text / "evaluation" / "purpose.md"
    command = [folders.delivered, folders.linked, folders.results, text, page.parent]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *map(str, command)], stdout=subprocess.DEVNULL, cwd=paths.ROOT
    ) as running:
        try:
            wait_for(page.is_file, 30)
            file.write_text(file.read_text("utf-8") + "\nEn helt ny sætning om formålet.\n", "utf-8")
            taken = wait_for(lambda: "En helt ny sætning" in page.read_text("utf-8"), 30)
        finally:
            running.kill()
    assert taken < 3


def wait_for(is_so: Any, most_s: float) -> float:
    """Seconds until ``is_so``; fails after ``most_s``."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < most_s, "kom ikke i tide"
        time.sleep(0.02)
    return time.monotonic() - start
