"""The upper envelope of lines, for every draw at once: which alternative is best from which threshold on.

Net benefit is linear in the threshold, λ·effect − cost. The best of k alternatives is therefore the upper
envelope of k lines, which changes at most k − 1 times. Every change is put in the bin of the first threshold
that it has reached; running sums over the bins give counts and totals at all thresholds. The work is
draws × k², plus thresholds × k, instead of draws × thresholds × k.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.economics.decision.errors import Floats

Indices = NDArray[np.int64]

# Draws taken at a time: what is worked on stays in the processor's cache.
BLOCK = 16384


@dataclass(frozen=True, eq=False)
class Envelope:
    """At each threshold: the draws in which each alternative is best, and the totals of the best over draws.

    ``count``: thresholds × alternatives; every row sums to the number of draws, a tie being counted once, for
    the alternative listed first. ``effect`` and ``cost``: one total per threshold, relative to the first
    alternative's, so that what all alternatives share is not there to be rounded.
    """

    count: Indices
    effect: Floats
    cost: Floats


@dataclass(frozen=True, eq=False)
class _Changes:
    """Draws that go from one alternative (-1: none yet) to another in a bin, and what they gain by it."""

    position: Indices
    before: Indices
    after: Indices
    effect: Floats
    cost: Floats


def envelope(costs: Floats, effects: Floats, thresholds: Floats) -> Envelope:
    """``costs`` and ``effects``: draws × alternatives; ``thresholds``: rising from 0 or above. Checked by
    the caller."""
    draws, alternatives = costs.shape
    found: list[_Changes] = []
    for start in range(0, draws, BLOCK):
        part = slice(start, start + BLOCK)
        found += _changes(
            np.ascontiguousarray(costs[part].T), np.ascontiguousarray(effects[part].T), thresholds
        )
    position = np.concatenate([item.position for item in found])
    bins = thresholds.size + 1
    size = bins * alternatives
    count = np.bincount(
        position * alternatives + np.concatenate([item.after for item in found]), minlength=size
    )
    before = np.concatenate([item.before for item in found])
    # Those that start have no alternative before.
    is_change = before >= 0
    count -= np.bincount(position[is_change] * alternatives + before[is_change], minlength=size)
    return Envelope(
        np.cumsum(count.reshape(bins, alternatives), axis=0)[:-1],
        _running(position, [item.effect for item in found], bins),
        _running(position, [item.cost for item in found], bins),
    )


def _running(position: Indices, gains: list[Floats], bins: int) -> Floats:
    summed: Floats = np.bincount(position, np.concatenate(gains), minlength=bins).astype(np.float64)
    return np.cumsum(summed)[:-1]


def _changes(cost: Floats, effect: Floats, thresholds: Floats) -> list[_Changes]:
    """What happens to a block of draws, alternatives × draws, from threshold 0 to the last one given."""
    current = _cheapest(cost)
    rows = np.arange(current.size)
    now_cost, now_effect = cost[current, rows], effect[current, rows]
    found = [
        _Changes(
            np.zeros_like(current),
            np.full_like(current, -1),
            current,
            now_effect - effect[0],
            now_cost - cost[0],
        )
    ]
    reached = np.full(current.size, -1.0)
    for _ in range(cost.shape[0] - 1):
        upcoming, at = _next(cost, effect, now_cost, now_effect, current)
        # Rounding apart, a later change of a draw comes later; so a draw has one change at a threshold.
        behind = np.flatnonzero(at <= reached)
        at[behind] = np.nextafter(reached[behind], np.inf)
        goes_on = np.flatnonzero(at <= thresholds[-1])
        if not goes_on.size:
            break
        cost, effect = cost.take(goes_on, axis=1), effect.take(goes_on, axis=1)
        now_cost, now_effect = now_cost[goes_on], now_effect[goes_on]
        current, upcoming, at = current[goes_on], upcoming[goes_on], at[goes_on]
        position = np.searchsorted(thresholds, at)
        tied = np.flatnonzero(thresholds[position] == at)
        if tied.size:
            found += _ties(
                cost[:, tied], effect[:, tied], at[tied], position[tied], current[tied], upcoming[tied]
            )
        rows = np.arange(current.size)
        next_cost, next_effect = cost[upcoming, rows], effect[upcoming, rows]
        found.append(_Changes(position, current, upcoming, next_effect - now_effect, next_cost - now_cost))
        current, now_cost, now_effect, reached = upcoming, next_cost, next_effect, at
    return found


def _cheapest(cost: Floats) -> Indices:
    """Per draw the first listed of those that cost the least: the best at threshold 0."""
    low: Floats = cost[0]
    best = np.zeros(low.size, dtype=np.int64)
    for index in range(1, cost.shape[0]):
        is_better = cost[index] < low
        low = np.where(is_better, cost[index], low)
        best = np.where(is_better, index, best)
    return best


def _next(
    cost: Floats, effect: Floats, now_cost: Floats, now_effect: Floats, current: Indices
) -> tuple[Indices, Floats]:
    """Per draw the alternative that overtakes ``current`` first and the threshold at which it does.

    Of several that overtake at one threshold the one with the most effect stays best; +inf: none overtakes.
    """
    upcoming, at, steepest = current, np.full(current.size, np.inf), np.zeros(current.size)
    for index in range(cost.shape[0]):
        gain, crossing = _crossing(cost[index], effect[index], now_cost, now_effect)
        is_better = (crossing < at) | ((crossing == at) & (gain > steepest) & (crossing < np.inf))
        at = np.where(is_better, crossing, at)
        steepest = np.where(is_better, gain, steepest)
        upcoming = np.where(is_better, index, upcoming)
    return upcoming, at


def _crossing(cost: Floats, effect: Floats, now_cost: Floats, now_effect: Floats) -> tuple[Floats, Floats]:
    """The gain in effect and the threshold from which it is worth its cost; +inf where there is no gain."""
    gain = effect - now_effect
    # All are divided, as that is faster than choosing; what has no gain is put at infinity afterwards.
    with np.errstate(all="ignore"):
        return gain, np.where(gain > 0, (cost - now_cost) / gain, np.inf)


def _ties(
    cost: Floats, effect: Floats, at: Floats, position: Indices, current: Indices, upcoming: Indices
) -> tuple[_Changes, _Changes]:
    """Where a change falls on a threshold, the draw goes to the first listed of those that meet there."""
    rows = np.arange(current.size)
    now_cost, now_effect = cost[current, rows], effect[current, rows]
    winner = current
    for index in range(cost.shape[0]):
        _, crossing = _crossing(cost[index], effect[index], now_cost, now_effect)
        winner = np.where((crossing == at) & (index < winner), index, winner)
    # At this threshold only: lent by ``upcoming`` here, given back at the next. A tie gains nothing.
    nothing = np.zeros(current.size)
    return (
        _Changes(position, upcoming, winner, nothing, nothing),
        _Changes(position + 1, winner, upcoming, nothing, nothing),
    )
