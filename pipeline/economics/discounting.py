"""Discount rates in year bands, applied piecewise: each year is discounted with its own band."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Band:
    """``rate`` (0-1 a year) for the years up to and including ``to_year``; None is for ever."""

    to_year: int | None
    rate: Decimal


@dataclass(frozen=True)
class Schedule:
    """The bands in force for decisions from ``valid_from`` (None: as far back as one looks)."""

    valid_from: date | None
    bands: tuple[Band, ...]
    source: str

    def rate(self, year: int) -> Decimal:
        """The rate of the step from ``year`` - 1 to ``year``; year 35 still lies in a band to year 35."""
        for band in self.bands:
            if band.to_year is None or year <= band.to_year:
                return band.rate
        raise ValueError(f"intet bånd for år {year} · no band for year {year}")

    def factor(self, year: int) -> Decimal:
        """What a krone of ``year`` is worth in year 0. Year 0, the year of the decision, is undiscounted."""
        if year < 0:
            raise ValueError(f"år {year} ligger før år 0 · year {year} is before year 0")
        factor = Decimal(1)
        for step in range(1, year + 1):
            factor /= 1 + self.rate(step)
        return factor
