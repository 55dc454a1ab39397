"""The log keeps what it acknowledged: through a kill, a full disk and a clock set back."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import paths
from pipeline.video.event_log import EventLog, read_events
from pipeline.video.events import EventError, checked, uuid7

MEETING = "meeting/0197e0aa-0000-7000-8000-000000000001"
LEFT = {"participation_id": "p1", "actor_pseudonym": "s_a", "reason": "session.peer_left"}
WAITING = {"participation_id": "p1", "actor_pseudonym": "s_a"}


def events(folder: Path) -> list[dict[str, object]]:
    return [event for path in sorted(folder.glob("events-*.jsonl")) for event in read_events(path)]


def test_events_are_numbered_across_boots(tmp_path: Path) -> None:
    for boot in range(3):
        log = EventLog.open(tmp_path, "/video/node/a")
        numbers = [log.append_later("participant.waiting", MEETING, WAITING) for _ in range(100)]
        assert [one.result() for one in numbers] == list(range(boot * 100 + 1, boot * 100 + 101))
        log.close()
    found = events(tmp_path)
    assert [event["seq"] for event in found] == list(range(1, 301))
    assert len({event["bootid"] for event in found}) == 3
    assert len({event["id"] for event in found}) == 300


WRITER = """
import sys
from pathlib import Path
from pipeline.video.event_log import EventLog
log = EventLog.open(Path(sys.argv[1]), "/video/node/a")
data = {"participation_id": "p1", "actor_pseudonym": "s_a"}
while True:
    waiting = [log.append_later("participant.waiting", sys.argv[2], data) for _ in range(50)]
    for one in waiting:
        sys.stdout.write(f"{one.result()}\\n")
    sys.stdout.flush()
"""


def test_a_killed_service_loses_no_acknowledged_event(tmp_path: Path) -> None:
    acknowledged = 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), MEETING],
            stdout=subprocess.PIPE, text=True, cwd=paths.ROOT,
        ) as writer:  # fmt: skip
            assert writer.stdout is not None
            for _ in range(2000):
                acknowledged = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().splitlines()
        whole = [int(text) for text in rest[:-1]]
        acknowledged = max([acknowledged, *whole])
        log = EventLog.open(tmp_path, "/video/node/a")
        assert log.recovered.last_seq >= acknowledged
        log.close()
    numbers = [event["seq"] for event in events(tmp_path)]
    assert numbers == list(range(1, len(numbers) + 1))


@given(cut=st.integers(1, 300))
def test_a_torn_line_is_set_aside(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("torn")
    log = EventLog.open(folder, "/video/node/a")
    for _ in range(3):
        log.append_later("participant.waiting", MEETING, WAITING)
    log.close()
    (file,) = folder.glob("events-*.jsonl")
    size = len(file.read_bytes().splitlines(keepends=True)[-1])
    os.truncate(file, file.stat().st_size - min(cut, size - 1))
    log = EventLog.open(folder, "/video/node/a")
    assert log.recovered.torn_bytes == size - min(cut, size - 1)
    assert log.append_later("participant.waiting", MEETING, WAITING).result() == 3
    log.close()
    assert [event["seq"] for event in events(folder)] == [1, 2, 3]


FILLER = """
import resource, signal, sys
from pathlib import Path
from pipeline.video.event_log import EventLog, LogFullError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = EventLog.open(Path(sys.argv[1]), "/video/node/a")
data = {"participation_id": "p1", "actor_pseudonym": "s_a"}
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
kept = refused = 0
for _ in range(600):
    try:
        kept = log.append_later("participant.waiting", sys.argv[2], data).result()
    except LogFullError:
        refused += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(kept, refused, log.append_later("participant.waiting", sys.argv[2], data).result())
log.close()
"""


def test_a_full_disk_refuses_and_leaves_no_gap(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLER, str(tmp_path), MEETING],
        capture_output=True, text=True, check=True, cwd=paths.ROOT,
    )  # fmt: skip
    kept, refused, after = map(int, done.stdout.split())
    assert kept + refused == 600
    assert refused > 0
    assert after == kept + 1
    assert [event["seq"] for event in events(tmp_path)] == list(range(1, after + 1))


def test_a_clock_set_back_keeps_the_order(tmp_path: Path) -> None:
    clock = iter([1_580_515_199_000, 1_580_515_201_000, 1_580_511_600_000, 1_580_515_202_000])
    log = EventLog.open(tmp_path, "/video/node/a", clock=lambda: next(clock))
    for _ in range(4):
        log.append_later("participant.waiting", MEETING, WAITING).result()
    log.close()
    found = events(tmp_path)
    assert [event["seq"] for event in found] == [1, 2, 3, 4]
    assert str(found[2]["time"]) == "2020-01-31T23:00:00.000Z"
    assert len(list(tmp_path.glob("events-*.jsonl"))) == 2


def test_what_was_open_is_found_again(tmp_path: Path) -> None:
    log = EventLog.open(tmp_path, "/video/node/a")
    log.append_later("participant.waiting", MEETING, WAITING)
    log.append_later("participant.waiting", MEETING, {**WAITING, "participation_id": "p2"})
    log.append_later("participant.left", MEETING, LEFT)
    log.close()
    again = EventLog.open(tmp_path, "/video/node/a")
    again.close()
    assert [one.participation_id for one in again.recovered.open_participations] == ["p2"]


def test_a_waiting_task_is_woken(tmp_path: Path) -> None:
    async def main() -> list[int]:
        log = EventLog.open(tmp_path, "/video/node/a")
        made = await asyncio.gather(*(log.append("participant.waiting", MEETING, WAITING) for _ in range(20)))
        log.close()
        return made

    assert asyncio.run(main()) == list(range(1, 21))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("participant.arrived", {}),
        ("participant.left", {**LEFT, "remote_address": "192.0.2.7"}),
        ("participant.left", {**LEFT, "reason": "bored"}),
        ("participant.left", {**LEFT, "actor_pseudonym": "Anne Hansen"}),
        ("participant.left", {"reason": "session.peer_left"}),
        ("participant.waiting", {**WAITING, "wait_ms": -1}),
        ("participant.waiting", {**WAITING, "wait_ms": True}),
        ("participant.waiting", {**WAITING, "wait_ms": float("nan")}),
        ("link.opened", {"ua_class": "Mozilla/5.0 (X11; Linux)"}),
        ("message.sent", {"channel": "+45 12 34 56 78"}),
        ("message.sent", {"channel": "010190-1234"}),
        ("message.sent", {"channel": "192.0.2.7"}),
    ],
)
def test_what_the_contract_has_no_room_for_is_refused(kind: str, data: dict[str, object]) -> None:
    with pytest.raises(EventError):
        checked(kind, MEETING, data)


def test_ids_follow_time() -> None:
    assert uuid7(1_580_515_199_000) < uuid7(1_580_515_199_001)
    assert uuid7(1_580_515_199_000)[14] == "7"
