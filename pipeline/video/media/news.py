"""What an engine has to say, in the order in which it says it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from pipeline.video.media.engine import MediaEvent


class News:
    """Events on their way from an engine to the node that listens."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[MediaEvent | None] = asyncio.Queue()

    def tell(self, room: str, participation: str, data: Mapping[str, Any]) -> None:
        """A message to the participation's browser."""
        self._waiting.put_nowait(MediaEvent(room, participation, "message", data))

    def room_lost(self, room: str) -> None:
        """The engine lost the room."""
        self._waiting.put_nowait(MediaEvent(room, "", "failed"))

    def end(self) -> None:
        """Nothing more comes."""
        self._waiting.put_nowait(None)

    async def heard(self) -> AsyncIterator[MediaEvent]:
        """What comes, as it comes, until the end."""
        while (event := await self._waiting.get()) is not None:
            yield event
