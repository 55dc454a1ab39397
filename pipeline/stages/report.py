"""The two reports: from results, narrative and figures to HTML to PDF/UA; and the what-if page."""

from pathlib import Path

from pipeline import paths
from pipeline.params import Params, load
from pipeline.report.assemble import REPORTS, Cut, Folders, load_run, report_html
from pipeline.report.pdf import write_pdf
from pipeline.report.what_if import TEXTS, page
from pipeline.stages.run import run_stage

LANGUAGE = "da"
WHAT_IF = "what_if.html"


def run(*, folders: Folders, reports: Path, out: Path, params: Params) -> list[Path]:
    """Write both PDFs and the what-if page into ``out``, where the figures already lie; returns the files."""
    cut = Cut(
        params.as_of, params.compare_with, params.report.edition, params.programme, params.reference.as_of
    )
    found, checks = load_run(folders, cut)
    pages = {
        name: report_html(
            name,
            found,
            checks,
            text=folders.text,
            templates=reports / "templates",
            style=reports / "style",
            figures=(out / "figures").resolve().as_uri(),
        )
        for name in REPORTS
    }
    made = [out / f"{name}.{LANGUAGE}.pdf" for name in REPORTS]
    for html, path in zip(pages.values(), made, strict=True):
        write_pdf(html, path, base=reports, fonts=reports / "fonts")
    paths.write_bytes(out / WHAT_IF, page(found, reports=reports).encode())
    return [*made, out / WHAT_IF]


def main() -> None:
    """Bind the paths."""
    text = paths.REPORTS / "text" / LANGUAGE
    folders = Folders(paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, text)
    made = run(folders=folders, reports=paths.REPORTS, out=paths.BUILD, params=load())
    inputs = [
        folders.delivered,
        folders.linked,
        *sorted(folders.results.glob("*.parquet")),
        *(folders.results / name for name in ("codebook.json", "validation.json", "figures.json")),
        text,
        paths.REPORTS / "text" / TEXTS,
        *(paths.REPORTS / name for name in ("templates", "style", "fonts")),
    ]
    paths.write_manifest(paths.RESULTS / "report.json", "report", inputs, made)
    for path in made:
        print(paths.relative(path))


if __name__ == "__main__":
    run_stage(main)
