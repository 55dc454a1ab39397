"""What the service needs of a media engine. Two browsers that meet directly need none."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

# No browser's offer or answer to an engine is longer.
MOST_SDP_CHARS = 60_000


@dataclass(frozen=True)
class MediaEvent:
    """What an engine has to say. ``message`` goes to the participant's browser as it is; ``failed``
    means that the engine lost the room."""

    room: str
    participation: str
    kind: Literal["message", "failed"]
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


class MediaEngine(Protocol):
    """Rooms and participations are named by their ids; whoever is not granted reaches nothing."""

    name: str

    async def open_room(self, room: str, epoch: int) -> None:
        """Make the room, once per epoch; a second call changes nothing.

        Raises ConnectionError where the engine is not there; a later call may succeed.
        """
        ...

    async def grant(self, room: str, participation: str) -> None:
        """Let this participation signal in the room."""
        ...

    async def signal(self, room: str, participation: str, message: Mapping[str, Any]) -> None:
        """A browser's message (offer, candidate …); answers come as ``message`` events.

        Raises PermissionError for a participation without a grant, ValueError for what is no message.
        """
        ...

    async def kick(self, room: str, participation: str) -> None:
        """Stop this participation's media at once, and take its grant."""
        ...

    async def close_room(self, room: str) -> None:
        """Stop all media of the room."""
        ...

    def events(self) -> AsyncIterator[MediaEvent]:
        """What happens, as it happens, until ``close``."""
        ...

    async def close(self) -> None:
        """Stop everything; returns within seconds also with live calls."""
        ...
