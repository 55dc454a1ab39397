"""A thin line on purpose: a network namespace whose only way out is slow (Linux, iproute2, root's rights)."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What a browser needs to use camera and microphone on an address that is not localhost.
SECURE = "--unsafely-treat-insecure-origin-as-secure"


class NoNamespaceError(OSError):
    """This machine makes no network namespace."""


@dataclass(frozen=True)
class Line:
    """``address`` is this side of the line; ``browser`` starts a browser on the other."""

    address: str
    browser: Path


def _run(*command: str) -> None:
    # Where tc lies is not on everybody's path.
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    program = shutil.which(command[0], path=path) or command[0]
    try:
        subprocess.run(
            [program, *command[1:]], check=True, capture_output=True, env={**os.environ, "PATH": path}
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespaceError(f"{command[0]} {command[1]}") from error


@contextmanager
def thin_line(browser: str, work: Path, *, kbit_per_s: int = 150, queue_ms: int = 1500) -> Iterator[Line]:
    """A line of ``kbit_per_s`` each way with a queue of ``queue_ms``: what is too much waits, and is late.

    Chromium keeps a queue short where it can: the sound was 0.15 s late at 500 kbit/s, 0.5 to 1 s at 150.

    Raises NoNamespaceError.
    """
    number = os.getpid() % 200 + 10
    name, here, there = f"mast{number}", f"mth{number}", f"mtg{number}"
    address, other = f"10.77.{number}.1", f"10.77.{number}.2"
    shape = ["root", "tbf", "rate", f"{kbit_per_s}kbit", "burst", "5kb", "latency", f"{queue_ms}ms"]
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _run("ip", "addr", "add", f"{address}/24", "dev", here)
        _run("ip", "link", "set", here, "up")
        _run("ip", "-n", name, "addr", "add", f"{other}/24", "dev", there)
        _run("ip", "-n", name, "link", "set", there, "up")
        _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("tc", "qdisc", "add", "dev", here, *shape)
        _run("ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", there, *shape)
        script = work / "browser-on-the-thin-line"
        script.write_text(
            f'#!/bin/sh\nPATH="$PATH:/usr/sbin:/sbin" exec ip netns exec {name} {browser} "$@"\n',
            encoding="utf-8",
        )
        script.chmod(0o755)
        yield Line(address, script)
    finally:
        with contextlib.suppress(NoNamespaceError):
            _run("ip", "netns", "del", name)
