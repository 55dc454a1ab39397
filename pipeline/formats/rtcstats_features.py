"""The features of an rtcstats dump as a whole, as jitsi's server counts them; see ``rtcstats_connections``.

Nothing that points to a person is computed: no address, port, device, browser, room or face. What is theirs
and looks odd: bytes are two for every UTF-16 unit of a line, and some entries are counted nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.formats.rtcstats_connections import CREATE_FAILURES, SET_FAILURES, Collected, Connection
from pipeline.formats.rtcstats_lines import Entry, fields
from pipeline.formats.rtcstats_tracks import whole

SORTS = {
    "getstats": "stats",
    "createAnswerOnSuccess": "sdp",
    "createOfferOnSuccess": "sdp",
    "setLocalDescription": "sdp",
    "setRemoteDescription": "sdp",
    "dominantSpeaker": "ds",
    "faceLandmarks": "sentiment",
}
# Entries that their server counts nowhere.
UNCOUNTED = frozenset(
    {
        "identity", "conferenceStartTimestamp", "connectionInfo", "constraints", "create", "e2eRtt",
        "onconnectionstatechange", "oniceconnectionstatechange", "ondtlserror", "ondtlsstatechange",
        "setVideoType",
    }
) | CREATE_FAILURES | SET_FAILURES  # fmt: skip


@dataclass(frozen=True)
class Volume:
    """How many entries of a sort there are, and their bytes in the memory of jitsi's server."""

    count: int = 0
    bytes: int = 0

    def more(self, size: int) -> "Volume":
        return Volume(self.count + 1, self.bytes + size)


@dataclass(frozen=True)
class Features:
    """A dump as a whole; times are milliseconds since 1970, 0 when the dump does not tell."""

    conference_start_time: int
    session_start_time: int
    session_end_time: int
    conference_duration_ms: int
    session_duration_ms: int
    dominant_speaker_changes: int
    speaker_time_ms: int
    volumes: Mapping[str, Volume]
    connections: Mapping[str, Connection]


def features(entries: Iterable[Entry]) -> Features:
    """Fold a dump's entries. Times are the body's, never those of ``connectionInfo`` and ``identity``."""
    connections: dict[str, Collected] = {}
    volumes: dict[str, Volume] = {}
    started = ended = conference = 0
    own: object = None
    speakers: dict[object, tuple[int, int]] = {}
    speaking: tuple[object, int] | None = None
    for entry in entries:
        at = entry.at_ms or 0
        sort = _sort(entry.kind)
        if sort:
            volumes[sort] = volumes.get(sort, Volume()).more(2 * entry.chars)
        if entry.kind not in ("connectionInfo", "identity"):
            started, ended = started or at, max(ended, at)
        if entry.kind == "identity":
            own = own or fields(entry.value).get("endpointId")
        elif entry.kind == "conferenceStartTimestamp":
            conference = whole(entry.value) or conference
        elif entry.kind == "dominantSpeaker":
            if speaking is not None:
                _spoke(speakers, speaking[0], 0, at - speaking[1])
            who = fields(entry.value).get("dominantSpeakerEndpoint")
            who = who if isinstance(who, str) else None
            _spoke(speakers, who, 1, 0)
            speaking = (who, at) if who is not None else None
        if entry.connection is not None:
            connections.setdefault(entry.connection, Collected()).take(entry)
    if speaking is not None:
        _spoke(speakers, speaking[0], 0, ended - speaking[1])
    changes, spoken = speakers.get(own, (0, 0)) if isinstance(own, str) else (0, 0)
    return Features(
        conference_start_time=conference,
        session_start_time=started,
        session_end_time=ended,
        conference_duration_ms=max(0, ended - conference) if conference else 0,
        session_duration_ms=max(0, ended - started),
        dominant_speaker_changes=changes,
        speaker_time_ms=spoken,
        volumes=volumes,
        connections={name: one.connection() for name, one in connections.items()},
    )


def _sort(kind: str) -> str | None:
    return None if kind in UNCOUNTED else SORTS.get(kind, "other")


def _spoke(speakers: dict[object, tuple[int, int]], who: object, turns: int, time_ms: int) -> None:
    changes, spoken = speakers.get(who, (0, 0))
    speakers[who] = (changes + turns, spoken + time_ms)
