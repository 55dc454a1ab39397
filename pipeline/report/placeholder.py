"""A placeholder of the narrative, and what it asks for.

It stands between double braces::

    {{ name [selector=code, …] @ cut-off / denominator | form decimals }}

Everything after the name is optional; blanks do not matter.

* ``name``         a metric's id (``visits.held``), ``assumption.<key>``, ``cost.<result>``, ``flow.<step>``
                   or another fact of the run; without more it is the headline: at ``as_of``, over
                   everything, with the metric's first denominator
* ``[…]``          ``item=<code>`` picks an answer, any other selector a stratum (``region=1081``)
* ``@ tidligere``  the last earlier cut-off of ``compare_with``; a date (``@ 2019-10-09``) must be a cut-off
* ``/ per``        another of the metric's denominators (``/ enrolled_practice``)
* ``| form``       ``antal``, ``andel`` (54 af 56 (96 %)), ``procent``, ``interval``, ``tæller``, ``nævner``,
                   ``tal``, ``ord`` (fem), ``enhed`` (with its unit), ``offentliggjort`` (as published: mere
                   end 80 %), ``kr``, ``mio_kr``, ``mio`` (in millions, without the unit)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

EARLIER = "tidligere"

_PLACEHOLDER = re.compile(
    r"(?P<name>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\s*"
    r"(?:\[(?P<selectors>[^\]]*)\]\s*)?"
    r"(?:@\s*(?P<at>\d{4}-\d\d-\d\d|tidligere)\s*)?"
    r"(?:/\s*(?P<per>-|[a-z_]+)\s*)?"
    r"(?:\|\s*(?P<form>[A-Za-zæøå_]+)(?:\s+(?P<decimals>\d))?\s*)?"
)


@dataclass(frozen=True)
class Placeholder:
    """What a placeholder asks for."""

    name: str
    selectors: Mapping[str, str]
    at: date | str | None = None
    per: str | None = None
    form: str | None = None
    decimals: int | None = None


class UnknownNameError(Exception):
    """Nothing is called that; ``nearest`` are names that look like it."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.nearest = tuple(get_close_matches(name, known, n=3, cutoff=0.4))
        super().__init__(name)


def parse(inner: str) -> Placeholder:
    """What stands between the braces. Raises ValueError where it is no placeholder."""
    match = _PLACEHOLDER.fullmatch(inner.strip())
    if match is None:
        raise ValueError(inner)
    selectors: dict[str, str] = {}
    for pair in filter(None, (item.strip() for item in (match["selectors"] or "").split(","))):
        key, sign, code = (item.strip() for item in pair.partition("="))
        if not sign or not key or not code:
            raise ValueError(inner)
        selectors[key] = code
    at = match["at"]
    return Placeholder(
        match["name"],
        selectors,
        EARLIER if at == EARLIER else date.fromisoformat(at) if at else None,
        match["per"],
        match["form"],
        int(match["decimals"]) if match["decimals"] else None,
    )
