"""``mast video health``: books a test call, opens its link, joins from both sides, meets, and leaves.

The two sides are real WebRTC endpoints that open a data channel through the node's signalling; the
meeting is a test call from its first event, so it is in the log and never in a count.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription

from pipeline.text import Text
from pipeline.video.media.hosts import listen_at

MOST_S = 15.0
USE_TYPE = "consultation_phone"


@dataclass(frozen=True)
class Step:
    """Something that went well, and how long it took."""

    what: Text
    took_ms: float


class HealthError(Exception):
    """The step that failed."""

    def __init__(self, what: Text) -> None:
        self.what = what
        super().__init__(what.en)


BOOK = Text("booket", "booked")
OPEN = Text("linket åbnet", "link opened")
WAIT = Text("i venteværelset", "in the waiting room")
MEET = Text("lukket ind og forbundet", "admitted and connected")
LEAVE = Text("mødet afsluttet", "meeting ended")


async def check(url: str, token: str) -> list[Step]:
    """The steps of one test call at the node with this address and API token. Raises HealthError."""
    steps: list[Step] = []
    headers = {"Authorization": f"Bearer {token}"}
    listen_at("")
    async with aiohttp.ClientSession(f"{url}/", headers=headers) as http:
        async with _timed(BOOK, steps):
            booked = await _book(http)
        async with _timed(OPEN, steps), aiohttp.ClientSession() as browser:
            invitation = booked["invitations"][0]
            async with browser.get(invitation["link"]) as answer:
                if answer.status != 200 or not answer.url.path.endswith("/invitation"):
                    raise ValueError("the link leads elsewhere")
        uuid = booked["uuid"]
        async with _end(http, uuid, "host") as host, _end(http, uuid, invitation["seat"]) as guest:
            async with _timed(WAIT, steps):
                await host.hears("gather")
                await host.says(t="admit", who=guest.id)
            async with _timed(MEET, steps):
                await asyncio.gather(host.meets(), guest.meets())
            async with _timed(LEAVE, steps):
                await host.says(t="end")
                await asyncio.gather(host.hears("bye"), guest.hears("bye"))
                async with http.get(f"api/v2/meetings/{uuid}") as answer:
                    if (await answer.json())["status"] != "ended":
                        raise ValueError("the meeting is not over")
    return steps


async def _book(http: aiohttp.ClientSession) -> dict[str, Any]:
    wanted = {"meetingType": "POOL", "useType": USE_TYPE, "isTest": True}
    async with http.post("api/v2/meetings", json=wanted) as answer:
        answer.raise_for_status()
        made: dict[str, Any] = await answer.json()
        return made


@asynccontextmanager
async def _timed(what: Text, steps: list[Step]) -> AsyncIterator[None]:
    start = time.monotonic()
    try:
        async with asyncio.timeout(MOST_S):
            yield
    except (aiohttp.ClientError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise HealthError(what) from error
    steps.append(Step(what, (time.monotonic() - start) * 1000))


@dataclass
class _End:
    """One side of the call."""

    id: str
    socket: aiohttp.ClientWebSocketResponse
    connection: RTCPeerConnection | None = None

    async def says(self, **message: object) -> None:
        await self.socket.send_json(message)

    async def hears(self, kind: str) -> Mapping[str, Any]:
        """The next message of this kind. Raises ValueError where the socket closes first."""
        while True:
            received = await self.socket.receive()
            if received.type is not aiohttp.WSMsgType.TEXT:
                raise ValueError("the socket closed")
            message: Mapping[str, Any] = received.json()
            if message["t"] == kind:
                return message

    async def meets(self) -> None:
        """Open a data channel to the other side, and say that it is open."""
        while not (gathered := await self.hears("gather"))["peers"]:
            pass
        (other,) = gathered["peers"]
        servers = [
            RTCIceServer(one["urls"], one.get("username"), one.get("credential")) for one in gathered["ice"]
        ]
        connection = self.connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        is_open = asyncio.Event()

        async def describe() -> None:
            made = connection.localDescription
            data = {"description": {"type": made.type, "sdp": made.sdp}}
            await self.says(t="signal", to=other["id"], epoch=gathered["epoch"], data=data)

        async def heard() -> RTCSessionDescription:
            while True:
                data = (await self.hears("signal"))["data"]
                if "description" in data:
                    return RTCSessionDescription(**data["description"])

        if other["polite"]:
            connection.on("datachannel", lambda _: is_open.set())
            await self.says(t="signal", to=other["id"], epoch=gathered["epoch"], data={"ready": True})
            await connection.setRemoteDescription(await heard())
            await connection.setLocalDescription(await connection.createAnswer())
            await describe()
        else:
            connection.createDataChannel("health").on("open", is_open.set)
            await connection.setLocalDescription(await connection.createOffer())
            await describe()
            await connection.setRemoteDescription(await heard())
        await is_open.wait()
        await self.says(t="media_state", state="connected", epoch=gathered["epoch"], transport="udp")


@asynccontextmanager
async def _end(http: aiohttp.ClientSession, uuid: str, seat: str) -> AsyncIterator[_End]:
    try:
        socket = await http.ws_connect(f"api/v2/test-call/{uuid}/{seat}")
        await socket.send_json({"t": "hello"})
        end = _End("", socket)
        end.id = str((await end.hears("welcome"))["you"])
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise HealthError(WAIT) from error
    try:
        yield end
    finally:
        if end.connection is not None:
            await end.connection.close()
        await socket.close()
