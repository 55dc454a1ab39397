"""What one browser's dump tells of a call, as events of the session log: coming, going, and how good it was.

A participation is what a browser had open towards one meeting: several connections at once (directly and
through a server) are one stay, connected while any of them is. A dump does not tell who somebody is: the role
is unknown, and the actor is the dump itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.formats.rtcstats_lines import fields
from pipeline.webrtc.devices import device_state
from pipeline.webrtc.reports import Meter, Reports
from pipeline.webrtc.samples import KINDS
from pipeline.webrtc.windows import LONGEST_GAP_MS, WINDOW_MS, Windows

MOST_CONNECTIONS = 50
MOST_EVENTS = 50_000  # a day of sound and picture on two connections has 35,000
LOST = frozenset({"disconnected", "failed"})
ENDED = frozenset({"closed"})
# A connection with under a tenth of the packets of another at the same time does not carry the call.
RESTING_SHARE = 0.1
# A sample's time counts from the dump's first, with room for a clock that is set back.
ROOM_MS = 10**11


@dataclass(frozen=True)
class Happening:
    """One event: its type without the service's prefix, and its fields by column.

    ``connection`` and ``since_ms`` are a quality window's: whose counters they are, and from when. ``line``
    is where in the dump it stands.
    """

    kind: str
    at_ms: int
    cells: dict[str, object]
    connection: str | None = None
    since_ms: int = 0
    line: int = 1


@dataclass(slots=True)
class _Connection:
    state: str = ""
    has_state: bool = False
    begun_ms: int | None = None
    failed: str | None = None
    sampled_ms: int | None = None
    meter: Meter = field(default_factory=Meter)
    windows: Windows = field(default_factory=Windows)


@dataclass(slots=True)
class Call:
    """One participation. Say what happened in the order of the dump, then ``finish``.

    ``line`` is the dump's line that is being told. What was not used is counted: ``gaps`` between samples,
    windows of a ``resting`` connection, lines of connections ``left_out``, events ``dropped``.
    """

    line: int = 1
    happenings: list[Happening] = field(default_factory=list[Happening])
    gaps: int = 0
    resting: int = 0
    left_out: int = 0
    dropped: int = 0
    engines: dict[str, str] = field(default_factory=dict[str, str])
    _connections: dict[str, _Connection] = field(default_factory=dict[str, _Connection])
    _asked: tuple[str, ...] = ()
    _first_ms: int | None = None
    _last_ms: int = 0
    _joined: dict[str, object] | None = None
    _lost_ms: int | None = None
    _lost_as: str = ""

    def seen(self, at_ms: int) -> None:
        """The dump has something from this time."""
        self._first_ms = at_ms if self._first_ms is None else self._first_ms
        self._last_ms = at_ms

    def asked_devices(self, constraints: object) -> None:
        """Camera or microphone was asked for."""
        self._asked = tuple(kind for kind in KINDS if fields(constraints).get(kind))

    def got_devices(self, at_ms: int, error: object = None) -> None:
        """What came of the last asking: devices, or an error by its name in the browser."""
        said = "ok" if error is None else device_state(error)
        states: dict[str, object] = {kind: said if kind in self._asked else "not_asked" for kind in KINDS}
        self._say(Happening("device.checked", at_ms, states))

    def state(
        self, name: str, at_ms: int, word: object, *, is_ice: bool = False, is_inferred: bool = False
    ) -> None:
        """A connection's new state; ICE's own counts only where the browser does not tell the whole one."""
        one = self._connection(name)
        if one is None or not isinstance(word, str) or (is_ice and one.has_state):
            return
        one.has_state |= not is_ice
        if one.begun_ms is None:
            one.begun_ms = at_ms
        if word == "failed":
            one.failed = one.failed or "ice.failed"
        if word not in {"connected", "completed", *LOST, *ENDED}:
            return  # a connection that gathers anew is still there
        if word in ENDED:
            self._say(*self._rest(name))
        was = self.is_connected
        one.state = "connected" if word == "completed" else word
        if self.is_connected and not was:
            self._came(name, at_ms, is_inferred=is_inferred)
        elif was and not self.is_connected:
            self._lost_ms, self._lost_as = at_ms, word

    def encryption_failed(self, name: str) -> None:
        """The connection's DTLS failed."""
        if one := self._connection(name):
            one.failed = "dtls.failed"

    def begin(self, name: str) -> None:
        """A connection of this name is made; one that had the name is gone with its counters."""
        self._say(*self._rest(name))
        if old := self._connections.get(name):
            self._connections[name] = _Connection(failed=old.failed)

    def report(self, name: str, at_ms: int, reports: Reports) -> None:
        """A connection's whole statistics at this time."""
        one = self._connection(name)
        if one is None or self._first_ms is None:
            return
        if one.sampled_ms is not None and at_ms - one.sampled_ms > LONGEST_GAP_MS:
            self.gaps += 1
        one.sampled_ms = at_ms
        sample = one.meter.sample(reports, at_ms - self._first_ms + ROOM_MS)
        if not one.state and any(kind in sample for kind in KINDS):
            self.state(name, at_ms, "connected", is_ice=True, is_inferred=True)
        way = fields(sample.get("pair")).get("transport")
        if self._joined is not None and "transport" not in self._joined and way in ("udp", "tcp", "relay"):
            self._joined["transport"] = way
        self._say(*(_window(name, at_ms, cells) for cells in one.windows.add(sample)))

    def finish(self) -> list[Happening]:
        """Everything that happened, the end included; nothing when there was neither call nor device."""
        for name in self._connections:
            self._say(*self._rest(name))
        if self._joined is not None:
            self._gone()
        elif failed := [one for one in self._connections.values() if one.failed]:
            self._end(self._last_ms, {"reason": failed[0].failed, "is_inferred": True})
        return list(self._without_resting())

    def knows(self, name: str) -> bool:
        """Whether a connection is one of those that are followed; a file may name any number."""
        return self._connection(name) is not None

    @property
    def is_connected(self) -> bool:
        return any(one.state == "connected" for one in self._connections.values())

    def _connection(self, name: str) -> _Connection | None:
        if name not in self._connections and len(self._connections) >= MOST_CONNECTIONS:
            self.left_out += 1
            return None
        return self._connections.setdefault(name, _Connection())

    def _came(self, name: str, at_ms: int, *, is_inferred: bool) -> None:
        one = self._connections[name]
        if self._joined is None:
            self._joined = {"role": "unknown", "engine": self.engines.get(name), "is_inferred": is_inferred}
            if one.begun_ms is not None and not is_inferred:
                self._joined["connect_ms"] = max(0, at_ms - one.begun_ms)
            self._say(Happening("participant.connected", at_ms, self._joined))
        elif self._lost_ms is not None:
            self._say(Happening("participant.reconnecting", self._lost_ms, {}))
            self._say(Happening("participant.reconnected", at_ms, {}))
        self._lost_ms = None

    def _gone(self) -> None:
        at_ms = self._last_ms if self._lost_ms is None else self._lost_ms
        reason = "session.network_lost" if self._lost_ms is not None and self._lost_as in LOST else None
        is_closed = self._lost_ms is not None and self._lost_as in ENDED
        cells: dict[str, object] = {"reason": reason, "is_inferred": not is_closed}
        self._end(at_ms, cells)

    def _end(self, at_ms: int, cells: dict[str, object]) -> None:
        """The last event, which is kept whatever came before."""
        self.happenings.append(Happening("participant.left", at_ms, cells, line=self.line))

    def _say(self, *more: Happening) -> None:
        """Keep what happened, up to what a call may hold."""
        room = max(0, MOST_EVENTS - len(self.happenings))
        self.happenings += [replace(one, line=self.line) for one in more[:room]]
        self.dropped += len(more[room:])

    def _rest(self, name: str) -> list[Happening]:
        one = self._connections.get(name)
        if one is None or one.sampled_ms is None:
            return []
        return [_window(name, one.sampled_ms, cells) for cells in one.windows.rest()]

    def _without_resting(self) -> Iterator[Happening]:
        """All but the windows of a connection that rested while media came on another."""
        rates: dict[tuple[object, int], dict[str | None, float]] = {}
        for one in self.happenings:
            for slot in _slots(one):
                slot_rates = rates.setdefault((one.cells["media_kind"], slot), {})
                slot_rates[one.connection] = max(_rate(one), slot_rates.get(one.connection, 0))
        for one in self.happenings:
            others = [
                rate
                for slot in _slots(one)
                for name, rate in rates[one.cells["media_kind"], slot].items()
                if name != one.connection
            ]
            if others and _rate(one) < RESTING_SHARE * max(others):
                self.resting += 1
            else:
                yield one


def _window(connection: str, at_ms: int, cells: Mapping[str, Any]) -> Happening:
    return Happening("quality.window", at_ms, dict(cells), connection, at_ms - cells["window_ms"])


def _slots(one: Happening) -> range:
    """The stretches of ten seconds that a window touches; none for any other event."""
    is_window = one.connection is not None
    return range(one.since_ms // WINDOW_MS, one.at_ms // WINDOW_MS + 1) if is_window else range(0)


def _rate(one: Happening) -> float:
    """Packets a millisecond."""
    packets, span = one.cells.get("packets_received"), one.at_ms - one.since_ms
    return packets / span if isinstance(packets, int) and span > 0 else 0
