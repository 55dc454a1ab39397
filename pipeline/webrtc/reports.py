"""A browser's whole reports (``getStats``) as the sample that our own page makes of them (statistics.js)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.webrtc.samples import COUNTERS, GAUGES, KINDS, SIGNED, counted

Reports = Mapping[str, Mapping[str, Any]]

MOST_COUNTED = 2**63
# What a sample is made of, by the type of report.
_STREAM = frozenset({*COUNTERS, *GAUGES, "kind", "mediaType", "trackId"})
WANTED: Mapping[str, frozenset[str]] = {
    "inbound-rtp": _STREAM,
    "track": _STREAM,
    "outbound-rtp": frozenset({"qualityLimitationReason"}),
    "transport": frozenset({"selectedCandidatePairId"}),
    "candidate-pair": frozenset(
        {"currentRoundTripTime", "localCandidateId", "nominated", "selected", "state"}
    ),
    "local-candidate": frozenset({"candidateType", "protocol", "relayProtocol"}),
}
# Counters are summed over the incoming streams of a kind; of the rest the worst counts.
WORST = {"jitter": max, "framesPerSecond": min}


def media_kind(report: Mapping[str, Any]) -> str:
    """``audio`` or ``video``; older browsers call it ``mediaType``."""
    return str(report.get("mediaType") or report.get("kind") or "")


def number(said: object) -> int | float | None:
    """``said`` when it is a number that a browser's counter can hold."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not -MOST_COUNTED < said < MOST_COUNTED:
        return None
    return said


def selected_pair(reports: Reports, transport: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pair of candidates that a transport has chosen; empty when its report is not there."""
    return reports.get(str(transport.get("selectedCandidatePairId")), {})


def path(reports: Reports) -> dict[str, Any]:
    """Round trip and kind of path, never an address; empty when none is chosen. As the page's ``pair``."""
    pair: Mapping[str, Any] = {}
    for report in reports.values():
        kind = report.get("type")
        if kind == "transport" and (chosen := selected_pair(reports, report)):
            pair = chosen
            break
        # Firefox has no transport; it marks the pair.
        is_nominated = report.get("nominated") and report.get("state") == "succeeded"
        if kind == "candidate-pair" and (report.get("selected") is True or is_nominated):
            pair = report
    local = reports.get(str(pair.get("localCandidateId")), {})
    kind = local.get("candidateType")
    told = {
        "roundTripTime": pair.get("currentRoundTripTime"),
        "candidateType": kind,
        "relayProtocol": local.get("relayProtocol"),
        "transport": "relay" if kind == "relay" else local.get("protocol"),
    }
    return {name: value for name, value in told.items() if value is not None}


@dataclass(slots=True)
class Meter:
    """One connection's incoming streams, summed by kind.

    A stream that comes later counts from nothing; one whose counters fall begins anew there, so that no sum
    falls but for lost packets that come after all. A counter is told only when every stream of its kind has
    it, and a gauge only of streams that something came in on.
    """

    streams: dict[str, dict[str, int | float]] = field(default_factory=dict[str, dict[str, int | float]])
    sums: dict[str, dict[str, int | float]] = field(
        default_factory=lambda: {kind: dict[str, int | float]() for kind in KINDS}
    )

    def sample(self, reports: Reports, at_ms: int) -> dict[str, Any]:
        """The sample at ``at_ms``, in the shape that ``Windows`` takes."""
        made: dict[str, Any] = {"at_ms": at_ms}
        for kind in KINDS:
            streams = {
                name: found
                for name, report in reports.items()
                if report.get("type") == "inbound-rtp" and media_kind(report) == kind
                if (packets := (found := _stream(reports, report)).get("packetsReceived")) is not None
                if packets or name in self.streams
            }
            if streams:
                made[kind] = self._kind(kind, streams)
        if pair := path(reports):
            made["pair"] = pair
        for report in reports.values():
            if report.get("type") == "outbound-rtp" and report.get("qualityLimitationReason"):
                made["qualityLimitationReason"] = report["qualityLimitationReason"]
        return made

    def _kind(self, kind: str, streams: Mapping[str, Mapping[str, int | float]]) -> dict[str, int | float]:
        sums = self.sums[kind]
        made: dict[str, int | float] = {}
        moving: list[Mapping[str, int | float]] = []
        for name, now in streams.items():
            before = self.streams.get(name, {})
            if now["packetsReceived"] > before.get("packetsReceived", 0):
                moving.append(now)
            is_anew = now["packetsReceived"] < before.get("packetsReceived", 0)
            for counter in COUNTERS:
                if counter in now:
                    grown = 0 if is_anew else now[counter] - before.get(counter, 0)
                    sums[counter] = sums.get(counter, 0) + (grown if counter in SIGNED else max(0, grown))
            self.streams[name] = dict(now)
        for counter in COUNTERS:
            if all(counter in now for now in streams.values()):
                made[counter] = sums[counter]
        for gauge in GAUGES:
            if told := [now[gauge] for now in moving if gauge in now]:
                made[gauge] = WORST[gauge](told)
        return made


def _stream(reports: Reports, report: Mapping[str, Any]) -> dict[str, int | float]:
    """A stream's numbers; what older browsers tell of its track stands in a report of its own."""
    track = reports.get(str(report.get("trackId")), {})
    return counted(track) | counted(report)
