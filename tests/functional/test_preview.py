"""`mast preview` in a checkout of its own: what is written is soon what is seen."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pipeline import paths
from pipeline.report.svg import find_browser
from tests.conftest import Reports

pytestmark = pytest.mark.slow
STARTS_S, FOLLOWS_S = 240, 3


def wait_for(is_so: Callable[[], bool], most_s: float) -> float:
    """Seconds until ``is_so``; fails after ``most_s``."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < most_s, "it did not come in time"
        time.sleep(0.02)
    return time.monotonic() - start


@pytest.fixture
def checkout(pilot_reports: Reports, tmp_path: Path) -> Path:
    """A copy of the code, the contracts and the reports' texts, on the pilot's run."""
    root = tmp_path / "checkout"
    for name in ("pipeline", "schemas", "reports"):
        shutil.copytree(paths.ROOT / name, root / name, ignore=shutil.ignore_patterns("build", "__pycache__"))
    folders = pilot_reports.folders
    (root / "data" / "tables").mkdir(parents=True)
    for name, folder in (("tables/delivered", folders.delivered), ("tables/linked", folders.linked)):
        (root / "data" / name).symlink_to(folder)
    shutil.copytree(folders.results, root / "data" / "results")
    (root / "reports" / "build").mkdir()
    (root / "reports" / "build" / "figures").symlink_to(pilot_reports.first / "figures")
    return root


@pytest.fixture
def page(checkout: Path) -> Iterator[Path]:
    """The page that a running `mast preview` has written; what it says is in ``said`` beside it."""
    made = checkout / "reports" / "build" / "preview" / "evaluation.html"
    with (checkout / "said").open("w") as said, preview(checkout, said) as running:
        try:
            wait_for(made.is_file, STARTS_S)
            yield made
        finally:
            running.terminate()


def preview(checkout: Path, said: Any, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "preview", *arguments],
        cwd=checkout,
        stdout=said,
        stderr=said,
        env=os.environ | {"PYTHONPATH": str(checkout), "PYTHONUNBUFFERED": "1"},
    )


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text('utf-8')}\n{text}\n", "utf-8")


def test_a_changed_sentence_is_on_the_page_within_three_seconds(page: Path, checkout: Path) -> None:
    append(checkout / "reports/text/da/evaluation/purpose.md", "En helt ny sætning om formålet.")
    wait_for(lambda: "En helt ny sætning om formålet." in page.read_text("utf-8"), FOLLOWS_S)


def test_a_fault_is_said_and_the_next_change_is_followed(page: Path, checkout: Path) -> None:
    before, said = page.read_text("utf-8"), checkout / "said"
    file = checkout / "reports/text/da/evaluation/data.md"
    whole = file.read_text("utf-8")
    append(file, "Der var 517 møder.")
    wait_for(lambda: "evaluation/data.md, linje" in said.read_text("utf-8"), FOLLOWS_S)
    assert "tallet »517«" in said.read_text("utf-8")
    assert page.read_text("utf-8") == before
    file.write_text(f"{whole}\nDer var mange møder.\n", "utf-8")
    wait_for(lambda: "Der var mange møder." in page.read_text("utf-8"), FOLLOWS_S)


def test_a_broken_template_and_a_lost_result_do_not_end_it(page: Path, checkout: Path) -> None:
    said, template = checkout / "said", checkout / "reports/templates/report.html"
    whole = template.read_text("utf-8")
    template.write_text(f"{whole}{{% if %}}", "utf-8")
    wait_for(lambda: "skabelonen kan ikke læses" in said.read_text("utf-8"), FOLLOWS_S)
    template.write_text(whole, "utf-8")
    results = checkout / "data/results"
    results.rename(results.with_name("away"))
    wait_for(lambda: "codebook.json: filen mangler; kør ./run report" in said.read_text("utf-8"), FOLLOWS_S)
    results.with_name("away").rename(results)
    append(checkout / "reports/text/da/evaluation/legal.md", "Den kom igen.")
    wait_for(lambda: "Den kom igen." in page.read_text("utf-8"), FOLLOWS_S)


@pytest.mark.browser
def test_an_open_page_follows_by_itself(page: Path, checkout: Path) -> None:
    playwright: Any = import_module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        shown = browser.new_page()
        shown.goto(page.as_uri())
        append(checkout / "reports/text/da/evaluation/patient.md", "Set uden at trykke på noget.")
        shown.get_by_text("Set uden at trykke på noget.").wait_for(timeout=STARTS_S * 1000)
        browser.close()


def test_once_ends_with_the_fault_as_its_exit(checkout: Path, tmp_path: Path) -> None:
    append(checkout / "reports/text/da/business_case/years.md", "{{ cost.nvp }}")
    with (tmp_path / "said").open("w") as said, preview(checkout, said, "business_case", "--once") as running:
        assert running.wait(STARTS_S) == 1
    assert "business_case/years.md, linje" in (tmp_path / "said").read_text("utf-8")
