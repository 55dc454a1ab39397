"""A node in a process of its own: for the demonstration, the health check and the tests."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import paths

START_S = 30.0


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class NodeProcess:
    """A node below ``folder``; ``more`` is added to its configuration."""

    folder: Path
    more: str = ""
    name: str = "localhost"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None
    starts: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def config(self) -> Path:
        return self.folder / "node.toml"

    def start(self) -> None:
        """Start and wait until it answers. Raises TimeoutError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = f'port = {self.port}\nstate_folder = "{self.state.as_posix()}"\n'
        if self.name != "localhost":
            text += f'host = "0.0.0.0"\npublic_url = "{self.url}"\n'
        text += self.more
        self.config.write_text(text, encoding="utf-8")
        self.starts += 1
        with (self.folder / f"stderr{self.starts}.txt").open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "video", "serve", str(self.config)],
                cwd=paths.ROOT,
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        end = time.monotonic() + START_S
        while not self.is_well():
            if time.monotonic() > end or self.process.poll() is not None:
                raise TimeoutError(f"{self.url} svarer ikke · does not answer")
            time.sleep(0.05)

    def is_well(self) -> bool:
        """Whether it takes meetings."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """Without warning."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> None:
        """As a system does: SIGTERM, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def messages(self) -> dict[str, str]:
        """The messages sent, by ``<short id>-<seat>``."""
        return {path.stem: path.read_text("utf-8") for path in (self.state / "outbox").glob("*.txt")}

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Ask the booking API with the node's own token."""
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
