"""The signalling socket: one per participant, the same words for host and guest.

A browser says ``hello`` (with a resume token if it has one), then what it does; it hears what follows.
Whatever does not fit is dropped, and whoever floods is cut off; other calls do not notice.
"""

import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from pipeline.video import calls, rooms
from pipeline.video.connection import MOST_BEYOND, Socket
from pipeline.video.node import Node
from pipeline.video.parties import IN_CALL, P2P, NotAllowedError, Party, Room, State, Step
from pipeline.video.store import Meeting
from pipeline.video.words import after_leaving, seat_label, words
from pipeline.web.tokens import read_signed, signed
from pipeline.webrtc.devices import device_state
from pipeline.webrtc.windows import Windows

HELLO_S = 5.0
SILENCE_S = 12.0
MOST_MESSAGE_BYTES = 64 * 1024
MOST_SDP_CHARS = 40_000
RESUME_S = 12 * 3600


@dataclass(slots=True)
class Talk:
    """What one participant says, step by step."""

    node: Node
    meeting: Meeting
    who: str
    socket: Socket
    windows: Windows

    @property
    def room(self) -> Room | None:
        one = self.node.live.get(self.meeting.meeting_id)
        return one.room if one else None

    @property
    def party(self) -> Party | None:
        return self.room.parties.get(self.who) if self.room else None

    async def hear(self, message: Mapping[str, Any]) -> None:
        """Do what the message asks, if this participant may."""
        handle: Callable[[Mapping[str, Any]], Awaitable[None]] | None = {
            "device": self.device,
            "admit": self.admit,
            "deny": self.deny,
            "end": self.end,
            "phone": self.phone,
            "ask_phone": self.ask_phone,
            "leave": self.leave,
            "signal": self.signal,
            "media": self.media,
            "media_state": self.media_state,
            "stats": self.stats,
        }.get(str(message.get("t")))
        if handle is not None and self.party is not None:
            with contextlib.suppress(NotAllowedError, PermissionError, ValueError, KeyError):
                await handle(message)

    async def step(self, what: Callable[..., Step], **given: object) -> None:
        await self.node.apply(self.meeting.meeting_id, partial(what, **given))

    async def device(self, message: Mapping[str, Any]) -> None:
        states = {kind: device_state(message.get(kind)) for kind in ("audio", "video")}
        await self.node.write(
            "device.checked", self.meeting.subject, {**states, "participation_id": self.who}
        )

    async def admit(self, message: Mapping[str, Any]) -> None:
        if self.party and self.party.is_host:
            await self.step(rooms.admit, who=str(message["who"]))

    async def deny(self, message: Mapping[str, Any]) -> None:
        if self.party and self.party.is_host:
            await self.step(rooms.deny, who=str(message["who"]))

    async def end(self, _: Mapping[str, Any]) -> None:
        if self.party and self.party.is_host:
            await self.step(rooms.end, reason="session.host_ended", outcome=None)

    async def phone(self, _: Mapping[str, Any]) -> None:
        if self.party and self.party.is_host:
            await self.step(rooms.end, reason="session.host_ended", outcome=rooms.PHONE)

    async def ask_phone(self, _: Mapping[str, Any]) -> None:
        if self.room and self.party:
            text = str(words()["wants_phone"]).replace("#", seat_label(self.party.seat))
            for party in self.room.parties.values():
                if party.is_host:
                    await self.node.send(party.id, {"t": "refused", "text": text})

    async def leave(self, _: Mapping[str, Any]) -> None:
        party = self.party
        if party is None:
            return
        reason = "lobby.gave_up_waiting" if party.state is State.WAITING else "session.peer_left"
        await self.step(rooms.leave, who=self.who, reason=reason)

    async def signal(self, message: Mapping[str, Any]) -> None:
        """Pass a description or a candidate on, between two who are both let in and in the same epoch."""
        room, other = self.room, str(message["to"])
        data = message["data"]
        is_sound = isinstance(data, dict) and set(data) <= {"description", "candidate", "ready"}
        if room and is_sound and len(json.dumps(data)) <= MOST_SDP_CHARS and self._is_in(room, message):
            to = room.parties.get(other)
            if room.engine == P2P and to is not None and to.state in IN_CALL:
                told = {"t": "signal", "from": self.who, "epoch": room.epoch, "data": data}
                await self.node.send(other, told)

    async def media(self, message: Mapping[str, Any]) -> None:
        room, data = self.room, message["data"]
        if room and room.engine != P2P and isinstance(data, dict) and self._is_in(room, message):
            await self.node.engine.signal(room.meeting_id, self.who, data)

    async def media_state(self, message: Mapping[str, Any]) -> None:
        room, state = self.room, message.get("state")
        if not room or not isinstance(message.get("epoch"), int):
            return
        if state == "connected":
            transport = message.get("transport")
            given = transport if transport in ("udp", "tcp", "relay") else None
            await self.step(calls.connected, who=self.who, epoch=message["epoch"], transport=given)
        elif state in ("lost", "failed"):
            epoch = message["epoch"]
            await self.step(_media_lost, who=self.who, epoch=epoch)

    async def stats(self, message: Mapping[str, Any]) -> None:
        room, party = self.room, self.party
        if room and party and party.state is State.CONNECTED and self._is_in(room, message):
            for data in self.windows.add(message):
                facts = {**party.named, **data}
                await self.node.write("quality.window", self.meeting.subject, facts)

    def _is_in(self, room: Room, message: Mapping[str, Any]) -> bool:
        return bool(self.party and self.party.state in IN_CALL and message.get("epoch") == room.epoch)


