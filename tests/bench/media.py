"""Processor time per forwarded packet: the embedded unit beside Janus, on the same synthetic calls.

Run with ``./run bench media [calls]``. Both are driven through the same interface, each in a process of its
own on one core; the calls are real ICE, DTLS and SRTP, from either side 50 packets of sound and 75 of picture
a second.
Targets: at 24 two-party calls at most 2.5 times Janus's, with under 0.5 % loss.
"""

import asyncio
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from pipeline.video.media.engine import MediaEngine
from pipeline.video.media.forwarding import ForwardingEngine
from pipeline.video.media.hosts import listen_at
from pipeline.video.media.janus import JanusEngine
from pipeline.video.media.transport import SLOTS, silence
from tests.servers import MissingServerError, janus_server, own_address

MOST_RATIO, MOST_LOSS = 2.5, 0.005
CALLS, WINDOW_S, SETTLE_S = 24, 10.0, 2.0
# Kind, packets a second, octets of payload.
FLOWS = (("audio", 50, 80), ("video", 75, 1000))
TICK_S = 0.02
SERVER, GENERATOR = 0, 1  # cores


@dataclass
class Side:
    """One participant: the connection that sends, and, where the engine has two, the one that receives."""

    name: str
    sends: RTCPeerConnection
    receives: RTCPeerConnection | None = None
    sent: int = 0
    got: int = 0
    seqs: dict[str, int] = field(default_factory=lambda: {"audio": 0, "video": 0})

    def send(self, kind: str, size: int, now: float) -> None:
        one = next(item for item in self.sends.getTransceivers() if item.kind == kind)
        codec = next(item for item in one._codecs if item.mimeType.lower() in ("audio/opus", "video/vp8"))
        seq = self.seqs[kind] = self.seqs[kind] + 1
        clock = 48_000 if kind == "audio" else 90_000
        header = struct.pack(
            "!BBHII",
            0x80,
            codec.payloadType or 0,
            seq & 0xFFFF,
            int(now * clock) & 0xFFFFFFFF,
            one.sender._ssrc,
        )
        transport: Any = one.sender.transport
        pair = transport.transport._connection._nominated[1]
        pair.protocol.transport.sendto(transport._tx_srtp.protect(header + bytes(size)), pair.remote_addr)
        self.sent += 1

    def count(self) -> None:
        """From now on packets of media are counted where they arrive, and not decrypted."""
        connection: Any = self.receives or self.sends
        pair = connection.getTransceivers()[0].receiver.transport.transport._connection._nominated[1]
        protocol, before = pair.protocol, pair.protocol.datagram_received

        def received(data: bytes, address: Any) -> None:
            # RTCP has the packet types 192 to 223 (RFC 5761).
            if 128 <= data[0] <= 191 and not 192 <= data[1] <= 223:
                self.got += 1
            else:
                before(data, address)

        protocol.datagram_received = received


def connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def offer(side: Side, slots: int) -> str:
    for direction, count in (("sendonly", 1), ("recvonly", slots)):
        for _ in range(count):
            for kind in ("audio", "video"):
                side.sends.addTransceiver(kind, direction=direction)
    for one in side.sends.getTransceivers():
        silence(one)
    await side.sends.setLocalDescription(await side.sends.createOffer())
    return side.sends.localDescription.sdp


async def connected(made: RTCPeerConnection) -> None:
    async with asyncio.timeout(30):
        while made.connectionState != "connected":
            await asyncio.sleep(0.05)


