"""Dumps of chrome://webrtc-internals: the connections of one browser, each with its log and its statistics.

``{"getUserMedia": […], "PeerConnections": {"<tab>-<n>": {"updateLog": […], "stats": {…}}}}``; see
``internals_series``. Connections of one tab that follow within a minute are one participation. Addresses,
candidates, device labels, pages and user agents are read past.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.formats.browser_calls import MOST_CONNECTIONS, Call
from pipeline.formats.call_rows import Dump, typed_calls
from pipeline.formats.decode import not_text
from pipeline.formats.internals_series import KEPT_VALUES, Statistics
from pipeline.formats.json_stream import JsonStream, StreamError
from pipeline.formats.result import Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.rtcstats_lines import fields, time_ms
from pipeline.text import Problem
from pipeline.webrtc.reports import Reports

MOST_STEPS = 20_000
# What comes later than this after a tab's last connection is another call.
SAME_CALL_MS = 60_000
STATES = {
    "onconnectionstatechange": False,
    "connectionstatechange": False,
    "oniceconnectionstatechange": True,
    "iceconnectionstatechange": True,
}
ENDS = frozenset({"close", "stop"})


@dataclass(frozen=True)
class _Step:
    """Something that a tab's call is told: a state of a connection, its statistics, or a device."""

    at_ms: int
    connection: str = ""
    state: str | None = None
    is_ice: bool = False
    reports: Reports | None = None
    asked: dict[str, Any] | None = None
    error: object = None


