"""Every figure of the reports as an SVG file, text kept as text; other languages' in folders of their own."""

from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.params import Params, load
from pipeline.report.assemble import LANGUAGES, Cut, Folders, charts, figures_in, load_run
from pipeline.report.contents import FIRST
from pipeline.report.svg import render_svg
from pipeline.stages.run import run_stage


def run(*, folders: Folders, fonts: Path, out: Path, params: Params) -> list[Path]:
    """Draw the figures into the folder ``out``, which takes the place of the old one; returns the files."""
    cut = Cut(
        params.as_of, params.compare_with, params.report.edition, params.programme, params.reference.as_of
    )
    wanted: dict[str, dict[str, Any]] = {}
    for language in LANGUAGES:
        told = folders.said_in(language)
        found, _ = load_run(told, cut, language)
        wanted |= {
            figures_in(Path(), language).joinpath(name).as_posix(): chart.figure
            for name, chart in charts(found, told.text).items()
        }
    drawn = render_svg(wanted, fonts=fonts)
    with paths.replacing_folder(out) as temporary:
        for name, svg in drawn.items():
            file = temporary / f"{name}.svg"
            file.parent.mkdir(exist_ok=True)
            file.write_text(svg, encoding="utf-8")
    return [out / f"{name}.svg" for name in drawn]


def main() -> None:
    """Bind the paths."""
    folders = Folders(
        paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, paths.REPORTS / "text" / FIRST
    )
    fonts = paths.REPORTS / "fonts"
    made = run(folders=folders, fonts=fonts, out=paths.BUILD / "figures", params=load())
    inputs = [
        folders.delivered,
        folders.linked,
        *sorted(folders.results.glob("*.parquet")),
        folders.results / "codebook.json",
        *sorted(folders.text.parent.glob("*/figures.toml")),
        *sorted(folders.text.parent.glob("*/words.toml")),
        fonts,
    ]
    paths.write_manifest(paths.RESULTS / "figures.json", "figures", inputs, made)
    print(f"{len(made)} figurer · {len(made)} figures")


if __name__ == "__main__":
    run_stage(main)
