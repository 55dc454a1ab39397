"""One node's configuration: a TOML file, where every key has a default that runs on one machine."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import paths
from pipeline.video.codes import LINK_LENGTH
from pipeline.web.settings import Provider, Site, load_settings, wrong_setting

LINK_MOST_CHARS = 60
ENGINES = ("forwarding", "janus", "livekit")
REGIONS = ("1081", "1082", "1083", "1084", "1085")


@dataclass(frozen=True)
class Media:
    """How media go. Two in a consultation meet directly, three and more through the engine: ``forwarding``
    in this process, ``janus`` at ``janus_url`` with API secret, or ``livekit`` at ``livekit_url`` with key,
    secret, and the file of its browser client (``livekit-client.umd.js`` of npm). Both are ws:// or wss://.
    """

    engine: str = "forwarding"
    janus_url: str = ""
    janus_secret_file: str = ""
    livekit_url: str = ""
    livekit_key: str = ""
    livekit_secret_file: str = ""
    livekit_client: str = ""
    is_relay_only: bool = False
    # Where browsers reach the forwarding unit; empty: the machine's own addresses.
    address: str = ""


@dataclass(frozen=True)
class Turn:
    """A coturn server with time-limited credentials; without addresses none is offered."""

    urls: tuple[str, ...] = ()
    secret_file: str = ""
    ttl_s: int = 600


@dataclass(frozen=True)
class Sending:
    """How the message reaches the patient: ``file``, ``smtp`` or ``http``."""

    kind: str = "file"
    url: str = ""
    sender: str = ""


@dataclass(frozen=True)
class Config(Site):
    """What one node is. ``server_from`` is the day it took its first meeting; empty: it has none yet."""

    region: str = "1083"
    node: str = "a"
    practice: str = "p_demonstration2222222"
    clinic: str = "Klinikken"
    state_folder: str = ""
    programme: str = "reference"
    server_from: str = ""
    opens_before_min: int = 15
    most_parties: int = 6
    pool_rooms: int = 4
    fee_table: str = ""
    is_demonstration: bool = True
    identity_provider: Provider = field(default_factory=Provider)
    staff_provider: Provider = field(default_factory=Provider)
    media: Media = field(default_factory=Media)
    turn: Turn = field(default_factory=Turn)
    sending: Sending = field(default_factory=Sending)

    @property
    def source(self) -> str:
        """The node's name in the log."""
        return f"/video/{self.region}/{self.node}"

    @property
    def state(self) -> Path:
        """The folder of what the node keeps."""
        if self.state_folder:
            return Path(self.state_folder)
        return paths.ROOT / "data" / "state" / "video" / f"{self.region}-{self.node}"


def load_config(path: Path | None) -> Config:
    """The configuration in ``path``; without one, a node that runs on this machine.

    Raises ProblemError naming file and key for what is unknown, of another type, or cannot work.
    """
    if path is None:
        return _sound("(standard)", Config())
    return _sound(paths.relative(path), load_settings(path, Config()))


def _sound(name: str, config: Config) -> Config:
    if config.region not in REGIONS:
        known = ", ".join(REGIONS)
        raise wrong_setting(name, "region", f"forventet en af {known}", f"expected one of {known}")
    parts = urlsplit(config.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise wrong_setting(
            name, "public_url", "forventet https://vært uden sti", "expected https://host with no path"
        )
    chars = len(f"{config.url}/m/") + LINK_LENGTH
    if chars > LINK_MOST_CHARS:
        raise wrong_setting(
            name,
            "public_url",
            f"linket i beskeden bliver {chars} tegn; højst {LINK_MOST_CHARS}: vælg et kortere værtsnavn",
            f"the message's link gets {chars} characters; at most {LINK_MOST_CHARS}: choose a shorter host",
        )
    if config.sending.kind not in ("file", "smtp", "http"):
        raise wrong_setting(
            name, "sending.kind", "forventet file, smtp eller http", "expected file, smtp or http"
        )
    if config.media.engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise wrong_setting(name, "media.engine", f"forventet {known}", f"expected {known}")
    address = {"janus": config.media.janus_url, "livekit": config.media.livekit_url}.get(config.media.engine)
    if address is not None and not address.startswith(("ws://", "wss://")):
        key = f"media.{config.media.engine}_url"
        raise wrong_setting(name, key, "forventet ws:// eller wss://", "expected ws:// or wss://")
    if config.media.engine == "livekit" and not Path(config.media.livekit_client).is_file():
        raise wrong_setting(name, "media.livekit_client", "filen findes ikke", "the file does not exist")
    if not config.is_demonstration and not config.identity_provider.issuer:
        raise wrong_setting(
            name,
            "identity_provider.issuer",
            "mangler; testlogin bruges kun, hvor is_demonstration = true",
            "is missing; the test login serves demonstrations only",
        )
    return config
