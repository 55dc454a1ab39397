"""A browser's statistics: checked as the claims of a stranger, and folded into windows of deltas.

Names are those of W3C webrtc-stats (https://www.w3.org/TR/webrtc-stats/) as the contract's columns have them.
A counter that a browser does not report is missing, not zero; ``packetsLost`` may fall.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

WINDOW_MS = 10_000
# The first samples of a call conceal what has not arrived yet and would make every short call look bad.
IGNORED_MS = 2_000
LEAST_BETWEEN_MS = 800
LONGEST_GAP_MS = 30_000
MOST = 1e12

# Browser's name -> column; counters give their growth over the window, gauges their last value.
COUNTERS = {
    "packetsReceived": "packets_received",
    "packetsLost": "packets_lost",
    "concealedSamples": "concealed_samples",
    "silentConcealedSamples": "silent_concealed_samples",
    "totalSamplesReceived": "total_samples_received",
    "jitterBufferDelay": "jitter_buffer_delay_s",
    "jitterBufferEmittedCount": "jitter_buffer_emitted_count",
    "framesDecoded": "frames_decoded",
    "freezeCount": "freeze_count",
    "totalFreezesDuration": "total_freezes_duration_s",
    "nackCount": "nack_count",
    "pliCount": "pli_count",
}
GAUGES = {"jitter": "jitter_s", "framesPerSecond": "frames_per_second"}
WHOLE = frozenset(COUNTERS) - {"jitterBufferDelay", "totalFreezesDuration"}
SIGNED = frozenset({"packetsLost"})
LIMITS = frozenset({"none", "cpu", "bandwidth", "other"})
CANDIDATES = frozenset({"host", "srflx", "prflx", "relay"})
PROTOCOLS = frozenset({"udp", "tcp", "tls"})
KINDS = ("audio", "video")


def read_sample(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a message is a sample of statistics: finite numbers in range and known words; else None."""
    at = message.get("at_ms")
    if not _is_number(at) or not 0 <= float(at) < MOST:
        return None
    made: dict[str, Any] = {"at_ms": int(at)}
    for kind in KINDS:
        given = message.get(kind)
        if isinstance(given, Mapping):
            numbers = {name: given[name] for name in (*COUNTERS, *GAUGES) if _fits(name, given.get(name))}
            if "packetsReceived" in numbers:
                made[kind] = numbers
    pair = message.get("pair")
    if isinstance(pair, Mapping):
        if _fits("roundTripTime", pair.get("roundTripTime")):
            made["round_trip_time_s"] = pair["roundTripTime"]
        for name, column, known in (
            ("candidateType", "candidate_type", CANDIDATES),
            ("relayProtocol", "relay_protocol", PROTOCOLS),
        ):
            if pair.get(name) in known:
                made[column] = pair[name]
    if message.get("qualityLimitationReason") in LIMITS:
        made["quality_limitation_reason"] = message["qualityLimitationReason"]
    return made


@dataclass(slots=True)
class Windows:
    """One participation's samples; ``add`` gives the events of a window that is full."""

    first_ms: int | None = None
    last_ms: int = -1
    start: dict[str, Any] | None = None

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
        self.last_ms = at
        if self.first_ms is None:
            self.first_ms = at
        if at - self.first_ms < IGNORED_MS:
            return []
        if self.start is None:
            self.start = found
            return []
        if at - self.start["at_ms"] < WINDOW_MS:
            return []
        made = [
            window
            for kind in KINDS
            if (window := _window(kind, self.start.get(kind), found.get(kind), found))
        ]
        for window in made:
            window["window_ms"] = at - self.start["at_ms"]
        self.start = found
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


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _fits(name: str, value: object) -> bool:
    if not _is_number(value) or abs(value) >= MOST:
        return False
    if name in SIGNED:
        return float(value).is_integer()
    return value >= 0 and (name not in WHOLE or float(value).is_integer())
