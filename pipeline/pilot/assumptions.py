"""``assumptions.toml`` as frozen types: what the published figures leave open; an unknown key is an error."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.text import Problem, ProblemError, Text

FILE = Path(__file__).with_name("assumptions.toml")

Pair = list[int]  # by the first cut-off, and after it
Answers = dict[str, int]  # code → how many


@dataclass(frozen=True, eq=False)  # one object a region
class Region:
    """One region: its practices, its share of the meetings, and how its postcards are written."""

    code: str
    name: str
    practices: int
    stopped: int
    specialists: int
    weight: int
    server_from: date
    encoding: str
    headings: str
    sins: list[str]


@dataclass(frozen=True)
class Meetings:
    consultations_final: int
    consultation_mean_min_interim: int
    instant_final: int
    instant_consultations_interim: int
    instant_consultations_later: int


@dataclass(frozen=True)
class Excluded:
    """Meetings of the log that were not held, by the reason they do not count."""

    test_call: Pair
    cancelled: Pair
    never_connected: Pair
    single_participant: Pair
    no_overlap: Pair
    under_one_second: Pair


@dataclass(frozen=True)
class Stopped:
    """Bookings of clinics that stopped, none of them in the log."""

    cancelled: Pair
    never_connected: Pair


@dataclass(frozen=True)
class Cards:
    held_final: int
    good_final: int
    longer_answered_final: int
    not_longer_final: int
    not_longer_interim: int
    consultations_interim: int
    consultations_final: int
    late: int
    without_booking: Pair
    unknown_booking: Pair
    replaced_by_later: Pair
    corrected: int


@dataclass(frozen=True)
class Questionnaire:
    respondents_interim: int
    easy_strongly_agree: Pair
    again_interim: Answers
    again_later: Answers
    recommend_interim: Answers
    recommend_later: Answers
    help_interim: Answers
    help_later: Answers
    problems_interim: Answers
    problems_later: Answers
    picture_later: Answers
    sound_later: Answers
    time_preparing_later: Answers
    time_waiting_later: Answers
    time_talking_later: Answers
    advantages_later: Answers
    disadvantages_later: Answers
    contradictory: int


@dataclass(frozen=True)
class Fees:
    billed_per_hundred: int


@dataclass(frozen=True)
class Interviews:
    dates: list[date]
    doctors: list[int]
    themes: list[int]


@dataclass(frozen=True)
class Assumptions:
    """The whole file."""

    region: tuple[Region, ...]
    meetings: Meetings
    excluded: Excluded
    stopped: Stopped
    cards: Cards
    questionnaire: Questionnaire
    fees: Fees
    interviews: Interviews


def load(file: Path = FILE) -> Assumptions:
    """Read the assumptions. Raises ProblemError when a key is unknown or missing."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    _same_keys(Assumptions, found, file, "")
    sections = {
        "meetings": Meetings,
        "excluded": Excluded,
        "stopped": Stopped,
        "cards": Cards,
        "questionnaire": Questionnaire,
        "fees": Fees,
        "interviews": Interviews,
    }
    made: dict[str, Any] = {name: _build(kind, found[name], file, name) for name, kind in sections.items()}
    regions = tuple(_build(Region, entry, file, "region") for entry in found["region"])
    return Assumptions(region=regions, **made)


def _build(kind: Any, found: Mapping[str, Any], file: Path, where: str) -> Any:
    _same_keys(kind, found, file, f"{where}.")
    return kind(**found)


def _same_keys(kind: type, found: Mapping[str, Any], file: Path, prefix: str) -> None:
    wrong = sorted({field.name for field in fields(kind)} ^ set(found))
    if wrong:
        names = ", ".join(f"{prefix}{name}" for name in wrong)
        raise ProblemError(
            Problem(
                paths.relative(file),
                None,
                None,
                "assumptions",
                Text(f"ukendt eller manglende nøgle: {names}", f"unknown or missing key: {names}"),
                "critical",
            )
        )
