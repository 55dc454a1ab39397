"""From the wire to disk and on to a receipt: streamed, bounded, and read in a process of its own."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from aiohttp import BodyPartReader

from pipeline.identifiers import mask
from pipeline.portal.desk import DANISH, Desk, DeskError
from pipeline.portal.processes import ReaderDiedError, Readers, TooSlowError
from pipeline.portal.reading import Sent
from pipeline.portal.receipt import Receipt
from pipeline.web.limits import is_full

Coming = TypeVar("Coming")

MOST_BYTES = 2 * 1024**3
BLOCK = 1 << 20
# A sender that gives nothing for this long has gone; one that gives less than this holds a place for nothing.
SILENCE_S = 30.0
LEAST_BYTES_S = 1024
NO_ROOM = "Der er ikke plads på serveren lige nu, og filen er ikke gemt. Prøv igen senere."
STOPPED = "Forbindelsen gik i stå, og filen er ikke gemt. Send den igen."
DOWN = (
    "Filen kunne ikke læses: læsningen gik ned begge gange, og intet er gemt. Åbn filen i Excel, gem den på "
    "ny som CSV, og send den igen; en stor fil kan deles i flere. Bliver det ved, så skriv til CIMT."
)
SLOW = (
    "Det tog for lang tid at læse filen, og intet er gemt. Del den i mindre filer, og send dem igen. "
    "Bliver det ved, så skriv til CIMT."
)
MOST_NAME = 120


@dataclass
class Receiving:
    """Takes files in for ``desk``. A hostile file takes down its own reader and no more."""

    desk: Desk
    most_bytes: int = MOST_BYTES
    silence_s: float = SILENCE_S
    least_bytes_s: int = LEAST_BYTES_S
    readers: Readers = field(default_factory=Readers)
    _again: asyncio.Lock = field(default_factory=asyncio.Lock)
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
        digest, size, began = hashlib.sha256(), 0, time.monotonic()
        try:
            with path.open("xb") as file:
                while block := await self.in_time(part.read_chunk(BLOCK)):
                    size += len(block)
                    if size > self.most_bytes:
                        raise self.too_large()
                    lasted = time.monotonic() - began
                    if lasted > self.silence_s and size < self.least_bytes_s * lasted:
                        raise DeskError("Forbindelsen er for langsom, og filen er ikke gemt. Send den igen.")
                    digest.update(block)
                    file.write(block)
        except OSError as error:
            if is_full(error):
                raise DeskError(NO_ROOM) from error
            raise
        return digest.hexdigest(), size

    async def in_time(self, coming: Awaitable[Coming]) -> Coming:
        """What comes of a sender before it counts as gone. Raises DeskError."""
        try:
            return await asyncio.wait_for(coming, self.silence_s)
        except TimeoutError as error:
            raise DeskError(STOPPED) from error

    def too_large(self) -> DeskError:
        return DeskError(f"Filen er for stor; den må højst fylde {self.most_bytes // 1024**2} MB.")

    async def _read(self, sent: Sent) -> Receipt:
        memory = self.desk.memory_id(sent.region, sent.table)
        again = self.desk.same(sent.region, sent.table, sent.sha256, memory)
        if again is not None:
            return again
        before = self.desk.previous(sent.region, sent.table)
        previous = self.desk.place(before.id) if before else None
        out = self.desk.place(sent.id)
        memory_file = self.desk.memory_file(sent.region, sent.table)
        try:
            try:
                return await self.readers.read(sent, out, memory_file, memory, previous)
            except ReaderDiedError:
                # Another's file may have taken the memory; when one is read anew at a time, it is its own.
                self.desk.forget_unread(sent.id)
                async with self._again:
                    return await self.readers.read(sent, out, memory_file, memory, previous)
        except (ReaderDiedError, MemoryError) as error:
            self.desk.forget_unread(sent.id)
            raise DeskError(DOWN) from error
        except TooSlowError as error:
            self.desk.forget_unread(sent.id)
            raise DeskError(SLOW) from error
        except OSError as error:
            self.desk.forget_unread(sent.id)
            if is_full(error):
                raise DeskError(NO_ROOM) from error
            raise

    def close(self) -> None:
        self.readers.close()


def _name(given: str | None) -> str:
    """The file's name as the clerk knows it, without folders, numbers of persons and unseen signs."""
    last = (given or "fil").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable())
    return mask(shown[-MOST_NAME:])[0] or "fil"
