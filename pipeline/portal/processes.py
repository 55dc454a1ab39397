"""Processes that read sent files, each one file at a time: who dies takes no other's file along."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from pipeline.portal.reading import Sent, read_sent
from pipeline.portal.receipt import Receipt

READERS = 2
# A file may take this long, and a second more for each so many bytes: what can be read is read much faster.
PATIENCE_S = 120.0
SLOWEST_BYTES_S = 1 << 19
# Of the system's own scale to 1000: short of memory, it takes the reader and not the portal.
EXPENDABLE = "500"


class ReaderDiedError(Exception):
    """The process that read a file is gone: out of memory, or brought down by the file."""


class TooSlowError(Exception):
    """The file took longer than any that can be read; its reader was ended."""


@dataclass
class _Seat:
    """A place for one reading process; it is started when it is needed, and anew where it died."""

    pool: ProcessPoolExecutor | None = None


@dataclass
class Readers:
    """``busy`` are the ids of what is read now, with the number of the process that does it."""

    patience_s: float = PATIENCE_S
    slowest_bytes_s: int = SLOWEST_BYTES_S
    busy: dict[str, int] = field(default_factory=dict[str, int])
    _seats: tuple[_Seat, ...] = field(default_factory=lambda: tuple(_Seat() for _ in range(READERS)))
    _free: asyncio.Queue[_Seat] = field(default_factory=asyncio.Queue[_Seat])

    def __post_init__(self) -> None:
        for seat in self._seats:
            self._free.put_nowait(seat)

    async def read(
        self, sent: Sent, out: Path, memory_file: Path, memory_id: str, previous: Path | None
    ) -> Receipt:
        """What ``read_sent`` gives. Raises ReaderDiedError, TooSlowError, and what reading itself raises."""
        async with self._seat() as seat:
            if seat.pool is None:
                seat.pool = ProcessPoolExecutor(1, get_context("spawn"), _first_to_go)
            loop, pool = asyncio.get_running_loop(), seat.pool
            longest_s = self.patience_s + sent.size_bytes / self.slowest_bytes_s
            try:
                pid = self.busy[sent.id] = await loop.run_in_executor(pool, os.getpid)
                reading = loop.run_in_executor(pool, read_sent, sent, out, memory_file, memory_id, previous)
                done, _ = await asyncio.wait([reading], timeout=longest_s)
                if not done:
                    seat.pool = None
                    os.kill(pid, signal.SIGKILL)
                    with suppress(BrokenProcessPool):
                        await reading
                    raise TooSlowError
                return reading.result()
            except BrokenProcessPool as error:
                seat.pool = None
                raise ReaderDiedError from error
            finally:
                self.busy.pop(sent.id, None)

    @asynccontextmanager
    async def _seat(self) -> AsyncIterator[_Seat]:
        seat = await self._free.get()
        try:
            yield seat
        finally:
            self._free.put_nowait(seat)

    def close(self) -> None:
        for seat in self._seats:
            if seat.pool is not None:
                seat.pool.shutdown(wait=False, cancel_futures=True)


def _first_to_go() -> None:
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE, "ascii")
