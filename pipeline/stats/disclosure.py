"""Which cells of a publication must be hidden so that no small one can be read or worked out.

A *cell* is a count that may be printed more than once. A *sum* says that a cell is the sum of others, as a
total is of its strata or a denominator of those who did and those who did not. Policy:

- A cell of 1 to k−1 is sensitive and hidden. A zero names nobody and is shown, unless it must hide a
  neighbour.
- ``unprinted`` cells are never shown but follow from printed ones (those who did *not*); they are sensitive
  too.
- A hidden sensitive cell is *exposed* when the printed cells determine it, by any combination of the sums, or
  when all hidden parts of one sum must be 1 because together they are no more than their number.
- For every exposed cell the smallest printed neighbour in one of its sums is hidden as well, parts before
  totals, until nothing is exposed.

Source: A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapter 4 (secondary suppression).
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
# Whole numbers, as nearly all factors are, stay int: a fifth of the time.
Equation = dict[Key, int | Fraction]


@dataclass(frozen=True)
class Sum(Generic[Key]):
    """``total`` is the sum of ``parts``."""

    total: Key
    parts: tuple[Key, ...]


def suppress(
    cells: Mapping[Key, int],
    sums: Iterable[Sum[Key]],
    k: int,
    unprinted: Collection[Key] = (),
    treasured: Collection[Key] = (),
) -> frozenset[Key]:
    """The printed cells that must be hidden; ``treasured`` ones only where no other neighbour is left.

    Every key in ``sums`` is in ``cells``; no count is negative.
    """
    relations = sorted(
        {Sum(item.total, tuple(sorted(item.parts, key=repr))) for item in sums if item.parts}, key=repr
    )
    sensitive = {key for key, count in cells.items() if 0 < count < k}
    never = set(unprinted)
    hidden = sensitive | never
    if k <= 1:
        return frozenset()
    touching = _touching(relations)
    totals = {relation.total for relation in relations}
    for group in _components(relations):
        while True:
            exposed = (determined(group, hidden) | _ones(group, cells, hidden - never)) & sensitive
            added: set[Key] = set()
            for key in sorted(exposed, key=lambda item: (cells[item], repr(item))):
                near = [other for relation in touching[key] for other in _members(relation)]
                if not added.isdisjoint(near):
                    continue  # what was just hidden may hide this one too; the next round tells
                choice = _choose(near, cells, hidden, totals, treasured)
                if choice is None:
                    anywhere = [other for relation in group for other in _members(relation)]
                    choice = _choose(anywhere, cells, hidden, totals, treasured)
                if choice is not None:
                    added.add(choice)
            if not added:
                break
            hidden |= added
    return frozenset(hidden - never)


def determined(sums: Sequence[Sum[Key]], hidden: Collection[Key]) -> set[Key]:
    """The hidden cells whose value follows from the shown ones: the unit vectors in the sums' row space."""
    solved: dict[Key, Equation[Key]] = {}
    for relation in sums:
        row: Equation[Key] = {}
        for key, factor in ((relation.total, 1), *((part, -1) for part in relation.parts)):
            if key in hidden:
                row[key] = row.get(key, 0) + factor
        row = {key: factor for key, factor in row.items() if factor}
        for pivot in [key for key in row if key in solved]:
            _subtract(row, solved[pivot], pivot)
        if not row:
            continue
        pivot = next((key for key, factor in row.items() if abs(factor) == 1), next(iter(row)))
        scale = 1 / Fraction(row[pivot])
        if scale != 1:
            times = int(scale) if scale == -1 else scale
            row = {key: factor * times for key, factor in row.items()}
        for other in solved.values():
            if pivot in other:
                _subtract(other, row, pivot)
        solved[pivot] = row
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def _subtract(row: Equation[Key], other: Equation[Key], pivot: Key) -> None:
    """Take ``pivot`` out of ``row`` with an equation in which its factor is 1."""
    times = row[pivot]
    for key, factor in other.items():
        left = row.get(key, 0) - times * factor
        if left:
            row[key] = left
        else:
            row.pop(key, None)


def _ones(sums: Iterable[Sum[Key]], cells: Mapping[Key, int], hidden: Collection[Key]) -> set[Key]:
    """Hidden parts of a shown total that are as many as they sum to: each is then known to be 1."""
    found: set[Key] = set()
    for relation in sums:
        parts = [part for part in relation.parts if part in hidden]
        if relation.total not in hidden and parts and sum(cells[part] for part in parts) == len(parts):
            found.update(parts)
    return found


def _choose(
    candidates: Iterable[Key],
    cells: Mapping[Key, int],
    hidden: Collection[Key],
    totals: Collection[Key],
    treasured: Collection[Key],
) -> Key | None:
    def loss(key: Key) -> tuple[bool, bool, bool, int, str]:
        return (key in treasured, cells[key] == 0, key in totals, cells[key], repr(key))

    return min((key for key in candidates if key not in hidden), key=loss, default=None)


def _members(relation: Sum[Key]) -> tuple[Key, ...]:
    return (relation.total, *relation.parts)


def _touching(sums: Iterable[Sum[Key]]) -> dict[Key, list[Sum[Key]]]:
    found: dict[Key, list[Sum[Key]]] = {}
    for relation in sums:
        for key in _members(relation):
            found.setdefault(key, []).append(relation)
    return found


def _components(sums: Sequence[Sum[Key]]) -> list[list[Sum[Key]]]:
    """The sums in groups that share no cell."""
    home: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while home.setdefault(key, key) != key:
            home[key] = home[home[key]]
            key = home[key]
        return key

    for relation in sums:
        for part in relation.parts:
            home[root(part)] = root(relation.total)
    groups: dict[Key, list[Sum[Key]]] = {}
    for relation in sums:
        groups.setdefault(root(relation.total), []).append(relation)
    return list(groups.values())
