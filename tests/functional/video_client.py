"""A node in this process, and people who speak its protocol without a browser."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from pipeline.video.app import make_app
from pipeline.video.config import Config
from pipeline.video.event_log import read_events
from pipeline.video.service import SERVICE, Service

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Running:
    """A served node."""

    config: Config
    here: Service

    @property
    def url(self) -> str:
        return self.config.url

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The log so far, or the events of one type; its sequence has no gap."""
        files = sorted((self.config.state / "log").glob("events-*.jsonl"))
        made = [event for path in files for event in read_events(path)]
        assert [event["seq"] for event in made] == list(range(1, len(made) + 1))
        return [event for event in made if not kind or event["type"] == f"dk.medvideo.{kind}.v1"]

    def reasons(self, kind: str) -> list[str]:
        return [event["data"].get("reason", "") for event in self.events(kind)]

    async def book(self, **given: Any) -> dict[str, Any]:
        """A meeting by the API, instant unless told otherwise."""
        body = {"meetingType": "POOL", "useType": "consultation_visit", **given}
        headers = {"Authorization": f"Bearer {self.here.api_token}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/api/v2/meetings", json=body, headers=headers) as answer,
        ):
            assert answer.status in (200, 201), await answer.text()
            made: dict[str, Any] = await answer.json()
            return made


@asynccontextmanager
async def running(folder: Path, **given: Any) -> AsyncIterator[Running]:
    """A node below ``folder``."""
    config = Config(port=free_port(), state_folder=str(folder), **given)
    app = make_app(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", config.port).start()
    try:
        yield Running(config, app[SERVICE])
    finally:
        await runner.cleanup()


@dataclass
class Client:
    """One person's browser, as far as HTTP and the socket go."""

    node: Running
    session: aiohttp.ClientSession
    page: str = ""
    address: str = ""
    status: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    socket: aiohttp.ClientWebSocketResponse | None = None

    async def get(self, path: str) -> str:
        async with self.session.get(path if "://" in path else self.node.url + path) as answer:
            return await self._seen(answer)

    async def post(self, path: str, **form: str) -> str:
        """Post a form of the page that is shown."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        body = {"csrf": found[1] if found else "", **form}
        async with self.session.post(self.node.url + path, data=body, headers=SAME_SITE) as answer:
            return await self._seen(answer)

    async def _seen(self, answer: aiohttp.ClientResponse) -> str:
        self.page, self.address, self.status = await answer.text(), str(answer.url), answer.status
        return self.page

    async def choose(self, who: str) -> str:
        """Somebody on the test login's page."""
        found = next(
            one for one in re.findall(r'href="([^"]+)">([^<]+)<', self.page) if one[1].startswith(who)
        )
        return await self.get(found[0].replace("&amp;", "&"))

    async def log_in(self, link: str, who: str = "Voksen", method: str = "mitid") -> str:
        await self.get(link)
        await self.post("/deltag", method=method)
        return await self.choose(who)

    async def staff(self) -> None:
        await self.get("/klinik")
        await self.choose("Læge")
        assert self.address.endswith("/klinik")

    async def enter(self, path: str = "/ws", resume: str = "") -> dict[str, Any]:
        """Connect the socket; the first word heard."""
        self.socket = await self.session.ws_connect(self.node.url + path, headers=SAME_SITE)
        await self.socket.send_json({"t": "hello", "resume": resume})
        return await self.hears("welcome", "bye")

    async def says(self, **message: Any) -> None:
        assert self.socket is not None
        await self.socket.send_json(message)

    async def hears(self, *kinds: str, most_s: float = 5) -> dict[str, Any]:
        """The next message of these kinds; what comes before it is kept in ``heard``."""
        assert self.socket is not None
        async with asyncio.timeout(most_s):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(message)
                if message["t"] in kinds:
                    return message


@asynccontextmanager
async def person(node: Running) -> AsyncIterator[Client]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"User-Agent": "Mozilla/5.0 test"}) as session:
        made = Client(node, session)
        try:
            yield made
        finally:
            if made.socket is not None:
                await made.socket.close()


async def call(node: Running, host: Client, guest: Client, **given: Any) -> dict[str, Any]:
    """A consultation in which both are connected."""
    booked = await node.book(**given)
    await host.staff()
    await host.enter(f"/klinik/ws/{booked['shortId']}")
    await guest.log_in(booked["invitations"][0]["link"])
    welcome = await guest.enter()
    await host.hears("list")
    await host.says(t="admit", who=welcome["you"])
    gathered = [await one.hears("gather") for one in (host, guest)]
    for one, message in zip((host, guest), gathered, strict=True):
        epoch = message["epoch"]
        while not message["peers"]:
            message = await one.hears("gather")
        await one.says(t="media_state", state="connected", epoch=epoch, transport="udp")
    await until(lambda: len(node.events("participant.connected")) >= 2)
    return booked | {"guest": welcome}


async def until(is_so: Any, most_s: float = 5) -> None:
    """Ask until it is so."""
    async with asyncio.timeout(most_s):
        while not is_so():
            await asyncio.sleep(0.02)
