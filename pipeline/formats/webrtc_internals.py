"""Dumps of chrome://webrtc-internals: what one browser's connections were, see ``internals_dump``.

Connections of one tab that overlap, or follow within a minute, are one participation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.formats.browser_calls import Call
from pipeline.formats.call_rows import Dump, typed_calls
from pipeline.formats.decode import not_text
from pipeline.formats.internals_dump import Step, Told, read_document
from pipeline.formats.internals_series import KEPT_VALUES
from pipeline.formats.json_stream import JsonStream, StreamError
from pipeline.formats.result import Read, Reading, Source, gathered, problem, unreadable
from pipeline.text import Problem

# What comes later than this after a tab's last connection is another call.
SAME_CALL_MS = 60_000


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every dump of a delivery; each tab of each is one participation."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` dump by dump."""
    return (_read(file, reading) for file in files)


def _read(source: Source, reading: Reading) -> Read:
    if not source.path.is_file():
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    if wrong := not_text(source):
        return Read(problems=(wrong,))
    told, is_torn = Told(), False
    with source.path.open(encoding="utf-8-sig") as file:
        try:
            read_document(JsonStream(file.read), told)
        except StreamError:
            is_torn = True
    if not told.is_dump:
        return unreadable(source, "not_webrtc_internals", *_NO_DUMP)
    calls = [_call(steps) for tab in told.steps.values() for steps in _split(tab)]
    made = typed_calls(source, Dump.of("webrtc_internals", source), calls, reading)
    return replace(made, problems=(*_problems(source, told, is_torn=is_torn), *made.problems))


def _split(steps: Sequence[Step]) -> list[list[Step]]:
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
    found: list[list[Step]] = [[] for _ in calls]
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


def _call(steps: Sequence[Step]) -> Call:
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


def _problems(source: Source, told: Told, *, is_torn: bool) -> list[Problem]:
    said = {
        "torn_file": (
            is_torn,
            "filen er afbrudt eller beskadiget; det, der står før bruddet, er brugt",
            "the file is cut off or damaged; what stands before the break is used",
        ),
        "stats_truncated": (
            told.truncated,
            f"{told.truncated} forbindelser mangler begyndelsen: kun {KEPT_VALUES} målinger er gemt",
            f"{told.truncated} connections lack their beginning: only {KEPT_VALUES} samples are kept",
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
