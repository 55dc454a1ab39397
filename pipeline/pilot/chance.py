"""Seeded chance, in integers: the same seed gives the same draws on every machine and Python version."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

SHORT_ID_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u
_SERVICE_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"
_LOOKS_LIKE_A_NUMBER = re.compile(r"\d{6}")  # an id must not read as a birth date


class Chance:
    """The draws of one part of the pilot; each part has a stream of its own, so that none shifts another."""

    def __init__(self, seed: int, part: str) -> None:
        self._random = Random(f"{seed} {part}")

    def below(self, stop: int) -> int:
        """0 … ``stop`` - 1."""
        return self._random.randrange(stop)

    def between(self, low: int, high: int) -> int:
        """``low`` … ``high``, both included."""
        return low + self.below(high - low + 1)

    def one_in(self, count: int) -> bool:
        return self.below(count) == 0

    def choice(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """A key of ``weights``, as often as its weight says."""
        drawn = self.below(sum(weights.values()))
        for item, weight in weights.items():
            drawn -= weight
            if drawn < 0:
                return item
        raise AssertionError("weights are positive")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A new list in any order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def dealt(self, counts: Mapping[T, int]) -> list[T]:
        """Every key as often as it counts, in any order."""
        return self.shuffled([item for item, count in counts.items() for _ in range(count)])

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.below((last - first).days + 1))

    def signs(self, alphabet: str, length: int) -> str:
        """``length`` signs that nowhere hold six digits in a row."""
        while True:
            text = "".join(self.choice(alphabet) for _ in range(length))
            if not _LOOKS_LIKE_A_NUMBER.search(text):
                return text

    def short_id(self) -> str:
        """A booking's number."""
        return self.signs(SHORT_ID_SIGNS, 12)

    def service_pseudonym(self) -> str:
        """The video service's own pseudonym, which no ``p_…`` can be joined to."""
        return f"s_{self.signs(_SERVICE_SIGNS, 16)}"

    def uuid(self) -> str:
        """A version 4 UUID that nowhere holds six digits in a row."""
        while True:
            digits = f"{self._random.getrandbits(128):032x}"
            text = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
            if not _LOOKS_LIKE_A_NUMBER.search(text.replace("-", "")):
                return text
