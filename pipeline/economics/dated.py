"""Tables that hold from a day on: rates, factors, prices. The day of the decision picks the entry of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from pipeline.text import Text


class Dated(Protocol):
    """An entry in force from ``valid_from`` (None: as far back as one looks) until the next."""

    @property
    def valid_from(self) -> date | None: ...


Entry = TypeVar("Entry", bound=Dated)


class NotInForceError(ValueError):
    """No entry of the table is in force on the day."""


def in_force(entries: Sequence[Entry], day: date) -> Entry:
    """The latest entry that is valid on ``day``. Raises NotInForceError before the first."""
    valid = [item for item in entries if item.valid_from is None or item.valid_from <= day]
    if not valid:
        first = min(item.valid_from for item in entries if item.valid_from is not None) if entries else "-"
        raise NotInForceError(
            f"intet gælder {day}; første er {first} / nothing is in force; the first is {first}"
        )
    return max(valid, key=lambda item: item.valid_from or date.min)


@dataclass(frozen=True)
class Values:
    """Named numbers in force from a day, and where they are from; ``is_assumption`` without a source."""

    valid_from: date | None
    values: Mapping[str, Decimal]
    source: str
    is_assumption: bool


@dataclass(frozen=True)
class DatedTable(Generic[Entry]):
    """One table of dated entries, and what people call it."""

    name: str
    title: Text
    entries: tuple[Entry, ...]

    def at(self, day: date) -> Entry:
        """The entry in force on ``day``."""
        return in_force(self.entries, day)

    def next_change(self, day: date) -> date | None:
        """The day on which the next entry takes over; None when there is none."""
        later = [
            item.valid_from for item in self.entries if item.valid_from is not None and item.valid_from > day
        ]
        return min(later, default=None)


def crossed(tables: Iterable[DatedTable[Entry]], one: date, other: date) -> tuple[str, ...]:
    """The names of the tables whose entry differs between two days of decision."""
    return tuple(table.name for table in tables if table.at(one) is not table.at(other))
