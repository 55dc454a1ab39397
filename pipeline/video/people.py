"""People at real browsers, with a made-up camera and microphone: for the demonstration and the tests."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

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
PATIENCE_S = 30.0
HEARD = """async () => {
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
SEEN = """[...document.querySelectorAll('.tile video')]
    .map(one => one.getVideoPlaybackQuality().totalVideoFrames)"""
# Who of the test login sits where; each is another person.
LOGINS = {
    "patient": "Voksen borger (Anne)",
    "child": "Forælder til et barn",
    "relative": "En anden voksen (Bo)",
    "nursing_home": "Fagperson",
    "home_nurse": "En anden voksen (Bo)",
    "specialist": "Fagperson",
    "hospital": "Fagperson",
    "interpreter": "Forælder til et barn",
}


class NotInTimeError(AssertionError):
    """Something did not happen while one waited."""


def wait_until(is_so: Callable[[], Any], most_s: float, what: str) -> Any:
    """Ask until it is so; the last answer. Raises NotInTimeError."""
    end = time.monotonic() + most_s
    while not (found := is_so()):
        if time.monotonic() > end:
            raise NotInTimeError(f"{what}: ikke inden {most_s:.0f} s")
        time.sleep(0.05)
    return found


@contextmanager
def browser(path: str, *more: str) -> Iterator["Browser"]:
    """A browser from ``path``, with the flags that a made-up camera needs, and ``more`` of them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more])
        try:
            yield made
        finally:
            made.close()


@contextmanager
def another(beside: "Browser", path: str, *more: str) -> Iterator["Browser"]:
    """One more browser, from ``path``, under the same driver as ``beside``."""
    made = beside.browser_type.launch(executable_path=path, args=[*FLAGS, *more])
    try:
        yield made
    finally:
        made.close()


@dataclass
class Person:
    """Somebody at a browser of their own, at the node with this address."""

    context: "BrowserContext"
    page: "Page"
    url: str

    @classmethod
    def at(cls, browser: "Browser", url: str, **given: Any) -> "Person":
        context = browser.new_context(permissions=["camera", "microphone"], locale="da-DK", **given)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        return cls(context, page, url)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}" if path.startswith("/") else path)

    def choose(self, who: str) -> None:
        self.page.get_by_role("link", name=who).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def log_in_as_doctor(self) -> None:
        self.go("/klinik")
        self.choose("Læge i klinikken")
        self.page.wait_for_url("**/klinik")

    def book(
        self,
        mode: str = "Straksmøde nu",
        use: str = "",
        seats: tuple[str, ...] = (),
        *,
        guardian: bool = False,
    ) -> str:
        """Book from the clinic's page; the meeting's short id."""
        if use:
            self.page.select_option("#use_type", use)
        if seats or guardian:
            self.page.get_by_text("Flere deltagere, barn, booket af").click()
            for seat in seats:
                self.page.get_by_label(seat, exact=True).check()
            if guardian:
                self.page.get_by_label("Barn: en forælder eller værge logger ind").check()
        self.press(mode)
        self.page.wait_for_url("**/booket/*")
        return self.page.url.rsplit("/", 1)[-1]

    def arrive(self, link: str, seat: str = "patient") -> None:
        """From the link to the waiting room."""
        self.go(link)
        self.page.locator("form[action='/deltag'] button").click()
        self.choose(LOGINS[seat])
        self.page.wait_for_url("**/moede")
        self.press("Prøv kamera og mikrofon")
        self.press("Gå i venteværelset")
        self.page.get_by_role("heading", name="Venteværelse").wait_for()

    def admit_next(self) -> None:
        """Let in whoever waits first."""
        self.page.get_by_role("button", name="Luk ind").first.click()

    def decoded(self) -> list[int]:
        """Pictures decoded so far, one number per other."""
        made: list[int] = self.page.evaluate(SEEN)
        return made

    def sees(self, others: int, most_s: float = PATIENCE_S) -> None:
        """Wait until that many moving pictures are seen."""
        wait_until(lambda: sum(n > 5 for n in self.decoded()) >= others, most_s, f"{others} billeder")

    def hears(self, others: int, most_s: float = PATIENCE_S) -> None:
        """Wait until sound with energy comes from that many."""
        wait_until(lambda: self.page.evaluate(HEARD) >= others, most_s, f"lyd fra {others}")


def links_of(messages: Mapping[str, str], short_id: str) -> dict[str, str]:
    """Each seat's link, from messages named ``<short id>-<seat>``."""
    return {
        name.removeprefix(f"{short_id}-"): text.splitlines()[0]
        for name, text in messages.items()
        if name.startswith(short_id)
    }
