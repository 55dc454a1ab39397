"""The published figures of the two golden files, as they stand there, and the exact fractions in them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.text import Problem, ProblemError, Text

INTERIM_FILE, FINAL_FILE = "interim_2019-10-09.toml", "final_2020-01-31.toml"


@dataclass(frozen=True)
class Targets:
    """The two files as read; decimals are exact (11.5, not a double)."""

    interim: dict[str, Any]
    final: dict[str, Any]

    @property
    def start(self) -> date:
        return self.interim["period"]["from"]

    @property
    def cut_offs(self) -> tuple[date, date]:
        """The two cut-off dates, earliest first."""
        return self.interim["as_of"], self.final["as_of"]


def load(folder: Path) -> Targets:
    """Read the targets in ``folder``. Raises ProblemError when a file is missing or is not TOML."""
    return Targets(_read(folder / INTERIM_FILE), _read(folder / FINAL_FILE))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise ProblemError(
            _problem(
                file, Text("filen med publicerede tal mangler", "the file of published figures is missing")
            )
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProblemError(_problem(file, Text("ikke gyldig TOML", f"not valid TOML: {error}"))) from error


def _problem(file: Path, message: Text) -> Problem:
    return Problem(paths.relative(file), None, None, "targets", message, "critical")
