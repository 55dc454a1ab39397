"""A node as a process: what it needs to start, and how it ends with calls going on."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from pipeline import paths
from pipeline.video.process import NodeProcess

ANALYSIS = (
    "pandas", "polars", "duckdb", "scipy", "statsmodels", "plotly", "weasyprint", "great_expectations",
    "pyarrow", "dvc",
)  # fmt: skip
PROGRAM = f"""
import importlib.abc, sys
class Without(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {ANALYSIS!r}:
            raise ImportError(name)
sys.meta_path.insert(0, Without())
import pipeline.video.app, pipeline.video.command
from pipeline.video.config import Config
pipeline.video.app.make_app(Config(state_folder=sys.argv[1]))
"""


def test_the_service_needs_no_analysis_packages(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-400:]


def test_sigterm_with_live_calls_ends_them_and_says_so(tmp_path: Path) -> None:
    node = NodeProcess(tmp_path)
    node.start()
    token = (node.state / "api-token").read_bytes().hex()

    async def two_waiting() -> float:
        async with aiohttp.ClientSession(node.url, headers={"Authorization": f"Bearer {token}"}) as http:
            wanted = {"meetingType": "POOL", "useType": "consultation_visit", "isTest": True}
            async with http.post("/api/v2/meetings", json=wanted) as answer:
                booked = await answer.json()
            sockets = []
            for seat in ("host", "patient"):
                socket = await http.ws_connect(f"/api/v2/test-call/{booked['uuid']}/{seat}")
                await socket.send_json({"t": "hello"})
                assert (await socket.receive_json())["t"] == "welcome"
                sockets.append(socket)
            start = time.monotonic()
            stopping = asyncio.ensure_future(asyncio.to_thread(node.stop))
            for socket in sockets:
                while (message := await socket.receive_json())["t"] != "bye":
                    pass
                assert "lukker ned" in message["text"]
            await stopping
            return time.monotonic() - start

    taken = asyncio.run(two_waiting())
    assert taken < 10
    assert node.process is not None
    assert node.process.returncode == 0
    (log,) = (node.state / "log").glob("events-*.jsonl")
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    told = [event["type"].split(".", 2)[2] for event in events]
    assert told[-1] == "node.stopping.v1"
    assert told.count("participant.left.v1") == 2
    reasons = {
        event["data"].get("reason") for event in events if event["type"].endswith("participant.left.v1")
    }
    assert reasons == {"session.server_shutdown"}
