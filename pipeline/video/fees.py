"""The zero code that a held meeting is settled with, from the dated fee table."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.paths import relative
from pipeline.text import Problem, ProblemError, Text

NATIONAL = "DK"
STANDARD = Path(__file__).with_name("fees.toml")


@dataclass(frozen=True)
class FeeCode:
    """A row of the contract `fee_codes`."""

    fee_code: str
    valid_from: date
    valid_to: date | None
    region: str
    meaning_da: str
    meaning_en: str
    kind: str
    source: str
    is_invented: bool


def load_fee_codes(path: Path) -> tuple[FeeCode, ...]:
    """A fee table as TOML, rows named by the contract's columns. Raises ProblemError naming file and key."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["fee_codes"]
        return tuple(FeeCode(**{"valid_to": None, **row}) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = Text(f"ydelsestabellen kan ikke læses: {error}", f"the fee table cannot be read: {error}")
        raise ProblemError(Problem(relative(path), None, "fee_codes", "fees", said, "critical")) from error


def propose(codes: tuple[FeeCode, ...], kind: str, region: str, day: date) -> FeeCode | None:
    """The code in force on the day for this kind of meeting: the region's own before the country's."""
    found = [
        one
        for one in codes
        if one.kind == kind
        and one.region in (region, NATIONAL)
        and one.valid_from <= day
        and (one.valid_to is None or day <= one.valid_to)
    ]
    return max(found, key=lambda one: (one.region == region, one.valid_from), default=None)
