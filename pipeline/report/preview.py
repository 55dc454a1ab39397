"""A report as a web page that follows its narrative: change a sentence, and see it within seconds."""

import time
from collections.abc import Iterable
from pathlib import Path

from pipeline import paths
from pipeline.params import load
from pipeline.report.assemble import Cut, Folders, load_run, report_html
from pipeline.text import ProblemError

WAIT_S = 0.3


def preview(*, report: str, once: bool, language: str = "da") -> None:
    """Write the report's page to ``reports/build/preview`` now and, unless ``once``, after every change.

    A fault in the narrative is printed, and the page stays as it was. Raises ProblemError only when ``once``.
    """
    text = paths.REPORTS / "text" / language
    watched = (text, paths.REPORTS / "templates", paths.REPORTS / "style", paths.RESULTS, paths.PARAMS)
    seen: dict[Path, float] = {}
    while True:
        now = _stamps(watched)
        if now != seen:
            seen = now
            try:
                _write(report, text)
            except ProblemError as error:
                if once:
                    raise
                for problem in error.problems:
                    print(problem.line(), flush=True)
        if once:
            return
        time.sleep(WAIT_S)


def _write(report: str, text: Path) -> None:
    start = time.perf_counter()
    params = load()
    folders = Folders(paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, text)
    cut = Cut(params.as_of, params.compare_with, params.report.edition, params.programme)
    settings = {name: params.costs[name] for name in ("decision_date", "price_year")}
    run, checks = load_run(folders, cut, settings)
    html = report_html(
        report,
        run,
        checks,
        text=text,
        templates=paths.REPORTS / "templates",
        style=paths.REPORTS / "style",
        figures="../figures",
    )
    out = paths.BUILD / "preview" / f"{report}.html"
    # The style names the fonts relative to `reports`.
    paths.write_bytes(out, html.replace('url("fonts/', 'url("../../fonts/').encode())
    taken = time.perf_counter() - start
    print(f"{paths.relative(out)}: {taken:.1f} s", flush=True)


def _stamps(places: Iterable[Path]) -> dict[Path, float]:
    return {
        file: file.stat().st_mtime for place in places if place.exists() for file in paths.files_below(place)
    }