async def converse(
    request: web.Request,
    node: Node,
    key: bytes,
    joiner: Callable[[], Awaitable[tuple[Meeting, Party]]],
) -> web.WebSocketResponse:
    """One socket from hello to goodbye; ``joiner`` seats who is logged in, or raises NotAllowedError."""
    response = web.WebSocketResponse(max_msg_size=MOST_MESSAGE_BYTES, timeout=2.0)
    await response.prepare(request)
    socket = Socket(response)
    try:
        hello = await response.receive_json(timeout=HELLO_S)
        meeting, who = await _enter(node, key, hello, joiner)
    except (TimeoutError, TypeError, ValueError, AttributeError):
        await response.close(code=4400)
        return response
    except NotAllowedError as refused:
        text, after = after_leaving(refused.reason, is_host=False, was_in=False, meeting=None)
        await socket.close(text, after)
        return response
    earlier = node.sockets.get(who)
    node.sockets[who] = socket
    if earlier is not None:
        await earlier.close(str(words()["bye_duplicate"]), "")
    talk = Talk(node, meeting, who, socket, Windows())
    token = signed({"m": meeting.meeting_id, "p": who}, key, expires=time.time() + RESUME_S)
    party = talk.party
    told = {"t": "welcome", "you": who, "state": party.state.value if party else "", "resume": token}
    await socket.send(told)
    await node.apply(meeting.meeting_id, partial(_come_back, who=who))
    try:
        await _listen(talk, response)
    finally:
        if node.sockets.get(who) is socket:
            del node.sockets[who]
            if meeting.meeting_id in node.live:
                await node.apply(meeting.meeting_id, partial(rooms.socket_lost, who=who))
    return response


async def _enter(
    node: Node, key: bytes, hello: Mapping[str, Any], joiner: Callable[[], Awaitable[tuple[Meeting, Party]]]
) -> tuple[Meeting, str]:
    """Back to an earlier participation where the token says so, else a seat of one's own."""
    token = read_signed(str(hello.get("resume") or ""), key)
    if token is not None:
        meeting = node.store.meeting(str(token.get("m")))
        one = node.live.get(str(token.get("m")))
        who = str(token.get("p"))
        if meeting and one and who in one.room.parties and one.room.parties[who].state is not State.GONE:
            return meeting, who
    meeting, party = await joiner()
    return meeting, party.id


async def _listen(talk: Talk, response: web.WebSocketResponse) -> None:
    while not response.closed:
        try:
            received = await response.receive(timeout=SILENCE_S)
        except TimeoutError:
            return
        if received.type is not WSMsgType.TEXT:
            return
        if not talk.socket.may_speak():
            if talk.socket.beyond > MOST_BEYOND:
                return
            continue
        try:
            message = json.loads(received.data)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict):
            await talk.hear(message)


def _come_back(room: Room, *, who: str, now: int) -> Step:
    del now
    return rooms.resume(room, who)


def _media_lost(room: Room, *, who: str, epoch: int, now: int) -> Step:
    del now
    return calls.media_lost(room, who, epoch)
