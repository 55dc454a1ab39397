"""Who is in which room of Janus, event by event: stays, meetings, and what each received."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pipeline.formats.heard import Heard
from pipeline.formats.numbers import DECIMALS
from pipeline.formats.platform_log import (
    CONNECTED,
    LEFT,
    RECONNECTED,
    RECONNECTING,
    WAITING,
    WINDOW,
    Event,
    Keyed,
    event,
    sequence,
)
from pipeline.text import Text

_Key = TypeVar("_Key", bound=Hashable)
_T = TypeVar("_T")

SYSTEM = "janus"
WINDOW_MS = 10_000  # what a quality window is: reports that come oftener are put together
MAX_WINDOW_MS = 600_000
MAX_MS = 1_000_000  # a jitter or a round trip of more is no measurement
SUBSCRIBING = ("plugin.subscribing", "plugin.subscribed")

MOST_TRACKS = 50_000  # whose last report is held, and of handles that subscribe
MOST_OPEN = 20_000  # stays at one time; more are a log whose ends are lost, and the first of them has none
COUNTED = {
    "lost_ends": Text(
        f"ophold er glemt uden afslutning, fordi over {MOST_OPEN} var åbne på én gang",
        f"stays are forgotten without an end, since more than {MOST_OPEN} were open at once",
    )
}

Handle = tuple[str, str, str]  # emitter, session, handle
Room = tuple[str, str]  # emitter, room
Measured = tuple[datetime, float, float]  # when, and what had been sent and lost by then


@dataclass(frozen=True, slots=True)
class Happened:
    """One event that matters; ``told`` and ``numbers`` are the texts and numbers that are used of it."""

    time: datetime
    word: str
    handle: Handle
    told: tuple[str, ...]
    numbers: Sequence[float | None]
    line: int


@dataclass(slots=True)
class Stay:
    """A participant in a room."""

    id: str
    room: Room
    private: str
    cells: dict[str, str | None]
    is_up: bool = False
    has_been_up: bool = False
    hangup: str | None = None


class Rooms:
    """Who is in which room, event by event."""

    def __init__(self, key: bytes, heard: Heard) -> None:
        self._keyed = Keyed(SYSTEM, key)
        self._heard = heard
        self._stays: dict[Handle, Stay] = {}
        self._sessions: dict[tuple[str, str], set[Handle]] = {}  # emitter, session
        self._owners: dict[Handle, Handle] = {}  # a handle that subscribes, and its participant's
        self._private: dict[tuple[str, str], Handle] = {}
        self._present: dict[Room, set[Handle]] = {}
        self._meetings: dict[Room, str] = {}
        self._last: dict[tuple[Handle, str], Measured] = {}  # a track's last window

    def events(self, happened: Iterable[Happened]) -> Iterator[Event]:
        for item in happened:
            if item.word in SUBSCRIBING:
                owner = self._private.get((item.handle[0], item.told[2]))
                if owner is not None and item.told[2]:
                    _put(self._owners, item.handle, owner)
                continue
            kind = self._heard.code("event", item.word)
            if kind == WAITING:
                yield from self._joined(item)
            elif kind == CONNECTED:
                yield from self._up(item)
            elif kind == RECONNECTING:
                yield from self._hangup(item)
            elif kind == LEFT:
                yield from self._gone(item)
            elif kind == WINDOW:
                yield from self._window(item)

    def _joined(self, item: Happened) -> Iterator[Event]:
        room, id_, private = item.told
        if not room or not id_ or item.handle in self._stays:
            return
        place = (item.handle[0], room)
        present = self._present.setdefault(place, set())
        if not present:
            self._meetings[place] = self._keyed.id("meeting", *place, item.handle, item.time)
        present.add(item.handle)
        stay = self._keyed.id("participation", item.handle, item.time)
        meeting = self._meetings[place]
        cells: dict[str, str | None] = {
            "meeting_id": meeting,
            "participation_id": stay,
            "actor_pseudonym": self._keyed.actor(meeting, id_),
            "role": "unknown",
            "engine": SYSTEM,
        }
        if len(self._stays) >= MOST_OPEN:
            self._heard.counts["lost_ends"] += 1
            self._forget(next(iter(self._stays)))
        self._stays[item.handle] = Stay(stay, place, private, cells)
        self._sessions.setdefault(item.handle[:2], set()).add(item.handle)
        if private:
            self._private[item.handle[0], private] = item.handle
        yield self._event(item, WAITING, self._stays[item.handle])

    def _up(self, item: Happened) -> Iterator[Event]:
        stay = self._stay(item.handle)
        if stay is None or stay.is_up:
            return
        kind = RECONNECTED if stay.has_been_up else CONNECTED
        stay.is_up = stay.has_been_up = True
        stay.hangup = None
        yield self._event(item, kind, stay)

    def _hangup(self, item: Happened) -> Iterator[Event]:
        """The own connection is gone: whoever is in the room may still see and hear, or come back."""
        stay = self._stays.get(item.handle)
        if stay is None:
            return
        stay.hangup = item.told[2] or None
        if stay.is_up:
            stay.is_up = False
            yield self._event(item, RECONNECTING, stay)

    def _gone(self, item: Happened) -> Iterator[Event]:
        session, handle = item.handle[:2], item.handle[2]
        for key in [item.handle] if handle else sorted(self._sessions.get(session, ())):
            stay = self._forget(key)
            if stay is not None:
                reason = self._heard.code("hangup_reason", stay.hangup or item.word)
                yield self._event(item, LEFT, stay, reason=reason)

    def _forget(self, key: Handle) -> Stay | None:
        """Drop all that is known of a handle."""
        self._owners.pop(key, None)
        stay = self._stays.pop(key, None)
        if stay is None:
            return None
        _discard(self._sessions, key[:2], key)
        if not _discard(self._present, stay.room, key):
            self._meetings.pop(stay.room, None)
        if self._private.get((key[0], stay.private)) == key:
            del self._private[key[0], stay.private]
        return stay

    def _window(self, item: Happened) -> Iterator[Event]:
        """What the client received since the last window: what Janus sent, without what the client lost."""
        stay = self._stay(item.handle)
        sent, lost, jitter, rtt = item.numbers
        mid, media, _ = item.told
        if stay is None or not sent or lost is None or media not in ("audio", "video"):
            return
        place = (item.handle, mid or media)
        before = self._last.get(place)
        length = 0 if before is None else round((item.time - before[0]).total_seconds() * 1000)
        if before is None or length >= WINDOW_MS:
            _put(self._last, place, (item.time, sent, lost))
        if before is None or length < WINDOW_MS:
            return
        now_sent, now_lost = sent - before[1], lost - before[2]
        if length > MAX_WINDOW_MS or now_sent < now_lost or now_sent <= 0 or now_lost < 0:
            return
        yield self._event(
            item,
            WINDOW,
            stay,
            media_kind=media,
            window_ms=str(length),
            packets_received=str(round(now_sent - now_lost)),
            packets_lost=str(round(now_lost)),
            jitter_s=_seconds(jitter),
            round_trip_time_s=_seconds(rtt),
        )

    def _stay(self, handle: Handle) -> Stay | None:
        return self._stays.get(self._owners.get(handle, handle))

    def _event(self, item: Happened, kind: str, stay: Stay, **cells: str | None) -> Event:
        id_ = self._keyed.id("event", stay.id, kind, item.time, item.told)
        source = self._keyed.source(stay.id)
        seq = sequence(item.time, kind, id_, is_exact=True)
        return event(item.line, kind, item.time, source, seq, id_, **(stay.cells | cells))


def _put(held: dict[_Key, _T], key: _Key, value: _T) -> None:
    """Hold ``value``; of more than are held at most, the one that was first held goes."""
    held[key] = value
    if len(held) > MOST_TRACKS:
        del held[next(iter(held))]


def _discard(held: dict[_Key, set[Handle]], key: _Key, handle: Handle) -> bool:
    """Take ``handle`` out of the set at ``key``, and an empty set out of ``held``; whether any is left."""
    left = held.get(key, set())
    left.discard(handle)
    if not left:
        held.pop(key, None)
    return bool(left)


def _seconds(milliseconds: float | None) -> str | None:
    """Milliseconds as seconds, None when they are none or too many."""
    if milliseconds is None or milliseconds >= MAX_MS:
        return None
    return f"{milliseconds / 1000:.{DECIMALS}f}"
