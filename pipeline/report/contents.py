"""A report's table of contents, and the tables and figures it may place: TOML beside the narrative.

What a report holds is said once, beside the Danish narrative. A file of the same name beside another
language's gives its texts alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, cast

from pipeline.paths import relative
from pipeline.text import Language, Problem, ProblemError, Text

FIRST: Language = "da"
# What a report may leave out, and what then holds.
OPTIONAL: Mapping[str, Any] = {"written_for": None, "not_written": "", "example": "", "flows": False}


@dataclass(frozen=True)
class Chapter:
    """One chapter: its heading, its narrative file, and what follows the narrative by itself.

    ``domain``       the chapter ends with tables of all the domain's metrics
    ``tables``       tables placed after the narrative
    ``is_annex``     lettered instead of numbered
    ``is_numbered``  False for a summary
    ``is_decision``  nothing reconstructed may stand in it
    ``has_figure_data``  the data of every figure of the report stand here as tables
    ``has_strata``   every domain's metrics stand here by region and the like
    ``is_wide``      on landscape pages
    """

    id: str
    title: str
    text: str = ""
    domain: str = ""
    tables: tuple[str, ...] = ()
    is_annex: bool = False
    is_numbered: bool = True
    is_decision: bool = False
    has_figure_data: bool = False
    has_strata: bool = False
    is_wide: bool = False


@dataclass(frozen=True)
class Contents:
    """A report. ``written_for``: the cut-off its decision pages speak of; at another they say so instead.

    ``flows``: a chapter begins where the one before it ends, an annex on a page of its own.
    ``example`` stands beside the label while the kroner rest on too few sources.
    ``notice`` stands in the footer and under every figure when any delivery is reconstructed.
    """

    source: Path
    title: str
    subtitle: str
    label: str
    notice: str
    front: str
    written_for: date | None
    not_written: str
    example: str
    flows: bool
    chapters: tuple[Chapter, ...]


def load_contents(path: Path) -> Contents:
    """Read ``evaluation.toml`` or ``business_case.toml``. Raises ProblemError for a wrong key."""
    raw = read_texts(path)
    known = {field.name for field in fields(Contents)} - {"source"}
    _check(path, "", raw, known, known - OPTIONAL.keys())
    allowed = {field.name for field in fields(Chapter)}
    chapters: list[Chapter] = []
    for entry in cast("list[dict[str, Any]]", raw["chapters"]):
        _check(path, f"chapters.{entry.get('id', '?')}", entry, allowed, {"id", "title"})
        made: dict[str, Any] = {**entry, "tables": tuple(entry.get("tables", ()))}
        chapters.append(Chapter(**made))
    rest: dict[str, Any] = {**OPTIONAL, **raw}
    del rest["chapters"]
    return Contents(source=path, chapters=tuple(chapters), **rest)


def read_texts(path: Path) -> dict[str, Any]:
    """A TOML file beside a narrative: the Danish one, with another language's texts in place of its own."""
    own, first = read_toml(path), path.parents[1] / FIRST / path.name
    return own if path == first else _over(read_toml(first), own)


def read_definitions(path: Path) -> dict[str, dict[str, Any]]:
    """Tables or figures by id; another language has those that it names."""
    whole = read_texts(path)
    return {key: whole[key] for key in read_toml(path)}


def _over(first: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``own`` over ``first``, table by table; of a list of tables each by its id."""
    return {**first, **{key: _instead(first.get(key), value) for key, value in own.items()}}


def _instead(first: Any, own: Any) -> Any:
    if isinstance(first, Mapping) and isinstance(own, Mapping):
        return _over(cast("Mapping[str, Any]", first), cast("Mapping[str, Any]", own))
    if isinstance(own, list) and own and isinstance(own[0], Mapping):
        listed = {str(row["id"]): row for row in cast("list[Mapping[str, Any]]", own)}
        return [_over(row, listed.get(row["id"], {})) for row in cast("list[Mapping[str, Any]]", first)]
    return cast("Any", own)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises ProblemError where it is missing or cannot be read."""
    if not path.is_file():
        raise ProblemError(_problem(path, "", Text("filen mangler", "the file is missing")))
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(
            _problem(
                path, "", Text(f"filen er ikke gyldig TOML: {error}", f"the file is not valid TOML: {error}")
            )
        ) from error


def _check(path: Path, place: str, entry: Mapping[str, Any], known: set[str], needed: set[str]) -> None:
    problems = [
        _problem(path, f"{place}.{key}".strip("."), Text("ukendt nøgle", "unknown key"))
        for key in entry
        if key not in known
    ]
    problems += [
        _problem(path, f"{place}.{key}".strip("."), Text("nøglen mangler", "the key is missing"))
        for key in sorted(needed - entry.keys())
    ]
    if problems:
        raise ProblemError(problems)


def _problem(path: Path, place: str, message: Text) -> Problem:
    return Problem(relative(path), None, place or None, "contents", message, "critical")
