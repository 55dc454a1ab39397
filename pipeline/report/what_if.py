"""The what-if page: one HTML file that computes with the model's own formulas, without a server."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.report.case import ranked
from pipeline.report.case_inputs import reason_of, source_of
from pipeline.report.contents import read_texts, read_toml
from pipeline.report.render import environment
from pipeline.report.run import Run
from pipeline.text import Language, uncapitalised

LANGUAGES: tuple[Language, ...] = ("da", "en")
FOLDER, TEXTS = "what_if", "what_if.toml"
# In the order in which they need each other.
SCRIPTS = ("model.js", "settings.js", "words.js", "controls.js", "bars.js", "page.js")
# What of the model the page computes with or shows.
PARTS = (
    "decision", "years", "schedules", "rounding", "inputs", "uses", "definitions", "lines", "alternatives",
    "contexts", "paths", "perspectives", "sourced",
)  # fmt: skip


def page(run: Run, *, reports: Path) -> str:
    """The page as HTML; ``reports`` holds the templates, and the texts in both languages."""
    written = read_toml(reports / "text" / TEXTS)
    templates = reports / "templates"
    style = (templates / FOLDER / "page.css").read_text("utf-8")
    script = "\n".join((templates / FOLDER / name).read_text("utf-8") for name in SCRIPTS)
    template = environment(templates).get_template(f"{FOLDER}/page.html")
    return template.render(
        texts=written["texts"],
        is_example=run.model["sourced"]["is_example"],
        is_reconstructed=run.is_reconstructed,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        given=Markup(_inline(_given(run, written, reports / "text"))),
    )


def _given(run: Run, written: Mapping[str, Any], texts: Path) -> dict[str, Any]:
    """What the script reads: the model, where each input is from, and in what order they move a result."""
    words = {language: read_texts(texts / language / "words.toml") for language in LANGUAGES}
    languages = {language: replace(run, language=language, words=words[language]) for language in LANGUAGES}
    units = {str(item["unit"]) for item in run.model["inputs"].values()}
    return {
        "model": {name: run.model[name] for name in PARTS},
        "order": {
            str(alternative["name"]): {
                str(view["name"]): [
                    row["assumption"] for row in ranked(run, view["name"], alternative["name"])
                ]
                for view in run.model["perspectives"]
            }
            for alternative in run.model["alternatives"]
        },
        "sources": {
            str(row["key"]): {language: _rests_on(said, row) for language, said in languages.items()}
            for row in run.book.assumptions
        },
        "units": {unit: _said(words, "unit", unit, unit) for unit in units},
        "placed": {unit: _said(words, "with_unit", unit, "") for unit in units},
        "groups": written["groups"],
        "texts": written["texts"],
    }  # fmt: skip


def _said(words: Mapping[str, Mapping[str, Any]], name: str, unit: str, otherwise: str) -> dict[str, str]:
    """A unit's word by language, from the table called ``name``."""
    return {language: str(said[name].get(unit, otherwise)) for language, said in words.items()}


def _rests_on(run: Run, row: Mapping[str, Any]) -> str:
    """An input's source, or why it is assumed; the page itself says which of the two it is."""
    return uncapitalised(reason_of(run, row)) if row["is_assumption"] else source_of(run, row)


def _inline(content: object) -> str:
    """JSON that no ``</script>`` in a text can end."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _hash(text: str) -> str:
    """What the page's own policy knows its style or script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
