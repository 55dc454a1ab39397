"""LiveKit as the engine, by its own library: rooms and tokens from here, media between browsers and LiveKit.

Contract-tested against LiveKit's published token and webhook formats; it has not been run against a server,
for PyPI, npm and Debian have none. LiveKit is told no pseudonym: an identity is the participation's id. A
browser asks ``{"type": "join"}``, hears ``{"type": "join", "url", "token"}``, and joins by LiveKit's client.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from livekit import api

from pipeline.video.media.engine import MediaEvent
from pipeline.video.media.news import News

TOKEN_LIFE = timedelta(minutes=10)
EMPTY_S = 60


@dataclass
class _Hall:
    epoch: int
    granted: set[str] = field(default_factory=set[str])


class LiveKitEngine:
    """Media in a LiveKit at ``url`` (ws:// or wss://), with an API key and its secret."""

    name = "livekit"

    def __init__(self, url: str, key: str, secret: str, *, most_parties: int = 6) -> None:
        self._url, self._key, self._secret, self._most = url, key, secret, most_parties
        self._halls: dict[str, _Hall] = {}
        self._news = News()
        self._api: api.LiveKitAPI | None = None
        self._receiver = api.WebhookReceiver(api.TokenVerifier(key, secret))

    async def open_room(self, room: str, epoch: int) -> None:
        """Raises ConnectionError where LiveKit does not answer or refuses."""
        hall = self._halls.get(room)
        if hall is not None and hall.epoch == epoch:
            return
        await self.close_room(room)
        wanted = api.CreateRoomRequest(
            name=hall_name(room, epoch), empty_timeout=EMPTY_S, max_participants=self._most
        )
        try:
            await self._service().create_room(wanted)
        except (aiohttp.ClientError, api.TwirpError, OSError) as error:
            raise ConnectionError("LiveKit svarer ikke · LiveKit does not answer") from error
        self._halls[room] = _Hall(epoch)

    async def grant(self, room: str, participation: str) -> None:
        hall = self._halls.get(room)
        if hall is not None:
            hall.granted.add(participation)

    def token(self, room: str, epoch: int, participation: str) -> str:
        """An access token for one epoch of a room, for ten minutes: join, send and receive, and no more."""
        grants = api.VideoGrants(
            room_join=True,
            room=hall_name(room, epoch),
            can_publish=True,
            can_subscribe=True,
            can_publish_data=False,
            can_publish_sources=["camera", "microphone", "screen_share"],
        )
        made = api.AccessToken(self._key, self._secret).with_identity(participation).with_grants(grants)
        return made.with_ttl(TOKEN_LIFE).to_jwt()

    async def signal(self, room: str, participation: str, message: Mapping[str, Any]) -> None:
        """Raises PermissionError without a grant, ValueError for what does not ask to join."""
        hall = self._halls.get(room)
        if hall is None or participation not in hall.granted:
            raise PermissionError(participation)
        if message.get("type") != "join":
            raise ValueError("no message of ours")
        token = self.token(room, hall.epoch, participation)
        joining = {"type": "join", "url": self._url, "token": token}
        self._news.tell(room, participation, joining)

    async def kick(self, room: str, participation: str) -> None:
        hall = self._halls.get(room)
        if hall is None or participation not in hall.granted:
            return
        hall.granted.discard(participation)
        wanted = api.RoomParticipantIdentity(room=hall_name(room, hall.epoch), identity=participation)
        await self._tried(self._service().remove_participant(wanted))

    async def close_room(self, room: str) -> None:
        hall = self._halls.pop(room, None)
        if hall is not None:
            wanted = api.DeleteRoomRequest(room=hall_name(room, hall.epoch))
            await self._tried(self._service().delete_room(wanted))

    def hear(self, body: str, authorization: str) -> None:
        """A webhook. Raises PermissionError for one that LiveKit did not sign.

        They come late, twice or not at all, so they move no one: a room that LiveKit ended while it is in
        use is gathered anew, and all else is told by the browsers.
        """
        try:
            event = self._receiver.receive(body, authorization)
        except Exception as error:  # the library raises Exception itself
            raise PermissionError("the webhook is not LiveKit's") from error
        if event.event == "room_finished":
            for room, hall in self._halls.items():
                if hall_name(room, hall.epoch) == event.room.name:
                    self._news.room_lost(room)

    def events(self) -> AsyncIterator[MediaEvent]:
        return self._news.heard()

    async def close(self) -> None:
        await asyncio.gather(*(self.close_room(room) for room in list(self._halls)))
        if self._api is not None:
            await self._api.aclose()
        self._news.end()

    def _service(self) -> Any:
        if self._api is None:
            address = self._url.replace("ws", "http", 1)
            self._api = api.LiveKitAPI(address, self._key, self._secret)
        return self._api.room

    async def _tried(self, work: Any) -> None:
        """Taking away what is gone already is no error; a LiveKit that is away has no media to take away."""
        try:
            await work
        except (aiohttp.ClientError, api.TwirpError, OSError):
            return


def hall_name(room: str, epoch: int) -> str:
    """LiveKit's name for a room in one epoch."""
    return f"{room}-{epoch}"
