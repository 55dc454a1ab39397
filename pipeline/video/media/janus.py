"""Janus (VideoRoom plugin) as the engine: where one process does not suffice.

A participation has two handles: one sends, one receives all the others. Messages, by ``signal``: the browser
sends ``{"type": "offer", "sdp"}`` to send, ``{"type": "answer", "sdp"}`` to receive, and ``{"type":
"candidate", "for": "send" | "receive", "candidate": {…} | null}``; it hears ``answer``, and ``{"type":
"offer", "sdp", "places": {mid: participation}}`` whenever the others change.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.video.media.engine import MOST_SDP_CHARS, MediaEvent
from pipeline.video.media.janus_api import JanusError, JanusSession
from pipeline.video.media.janus_videoroom import PLUGIN, VideoRoom, candidate, feeds_of, new_number, start
from pipeline.video.media.news import News
from pipeline.video.tasks import Tasks


@dataclass
class _Leg:
    """One participation: its number, its handles, whom it receives and whether it owes an answer."""

    who: str
    feed: int = field(default_factory=new_number)
    sends: int = 0
    receives: int = 0
    is_sending: bool = False
    is_owing: bool = False
    has: set[int] = field(default_factory=set[int])
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class _Hall:
    """A room in one epoch, and who is in it."""

    epoch: int
    room: VideoRoom
    legs: dict[str, _Leg] = field(default_factory=dict[str, _Leg])


class JanusEngine:
    """Media in a Janus at ``url`` (ws:// or wss://), with its API secret; ``most_parties`` a room."""

    name = "janus"

    def __init__(self, url: str, secret: str, *, most_parties: int = 6, most_bps: int = 1_500_000) -> None:
        self._url, self._secret = url, secret
        self._most_parties, self._most_bps = most_parties, most_bps
        self._halls: dict[str, _Hall] = {}
        self._by_handle: dict[int, tuple[str, _Leg]] = {}
        self._news = News()
        self._tasks = Tasks()
        self._session: JanusSession | None = None
        self._opening = asyncio.Lock()

    async def open_room(self, room: str, epoch: int) -> None:
        """Raises JanusError where Janus is not there."""
        hall = self._halls.get(room)
        if hall is not None and hall.epoch == epoch:
            return
        if hall is not None:
            await self.close_room(room)
        session = await self._connected()
        made = await VideoRoom.create(session, most_parties=self._most_parties, most_bps=self._most_bps)
        self._halls[room] = _Hall(epoch, made)

    async def grant(self, room: str, participation: str) -> None:
        hall = self._halls.get(room)
        if hall is not None:
            hall.legs.setdefault(participation, _Leg(participation))

    async def signal(self, room: str, participation: str, message: Mapping[str, Any]) -> None:
        """Raises PermissionError without a grant, ValueError for what is no message of ours."""
        hall = self._halls.get(room)
        leg = hall.legs.get(participation) if hall else None
        if hall is None or leg is None or self._session is None:
            raise PermissionError(participation)
        sdp = message.get("sdp")
        is_sdp = isinstance(sdp, str) and len(sdp) <= MOST_SDP_CHARS
        try:
            match message.get("type"):
                case "offer" if is_sdp:
                    await self._publish(room, hall, leg, str(sdp))
                case "answer" if is_sdp and leg.receives and leg.is_owing:
                    await start(self._session, leg.receives, str(sdp))
                    leg.is_owing = False
                    self._tasks.start(_tried(self._receive(room, hall, leg)))
                case "candidate":
                    handle = leg.sends if message.get("for") == "send" else leg.receives
                    await self._session.trickle(handle, candidate(message.get("candidate")))
                case _:
                    raise ValueError("no message of ours")
        except JanusError as error:
            raise ValueError("Janus refused") from error

    async def kick(self, room: str, participation: str) -> None:
        hall = self._halls.get(room)
        leg = hall.legs.pop(participation, None) if hall else None
        if leg is not None:
            await self._drop(leg)

    async def close_room(self, room: str) -> None:
        hall = self._halls.pop(room, None)
        if hall is None:
            return
        legs, hall.legs = list(hall.legs.values()), {}
        await asyncio.gather(*(self._drop(leg) for leg in legs))
        if self._session is not None:
            await hall.room.destroy(self._session)

    def events(self) -> AsyncIterator[MediaEvent]:
        return self._news.heard()

    async def close(self) -> None:
        await asyncio.gather(*(self.close_room(room) for room in list(self._halls)))
        await self._tasks.stop()
        if self._session is not None:
            await self._session.close()
        self._news.end()

    # --- to Janus ---

    async def _connected(self) -> JanusSession:
        async with self._opening:
            if self._session is None:
                session = JanusSession(self._hear, self._gone)
                await session.open(self._url, self._secret)
                self._session = session
            return self._session

    async def _publish(self, room: str, hall: _Hall, leg: _Leg, sdp: str) -> None:
        """A new offer is a new beginning, as after the page was loaded again."""
        session = await self._connected()
        if leg.sends:
            await self._drop(leg)
            hall.legs[leg.who] = leg = _Leg(leg.who)
        leg.sends = await self._attach(session, room, leg)
        await hall.room.publish(session, leg.sends, leg.feed, sdp)

    async def _receive(self, room: str, hall: _Hall, leg: _Leg) -> None:
        """Ask for those who send and are not received yet. Who stops sending, Janus takes away by itself."""
        session = await self._connected()
        async with leg.lock:
            sending = {one.feed for one in hall.legs.values() if one is not leg and one.is_sending}
            new = sending - leg.has
            leg.has &= sending
            if not leg.is_sending or leg.is_owing or not new or hall.legs.get(leg.who) is not leg:
                return
            leg.is_owing = True
            leg.has |= new
            is_first = not leg.receives
            if is_first:
                leg.receives = await self._attach(session, room, leg)
            await hall.room.subscribe(session, leg.receives, new, is_first=is_first)

    async def _attach(self, session: JanusSession, room: str, leg: _Leg) -> int:
        handle = await session.attach(PLUGIN)
        self._by_handle[handle] = (room, leg)
        return handle

    async def _drop(self, leg: _Leg) -> None:
        leg.is_sending = False
        for handle in (leg.sends, leg.receives):
            if handle:
                self._by_handle.pop(handle, None)
                if self._session is not None:
                    await self._session.detach(handle)

    # --- from Janus ---

    def _hear(self, handle: int, message: Mapping[str, Any]) -> None:
        room, leg = self._by_handle.get(handle, ("", None))
        hall = self._halls.get(room)
        if hall is None or leg is None:
            return
        data: Mapping[str, Any] = (message.get("plugindata") or {}).get("data") or {}
        jsep: Mapping[str, str] = message.get("jsep") or {}
        if jsep.get("type") == "answer":
            self._news.tell(room, leg.who, {"type": "answer", "sdp": jsep["sdp"]})
        elif jsep.get("type") == "offer":
            leg.is_owing = True
            names = {one.feed: one.who for one in hall.legs.values()}
            places = {mid: names.get(feed) for mid, feed in feeds_of(data).items()}
            self._news.tell(room, leg.who, {"type": "offer", "sdp": jsep["sdp"], "places": places})
        elif message.get("janus") == "webrtcup" and handle == leg.sends:
            leg.is_sending = True
            for one in hall.legs.values():
                self._tasks.start(_tried(self._receive(room, hall, one)))
        elif handle == leg.receives and ("error_code" in data or data.get("videoroom") == "updated"):
            leg.is_owing = False

    def _gone(self) -> None:
        """Every room is lost with Janus; the node gathers anew when it is back."""
        session, self._session = self._session, None
        if session is not None:
            self._tasks.start(_tried(session.close()))
        rooms, self._halls = list(self._halls), {}
        self._by_handle = {}
        for room in rooms:
            self._news.room_lost(room)


async def _tried(work: Coroutine[Any, Any, None]) -> None:
    """What fails because Janus is going away is told by its going away."""
    with contextlib.suppress(JanusError):
        await work
