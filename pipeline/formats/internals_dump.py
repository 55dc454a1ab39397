"""A chrome://webrtc-internals dump as steps: a connection's state or statistics, or a device, and its time.

``{"getUserMedia": […], "PeerConnections": {"<tab>-<n>": {"updateLog": […], "stats": {…}}}}``; see
``internals_series``. Addresses, candidates, device labels, pages and user agents are read past.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.formats.browser_calls import MOST_CONNECTIONS
from pipeline.formats.internals_series import Statistics
from pipeline.formats.json_stream import JsonStream
from pipeline.formats.rtcstats_lines import fields, time_ms
from pipeline.webrtc.reports import Reports

MOST_STEPS = 60_000  # fifty connections of a thousand samples, and their states
STATES = {
    "onconnectionstatechange": False,
    "connectionstatechange": False,
    "oniceconnectionstatechange": True,
    "iceconnectionstatechange": True,
}
ENDS = frozenset({"close", "stop"})


@dataclass(frozen=True)
class Step:
    """Something that a tab's call is told: a state of a connection, its statistics, or a device."""

    at_ms: int
    connection: str = ""
    state: str | None = None
    is_ice: bool = False
    reports: Reports | None = None
    asked: dict[str, Any] | None = None
    error: object = None


@dataclass(slots=True)
class Told:
    """What has been read of a dump."""

    steps: dict[str, list[Step]] = field(default_factory=dict[str, list[Step]])
    count: int = 0
    connections: int = 0
    left_out: int = 0
    untimed: int = 0
    legacy: int = 0
    truncated: int = 0
    unplaced: int = 0
    is_dump: bool = False

    def step(self, tab: str, one: Step) -> None:
        self.count += 1
        if self.count <= MOST_STEPS:
            self.steps.setdefault(tab, []).append(one)
        else:
            self.left_out += 1


def read_document(stream: JsonStream, told: Told) -> None:
    """Read the whole document into ``told``. Raises StreamError where it breaks; what came before is told."""
    for name in stream.members():
        if name == "PeerConnections":
            told.is_dump = True
            for connection in stream.members():
                _connection(stream, connection, told)
        elif name == "getUserMedia":
            asked: dict[str, dict[str, Any]] = {}
            for _ in stream.items():
                _devices(fields(stream.value()), asked, told)
        else:
            stream.skip()


def _connection(stream: JsonStream, name: str, told: Told) -> None:
    told.connections += 1
    if told.connections > MOST_CONNECTIONS:
        stream.skip()
        told.left_out += 1
        return
    tab = name.partition("-")[0]
    statistics = Statistics()
    try:
        for part in stream.members():
            if part == "updateLog":
                for _ in stream.items():
                    _log(fields(stream.value()), tab, name, told)
            elif part == "stats":
                for series in stream.members():
                    statistics.add(series, stream.value())
            else:
                stream.skip()
    finally:  # of a file that is cut off, what stands before the cut
        for at_ms, reports in statistics.polls():
            told.step(tab, Step(at_ms, name, reports=reports))
        told.legacy += statistics.legacy
        told.left_out += statistics.left_out
        told.truncated += statistics.truncated > 0
        told.unplaced += statistics.unplaced


def _log(said: Mapping[str, Any], tab: str, name: str, told: Told) -> None:
    kind = str(said.get("type")).lower()
    if kind not in STATES and kind not in ENDS:
        return
    at_ms = time_ms(said.get("timestamp")) or time_ms(said.get("time"))
    if at_ms is None:
        told.untimed += 1
        return
    state = "closed" if kind in ENDS else _word(said.get("value"))
    told.step(tab, Step(at_ms, name, state=state, is_ice=STATES.get(kind, False)))


def _devices(said: Mapping[str, Any], asked: dict[str, dict[str, Any]], told: Told) -> None:
    """An asking, and later under the same number what came of it."""
    if said.get("request_type", "getUserMedia") != "getUserMedia":
        return
    number = str((said.get("rid"), said.get("pid"), said.get("request_id")))
    is_answer = any(name in said for name in ("error", "stream_id", "audio_track_info", "video_track_info"))
    if not is_answer and len(asked) < MOST_STEPS:
        # An empty constraint is asked for, too.
        asked[number] = {kind: said.get(kind) not in (None, False) for kind in ("audio", "video")}
        return
    at_ms = time_ms(said.get("timestamp"))
    if at_ms is None or number not in asked:
        told.untimed += 1
        return
    error = str(said.get("error")) if "error" in said else None
    # A tab is named by its rid; before that it was by the process.
    tab = said.get("rid", said.get("pid"))
    told.step(str(tab), Step(at_ms, asked=asked[number], error=error))


def _word(said: object) -> str:
    """A state; newer browsers write it as JSON in a string."""
    text = said if isinstance(said, str) else ""
    try:
        word = json.loads(text) if text.startswith('"') else text
    except ValueError:
        return ""
    return str(word)
