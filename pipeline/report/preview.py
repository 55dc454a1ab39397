"""A report as a web page that follows its narrative: change a sentence, and see it within seconds."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateError

from pipeline import paths
from pipeline.params import load
from pipeline.report.assemble import Cut, Folders, load_run, report_html
from pipeline.report.contents import FIRST
from pipeline.text import Language, Problem, ProblemError, Text

WAIT_S = 0.3
# An open page asks beside itself which writing is the newest, and loads itself again when it is not that one.
FOLLOW = """<script>
const written = "{stamp}"
const newest = stamp => stamp === written || location.reload()
setInterval(() => {{
  const asked = document.createElement("script")
  asked.src = "{name}.js?" + Date.now()
  asked.onload = asked.onerror = () => asked.remove()
  document.head.append(asked)
}}, 250)
</script>
</head>"""


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


def checkout(language: Language = FIRST) -> Places:
    """The places of this checkout."""
    text = paths.REPORTS / "text" / language
    folders = Folders(paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, text)
    return Places(folders, paths.REPORTS, paths.BUILD / "preview")


def preview(places: Places, *, report: str, once: bool) -> None:
    """Write the report's page into ``places.out`` now and, unless ``once``, after every change.

    A fault is printed, and the page stays as it was. Raises ProblemError only when ``once``.
    """
    seen: dict[Path, tuple[int, int]] = {}
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
    try:
        html = _html(report, places)
    except FileNotFoundError as error:
        what = Text("filen mangler; kør ./run report", "the file is missing; run ./run report")
        raise _problem(Path(str(error.filename)), None, what) from error
    except TemplateError as error:
        what = Text(f"skabelonen kan ikke læses: {error}", f"the template cannot be read: {error}")
        raise _problem(places.reports / "templates", getattr(error, "lineno", None), what) from error
    out = places.out / f"{report}.html"
    stamp = f"{time.time_ns():x}"
    paths.write_bytes(out, html.replace("</head>", FOLLOW.format(stamp=stamp, name=report), 1).encode())
    paths.write_bytes(out.with_suffix(".js"), f'newest("{stamp}")\n'.encode())
    taken = time.perf_counter() - start
    print(f"{paths.relative(out)}: {taken:.1f} s", flush=True)


def _html(report: str, places: Places) -> str:
    params = load()
    cut = Cut(
        params.as_of, params.compare_with, params.report.edition, params.programme, params.reference.as_of
    )
    run, checks = load_run(places.folders, cut)
    html = report_html(
        report,
        run,
        checks,
        text=places.folders.text,
        templates=places.reports / "templates",
        style=places.reports / "style",
        figures="../figures",
    )
    # The style names the fonts relative to `reports`.
    return html.replace('url("fonts/', 'url("../../fonts/')


def _problem(file: Path, row: int | None, message: Text) -> ProblemError:
    return ProblemError(Problem(paths.relative(file), row, None, "preview", message, "critical"))


def _stamps(places: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was last changed, and its size; one that goes while it is looked at is left out."""
    made: dict[Path, tuple[int, int]] = {}
    for place in places:
        for file in paths.files_below(place) if place.exists() else ():
            try:
                found = file.stat()
                made[file] = (found.st_mtime_ns, found.st_size)
            except FileNotFoundError:
                continue
    return made
