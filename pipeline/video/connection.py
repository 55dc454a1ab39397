"""A participant's connection: sending waits for no browser that does not read, and flooding is noticed."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

# Messages a second in the long run and at once; whoever is this far beyond is no browser of ours.
PER_S, AT_ONCE, MOST_BEYOND = 40.0, 120.0, 400.0


@dataclass(slots=True)
class Socket:
    """A participant's connection; sending never waits for a browser that does not read."""

    response: web.WebSocketResponse
    budget: float = AT_ONCE
    beyond: float = 0.0
    at: float = field(default_factory=time.monotonic)

    async def send(self, message: Mapping[str, object]) -> None:
        if not self.response.closed:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(self.response.send_json(message), 2)

    async def close(self, text: str, after: str) -> None:
        await self.send({"t": "bye", "text": text, "after": after})
        with contextlib.suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(self.response.close(), 2)

    def may_speak(self) -> bool:
        """Whether one more message is within the limits."""
        now = time.monotonic()
        self.budget = min(AT_ONCE, self.budget + (now - self.at) * PER_S)
        self.at = now
        if self.budget >= 1:
            self.budget -= 1
            self.beyond = 0
            return True
        self.beyond += 1
        return False
