"""The log as the node keeps it: what a full disk refuses waits its turn in memory, in order."""

import logging
from collections.abc import Mapping

from pipeline.video.event_log import EventLog, LogFullError

log_of_service = logging.getLogger("mast.video")


class Diary:
    """Writes to ``log``; nothing overtakes what waits."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.waiting: list[tuple[str, str, Mapping[str, object]]] = []

    @property
    def is_writable(self) -> bool:
        return not self.waiting

    async def write(self, kind: str, subject: str, data: Mapping[str, object]) -> bool:
        """Write an event; False when it waits."""
        if self.waiting:
            self.waiting.append((kind, subject, data))
            return False
        try:
            await self._log.append(kind, subject, data)
        except LogFullError:
            log_of_service.error("loggen kan ikke skrives · the log cannot be written")
            self.waiting.append((kind, subject, data))
            return False
        return True

    async def write_rest(self) -> None:
        """Write what waits, as far as it goes."""
        while self.waiting:
            try:
                await self._log.append(*self.waiting[0])
            except LogFullError:
                return
            self.waiting.pop(0)
