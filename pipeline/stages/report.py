"""The reports in their languages as PDF/UA, the summary sheet as Excel, and the what-if page."""

from pathlib import Path

from pipeline import paths
from pipeline.params import Params, load
from pipeline.report.assemble import LANGUAGES, REPORTS, Cut, Folders, figures_in, load_run, report_html
from pipeline.report.contents import FIRST
from pipeline.report.pdf import write_pdf
from pipeline.report.summary_sheet.sheet import summary_sheet
from pipeline.report.what_if import page
from pipeline.stages.run import run_stage

SUMMARY, WHAT_IF = "business_case.xlsx", "what_if.html"


def run(*, folders: Folders, reports: Path, out: Path, params: Params) -> list[Path]:
    """Write PDFs, summary sheet and what-if page into ``out``, where the figures lie; returns the files."""
    cut = Cut(
        params.as_of, params.compare_with, params.report.edition, params.programme, params.reference.as_of
    )
    runs = {language: load_run(folders.said_in(language), cut, language) for language in LANGUAGES}
    pages = {
        out / f"{name}.{language}.pdf": report_html(
            name,
            *runs[language],
            text=folders.said_in(language).text,
            templates=reports / "templates",
            style=reports / "style",
            figures=figures_in(out / "figures", language).resolve().as_uri(),
        )
        for name, language in REPORTS
    }
    for path, html in pages.items():
        write_pdf(html, path, base=reports, fonts=reports / "fonts")
    (found, _), (english, _) = runs[FIRST], runs["en"]
    paths.write_bytes(out / SUMMARY, summary_sheet(found, english, text=reports / "text"))
    paths.write_bytes(out / WHAT_IF, page(found, reports=reports).encode())
    return [*pages, out / SUMMARY, out / WHAT_IF]


def main() -> None:
    """Bind the paths."""
    text = paths.REPORTS / "text" / FIRST
    folders = Folders(paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, text)
    made = run(folders=folders, reports=paths.REPORTS, out=paths.BUILD, params=load())
    inputs = [
        folders.delivered,
        folders.linked,
        *sorted(folders.results.glob("*.parquet")),
        *(folders.results / name for name in ("codebook.json", "validation.json", "figures.json")),
        text.parent,
        *(paths.REPORTS / name for name in ("templates", "style", "fonts")),
    ]
    paths.write_manifest(paths.RESULTS / "report.json", "report", inputs, made)
    for path in made:
        print(paths.relative(path))


if __name__ == "__main__":
    run_stage(main)
