"""The cells of one column with each distinct text held once, so that what is done to a text is done once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

_T = TypeVar("_T")


@dataclass(frozen=True)
class Coded(Sequence[str]):
    """``texts`` in the order they first come, and for each cell the place of its text among them.

    They are distinct, unless a change has made some of them equal.
    """

    texts: Sequence[str]
    codes: Sequence[int]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> "Coded": ...
    def __getitem__(self, index: int | slice) -> "str | Coded":
        if isinstance(index, slice):
            return Coded(self.texts, self.codes[index])
        return self.texts[self.codes[index]]

    def changed(self, change: Callable[[str], str]) -> "Coded":
        """The cells with ``change`` made to each text."""
        return Coded([*map(change, self.texts)], self.codes)

    def spread(self, values: list[_T]) -> list[_T]:
        """For each cell the one of ``values`` that belongs to its text."""
        if len(values) == len(self.codes):
            return values
        return values * len(self.codes) if len(values) == 1 else [*map(values.__getitem__, self.codes)]

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.codes)


def coded(cells: Sequence[str]) -> Coded:
    """``cells`` with each distinct text once, in the order they come."""
    if isinstance(cells, Coded):
        return cells
    places: dict[str, int] = {}
    codes = [places.setdefault(cell, len(places)) for cell in cells]
    return Coded(list(places), codes)


def distinct(cells: Sequence[str]) -> Iterable[str]:
    """The distinct texts of ``cells``, and perhaps some of those that were left out of them."""
    return cells.texts if isinstance(cells, Coded) else set(cells)