async def run_calls(engine: Any, calls: int, pid: int) -> tuple[float, float]:
    """Microseconds of processor time per forwarded packet, and the share lost."""
    sides: dict[tuple[str, str], Side] = {}
    slots = SLOTS if not isinstance(engine, JanusEngine) else 0

    async def listen() -> None:
        async for event in engine.events():
            side = sides[event.room, event.participation]
            match event.data.get("type"):
                case "answer":
                    await side.sends.setRemoteDescription(RTCSessionDescription(event.data["sdp"], "answer"))
                case "offer":
                    side.receives = side.receives or connection()
                    await side.receives.setRemoteDescription(
                        RTCSessionDescription(event.data["sdp"], "offer")
                    )
                    for one in side.receives.getTransceivers():
                        silence(one)
                    await side.receives.setLocalDescription(await side.receives.createAnswer())
                    sdp = side.receives.localDescription.sdp
                    await engine.signal(event.room, side.name, {"type": "answer", "sdp": sdp})

    listening = asyncio.ensure_future(listen())
    for number in range(calls):
        room = f"room{number}"
        await engine.open_room(room, 1)
        for name in (f"{number}a", f"{number}b"):
            side = sides[room, name] = Side(name, connection())
            await engine.grant(room, name)
            await engine.signal(room, name, {"type": "offer", "sdp": await offer(side, slots)})
            await connected(side.sends)
    everybody = list(sides.values())
    async with asyncio.timeout(30):
        while slots == 0 and not all(one.receives for one in everybody):
            await asyncio.sleep(0.05)
    for one in everybody:
        if one.receives:
            await connected(one.receives)
        one.count()
    await _load(everybody, SETTLE_S)
    await asyncio.sleep(0.5)
    before, spent = (sum(one.sent for one in everybody), sum(one.got for one in everybody)), cpu_s(pid)
    await _load(everybody, WINDOW_S)
    spent = cpu_s(pid) - spent
    await asyncio.sleep(0.5)
    sent = sum(one.sent for one in everybody) - before[0]
    got = sum(one.got for one in everybody) - before[1]
    listening.cancel()
    for one in everybody:
        for item in (one.sends, one.receives):
            if item is not None:
                await item.close()
    return spent / got * 1e6, 1 - got / sent


async def _load(sides: list[Side], seconds: float) -> None:
    """Every side's packets, in ticks of 20 ms."""
    start, owed = time.monotonic(), dict.fromkeys((kind for kind, _, _ in FLOWS), 0.0)
    last = start
    while (now := time.monotonic()) - start < seconds:
        for kind, per_s, size in FLOWS:
            owed[kind] += (now - last) * per_s
            whole, owed[kind] = int(owed[kind]), owed[kind] % 1
            for _ in range(whole):
                for side in sides:
                    side.send(kind, size, now)
        last = now
        await asyncio.sleep(max(0.0, TICK_S - (time.monotonic() - now)))


def cpu_s(pid: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- the embedded unit in a process of its own, spoken to in lines of JSON ---


class Remote:
    """An engine on the other side of a pipe."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def _say(self, *message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        await self._process.stdin.drain()

    async def open_room(self, room: str, epoch: int) -> None:
        await self._say("open_room", room, epoch)

    async def grant(self, room: str, participation: str) -> None:
        await self._say("grant", room, participation)

    async def signal(self, room: str, participation: str, message: Any) -> None:
        await self._say("signal", room, participation, message)

    async def events(self) -> AsyncIterator[Any]:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            room, participation, data = json.loads(line)
            yield type("Event", (), {"room": room, "participation": participation, "data": data})


async def serve_engine() -> None:
    """Read calls from standard input, write messages to standard output."""
    engine: MediaEngine = ForwardingEngine(own_address())
    reader = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def tell() -> None:
        async for event in engine.events():
            print(json.dumps([event.room, event.participation, dict(event.data)]), flush=True)

    telling = asyncio.ensure_future(tell())
    while line := await reader.readline():
        name, *given = json.loads(line)
        await getattr(engine, name)(*given)
    telling.cancel()


@asynccontextmanager
async def embedded() -> AsyncIterator[tuple[Remote, int]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "serve",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=1 << 20,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    os.sched_setaffinity(process.pid, {SERVER})
    try:
        yield Remote(process), process.pid
    finally:
        process.kill()
        await process.wait()


async def bench(calls: int) -> None:
    listen_at(own_address())
    os.sched_setaffinity(0, {GENERATOR})
    print(f"{calls} samtaler af to, {WINDOW_S:.0f} s · {calls} calls of two, {WINDOW_S:.0f} s")
    async with embedded() as (remote, pid):
        ours = await run_calls(remote, calls, pid)
    print(f"embedded forwarding   {ours[0]:6.1f} µs/packet   loss {ours[1]:.2%} (target < {MOST_LOSS:.1%})")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with janus_server(Path(folder)) as janus:
                assert janus.process is not None
                os.sched_setaffinity(janus.process.pid, {SERVER})
                for thread in Path(f"/proc/{janus.process.pid}/task").iterdir():
                    os.sched_setaffinity(int(thread.name), {SERVER})
                engine = JanusEngine(janus.url, janus.secret, most_bps=3_000_000)
                peer = await run_calls(engine, calls, janus.process.pid)
                await engine.close()
        except MissingServerError as missing:
            print(f"Janus: {missing}")
            return
    print(f"Janus                 {peer[0]:6.1f} µs/packet   loss {peer[1]:.2%}")
    print(f"ratio                 {ours[0] / peer[0]:6.2f}           (target ≤ {MOST_RATIO})")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        uvloop.run(serve_engine())
    else:
        uvloop.run(bench(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS))
