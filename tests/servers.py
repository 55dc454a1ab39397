"""Real servers that a test starts with a configuration of its own: Janus and coturn."""

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.video.process import free_port

START_S = 15.0


class MissingServerError(OSError):
    """The server is not on this machine, or the machine has no address that it takes."""


def own_address() -> str:
    """An address of this machine that is not loopback, for Janus. Raises MissingServerError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it asks for the way
        address = str(probe.getsockname()[0])
        if not address.startswith("127."):
            return address
    found = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    for address in found:
        if "." in address and not address.startswith("127."):
            return address
    raise MissingServerError("maskinen har kun loopback · this machine has loopback only")


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingServerError(f"{name} mangler: apt install {package} · {name} is missing")
    return found


def until_open(port: int, process: "subprocess.Popen[bytes]", address: str = "127.0.0.1") -> None:
    """Wait until somebody listens. Raises MissingServerError."""
    end = time.monotonic() + START_S
    while True:
        with socket.socket() as one:
            if one.connect_ex((address, port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            raise MissingServerError(f"{process.args} lytter ikke på {port} · does not listen")
        time.sleep(0.05)


@dataclass
class Janus:
    """A Janus below ``folder``, its WebSocket on loopback, its media at the machine's own address."""

    folder: Path
    port: int = field(default_factory=free_port)
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def config(self) -> str:
        """What a node's configuration says to use it."""
        secret = self.folder / "secret"
        return f'[media]\nengine = "janus"\njanus_url = "{self.url}"\njanus_secret_file = "{secret}"\n'

    def start(self) -> None:
        binary, address = program("janus", "janus"), own_address()
        self.folder.mkdir(exist_ok=True)
        (self.folder / "secret").write_text(self.secret, encoding="utf-8")
        (self.folder / "janus.jcfg").write_text(
            f'general: {{ configs_folder = "{self.folder}"; api_secret = "{self.secret}"; debug_level = 3; '
            f'server_name = "mast"; }}\n'
            f'nat: {{ ice_enforce_list = "{address}"; ignore_mdns = true; }}\n'
            "media: { }\n"
            'plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,'
            "libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,"
            'libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so"; }\n'
            'transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,'
            'libjanus_pfunix.so,libjanus_rabbitmq.so"; }\n',
            encoding="utf-8",
        )
        (self.folder / "janus.transport.websockets.jcfg").write_text(
            f'general: {{ ws = true; ws_port = {self.port}; ws_ip = "127.0.0.1"; wss = false; }}\n',
            encoding="utf-8",
        )
        (self.folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n", encoding="utf-8")
        with (self.folder / "janus.log").open("ab") as log:
            self.process = subprocess.Popen(
                [binary, "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until_open(self.port, self.process)

    def kill(self) -> None:
        """Without warning."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)


@contextmanager
def janus_server(folder: Path) -> Iterator[Janus]:
    """A running Janus. Raises MissingServerError."""
    janus = Janus(folder)
    janus.start()
    try:
        yield janus
    finally:
        janus.kill()


@dataclass
class Coturn:
    """A coturn below ``folder`` at the machine's own address, with time-limited credentials."""

    folder: Path
    port: int = field(default_factory=free_port)
    secret: str = field(default_factory=lambda: secrets.token_hex(16))

    def config(self, way: str) -> str:
        """What a node's configuration says to relay everything through it; ``way`` is udp or tcp."""
        url = f"turn:{own_address()}:{self.port}?transport={way}"
        secret = self.folder / "secret"
        return f'[media]\nis_relay_only = true\n[turn]\nurls = ["{url}"]\nsecret_file = "{secret}"\n'


@contextmanager
def coturn_server(folder: Path) -> Iterator[Coturn]:
    """A running coturn. Raises MissingServerError."""
    binary, address, coturn = program("turnserver", "coturn"), own_address(), Coturn(folder)
    (folder / "secret").write_text(coturn.secret, encoding="utf-8")
    (folder / "turnserver.conf").write_text(
        f"listening-port={coturn.port}\nlistening-ip={address}\nrelay-ip={address}\nrealm=test\n"
        f"use-auth-secret\nstatic-auth-secret={coturn.secret}\nno-tls\nno-dtls\nno-cli\n"
        f"no-multicast-peers\nno-stdout-log\nlog-file={folder / 'turn.log'}\nuserdb={folder / 'users'}\n"
        f"pidfile={folder / 'pid'}\n",
        encoding="utf-8",
    )
    with (folder / "out.log").open("ab") as log:
        process = subprocess.Popen(
            [binary, "-c", str(folder / "turnserver.conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        until_open(coturn.port, process, address)
        yield coturn
    finally:
        process.kill()
        process.wait(10)
