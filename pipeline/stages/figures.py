"""Every figure of the reports as an SVG file, text kept as text."""

from pathlib import Path

from pipeline import paths
from pipeline.params import Params, load
from pipeline.report.assemble import Cut, Folders, charts, load_run
from pipeline.report.svg import render_svg
from pipeline.stages.run import run_stage


def run(*, folders: Folders, fonts: Path, out: Path, params: Params) -> list[Path]:
    """Draw the figures into the folder ``out``, which takes the place of the old one; returns the files."""
    cut = Cut(
        params.as_of, params.compare_with, params.report.edition, params.programme, params.reference.as_of
    )
    found, _ = load_run(folders, cut)
    drawn = render_svg(
        {name: chart.figure for name, chart in charts(found, folders.text).items()}, fonts=fonts
    )
    with paths.replacing_folder(out) as temporary:
        for name, svg in drawn.items():
            temporary.joinpath(f"{name}.svg").write_text(svg, encoding="utf-8")
    return [out / f"{name}.svg" for name in drawn]


def main() -> None:
    """Bind the paths."""
    folders = Folders(
        paths.DELIVERED, paths.LINKED, paths.RESULTS, paths.SCHEMAS, paths.REPORTS / "text" / "da"
    )
    fonts = paths.REPORTS / "fonts"
    made = run(folders=folders, fonts=fonts, out=paths.BUILD / "figures", params=load())
    inputs = [
        folders.delivered,
        folders.linked,
        *sorted(folders.results.glob("*.parquet")),
        folders.results / "codebook.json",
        folders.text / "figures.toml",
        folders.text / "words.toml",
        fonts,
    ]
    paths.write_manifest(paths.RESULTS / "figures.json", "figures", inputs, made)
    print(f"{len(made)} figurer · {len(made)} figures")


if __name__ == "__main__":
    run_stage(main)
