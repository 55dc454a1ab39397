"""What became of one peer connection and its streams, as jitsi's server computes it from an rtcstats dump.

Source: github.com/jitsi/rtcstats-server (MIT), ``QualityStatsCollector`` and ``StatsAggregator``, and their
expected results; the names here are theirs with underscores. The statistics are those of Chrome and Safari
("standard"). What is theirs and looks odd: a stream ends with the last report, though it may be gone by then,
since the compression does not tell; the mean round trip leaves out those of zero; a stream has one figure for
concealment whichever way it goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pipeline.formats.rtcstats_lines import Entry, Inflater, fields, is_direct
from pipeline.formats.rtcstats_tracks import Series, Track, lost_pct, rounded, whole
from pipeline.webrtc.reports import Reports, media_kind, number, selected_pair

CREATE_FAILURES = frozenset({"createAnswerOnFailure", "createOfferOnFailure"})
SET_FAILURES = frozenset({"setLocalDescriptionOnFailure", "setRemoteDescriptionOnFailure"})


@dataclass(frozen=True)
class Picture:
    """Means over the reports: height in lines, frames per second."""

    mean_frame_height: float
    mean_frames_per_second: float


@dataclass(frozen=True)
class Path:
    """The pair of candidates that the media took last; None when none was chosen."""

    is_using_relay: bool
    local_candidate_type: str
    local_protocol: str
    remote_candidate_type: str
    remote_protocol: str


@dataclass(frozen=True)
class Connection:
    """One peer connection. Times are milliseconds since 1970, 0 for never; ``mean_rtt`` is in seconds.

    ``is_p2p`` and ``uses_relay`` are None when the dump does not tell.
    """

    is_p2p: bool | None
    uses_relay: bool | None
    path: Path | None
    connection_failed: bool
    ice_reconnects: int
    last_ice_disconnect: int
    last_ice_failure: int
    pc_session_duration_ms: int
    dtls_errors: int
    dtls_failure: int
    sdp_create_failure: int
    sdp_set_failure: int
    mean_rtt: float
    lowest_picture: Picture | None
    highest_picture: Picture | None
    receiver_tracks: tuple[Track, ...]
    sender_tracks: tuple[Track, ...]
    total_packets_received: int
    total_received_packets_lost: int
    received_packets_lost_pct: float
    total_packets_sent: int
    total_sent_packets_lost: int
    sent_packets_lost_pct: float


@dataclass(slots=True)
class Collected:
    """One connection while its dump is read: ``take`` its entries in their order, then ``connection``."""

    inflater: Inflater = field(default_factory=Inflater)
    states: list[object] = field(default_factory=list[object])
    is_p2p: bool | None = None
    path: Path | None = None
    started: int = 0
    ended: int = 0
    last_ice: dict[object, int] = field(default_factory=dict[object, int])
    failures: dict[str, int] = field(default_factory=dict[str, int])
    round_trips: list[float] = field(default_factory=list[float])
    pictures: list[tuple[tuple[float, float], tuple[float, float]]] = field(
        default_factory=list[tuple[tuple[float, float], tuple[float, float]]]
    )
    series: dict[int, Series] = field(default_factory=dict[int, Series])

    def fail(self, what: str) -> None:
        self.failures[what] = self.failures.get(what, 0) + 1

    def take(self, entry: Entry) -> None:
        kind, value, at = entry.kind, entry.value, entry.at_ms or 0
        if kind == "onconnectionstatechange":
            if value in ("connected", "completed") and not self.started:
                self.started = at
            self.states.append(value)
        elif kind == "oniceconnectionstatechange" and isinstance(value, str):
            self.last_ice[value] = at
        elif kind == "constraints":
            told = is_direct(value)
            self.is_p2p = self.is_p2p if told is None else told
        elif kind in CREATE_FAILURES:
            self.fail("create")
        elif kind in SET_FAILURES:
            self.fail("set")
        elif kind == "ondtlserror":
            self.fail("dtls_error")
        elif kind == "ondtlsstatechange" and value == "failed":
            self.fail("dtls")
        elif kind == "getstats":
            self.measure(self.inflater.add(fields(value)), at)
        if self.started:
            self.ended = at

    def measure(self, reports: Reports, at: int) -> None:
        seen: list[tuple[float, float]] = []
        for report in reports.values():
            if report.get("type") == "transport" and report.get("selectedCandidatePairId"):
                pair = selected_pair(reports, report)
                self.path = _path(reports, pair)
                if round_trip := number(pair.get("currentRoundTripTime")):
                    self.round_trips.append(round_trip)
            elif report.get("type") == "inbound-rtp" and media_kind(report) == "video":
                seen.append(
                    (number(report.get("frameHeight")) or 0, number(report.get("framesPerSecond")) or 0)
                )
            self.count(reports, report, at)
        if shown := [one for one in seen if one[0] > 0]:
            self.pictures.append((min(shown), max(shown)))

    def count(self, reports: Reports, report: Mapping[str, Any], at: int) -> None:
        sent, received = whole(report.get("packetsSent")), whole(report.get("packetsReceived"))
        ssrc = whole(report.get("ssrc"))
        if not ssrc:
            return
        remote = reports.get(str(report.get("remoteId")))
        if report.get("type") == "outbound-rtp" and remote is not None:
            self.stream(report, ssrc, at).sent.append((sent, whole(remote.get("packetsLost"))))
        elif sent and not received:
            self.stream(report, ssrc, at).sent.append((sent, whole(report.get("packetsLost"))))
        if received and not sent:
            self.stream(report, ssrc, at).received.append((received, whole(report.get("packetsLost"))))
        concealed, samples = (
            whole(report.get(name)) for name in ("concealedSamples", "totalSamplesReceived")
        )
        if concealed and samples:
            self.stream(report, ssrc, at).concealed = (concealed, samples)

    def stream(self, report: Mapping[str, Any], ssrc: int, at: int) -> Series:
        made = self.series.setdefault(ssrc, Series(ssrc, at, at))
        made.ended = max(made.started, at)
        made.media_type = media_kind(report) or made.media_type
        return made

    def connection(self) -> Connection:
        """The streams stand in the order of their ssrc."""
        streams = [self.series[ssrc] for ssrc in sorted(self.series)]
        received = tuple(one.track(one.received) for one in streams if one.received)
        sent = tuple(one.track(one.sent) for one in streams if one.sent)
        packets_in, lost_in = sum(one.packets for one in received), sum(one.packets_lost for one in received)
        packets_out, lost_out = sum(one.packets for one in sent), sum(one.packets_lost for one in sent)
        return Connection(
            is_p2p=self.is_p2p,
            uses_relay=self.path.is_using_relay if self.path else None,
            path=self.path,
            connection_failed="failed" in self.states,
            ice_reconnects=max(0, self.states.count("connected") - 1),
            last_ice_disconnect=self.last_ice.get("disconnected", 0),
            last_ice_failure=self.last_ice.get("failed", 0),
            pc_session_duration_ms=max(0, self.ended - self.started),
            dtls_errors=self.failures.get("dtls_error", 0),
            dtls_failure=self.failures.get("dtls", 0),
            sdp_create_failure=self.failures.get("create", 0),
            sdp_set_failure=self.failures.get("set", 0),
            mean_rtt=rounded(fmean(self.round_trips)) if self.round_trips else 0,
            lowest_picture=_picture([low for low, _ in self.pictures]),
            highest_picture=_picture([high for _, high in self.pictures]),
            receiver_tracks=received,
            sender_tracks=sent,
            total_packets_received=packets_in,
            total_received_packets_lost=lost_in,
            received_packets_lost_pct=lost_pct(lost_in, packets_in),
            total_packets_sent=packets_out,
            total_sent_packets_lost=lost_out,
            sent_packets_lost_pct=lost_pct(lost_out, packets_out),
        )


def _path(reports: Reports, pair: Mapping[str, Any]) -> Path:
    near, far = (reports.get(str(pair.get(f"{end}CandidateId")), {}) for end in ("local", "remote"))
    (near_type, near_protocol), (far_type, far_protocol) = _candidate(near), _candidate(far)
    return Path("relay" in (near_type, far_type), near_type, near_protocol, far_type, far_protocol)


def _candidate(report: Mapping[str, Any]) -> tuple[str, str]:
    kind = str(report.get("candidateType") or "")
    return kind, str(report.get("relayProtocol" if kind == "relay" else "protocol") or "")


def _picture(seen: Sequence[tuple[float, float]]) -> Picture | None:
    if not seen:
        return None
    return Picture(*(rounded(fmean(one[place] for one in seen)) for place in (0, 1)))
