"""A running node: its rooms, who is connected, and the carrying out of what `rooms` and `calls` decide."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from pipeline.video import rooms
from pipeline.video.config import Config
from pipeline.video.diary import Diary
from pipeline.video.event_log import EventLog
from pipeline.video.events import now_ms
from pipeline.video.media.engine import MediaEngine
from pipeline.video.parties import (
    P2P,
    PRESENT,
    Close,
    Drop,
    Effect,
    Gather,
    Log,
    NotAllowedError,
    Party,
    Room,
    State,
    Step,
    Tell,
)
from pipeline.video.store import Meeting, Seat, Store
from pipeline.video.telling import gathering, told
from pipeline.video.words import after_leaving, words

log_of_service = logging.getLogger("mast.video")


class Connection(Protocol):
    """One participant's socket."""

    async def send(self, message: Mapping[str, object]) -> None: ...

    async def close(self, text: str, after: str) -> None:
        """Say why, say what comes next, and hang up."""
        ...


@dataclass(slots=True)
class Live:
    """What a room has beyond its state: since when it is empty, and whether its engine is missing."""

    room: Room
    empty_since_ms: int | None = None
    lacks_engine: bool = False


@dataclass
class Node:
    """Everything one process keeps. Steps change the state at once; log lines follow in the same order."""

    config: Config
    store: Store
    log: EventLog
    engine: MediaEngine
    ice_servers: Callable[[str], list[dict[str, object]]]
    clock: Callable[[], int] = now_ms
    live: dict[str, Live] = field(default_factory=dict[str, Live])
    sockets: dict[str, Connection] = field(default_factory=dict[str, Connection])
    diary: Diary = field(init=False)

    def __post_init__(self) -> None:
        self.diary = Diary(self.log)

    # --- start and stop ---

    async def start(self) -> None:
        """Take up what was going on before a restart; what nobody comes back to is closed as inferred."""
        for meeting_id, (body, parties) in self.store.rooms().items():
            meeting = self.store.meeting(meeting_id)
            if meeting is None or meeting.status == "ended":
                self.store.forget_room(meeting_id)
                continue
            now = self.clock()
            lost = {
                party.id: replace(party, lost_ms=now) if party.state in PRESENT else party
                for party in parties
            }
            self.live[meeting_id] = Live(replace(self._new_room(meeting), **body, parties=lost))
        await self.write("node.started", "node", {})
        await self._close_orphans()

    async def _close_orphans(self) -> None:
        known = {who for one in self.live.values() for who in one.room.parties}
        for left in self.log.recovered.open_participations:
            if left.participation_id not in known:
                data = {
                    "participation_id": left.participation_id,
                    "actor_pseudonym": left.actor,
                    "reason": "signalling.server_restart",
                    "is_inferred": True,
                }
                await self.write("participant.left", f"meeting/{left.meeting_id}", data)

    async def stop(self) -> None:
        """End every meeting, say so, and close the log."""
        for meeting_id in list(self.live):
            await self.apply(meeting_id, partial(rooms.end, reason="session.server_shutdown", outcome=None))
        await self.write("node.stopping", "node", {})
        await self.engine.close()
        await asyncio.to_thread(self.log.close)
        self.store.close()

    # --- the log ---

    async def write(self, kind: str, subject: str, data: Mapping[str, object]) -> bool:
        """Write an event; False when the disk is full and it waits its turn in memory."""
        return await self.diary.write(kind, subject, data)

    @property
    def is_writable(self) -> bool:
        """Whether new meetings and joins can be recorded, so that they may begin."""
        return self.diary.is_writable

    # --- rooms ---

    def room(self, meeting: Meeting) -> Room:
        """The meeting's room, opened when somebody first needs it."""
        if meeting.meeting_id not in self.live:
            self.live[meeting.meeting_id] = Live(self._new_room(meeting))
        return self.live[meeting.meeting_id].room

    def _new_room(self, meeting: Meeting) -> Room:
        return Room(meeting.meeting_id, meeting.kind, self.config.most_parties, self.engine.name)

    async def join(self, meeting: Meeting, seat: Seat, actor: str, device: str = "") -> Party:
        """A person who is logged in takes their seat. Raises NotAllowedError."""
        if not self.is_writable:
            raise NotAllowedError("other")
        self.room(meeting)
        party = Party(str(uuid.uuid4()), seat.seat, actor, seat.role, device=device)
        await self.apply(meeting.meeting_id, partial(rooms.join, party=party))
        return self.live[meeting.meeting_id].room.parties[party.id]

    async def apply(self, meeting_id: str, step: Callable[..., Step]) -> None:
        """Take a step with the present time, remember the room, and carry out what follows."""
        one = self.live[meeting_id]
        one.room, effects = step(one.room, now=self.clock())
        if effects or one.room.parties:
            self._remember(one.room)
        await self.carry_out(one.room, effects)
        await self.tell_all(one.room)

    async def carry_out(self, room: Room, effects: tuple[Effect, ...]) -> None:
        """Do what a step asked for: log lines first, all in one group."""
        subject = f"meeting/{room.meeting_id}"
        written = [
            self.write(effect.type, subject, effect.data) for effect in effects if isinstance(effect, Log)
        ]
        await asyncio.gather(*written)
        for effect in effects:
            match effect:
                case Tell(to, message):
                    await self.send(to, message)
                case Drop(who, reason):
                    await self._drop(room, who, reason)
                case Gather():
                    await self._gather(room, effect)
                case Close():
                    await self._close(room)
                case Log():
                    pass

    async def send(self, who: str, message: Mapping[str, object]) -> None:
        socket = self.sockets.get(who)
        if socket is not None:
            await socket.send(message)

    async def _gather(self, room: Room, gather: Gather) -> None:
        if gather.previous and gather.previous != P2P:
            await self.engine.close_room(room.meeting_id)
        if gather.engine != P2P and not await self._open(room, gather.epoch):
            return
        for who in gather.who:
            if gather.engine != P2P:
                await self.engine.grant(room.meeting_id, who)
            ice, is_relay_only = self.ice_servers(who), self.config.media.is_relay_only
            await self.send(who, gathering(room, gather, who, ice, is_relay_only=is_relay_only))

    async def _open(self, room: Room, epoch: int) -> bool:
        """Open the room in the engine; where it is missing, say so, and try again with every tick."""
        try:
            await self.engine.open_room(room.meeting_id, epoch)
            is_missing = False
        except ConnectionError:
            is_missing = True
            log_of_service.error("medieserveren svarer ikke · the media server does not answer")
            for party in room.in_call:
                await self.send(party.id, {"t": "refused", "text": words()["no_engine"]})
        if room.meeting_id in self.live:
            self.live[room.meeting_id].lacks_engine = is_missing
        return not is_missing

    async def _drop(self, room: Room, who: str, reason: str) -> None:
        if room.is_in_engine:
            await self.engine.kick(room.meeting_id, who)
        socket = self.sockets.pop(who, None)
        if socket is not None:
            party = room.parties[who]
            meeting = self.store.meeting(room.meeting_id)
            was_in = party.connected_ms is not None
            text, after = after_leaving(reason, party.is_host, was_in, meeting)
            await socket.close(text, after)

    async def _close(self, room: Room) -> None:
        if room.is_in_engine:
            await self.engine.close_room(room.meeting_id)
        meeting = self.store.meeting(room.meeting_id)
        if meeting is not None:
            self.store.change_meeting(replace(meeting, status="ended"))
        self.store.forget_room(room.meeting_id)
        self.live.pop(room.meeting_id, None)

    # --- what the people see ---

    async def tell_all(self, room: Room) -> None:
        """The host's list, and what those who wait are told."""
        meeting, expected = self.store.meeting(room.meeting_id), self._expected(room.meeting_id)
        for who, message in told(room, meeting, expected, self.clock()):
            await self.send(who, message)

    def _expected(self, meeting_id: str) -> list[tuple[str, State]]:
        return [
            (seat.seat, State(seat.state)) for seat in self.store.seats(meeting_id) if seat.role != "host"
        ]

    async def seat_changed(self, meeting_id: str) -> None:
        """A link was opened or somebody logged in: the host sees it at once."""
        if meeting_id in self.live:
            await self.tell_all(self.live[meeting_id].room)

    def _remember(self, room: Room) -> None:
        kept = ("engine", "epoch", "started_ms", "together_ms", "together_since_ms", "most_connected")
        body = {name: getattr(room, name) for name in kept}
        self.store.save_room(room.meeting_id, body, room.parties.values())
