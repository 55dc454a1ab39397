"""From the wire to disk and on to a receipt: streamed, bounded, and read in a process of its own."""

import asyncio
import errno
import hashlib
import secrets
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from aiohttp import BodyPartReader

from pipeline.identifiers import mask
from pipeline.portal.desk import DANISH, Desk, DeskError
from pipeline.portal.reading import Sent, read_sent
from pipeline.portal.receipt import Receipt

MOST_BYTES = 2 * 1024**3
BLOCK = 1 << 20
# A sender that gives nothing for this long has gone.
SILENCE_S = 30.0
MOST_NAME = 120
READERS = 2


@dataclass
class Receiving:
    """Takes files in for ``desk``. Readers are processes: a hostile file takes down its own and no more."""

    desk: Desk
    most_bytes: int = MOST_BYTES
    _pool: ProcessPoolExecutor | None = None
    _locks: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict[tuple[str, str], asyncio.Lock])

    async def take(self, part: BodyPartReader, region: str, table: str) -> Receipt:
        """The receipt of one sent file. Raises DeskError with a text for the clerk."""
        uploads = self.desk.folder / "uploads"
        uploads.mkdir(parents=True, exist_ok=True)
        path = uploads / secrets.token_hex(8)
        try:
            sha256, size = await self._store(part, path)
            name = _name(part.filename)
            # One at a time of a region's table, so that "the one before" is one.
            async with self._locks.setdefault((region, table), asyncio.Lock()):
                return await self._read(Sent(
                    self.desk.new_id(region, table), region, table, name, path, sha256, size,
                    datetime.now(DANISH).isoformat(timespec="seconds"),
                ))  # fmt: skip
        finally:
            path.unlink(missing_ok=True)

    async def _store(self, part: BodyPartReader, path: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                while block := await asyncio.wait_for(part.read_chunk(BLOCK), SILENCE_S):
                    size += len(block)
                    if size > self.most_bytes:
                        most = self.most_bytes // 1024**2
                        raise DeskError(f"Filen er for stor; den må højst fylde {most} MB.")
                    digest.update(block)
                    file.write(block)
        except TimeoutError as error:
            raise DeskError("Forbindelsen gik i stå. Send filen igen.") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DeskError("Der er ikke plads på serveren lige nu. Prøv igen senere.") from error
            raise
        return digest.hexdigest(), size

    async def _read(self, sent: Sent) -> Receipt:
        memory = self.desk.memory_id(sent.region, sent.table)
        again = self.desk.same(sent.region, sent.table, sent.sha256, memory)
        if again is not None:
            return again
        before = self.desk.previous(sent.region, sent.table)
        previous = self.desk.place(before.id) if before else None
        out = self.desk.place(sent.id)
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._readers(),
                read_sent,
                sent,
                out,
                self.desk.memory_file(sent.region, sent.table),
                memory,
                previous,
            )
        except (BrokenProcessPool, MemoryError) as error:
            self._pool = None
            self.desk.forget_unread(sent.id)
            raise DeskError("Filen kunne ikke læses; den er for stor eller beskadiget.") from error
        except OSError as error:
            self.desk.forget_unread(sent.id)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DeskError("Der er ikke plads på serveren lige nu. Prøv igen senere.") from error
            raise

    def _readers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(READERS, mp_context=get_context("spawn"))
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _name(given: str | None) -> str:
    """The file's name as the clerk knows it, without folders, numbers of persons and unseen signs."""
    last = (given or "fil").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable())
    return mask(shown[-MOST_NAME:])[0] or "fil"
