"""Acknowledged events a second of the session log, beside a plain writer that syncs every event, in one run.

Run with ``./run bench log``. Target: at least 20,000 a second with grouped syncs.
"""

import json
import os
import tempfile
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from pipeline.video.event_log import EventLog

TARGET_PER_S = 20_000
EVENTS, PLAIN_EVENTS, IN_FLIGHT = 60_000, 2_000, 2_000
MEETING = "meeting/0197e0aa-0000-7000-8000-000000000001"
DATA = {"participation_id": "0197e0aa-0000-7000-8000-000000000002", "actor_pseudonym": "s_a"}


def grouped(folder: Path) -> float:
    """Events a second, each acknowledged, with at most ``IN_FLIGHT`` waiting."""
    log = EventLog.open(folder, "/video/bench")
    waiting: deque[Future[int]] = deque()
    start = time.perf_counter()
    for _ in range(EVENTS):
        waiting.append(log.append_later("participant.waiting", MEETING, DATA))
        if len(waiting) >= IN_FLIGHT:
            waiting.popleft().result()
    while waiting:
        waiting.popleft().result()
    taken = time.perf_counter() - start
    log.close()
    return EVENTS / taken


def plain(folder: Path) -> float:
    """Events a second where each is written and synced by itself."""
    file = os.open(folder / "plain.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    start = time.perf_counter()
    for seq in range(PLAIN_EVENTS):
        os.write(file, json.dumps({"seq": seq, "subject": MEETING, "data": DATA}).encode() + b"\n")
        os.fdatasync(file)
    taken = time.perf_counter() - start
    os.close(file)
    return PLAIN_EVENTS / taken


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, peer = grouped(folder / "log"), plain(folder)
    print(f"session log, grouped syncs   {ours:10,.0f} events/s   (target ≥ {TARGET_PER_S:,})")
    print(f"a sync for every event       {peer:10,.0f} events/s   ratio {ours / peer:.1f}")


if __name__ == "__main__":
    main()
