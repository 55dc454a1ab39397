"""Which deliveries a linked table was made from: what evidence names, and whether a number is observed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# The delivered tables behind each linked one; any other linked table is the delivered one of its name.
DELIVERED: Mapping[str, tuple[str, ...]] = {
    "contacts": ("bookings", "postcards", "practices", "session_events"),
    "cards": ("bookings", "postcards", "practices", "session_events"),
    "responses": ("questionnaires",),
    "clinics": (
        "bookings",
        "clinic_exposure",
        "dropout_reasons",
        "practices",
        "regions",
        "session_events",
    ),
    "themes": ("interview_codings", "interview_units"),
    "coded_units": ("interview_codings", "interview_units"),
}


@dataclass(frozen=True)
class Delivered:
    """One delivery: what it holds, when it counted, and the hashes of its files."""

    tables: frozenset[str]
    received: date
    superseded_on: date | None
    hashes: tuple[str, ...]
    is_reconstructed: bool

    def counts_at(self, as_of: date) -> bool:
        """Whether it was known, and not yet replaced or withdrawn, at a date."""
        return self.received <= as_of and (self.superseded_on is None or self.superseded_on > as_of)


def feeding(tables: Iterable[str], as_of: date, deliveries: Iterable[Delivered]) -> list[Delivered]:
    """The deliveries behind linked tables at a cut-off."""
    sources = {source for table in tables for source in DELIVERED.get(table, (table,))}
    return [delivery for delivery in deliveries if delivery.counts_at(as_of) and delivery.tables & sources]
