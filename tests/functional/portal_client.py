"""A portal in this process or in one of its own, and clerks who send forms without a browser."""

import asyncio
import io
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from pipeline import paths
from pipeline.portal.app import make_app
from pipeline.portal.config import Config
from pipeline.portal.desk import Desk
from pipeline.portal.portal import PORTAL, Portal
from pipeline.video.process import free_port
from tests.process_memory import most_mb

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HEAD = "Kortnummer;Ydernummer;Region;Mødedato;Gennemført;Bemærkning"


@dataclass
class Clerk:
    """One browser, as far as HTTP goes."""

    url: str
    session: aiohttp.ClientSession
    page: str = ""
    address: str = ""
    status: int = 0

    async def get(self, path: str) -> str:
        async with self.session.get(path if "://" in path else self.url + path) as answer:
            return await self._seen(answer)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found[1] if found else ""

    async def post(self, path: str, **form: str) -> str:
        body = {"csrf": self.csrf, **form}
        async with self.session.post(self.url + path, data=body, headers=SAME_SITE) as answer:
            return await self._seen(answer)

    async def _seen(self, answer: aiohttp.ClientResponse) -> str:
        raw = await answer.read()
        self.page = raw.decode("utf-8", "replace")
        self.address, self.status = str(answer.url), answer.status
        return self.page

    async def log_in(self, who: str = "Medarbejder i Region Syddanmark") -> None:
        await self.get("/login")
        links = re.findall(r'href="([^"]+)">([^<]+)<', self.page)
        await self.get(next(address for address, name in links if name == who).replace("&amp;", "&"))

    async def send(self, table: str, content: bytes | Any, name: str = "fil.csv") -> str:
        """Send a file by the plain form; the receipt's id, or nothing."""
        await self.get(f"/tabel/{table}")
        form = aiohttp.FormData()
        form.add_field("csrf", self.csrf)
        body = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field("file", body, filename=name, content_type="text/csv")
        async with self.session.post(f"{self.url}/tabel/{table}", data=form, headers=SAME_SITE) as answer:
            await self._seen(answer)
        return self.address.rsplit("/", 1)[-1] if "/kvittering/" in self.address else ""


@asynccontextmanager
async def serving(folder: Path, **given: Any) -> AsyncIterator[Portal]:
    config = Config(port=free_port(), state_folder=str(folder), **given)
    app = make_app(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", config.port).start()
    try:
        yield app[PORTAL]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def clerk(portal: Portal | str, address: str = "127.0.0.1") -> AsyncIterator[Clerk]:
    """Somebody at a portal, or at the one with this URL, who comes from ``address``."""
    url = portal if isinstance(portal, str) else portal.config.url
    way = aiohttp.TCPConnector(local_addr=(address, 0), family=socket.AF_INET)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), connector=way) as session:
        yield Clerk(url, session)


def at_a_portal(work: Callable[[Portal], Awaitable[None]], folder: Path, **given: Any) -> None:
    async def main() -> None:
        async with serving(folder, **given) as portal:
            await work(portal)

    asyncio.run(main())


def cards(*rows: str) -> bytes:
    return ("\r\n".join([HEAD, *rows]) + "\r\n").encode("cp1252")


def card(number: int, note: str = "") -> str:
    return f"K-{number};012345;Syddanmark;09-10-2019;Ja;{note}"


def everything_below(folder: Path) -> bytes:
    """All bytes, those inside zip files too."""
    parts: list[bytes] = []
    for path in folder.rglob("*"):
        if path.is_file():
            parts.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    parts += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(parts)


@dataclass
class Served:
    """A portal in a process of its own."""

    url: str
    state: Path
    log: Path
    pid: int

    @property
    def desk(self) -> Desk:
        return Desk(self.state)

    @property
    def most_mb(self) -> float:
        """The most memory that the serving process has held."""
        return most_mb(self.pid)


@contextmanager
def portal_process(folder: Path, more: str = "", state: Path | None = None) -> Iterator[Served]:
    """``mast portal serve`` below ``folder``; ``more`` is added to its configuration."""
    config = Config(port=free_port())
    place, log, file = state or folder / "state", folder / "log.txt", folder / "portal.toml"
    text = f'port = {config.port}\nstate_folder = "{place.as_posix()}"\n{more}'
    file.write_text(text, encoding="utf-8")
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "portal", "serve", "--config", str(file)],
            cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Portal:"), log.read_text("utf-8")
        yield Served(config.url, place, log, process.pid)
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
