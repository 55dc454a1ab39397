"""The statistics of a chrome://webrtc-internals dump: one series a counter, put together to whole reports.

``"<id>-<counter>": {"startTime", "endTime", "statsType", "values": "[…]"}``, with ``values`` as JSON in a
string. Chrome samples once a second and keeps the last 1000 values of a series; ``startTime`` stays that of
the first. Ids have had several forms (``RTCInboundRTPVideoStream_1``, ``IT01V1``): what a series is of is
told by its ``statsType`` alone.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from pipeline.formats.rtcstats_lines import fields, time_ms
from pipeline.webrtc.reports import WANTED, Reports

KEPT_VALUES = 1000
SAMPLE_MS = 1000
# One poll's reports bear the same time to some milliseconds.
SAME_POLL_MS = 250
MOST_SERIES = 5_000
MOST_VALUES_CHARS = 128 * 1024
MOST_CHARS = 16 * 1024 * 1024  # of one connection; a thousand values of a counter have some ten thousand


@dataclass(frozen=True)
class Series:
    """One counter's values; the last stands at ``end_ms``. ``start_ms`` is when the series began."""

    start_ms: int
    end_ms: int
    text: str

    def values(self) -> list[object]:
        """The values, empty when they are none."""
        try:
            said = json.loads(self.text, parse_constant=_nothing)
        except (ValueError, RecursionError):
            return []
        return cast("list[object]", said)[-KEPT_VALUES:] if isinstance(said, list) else []


@dataclass(slots=True)
class Statistics:
    """One connection's series as they are read; ``polls`` gives the reports that they were made of."""

    legacy: int = 0
    left_out: int = 0
    truncated: int = 0
    unplaced: int = 0
    _kinds: dict[str, str] = field(default_factory=dict[str, str])
    _series: dict[str, dict[str, Series]] = field(default_factory=dict[str, dict[str, Series]])
    _count: int = 0
    _chars: int = 0

    def add(self, name: str, said: object) -> None:
        """Keep a series that something is made of."""
        id_, _, counter = name.rpartition("-")
        told = fields(said)
        kind, text = told.get("statsType"), told.get("values")
        if kind == "ssrc":
            self.legacy += 1
        if not isinstance(kind, str) or counter not in WANTED.get(kind, frozenset()) | {"timestamp"}:
            return
        start, end = _iso_ms(told.get("startTime")), _iso_ms(told.get("endTime"))
        if kind not in WANTED or start is None or end is None or not isinstance(text, str):
            return
        is_much = self._count >= MOST_SERIES or self._chars + len(text) > MOST_CHARS
        if is_much or len(text) > MOST_VALUES_CHARS:
            self.left_out += 1
            return
        self._count += 1
        self._chars += len(text)
        self._kinds[id_] = kind
        self._series.setdefault(id_, {})[counter] = Series(start, end, text)

    def polls(self) -> Iterator[tuple[int, Reports]]:
        """Every poll's time and reports, in the order of time."""
        moments: dict[int, dict[str, dict[str, Any]]] = {}
        for id_ in self._needed():
            series = self._series[id_]
            times = [at for said in _values(series, "timestamp") if (at := time_ms(said)) is not None]
            for counter, one in series.items():
                if counter == "timestamp":
                    continue
                for at, value in self._placed(one, times):
                    report = moments.setdefault(at, {}).setdefault(id_, {"type": self._kinds[id_]})
                    report[counter] = value
        poll: dict[str, dict[str, Any]] = {}
        begun: int | None = None
        for at in sorted(moments):
            if begun is not None and at - begun > SAME_POLL_MS:
                yield begun, poll
                poll, begun = {}, None
            begun = at if begun is None else begun
            for id_, report in moments[at].items():
                poll.setdefault(id_, {}).update(report)
        if begun is not None:
            yield begun, poll

    def _needed(self) -> list[str]:
        """Every id but those of paths that were never taken: a call may try hundreds."""
        of_kind = {kind: [id_ for id_, said in self._kinds.items() if said == kind] for kind in WANTED}
        pairs = of_kind["candidate-pair"]
        chosen = {
            str(value)
            for id_ in of_kind["transport"]
            for value in _values(self._series[id_], "selectedCandidatePairId")
        }
        pairs = [id_ for id_ in pairs if id_ in chosen] if chosen else pairs[:50]
        local = {str(value) for id_ in pairs for value in _values(self._series[id_], "localCandidateId")}
        media = [
            id_ for kind in ("inbound-rtp", "track", "outbound-rtp", "transport") for id_ in of_kind[kind]
        ]
        return [*media, *pairs, *(id_ for id_ in of_kind["local-candidate"] if id_ in local)]

    def _placed(self, one: Series, times: Sequence[int]) -> list[tuple[int, object]]:
        """The series' values with their times: those of the report, else one a second up to the last."""
        values = one.values()
        is_full = len(values) >= KEPT_VALUES
        self.truncated += is_full
        if not values:
            return []
        if not times:
            spacing = (one.end_ms - one.start_ms) / max(1, len(values) - 1)
            spacing = SAMPLE_MS if is_full or spacing <= 0 else spacing
            return [
                (one.end_ms - round(spacing * back), value)
                for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True)
            ]
        last = min(bisect_left(times, one.end_ms - SAME_POLL_MS), len(times) - 1)
        first = last - len(values) + 1
        # A counter that came and went has values whose times are not known.
        if not is_full and (first < 0 or abs(times[first] - one.start_ms) > SAMPLE_MS):
            self.unplaced += 1
            return []
        return list(zip(times[max(0, first) : last + 1], values[max(0, -first) :], strict=True))


def _values(series: Mapping[str, Series], counter: str) -> list[object]:
    one = series.get(counter)
    return one.values() if one else []


def _iso_ms(said: object) -> int | None:
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return time_ms(at.timestamp() * 1000) if at is not None and at.tzinfo is not None else None


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON and no count: nothing was measured."""
