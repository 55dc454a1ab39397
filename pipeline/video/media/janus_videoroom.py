"""Janus's VideoRoom plugin: its rooms, and what is asked of it in them.

Janus forwards, records nothing, and is told no pseudonym: participations are numbers to it.
Source: Janus documentation, "VideoRoom plugin documentation", version 1.1.
"""

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.video.media.janus_api import JanusError, JanusSession

PLUGIN = "janus.plugin.videoroom"
MOST_CANDIDATE_CHARS = 600
# Janus counts in 53 bits where it speaks to JavaScript.
NUMBER_BITS = 52


def new_number() -> int:
    """A number for a room or a participation that nobody guesses."""
    return secrets.randbits(NUMBER_BITS)


@dataclass(frozen=True)
class VideoRoom:
    """A room in Janus, kept by the handle ``keeper``: its number, and a pin that only this service knows."""

    keeper: int
    number: int = field(default_factory=new_number)
    pin: str = field(default_factory=lambda: secrets.token_hex(16))
    secret: str = field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    async def create(cls, session: JanusSession, *, most_parties: int, most_bps: int) -> "VideoRoom":
        """Make a room. Raises JanusError."""
        made = cls(await session.attach(PLUGIN))
        wanted = {
            "request": "create",
            "room": made.number,
            "pin": made.pin,
            "secret": made.secret,
            "is_private": True,
            "permanent": False,
            "publishers": most_parties,
            "bitrate": most_bps,
            "audiocodec": "opus",
            "videocodec": "vp8",
            "record": False,
        }
        await session.request(made.keeper, wanted)
        return made

    async def destroy(self, session: JanusSession) -> None:
        """Take the room away; one that is gone already is no error."""
        with contextlib.suppress(JanusError):
            gone = {"request": "destroy", "room": self.number, "secret": self.secret}
            await session.request(self.keeper, gone)
        await session.detach(self.keeper)

    async def publish(self, session: JanusSession, handle: int, feed: int, sdp: str) -> None:
        """Send by this handle, as ``feed``, what the offer offers. Raises JanusError."""
        wanted = {
            "request": "joinandconfigure",
            "ptype": "publisher",
            "room": self.number,
            "pin": self.pin,
            "id": feed,
            "display": "",
        }
        await session.request(handle, wanted, {"type": "offer", "sdp": sdp})

    async def subscribe(
        self, session: JanusSession, handle: int, feeds: Iterable[int], *, is_first: bool
    ) -> None:
        """Receive these too by this handle; ``is_first``: it receives none yet. Raises JanusError."""
        wanted: dict[str, Any] = {"request": "subscribe", "streams": [{"feed": feed} for feed in feeds]}
        if is_first:
            wanted |= {"request": "join", "ptype": "subscriber", "room": self.number, "pin": self.pin}
        await session.request(handle, wanted)


async def start(session: JanusSession, handle: int, sdp: str) -> None:
    """Let what is received flow, by the answer to Janus's offer. Raises JanusError."""
    await session.request(handle, {"request": "start"}, {"type": "answer", "sdp": sdp})


def feeds_of(data: Mapping[str, Any]) -> dict[str, int]:
    """Whom each place of Janus's offer is for, by the place's ``mid``."""
    streams = (stream for stream in data.get("streams", ()) if stream.get("active"))
    return {str(stream["mid"]): stream.get("feed_id", 0) for stream in streams}


def candidate(given: object) -> dict[str, Any]:
    """A browser's candidate as Janus takes it; none means that there are no more. Raises ValueError."""
    if given is None:
        return {"completed": True}
    if not isinstance(given, dict):
        raise ValueError("no candidate")
    text, line = given.get("candidate"), given.get("sdpMLineIndex")
    if not isinstance(text, str) or len(text) > MOST_CANDIDATE_CHARS or not isinstance(line, int):
        raise ValueError("no candidate")
    return {"candidate": text, "sdpMid": str(given.get("sdpMid"))[:16], "sdpMLineIndex": line}
