"""What is assumed: ``pipeline/params.yaml`` read into frozen types; an unknown key is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from pipeline import paths
from pipeline.text import Problem, ProblemError, Text

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Limits:
    """Beyond ``degraded`` a window is degraded, beyond ``poor`` poor; ``source`` says who says so."""

    degraded: float
    poor: float
    source: str


@dataclass(frozen=True)
class Quality:
    """When a quality window is less than good, and when a stay is.

    Sound: ``delay_s`` seconds one way, ``loss_share`` of packets, ``concealed_share`` of samples (0-1).
    Picture: ``frozen_share`` of the time (0-1), ``frames_per_second`` (less is worse).
    """

    delay_s: Limits
    loss_share: Limits
    concealed_share: Limits
    frozen_share: Limits
    frames_per_second: Limits
    min_share_of_stay: float
    min_connected_s: int


@dataclass(frozen=True)
class Sessions:
    """Thresholds of the session log."""

    min_overlap_s: int
    quality: Quality


@dataclass(frozen=True)
class Validation:
    """When rules that only warn stop the run all the same (share of a table's rows, 0-1)."""

    max_warning_share: float


@dataclass(frozen=True)
class Metrics:
    """Disclosure threshold (count), confidence level (0-1), and whether published figures must hold."""

    suppress_below: int
    confidence: float
    require_published: bool


@dataclass(frozen=True)
class Report:
    """Which edition is printed: ``restricted`` or ``public``."""

    edition: str


@dataclass(frozen=True)
class Reference:
    """The programme that is counted beside the report's own, at a cut-off of its own."""

    programme: str
    as_of: date


@dataclass(frozen=True)
class Params:
    """The whole file. ``costs`` is parsed by ``pipeline.economics.assumptions``."""

    as_of: date
    compare_with: tuple[date, ...]
    programme: str
    reference: Reference
    key_id: str
    sessions: Sessions
    validation: Validation
    metrics: Metrics
    report: Report
    costs: Mapping[str, Any]

    @property
    def cut_offs(self) -> tuple[date, ...]:
        """Every cut-off date, earliest first."""
        return tuple(sorted({*self.compare_with, self.as_of}))


class ParamsError(ProblemError):
    """A parameter that is unknown, missing or of the wrong kind."""


# libyaml's is ten times faster; every stage reads the file.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path = paths.PARAMS) -> Params:
    """Read the parameters. Raises ParamsError naming file, line and key."""
    if not path.is_file():
        raise ParamsError(_problem(path, None, Text("filen mangler", "the file is missing")))
    text = path.read_text(encoding="utf-8")
    try:
        content = yaml.load(text, Loader=LOADER)
        root = cast("yaml.Node | None", cast("Any", yaml).compose(text, Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise ParamsError(
            _problem(
                path,
                line,
                Text("filen er ikke gyldig YAML", "the file is not valid YAML"),
            )
        ) from error
    lines = _lines(root, "")
    return cast("Params", _build(Params, _dated(content, path, lines, ""), path, lines, ""))


def _dated(content: object, path: Path, lines: Mapping[str, int], key: str) -> object:
    """Quoted dates as dates. An unquoted one is refused: DVC keeps parameters as JSON and would stop."""
    if isinstance(content, dict):
        found = cast("dict[str, object]", content)
        return {
            name: _dated(value, path, lines, f"{key}.{name}" if key else name)
            for name, value in found.items()
        }
    if isinstance(content, list):
        return [_dated(value, path, lines, key) for value in cast("list[object]", content)]
    if isinstance(content, date):
        text = Text(
            f"datoen i '{key}' skal stå i anførselstegn", f"the date in '{key}' must be in quotation marks"
        )
        raise ParamsError(_problem(path, lines.get(key), text))
    if isinstance(content, str) and ISO_DATE.fullmatch(content):
        try:
            return date.fromisoformat(content)
        except ValueError:
            return content
    return content


def _build(cls: type, content: object, path: Path, lines: Mapping[str, int], prefix: str) -> object:
    where = prefix.rstrip(".")
    if not isinstance(content, dict):
        raise ParamsError(
            _problem(
                path, lines.get(where), Text(f"{where or 'filen'} skal være nøgler med værdier",
                                              f"{where or 'the file'} must be keys with values")
            )
        )  # fmt: skip
    found = cast("dict[str, object]", content)
    known = {field.name: field.type for field in fields(cls)}
    problems = [
        _problem(
            path,
            lines.get(f"{prefix}{key}"),
            Text(
                f"ukendt parameter '{prefix}{key}'; kendte er {', '.join(known)}",
                f"unknown parameter '{prefix}{key}'; known are {', '.join(known)}",
            ),
        )
        for key in found
        if key not in known
    ]
    problems += [
        _problem(
            path,
            lines.get(where),
            Text(f"parameteren '{prefix}{key}' mangler", f"'{prefix}{key}' is missing"),
        )
        for key in known
        if key not in found
    ]
    if problems:
        raise ParamsError(problems)
    values = {key: _value(kind, found[key], path, lines, f"{prefix}{key}") for key, kind in known.items()}
    return cls(**values)


def _value(kind: Any, raw: object, path: Path, lines: Mapping[str, int], key: str) -> object:
    if isinstance(kind, type) and is_dataclass(kind):
        return _build(kind, raw, path, lines, f"{key}.")
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if kind == tuple[date, ...] and isinstance(raw, list):
        return tuple(cast("date", _value(date, item, path, lines, key)) for item in cast("list[object]", raw))
    expected = cast("type", dict if kind == Mapping[str, Any] else kind)
    if isinstance(raw, expected) and (kind is bool or not isinstance(raw, bool)):
        return cast("object", raw)
    name = expected.__name__
    raise ParamsError(
        _problem(
            path,
            lines.get(key),
            Text(
                f"parameteren '{key}' skal være {name}, fandt {raw!r}",
                f"parameter '{key}' must be {name}, found {raw!r}",
            ),
        )
    )


def _lines(node: yaml.Node | None, prefix: str) -> dict[str, int]:
    """The line of every key, by its dotted path."""
    found: dict[str, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = f"{prefix}{key.value}"
            found[name] = key.start_mark.line + 1
            found |= _lines(value, f"{name}.")
    return found


def _problem(path: Path, row: int | None, message: Text) -> Problem:
    return Problem(paths.relative(path), row, None, "params", message, "critical")
