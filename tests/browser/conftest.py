"""A node in a process of its own, and real browsers with a made-up camera and microphone."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipeline import paths

FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


def browser_path() -> str | None:
    """The browser that set-up found, else the system's."""
    noted = paths.ROOT / ".venv" / "browser-path"
    found = os.environ.get("BROWSER_PATH") or (noted.read_text("utf-8").strip() if noted.is_file() else "")
    return found or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("ingen browser: sæt BROWSER_PATH · no browser: set BROWSER_PATH")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(is_so: Callable[[], Any], most_s: float, what: str) -> Any:
    """Ask until it is so; the last answer."""
    end = time.monotonic() + most_s
    while not (found := is_so()):
        assert time.monotonic() < end, f"{what}: ikke inden {most_s} s"
        time.sleep(0.05)
    return found


@dataclass
class Served:
    """A running node."""

    folder: Path
    port: int
    more: str = ""
    process: subprocess.Popen[str] | None = None
    starts: int = field(default=0)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def start(self) -> None:
        config = self.folder / "node.toml"
        config.write_text(f'port = {self.port}\nstate_folder = "{self.state}"\n{self.more}', "utf-8")
        self.starts += 1
        with (self.folder / f"stderr{self.starts}.txt").open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "video", "serve", str(config)],
                cwd=paths.ROOT,
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        wait_until(self.is_well, 20, "tjenesten svarer")

    def is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)

    def events(self) -> list[dict[str, Any]]:
        lines = [
            json.loads(line)
            for path in sorted((self.state / "log").glob("events-*.jsonl"))
            for line in path.read_text("utf-8").splitlines()
        ]
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        return lines

    def logged(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type, ``participant.left`` for short."""
        return [event for event in self.events() if event["type"] == f"dk.medvideo.{kind}.v1"]

    def messages(self) -> dict[str, str]:
        """The messages sent, by ``<short id>-<seat>``."""
        return {path.stem: path.read_text("utf-8") for path in (self.state / "outbox").glob("*.txt")}

    def api(self, method: str, path: str, body: object = None) -> Any:
        token = (self.state / "api-token").read_bytes().hex()
        request = urllib.request.Request(
            f"{self.url}/api/v2/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def serving(folder: Path, more: str = "") -> Iterator[Served]:
    """A node below ``folder``; ``more`` is added to its configuration."""
    made = Served(folder, free_port(), more)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("node")) as made:
        yield made


@dataclass
class Person:
    """Somebody at a browser of their own."""

    context: BrowserContext
    page: Page
    node: Served

    def go(self, path: str) -> None:
        self.page.goto(f"{self.node.url}{path}" if path.startswith("/") else path)

    def choose(self, who: str) -> None:
        self.page.get_by_role("link", name=who).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def decoded(self) -> list[int]:
        """Pictures decoded so far, one number per tile."""
        made: list[int] = self.page.evaluate(
            "[...document.querySelectorAll('.tile video')]"
            ".map(one => one.getVideoPlaybackQuality().totalVideoFrames)"
        )
        return made

    def sees(self, others: int, most_s: float = 30) -> None:
        """Wait until that many moving pictures are seen."""
        wait_until(lambda: len([n for n in self.decoded() if n > 5]) >= others, most_s, f"{others} billeder")

    def hears(self, others: int, most_s: float = 30) -> None:
        """Wait until sound with energy comes from that many."""
        heard = """async () => {
            const videos = [...document.querySelectorAll('.tile video')];
            const streams = videos.map(one => one.srcObject).filter(Boolean);
            let count = 0;
            for (const stream of streams) {
                if (!stream.getAudioTracks().length) continue;
                const context = new AudioContext();
                const analyser = context.createAnalyser();
                context.createMediaStreamSource(stream).connect(analyser);
                const samples = new Float32Array(analyser.fftSize);
                for (let n = 0; n < 40; n += 1) {
                    await new Promise(done => setTimeout(done, 50));
                    analyser.getFloatTimeDomainData(samples);
                    if (samples.some(value => Math.abs(value) > 0.005)) { count += 1; break; }
                }
                await context.close();
            }
            return count;
        }"""
        wait_until(lambda: self.page.evaluate(heard) >= others, most_s, f"lyd fra {others}")


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[[Served], Person]]:
    made: list[Person] = []

    def make(node: Served, **given: Any) -> Person:
        context = browser.new_context(permissions=["camera", "microphone"], locale="da-DK", **given)
        page = context.new_page()
        page.set_default_timeout(30_000)
        made.append(Person(context, page, node))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def doctor(make: Callable[[Served], Person], node: Served) -> Person:
    """A doctor who is logged in."""
    one = make(node)
    one.go("/klinik")
    one.choose("Læge i klinikken")
    one.page.wait_for_url("**/klinik")
    return one


def book(one: Person, mode: str = "Straksmøde nu", **more: Any) -> tuple[str, dict[str, str]]:
    """Book from the clinic's page: the short id, and each seat's link."""
    if more.get("use"):
        one.page.select_option("#use_type", more["use"])
    if more.get("seats") or more.get("guardian"):
        one.page.get_by_text("Flere deltagere, barn, booket af").click()
        for seat in more.get("seats", ()):
            one.page.get_by_label(seat, exact=True).check()
        if more.get("guardian"):
            one.page.get_by_label("Barn: en forælder eller værge logger ind").check()
    one.press(mode)
    one.page.wait_for_url("**/booket/*")
    short_id = one.page.url.rsplit("/", 1)[-1]
    links = {
        name.removeprefix(f"{short_id}-"): text.splitlines()[0]
        for name, text in one.node.messages().items()
        if name.startswith(short_id)
    }
    return short_id, links


def arrive(
    one: Person, link: str, who: str = "Voksen borger (Anne)", login: str = "Log ind med MitID"
) -> None:
    """From the link to the waiting room."""
    one.go(link)
    one.press(login)
    one.choose(who)
    one.page.wait_for_url("**/moede")
    one.press("Prøv kamera og mikrofon")
    one.press("Gå i venteværelset")
    one.page.get_by_role("heading", name="Venteværelse").wait_for()
