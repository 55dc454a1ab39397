"""A sample of a browser's statistics, checked as the claims of a stranger.

Names are those of W3C webrtc-stats (https://www.w3.org/TR/webrtc-stats/) as the contract's columns have them.
A counter that a browser does not report is missing, not zero; ``packetsLost`` may fall.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

MOST = 1e12

# Browser's name -> column; counters give their growth over a window, gauges their last value.
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
NAMES = (*COUNTERS, *GAUGES)
WHOLE = frozenset(COUNTERS) - {"jitterBufferDelay", "totalFreezesDuration"}
SIGNED = frozenset({"packetsLost"})
LIMITS = frozenset({"none", "cpu", "bandwidth", "other"})
CANDIDATES = frozenset({"host", "srflx", "prflx", "relay"})
PROTOCOLS = frozenset({"udp", "tcp", "tls"})
KINDS = ("audio", "video")


def read_sample(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a message is a sample of statistics: finite numbers in range and known words; else None."""
    at = message.get("at_ms")
    if not _is_number(at) or not 0 <= at < MOST:
        return None
    made: dict[str, Any] = {"at_ms": int(at)}
    for kind in KINDS:
        given = message.get(kind)
        if isinstance(given, Mapping):
            numbers = counted(cast("Mapping[str, Any]", given))
            if "packetsReceived" in numbers:
                made[kind] = numbers
    pair = message.get("pair")
    if isinstance(pair, Mapping):
        path = cast("Mapping[str, Any]", pair)
        if _fits("roundTripTime", path.get("roundTripTime")):
            made["round_trip_time_s"] = path["roundTripTime"]
        for name, column, known in (
            ("candidateType", "candidate_type", CANDIDATES),
            ("relayProtocol", "relay_protocol", PROTOCOLS),
        ):
            word = path.get(name)
            if isinstance(word, str) and word in known:
                made[column] = word
    limit = message.get("qualityLimitationReason")
    if isinstance(limit, str) and limit in LIMITS:
        made["quality_limitation_reason"] = limit
    return made


def counted(given: Mapping[str, Any]) -> dict[str, int | float]:
    """The counters and gauges of one stream that are numbers in range, by the browser's names."""
    return {name: given[name] for name in NAMES if name in given and _fits(name, given[name])}


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _fits(name: str, value: object) -> bool:
    if not _is_number(value) or abs(value) >= MOST:
        return False
    if name in SIGNED:
        return float(value).is_integer()
    return value >= 0 and (name not in WHOLE or float(value).is_integer())
