"""What an indicator is: a predicate over a linked table, its named denominators, and what may split it."""

from dataclasses import dataclass
from typing import Literal

from pipeline.text import Text

Kind = Literal["proportion", "mean", "median", "count", "rate", "likert", "theme", "agreement", "gini"]

REGION, PRACTICE_TYPE, KIND = "region", "practice_type", "kind"
PLACES = (REGION, PRACTICE_TYPE)
PLACES_AND_KIND = (REGION, PRACTICE_TYPE, KIND)


COUNT = Text("antal", "count")


@dataclass(frozen=True)
class Denominator:
    """A named whole that shares are shares of: the rows of ``table`` where ``where`` holds.

    ``amount`` is the aggregate over them; ``columns`` are those it can be split by.
    """

    id: str
    label: Text
    table: str
    where: str = "true"
    amount: str = "count(*)"
    columns: tuple[str, ...] = PLACES


@dataclass(frozen=True)
class Item:
    """One answer of an indicator with several, and the predicate of the rows that gave it."""

    code: str
    label: Text
    value: str


@dataclass(frozen=True)
class Metric:
    """One indicator.

    ``where`` says which rows of ``table`` are looked at; ``value`` is a predicate (proportion, count, likert,
    theme) or the expression that is averaged (mean, median, gini); ``amount`` what is counted of the rows.
    ``per`` names the denominators, the published one first; beside them stands the count itself. A census -
    every meeting, every practice - carries no interval. ``better`` tells which direction is good, where that
    can be said.
    """

    id: str
    domain: str
    title: Text
    definition: Text
    table: str
    kind: Kind
    value: str = "true"
    where: str = "true"
    amount: str = "count(*)"
    per: tuple[Denominator, ...] = ()
    by: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    is_census: bool = False
    unit: Text = COUNT
    better: Literal["higher", "lower"] | None = None


@dataclass(frozen=True)
class Unfed:
    """A row of the indicator catalogue that the sources at hand cannot feed, and why."""

    id: str
    domain: str
    title: Text
    reason: Text
