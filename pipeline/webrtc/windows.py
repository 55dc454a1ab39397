"""Cumulative counters cut into windows of ten seconds, in which each counter says how much it has grown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.webrtc.samples import COUNTERS, GAUGES, KINDS, SIGNED, WHOLE, read_sample

WINDOW_MS = 10_000
# The first samples of a call conceal what has not arrived yet and would make every short call look bad.
IGNORED_MS = 2_000
LEAST_BETWEEN_MS = 800
LONGEST_GAP_MS = 30_000


@dataclass(slots=True)
class Windows:
    """One participation's samples; ``add`` gives the events of a window that is full, one per kind of media.

    A window's counters are the growth between its first and its last sample; it begins where the one before
    it ended. The first two seconds are left out.
    """

    first_ms: int | None = None
    last_ms: int = -1
    start: dict[str, Any] | None = None
    last: dict[str, Any] | None = None

    def add(self, message: Mapping[str, Any]) -> list[dict[str, object]]:
        """Take a sample; one event per kind of media once ten seconds are full."""
        found = read_sample(message)
        if found is None:
            return []
        at = found["at_ms"]
        if at < self.last_ms:  # the page was loaded anew: its clock and counters begin again
            self.first_ms, self.start = None, None
        elif at - self.last_ms > LONGEST_GAP_MS:  # a machine that slept: no window spans that
            self.start = None
        elif at - self.last_ms < LEAST_BETWEEN_MS and self.last_ms >= 0:
            return []
        self.last_ms, self.last = at, found
        if self.first_ms is None:
            self.first_ms = at
        if at - self.first_ms < IGNORED_MS:
            return []
        if self.start is None:
            self.start = found
            return []
        if at - self.start["at_ms"] < WINDOW_MS:
            return []
        before, self.start = self.start, found
        return _cut(before, found)

    def rest(self) -> list[dict[str, object]]:
        """What came after the last full window of a call that is over; the window is shorter than others."""
        before, after, self.start = self.start, self.last, None
        if before is None or after is None or after["at_ms"] - before["at_ms"] < LEAST_BETWEEN_MS:
            return []
        return _cut(before, after)


def _cut(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, object]]:
    made = [
        window
        for kind in KINDS
        if (window := _window(kind, before.get(kind), after.get(kind), after)) is not None
    ]
    for window in made:
        window["window_ms"] = after["at_ms"] - before["at_ms"]
    return made


def _window(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, found: Mapping[str, Any]
) -> dict[str, object] | None:
    if before is None or after is None or after["packetsReceived"] < before["packetsReceived"]:
        return None
    made: dict[str, object] = {"media_kind": kind}
    for name, column in COUNTERS.items():
        if name in before and name in after:
            grown = after[name] - before[name]
            if grown >= 0 or name in SIGNED:
                made[column] = int(grown) if name in WHOLE else round(float(grown), 6)
    for name, column in GAUGES.items():
        if name in after:
            made[column] = round(float(after[name]), 6)
    for column in ("round_trip_time_s", "candidate_type", "relay_protocol", "quality_limitation_reason"):
        if column in found:
            made[column] = found[column]
    return made
