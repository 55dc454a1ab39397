"""Plotly figures as SVG with text kept as text: one browser for all of them, the same bytes twice."""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.text import Problem, ProblemError, Text

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_RANDOM_ID = re.compile(r'id="(?:top)?defs-([0-9a-f]{6})"')


def render_svg(figures: Mapping[str, Mapping[str, Any]], *, fonts: Path) -> dict[str, str]:
    """Each figure (``data`` and ``layout``) as an SVG document, by its name.

    ``fonts`` is the folder of the report's font. Raises ProblemError when no browser is found.
    """
    use_fonts(fonts)
    drawing: Any = import_module("kaleido")
    drawing.start_sync_server(path=find_browser(), mathjax=False, silence_warnings=True)
    try:
        made: dict[str, str] = {}
        for name, figure in figures.items():
            size = {"width": figure["layout"]["width"], "height": figure["layout"]["height"]}
            drawn: bytes = drawing.calc_fig_sync(dict(figure), opts={"format": "svg", **size})
            made[name] = stable(drawn.decode("utf-8"), name)
        return made
    finally:
        drawing.stop_sync_server(silence_warnings=True)


def stable(svg: str, name: str) -> str:
    """Plotly's random id in place of which one made from the figure's name stands."""
    found = _RANDOM_ID.search(svg)
    if found is None:
        return svg
    return svg.replace(found.group(1), sha256(name.encode()).hexdigest()[:6])


def find_browser() -> str:
    """The browser that draws: BROWSER_PATH, else the system's. Raises ProblemError when there is none."""
    named = os.environ.get("BROWSER_PATH")
    if named and os.access(named, os.X_OK):
        return named
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise ProblemError(
        Problem(
            "BROWSER_PATH",
            None,
            None,
            "browser",
            Text(
                "ingen browser fundet til figurerne; installér chromium eller sæt BROWSER_PATH",
                "no browser found for the figures; install chromium or set BROWSER_PATH",
            ),
            "critical",
        )
    )


def use_fonts(folder: Path) -> None:
    """Let fontconfig find the report's font in ``folder``, unless the environment says where fonts are.

    Must come before the first text is measured; ``./run`` has set the variable already.
    """
    if os.environ.get("FONTCONFIG_FILE"):
        return
    place = Path(tempfile.mkdtemp(prefix="report-fonts-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.joinpath("fonts.conf").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"  <dir>{folder}</dir>\n  <cachedir>{place}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(place / "fonts.conf")
