"""A report as a web page that follows its narrative: change a sentence, and see it within seconds."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import paths
from pipeline.params import load
from pipeline.report.assemble import Cut, Folders, load_run, report_html
from pipeline.text import ProblemError

WAIT_S = 0.3


@dataclass(frozen=True)
class Places:
    """Where a preview reads its run and the reports' texts, templates and style, and where its page goes."""

    folders: Folders
    reports: Path
    out: Path

    @property
    def watched(self) -> tuple[Path, ...]:
        return (
            self.folders.text,
            self.reports / "templates",
            self.reports / "style",
            self.folders.results,
            paths.PARAMS,
        )


def checkout(language: str = "da") -> Places:
    """The places of this checkout."""
    text = paths.REPORTS / "text" / language
    folders = Folders(paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, text)
    return Places(folders, paths.REPORTS, paths.BUILD / "preview")


def preview(places: Places, *, report: str, once: bool) -> None:
    """Write the report's page into ``places.out`` now and, unless ``once``, after every change.

    A fault in the narrative is printed, and the page stays as it was. Raises ProblemError only when ``once``.
    """
    seen: dict[Path, float] = {}
    while True:
        now = _stamps(places.watched)
        if now != seen:
            seen = now
            try:
                _write(report, places)
            except ProblemError as error:
                if once:
                    raise
                for problem in error.problems:
                    print(problem.line(), flush=True)
        if once:
            return
        time.sleep(WAIT_S)


def _write(report: str, places: Places) -> None:
    start = time.perf_counter()
    params = load()
    cut = Cut(params.as_of, params.compare_with, params.report.edition, params.programme)
    settings = {name: params.costs[name] for name in ("decision_date", "price_year")}
    run, checks = load_run(places.folders, cut, settings)
    html = report_html(
        report,
        run,
        checks,
        text=places.folders.text,
        templates=places.reports / "templates",
        style=places.reports / "style",
        figures="../figures",
    )
    out = places.out / f"{report}.html"
    # The style names the fonts relative to `reports`.
    paths.write_bytes(out, html.replace('url("fonts/', 'url("../../fonts/').encode())
    taken = time.perf_counter() - start
    print(f"{paths.relative(out)}: {taken:.1f} s", flush=True)


def _stamps(places: Iterable[Path]) -> dict[Path, float]:
    return {
        file: file.stat().st_mtime for place in places if place.exists() for file in paths.files_below(place)
    }