@dataclass(slots=True)
class _Told:
    """What has been read of a dump."""

    steps: dict[str, list[_Step]] = field(default_factory=dict[str, list[_Step]])
    connections: int = 0
    left_out: int = 0
    untimed: int = 0
    legacy: int = 0
    truncated: int = 0
    unplaced: int = 0
    is_dump: bool = False

    def step(self, tab: str, one: _Step) -> None:
        steps = self.steps.setdefault(tab, [])
        if len(steps) < MOST_STEPS:
            steps.append(one)
        else:
            self.left_out += 1


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every dump of a delivery; each tab of each is one participation."""
    return joined(_read(file, reading) for file in files)


def _read(source: Source, reading: Reading) -> Read:
    if not source.path.is_file():
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    if wrong := not_text(source):
        return Read(problems=(wrong,))
    told, is_torn = _Told(), False
    with source.path.open("rb") as file:
        try:
            _document(JsonStream(file), told)
        except StreamError:
            is_torn = True
    if not told.is_dump:
        return unreadable(source, "not_webrtc_internals", *_NO_DUMP)
    calls = [_call(steps) for tab in told.steps.values() for steps in _split(tab)]
    made = typed_calls(source, Dump.of("webrtc_internals", source), calls, reading)
    return replace(made, problems=(*_problems(source, told, is_torn=is_torn), *made.problems))


def _document(stream: JsonStream, told: _Told) -> None:
    for name in stream.members():
        if name == "PeerConnections":
            told.is_dump = True
            for connection in stream.members():
                _connection(stream, connection, told)
        elif name == "getUserMedia":
            asked: dict[object, dict[str, Any]] = {}
            for _ in stream.items():
                _devices(dict(fields(stream.value())), asked, told)
        else:
            stream.value()


def _connection(stream: JsonStream, name: str, told: _Told) -> None:
    told.connections += 1
    if told.connections > MOST_CONNECTIONS:
        stream.value()
        told.left_out += 1
        return
    tab = name.partition("-")[0]
    statistics = Statistics()
    try:
        for part in stream.members():
            if part == "updateLog":
                for _ in stream.items():
                    _log(dict(fields(stream.value())), tab, name, told)
            elif part == "stats":
                for series in stream.members():
                    statistics.add(series, stream.value())
            else:
                stream.value()
    finally:  # of a file that is cut off, what stands before the cut
        for at_ms, reports in statistics.polls():
            told.step(tab, _Step(at_ms, name, reports=reports))
        told.legacy += statistics.legacy
        told.left_out += statistics.left_out
        told.truncated += statistics.truncated > 0
        told.unplaced += statistics.unplaced


def _log(said: dict[str, Any], tab: str, name: str, told: _Told) -> None:
    kind = str(said.get("type")).lower()
    if kind not in STATES and kind not in ENDS:
        return
    at_ms = time_ms(said.get("timestamp")) or time_ms(said.get("time"))
    if at_ms is None:
        told.untimed += 1
        return
    state = "closed" if kind in ENDS else _word(said.get("value"))
    told.step(tab, _Step(at_ms, name, state=state, is_ice=STATES.get(kind, False)))


def _devices(said: dict[str, Any], asked: dict[object, dict[str, Any]], told: _Told) -> None:
    """An asking, and later under the same number what came of it."""
    if said.get("request_type", "getUserMedia") != "getUserMedia":
        return
    number = str((said.get("rid"), said.get("request_id")))
    is_answer = any(name in said for name in ("error", "stream_id", "audio_track_info", "video_track_info"))
    if not is_answer:
        # An empty constraint is asked for, too.
        asked[number] = {kind: said.get(kind) not in (None, False) for kind in ("audio", "video")}
        return
    at_ms = time_ms(said.get("timestamp"))
    if at_ms is None or number not in asked:
        told.untimed += 1
        return
    error = str(said.get("error")) if "error" in said else None
    told.step(str(said.get("rid")), _Step(at_ms, asked=asked[number], error=error))


def _word(said: object) -> str:
    """A state; newer browsers write it as JSON in a string."""
    text = said if isinstance(said, str) else ""
    try:
        word = json.loads(text) if text.startswith('"') else text
    except ValueError:
        return ""
    return str(word)


def _split(steps: Sequence[_Step]) -> list[list[_Step]]:
    """A tab's steps by call: connections that overlap, or follow within a minute, are one.

    A device that was asked for belongs to the call that comes next, else to the last.
    """
    spans: dict[str, tuple[int, int]] = {}
    for step in steps:
        first, last = spans.get(step.connection, (step.at_ms, step.at_ms))
        spans[step.connection] = min(first, step.at_ms), max(last, step.at_ms)
    spans.pop("", None)
    calls: list[tuple[int, set[str]]] = []
    for name, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
        if calls and first - calls[-1][0] <= SAME_CALL_MS:
            calls[-1] = max(last, calls[-1][0]), calls[-1][1] | {name}
        else:
            calls.append((last, {name}))
    if not calls:
        return [list(steps)]
    found: list[list[_Step]] = [[] for _ in calls]
    for step in steps:
        place = next(
            (
                place
                for place, (last, names) in enumerate(calls)
                if step.connection in names or (not step.connection and step.at_ms <= last)
            ),
            len(calls) - 1,
        )
        found[place].append(step)
    return found


def _call(steps: Sequence[_Step]) -> Call:
    call = Call()
    for step in sorted(steps, key=lambda one: one.at_ms):
        call.seen(step.at_ms)
        if step.state is not None:
            call.state(step.connection, step.at_ms, step.state, is_ice=step.is_ice)
        elif step.reports is not None:
            call.report(step.connection, step.at_ms, step.reports)
        elif step.asked is not None:
            call.asked_devices(step.asked)
            call.got_devices(step.at_ms, step.error)
    return call


_NO_DUMP = (
    "filen er ikke et dump fra chrome://webrtc-internals; forventet JSON i UTF-8 med »PeerConnections«",
    "the file is no dump of chrome://webrtc-internals; expected JSON in UTF-8 with 'PeerConnections'",
)


def _problems(source: Source, told: _Told, *, is_torn: bool) -> list[Problem]:
    said = {
        "torn_file": (
            is_torn,
            "filen er afbrudt eller beskadiget; det, der står før bruddet, er brugt",
            "the file is cut off or damaged; what stands before the break is used",
        ),
        "stats_truncated": (
            told.truncated,
            f"begyndelsen af {told.truncated} forbindelser mangler: kun de sidste {KEPT_VALUES} målinger gemmes",
            f"the beginning of {told.truncated} connections is missing: only the last {KEPT_VALUES} samples are kept",
        ),
        "legacy_statistics": (
            told.legacy,
            f"{told.legacy} serier er i Chromes gamle form (goog…), som ikke læses",
            f"{told.legacy} series are in Chrome's old form (goog…), which is not read",
        ),
        "no_time": (
            told.untimed,
            f"{told.untimed} hændelser uden brugbart tidspunkt er ikke brugt",
            f"{told.untimed} events without a usable time are not used",
        ),
        "unplaced_series": (
            told.unplaced,
            f"{told.unplaced} serier har ophold, så deres tider ikke kendes; de er ikke brugt",
            f"{told.unplaced} series have gaps, so that their times are not known; they are not used",
        ),
        "too_much": (
            told.left_out,
            f"filen er for stor; {told.left_out} serier eller hændelser er ikke brugt",
            f"the file holds too much; {told.left_out} series or events are not used",
        ),
    }
    return [problem(source, None, None, rule, da, en) for rule, (count, da, en) in said.items() if count]
