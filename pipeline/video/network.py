"""A poor line on purpose: a network namespace whose one way out is slow, lossy or dead (Linux, as root)."""

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
    """``address`` is this side of the line; ``browser`` starts a browser on the other. It begins clean."""

    address: str
    browser: Path
    _namespace: str
    _here: str
    _there: str

    def shape(self, kbit_per_s: int, queue_ms: int) -> None:
        """So much each way, with a queue of ``queue_ms``: what is too much waits, and is late.

        Chromium keeps a queue short where it can: the sound was 0.15 s late at 500 kbit/s, 0.5 to 1 s at 150.
        """
        shape = ["root", "tbf", "rate", f"{kbit_per_s}kbit", "burst", "5kb", "latency", f"{queue_ms}ms"]
        _run("tc", "qdisc", "replace", "dev", self._here, *shape)
        self._inside("tc", "qdisc", "replace", "dev", self._there, *shape)

    def lose(self, percent: int) -> None:
        """Drop so many of a hundred media packets each way; signalling, which is TCP, goes on.

        Each is dropped where it arrives, so that its sender knows nothing: one dropped on its way out
        is an error to Chromium, which sends it again.
        """
        some = f"numgen random mod 100 < {percent} " if percent < 100 else ""
        for device, run in ((self._here, _run), (self._there, self._inside)):
            run("nft", "-f", "-", given=_arriving(device, f"meta l4proto udp {some}drop"))

    def mend(self) -> None:
        """Clean again."""
        for device, run in ((self._here, _run), (self._there, self._inside)):
            for command in (
                ("nft", "delete", "table", "inet", device),
                ("tc", "qdisc", "del", "dev", device, "root"),
            ):
                with contextlib.suppress(NoNamespaceError):  # there was no loss, or no shape
                    run(*command)

    def _inside(self, *command: str, given: str = "") -> None:
        _run("ip", "netns", "exec", self._namespace, *command, given=given)


def _arriving(device: str, rule: str) -> str:
    """A table of the device's own, in place of the one that was: ``rule`` for what arrives by it."""
    return (
        f"table inet {device}\ndelete table inet {device}\n"
        f"table inet {device} {{\nchain arriving {{\ntype filter hook input priority 0;\n"
        f"iifname {device} {rule}\n}}\n}}\n"
    )


def _run(*command: str, given: str = "") -> None:
    # Where tc and nft lie is not on everybody's path.
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    program = shutil.which(command[0], path=path) or command[0]
    environment = {**os.environ, "PATH": path}
    try:
        subprocess.run(
            [program, *command[1:]], check=True, capture_output=True, env=environment, input=given.encode()
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespaceError(f"{command[0]} {command[1]}") from error


@contextmanager
def poor_line(browser: str, work: Path) -> Iterator[Line]:
    """A line of its own for the browser at ``browser``. Raises NoNamespaceError."""
    number = os.getpid() % 200 + 10
    name, here, there = f"mast{number}", f"mth{number}", f"mtg{number}"
    address, other = f"10.77.{number}.1", f"10.77.{number}.2"
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _run("ip", "addr", "add", f"{address}/24", "dev", here)
        _run("ip", "link", "set", here, "up")
        _run("ip", "-n", name, "addr", "add", f"{other}/24", "dev", there)
        _run("ip", "-n", name, "link", "set", there, "up")
        _run("ip", "-n", name, "link", "set", "lo", "up")
        script = work / "browser-on-the-poor-line"
        text = f'#!/bin/sh\nPATH="$PATH:/usr/sbin:/sbin" exec ip netns exec {name} {browser} "$@"\n'
        script.write_text(text, encoding="utf-8")
        script.chmod(0o755)
        line = Line(address, script, name, here, there)
        line.lose(0)  # whether the rules that lose packets can be made
        line.mend()
        try:
            yield line
        finally:
            line.mend()
    finally:
        with contextlib.suppress(NoNamespaceError):
            _run("ip", "netns", "del", name)
