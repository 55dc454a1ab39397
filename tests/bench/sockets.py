"""Memory of waiting people: 5,000 in the waiting room, beside a bare aiohttp server with as many sockets.

Run with ``./run bench sockets [number]``. Target: at most 100 MB above the idle service.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web

from pipeline.video.process import NodeProcess, free_port
from tests.process_memory import resident_mb

MOST_MB, SOCKETS, AT_ONCE = 100, 5_000, 50


async def in_the_waiting_room(number: int, folder: Path) -> tuple[float, float]:
    """Megabytes above the idle service, and sockets opened a second, booking included."""
    node = NodeProcess(folder)
    await asyncio.to_thread(node.start)
    assert node.process is not None
    idle = resident_mb(node.process.pid)
    token = (node.state / "api-token").read_bytes().hex()
    gate = asyncio.Semaphore(AT_ONCE)
    wanted = {"useType": "consultation_visit", "isTest": True, "startTime": datetime.now(UTC).isoformat()}
    try:
        async with AsyncExitStack() as stack:
            connector = aiohttp.TCPConnector(limit=0)
            headers = {"Authorization": f"Bearer {token}"}
            http = await stack.enter_async_context(
                aiohttp.ClientSession(node.url, headers=headers, connector=connector)
            )

            async def wait() -> aiohttp.ClientWebSocketResponse:
                async with gate:
                    async with http.post("/api/v2/meetings", json=wanted) as answer:
                        answer.raise_for_status()
                        booked = await answer.json()
                    socket = await http.ws_connect(f"/api/v2/test-call/{booked['uuid']}/patient")
                    await socket.send_json({"t": "hello"})
                    while (await socket.receive_json())["t"] != "wait":
                        pass
                    return socket

            start = time.monotonic()
            sockets = await asyncio.gather(*(wait() for _ in range(number)))
            taken = time.monotonic() - start
            used = resident_mb(node.process.pid) - idle
            for socket in sockets:
                await socket.close()
            return used, number / taken
    finally:
        node.kill()


async def bare(number: int) -> float:
    """Megabytes above the idle server, of sockets that do nothing."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "serve", str(port), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    idle, gate = resident_mb(process.pid), asyncio.Semaphore(AT_ONCE)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

            async def connect() -> aiohttp.ClientWebSocketResponse:
                async with gate:
                    return await http.ws_connect(f"http://127.0.0.1:{port}/")

            sockets = await asyncio.gather(*(connect() for _ in range(number)))
            used = resident_mb(process.pid) - idle
            for socket in sockets:
                await socket.close()
            return used
    finally:
        process.kill()
        await process.wait()


async def serve(port: int) -> None:
    async def wait(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get("/", wait)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    print("klar", flush=True)
    await asyncio.Event().wait()


def main(number: int) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        used, per_s = uvloop.run(in_the_waiting_room(number, Path(folder)))
    peer = uvloop.run(bare(number))
    print(f"{number} i venteværelset · {number} in the waiting room")
    print(f"waiting room    {used:6.1f} MB above idle   (target ≤ {MOST_MB})   {per_s:.0f} booked a second")
    print(f"bare aiohttp    {peer:6.1f} MB above idle   ratio {used / peer:.2f}")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[2]))
    if sys.argv[1:2] == ["serve"]:
        uvloop.run(serve(int(sys.argv[2])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else SOCKETS)
