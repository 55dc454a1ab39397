"""The lines of an rtcstats dump: ``[type, connection, value, timestamp]``, one entry a line, read one by one.

The statistics (``getstats``) are delta-compressed, see ``Inflater``. Shape and compression as in
https://github.com/jitsi/rtcstats-server and https://github.com/rtcstats/rtcstats.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pipeline.formats.result import Source
from pipeline.webrtc.reports import Reports

MAX_LINE_BYTES = 4 * 1024 * 1024  # the first report of a large conference has some 300 kB
MOST_REPORTS = 5_000  # of one connection; each party of a conference has some five
MOST_TEXT = 1_000
# 2010 and 2100: what lies outside is no time of a call.
FIRST_MS, LAST_MS = 1_262_304_000_000, 4_102_444_800_000


@dataclass(frozen=True)
class Entry:
    """One line. ``at_ms`` is None when the line has no time; ``chars`` counts the line's UTF-16 units."""

    line: int
    kind: str
    connection: str | None
    value: object
    at_ms: int | None
    chars: int


@dataclass(frozen=True)
class BadLine:
    """A line that is no entry, and the rule it breaks."""

    line: int
    rule: str


def read_entries(source: Source) -> Iterator[Entry | BadLine]:
    """Every line of the file; never more than one in memory, and of an endless one its beginning."""
    with source.path.open("rb") as file:
        number = 0
        while content := file.readline(MAX_LINE_BYTES):
            number += 1
            is_torn = not content.endswith(b"\n")
            is_long = is_torn and len(content) == MAX_LINE_BYTES
            while is_torn and (rest := file.readline(MAX_LINE_BYTES)):
                is_torn = not rest.endswith(b"\n")
            if number == 1:
                content = content.removeprefix(b"\xef\xbb\xbf")
            if not content.strip():
                continue
            if is_long:
                yield BadLine(number, "long_line")
                continue
            found = _entry(number, content)
            yield (
                BadLine(number, "torn_line")
                if found is None and is_torn
                else found or BadLine(number, "bad_entry")
            )


def _entry(number: int, content: bytes) -> Entry | None:
    try:
        text = content.decode("utf-8").rstrip("\r\n")
        said = json.loads(text, parse_constant=_nothing)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, list):
        return None
    cells = cast("list[object]", said)
    if len(cells) < 4 or not isinstance(cells[0], str) or not isinstance(cells[1], str | None):
        return None
    chars = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    return Entry(number, cells[0], cells[1] or None, cells[2], time_ms(cells[3]), chars)


def time_ms(said: object) -> int | None:
    """A time in milliseconds since 1970, when it is one."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not FIRST_MS <= said <= LAST_MS:
        return None
    return int(said)


def fields(value: object) -> Mapping[str, Any]:
    """``value`` when it is an object; else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def is_direct(constraints: object) -> bool | None:
    """Whether a connection goes straight to the other party, by Jitsi's own constraint; None when untold."""
    optional = fields(constraints).get("optional")
    told = (
        [fields(one).get("rtcStatsSFUP2P") for one in cast("list[object]", optional)]
        if isinstance(optional, list)
        else []
    )
    return next((one for one in reversed(told) if isinstance(one, bool)), None)


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON and no count: nothing was measured."""


@dataclass(slots=True)
class Inflater:
    """One connection's statistics, made whole again.

    The first report is whole. A later one leaves out every key that has not changed, ``type`` too; a
    ``timestamp`` of 0 stands for the time of the report. What is named no more keeps its last values. With
    ``wanted`` (type of report, its keys) nothing else is kept.
    """

    wanted: Mapping[str, frozenset[str]] | None = None
    reports: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def add(self, delta: Mapping[str, Any]) -> Reports:
        """Every report as it stood at this time; the same objects at every call, changed in place."""
        taken_at = delta.get("timestamp")
        for name, said in delta.items():
            if not isinstance(said, dict):
                continue
            changed = cast("dict[str, Any]", said)
            report = self.reports.get(name)
            if report is None:
                if len(self.reports) >= MOST_REPORTS or not self._is_wanted(changed):
                    continue
                report = self.reports[name] = {}
            report.update(changed if self.wanted is None else self._wanted(report, changed))
            if report.get("timestamp") == 0:
                report["timestamp"] = taken_at
        return self.reports

    def _is_wanted(self, first: Mapping[str, Any]) -> bool:
        kind = first.get("type")
        return self.wanted is None or (isinstance(kind, str) and kind in self.wanted)

    def _wanted(self, report: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        """What of a change is kept: short words and numbers, since a dump may say anything at any length."""
        kind = report.get("type") or changed.get("type")
        names = (self.wanted or {}).get(str(kind), frozenset[str]())
        return {
            name: value
            for name, value in changed.items()
            if name in names or name == "type"
            if isinstance(value, int | float) or (isinstance(value, str) and len(value) <= MOST_TEXT)
        }
