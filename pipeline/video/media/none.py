"""No engine: for a node whose meetings are all of two, and for tests of everything else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from pipeline.video.media.engine import MediaEvent


class NoEngine:
    """Rooms without media of their own."""

    name = "none"

    def __init__(self) -> None:
        self._over = asyncio.Event()

    async def open_room(self, room: str, epoch: int) -> None: ...

    async def grant(self, room: str, participation: str) -> None: ...

    async def signal(self, room: str, participation: str, message: Mapping[str, Any]) -> None: ...

    async def kick(self, room: str, participation: str) -> None: ...

    async def close_room(self, room: str) -> None: ...

    async def events(self) -> AsyncIterator[MediaEvent]:
        """Nothing ever happens."""
        await self._over.wait()
        for event in list[MediaEvent]():
            yield event

    async def close(self) -> None:
        self._over.set()
