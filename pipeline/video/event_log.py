"""The append-only session log: JSON lines, one gap-free sequence per node, acknowledged when on disk.

One thread writes. What is waiting when it comes round is one group: one write, one fdatasync. A sequence
number is given when its line is written, so a refused or failed event leaves no gap. The sequence goes on
across boots; ``bootid`` only marks them. Lines are ordered by ``seq``; the clock may be set back.
"""

import asyncio
import contextlib
import errno
import json
import os
import queue
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.video.events import checked, line, now_ms, timestamp

GROUP_MOST = 512
# A participation that was open this many files ago is found again after a crash.
LOOK_BACK_FILES = 3
# More than any group of lines: what a killed writer can leave half written.
MOST_TORN = 4 << 20


class LogFullError(OSError):
    """The disk took no more. The event was not written, and no sequence number was used."""


@dataclass(frozen=True)
class Open:
    """A participation that the log has not seen end."""

    participation_id: str
    meeting_id: str
    actor: str
    last_ms: int


@dataclass
class Recovered:
    """What the log's own tail told at the start."""

    last_seq: int = 0
    torn_bytes: int = 0
    open_participations: list[Open] = field(default_factory=list[Open])


@dataclass(frozen=True)
class _Waiting:
    type: str
    subject: str
    data: Mapping[str, object]
    done: Future[int]


class EventLog:
    """``append`` an event and wait until it is safe; ``close`` writes what is left."""

    def __init__(self, folder: Path, source: str, recovered: Recovered, clock: Callable[[], int]) -> None:
        self.folder, self.source, self.recovered = folder, source, recovered
        self.bootid = uuid.uuid4().hex
        self._clock = clock
        self._seq = recovered.last_seq
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._file = -1
        self._day = ""
        self._thread = threading.Thread(target=self._work, name="event-log", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, folder: Path, source: str, *, clock: Callable[[], int] = now_ms) -> "EventLog":
        """Go on where the folder's last file ends. A torn last line is set aside in a file of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, source, _recover(folder), clock)

    async def append(self, kind: str, subject: str, data: Mapping[str, object]) -> int:
        """The event's sequence number, once it is on disk. Raises EventError, or LogFullError."""
        return await asyncio.wrap_future(self.append_later(kind, subject, data))

    def append_later(self, kind: str, subject: str, data: Mapping[str, object]) -> Future[int]:
        """As ``append``, without waiting: events are written in the order of the calls."""
        waiting = _Waiting(kind, subject, checked(kind, subject, data), Future())
        self._queue.put(waiting)
        return waiting.done

    def close(self) -> None:
        """Write what waits, and stop."""
        self._queue.put(None)
        self._thread.join()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _work(self) -> None:
        is_open = True
        while is_open:
            group = [self._queue.get()]
            while len(group) < GROUP_MOST and not self._queue.empty():
                group.append(self._queue.get())
            is_open = None not in group
            events = [one for one in group if one is not None]
            if events:
                self._write(events)

    def _write(self, events: list[_Waiting]) -> None:
        """One write and one sync for the group; on failure the file is as it was."""
        lines: list[bytes] = []
        at = self._clock()
        for place, event in enumerate(events, start=1):
            lines.append(
                line(event.type, self.source, self._seq + place, self.bootid, event.subject, at, event.data)
            )
        try:
            file = self._open_day(timestamp(at)[:10])
            size = os.fstat(file).st_size
            try:
                _write_all(file, b"".join(lines))
                os.fdatasync(file)
            except OSError:
                os.ftruncate(file, size)
                raise
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            for event in events:
                event.done.set_exception(
                    LogFullError(error.errno, "disken er fuld · the disk is full") if full else error
                )
            return
        for event in events:
            self._seq += 1
            with contextlib.suppress(asyncio.InvalidStateError):
                event.done.set_result(self._seq)

    def _open_day(self, day: str) -> int:
        # A clock set back must not go back a file: lines stand in the order of their numbers.
        if self._file < 0 or day > self._day:
            newest = max((path.name[7:17] for path in self.folder.glob("events-*.jsonl")), default="")
            day = max(day, newest)
            file = os.open(self.folder / f"events-{day}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            if self._file >= 0:
                os.close(self._file)
            self._file, self._day = file, day
        return self._file


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _recover(folder: Path) -> Recovered:
    found = Recovered()
    files = sorted(folder.glob("events-*.jsonl"))
    if files:
        found.torn_bytes = _cut_torn(files[-1])
    still_open: dict[str, Open] = {}
    for path in files[-LOOK_BACK_FILES:]:
        for event in read_events(path):
            found.last_seq = max(found.last_seq, int(event["seq"]))
            data: dict[str, Any] = event["data"]
            who = data.get("participation_id")
            if not who or not event["type"].startswith("dk.medvideo.participant."):
                continue
            if event["type"].endswith(".left.v1"):
                still_open.pop(who, None)
            else:
                meeting = event.get("subject", "").removeprefix("meeting/")
                still_open[who] = Open(who, meeting, data.get("actor_pseudonym", ""), _ms(event["time"]))
    found.open_participations = list(still_open.values())
    return found


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """The events of one file, in order."""
    with path.open("rb") as file:
        for text in file:
            yield json.loads(text)


def _cut_torn(path: Path) -> int:
    """Set aside a last line without its end, as a killed writer may leave one; gives its length in bytes."""
    with path.open("rb") as file:
        start = max(0, path.stat().st_size - MOST_TORN)
        file.seek(start)
        content = file.read()
    place = content.rfind(b"\n") + 1
    torn, end = content[place:], start + place
    if torn:
        path.with_name(f"torn-{path.stem}-{uuid.uuid4().hex[:8]}.bin").write_bytes(torn)
        os.truncate(path, end)
    return len(torn)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
