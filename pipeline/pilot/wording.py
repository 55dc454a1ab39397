"""``wording.toml``: the invented Danish sentences of comments and interviews."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("wording.toml")


@dataclass(frozen=True)
class Theme:
    """What the interviewer asks, and what a doctor may say to it."""

    question: str
    lines: list[str]


@dataclass(frozen=True)
class Wording:
    comments: dict[str, list[str]]  # consultation, conference; held whatever its kind; not_held
    opening: str
    closing: str
    last_words: list[str]
    starters: list[str]
    assent: list[str]
    themes: dict[str, Theme]  # by interview theme


def load() -> Wording:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    interviews = found["interviews"]
    return Wording(
        comments=found["comments"],
        themes={code: Theme(**entry) for code, entry in interviews.pop("themes").items()},
        **interviews,
    )
