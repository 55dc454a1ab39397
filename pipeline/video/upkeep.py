"""What happens in a running node without anybody asking: time passes, and the media engine has news."""

import asyncio
import contextlib
import itertools
from functools import partial

from pipeline.video import calls, rooms
from pipeline.video.media.engine import MediaEvent
from pipeline.video.node import Live, Node
from pipeline.video.parties import PRESENT, NotAllowedError, Room, Step
from pipeline.video.tasks import Tasks

TICK_S = 1.0
# Every browser hears from the service once in so many ticks, and answers: silence is a lost line.
BEAT_TICKS = 5
# A meeting that nobody is in any more is over after this long, and at the latest this long after its start.
EMPTY_MS = 60_000
LONGEST_MS = 6 * 3600 * 1000


class Upkeep:
    """Looks after ``node`` from ``start`` to ``stop``."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin, in a node that has started."""
        self._tasks.start(self._tick_forever())
        self._tasks.start(self._listen_forever())

    async def stop(self) -> None:
        """Leave the node to itself, so that it can end."""
        await self._tasks.stop()

    # --- time ---

    async def _tick_forever(self) -> None:
        for number in itertools.count():
            await asyncio.sleep(TICK_S)
            everybody = self._node.sockets.items()
            turn = [one for who, one in everybody if (hash(who) - number) % BEAT_TICKS == 0]
            await asyncio.gather(*(one.send({"t": "beat"}) for one in turn))
            with contextlib.suppress(KeyError):  # a room that ended while its turn came
                await self._tick()

    async def _tick(self) -> None:
        await self._node.diary.write_rest()
        now = self._node.clock()
        for meeting_id in list(self._node.live):
            one = self._node.live[meeting_id]
            if rooms.given_up(one.room, now):
                await self._node.apply(meeting_id, rooms.tick)
            if one.lacks_engine and one.room.in_call:
                await self._node.apply(meeting_id, _gather_again)
            reason = _over(one, now)
            if reason is not None:
                await self._node.apply(meeting_id, partial(rooms.end, reason=reason, outcome=None))

    # --- media ---

    async def _listen_forever(self) -> None:
        async for event in self._node.engine.events():
            with contextlib.suppress(KeyError, NotAllowedError):
                await self._hear(event)

    async def _hear(self, event: MediaEvent) -> None:
        room = self._node.live[event.room].room
        match event.kind:
            case "message":
                told = {"t": "media", "epoch": room.epoch, "data": event.data}
                await self._node.send(event.participation, told)
            case "failed":
                await self._node.apply(event.room, _gather_again)


def _over(one: Live, now: int) -> str | None:
    """Why the meeting is over, if it is; notes since when nobody is in its room."""
    if one.room.of(*PRESENT):
        one.empty_since_ms = None
    elif one.empty_since_ms is None:
        one.empty_since_ms = now
    started = one.room.started_ms
    if started is None:
        return None
    if one.room.parties and one.empty_since_ms is not None and now - one.empty_since_ms >= EMPTY_MS:
        return "session.peer_left"
    return "session.time_limit" if now - started >= LONGEST_MS else None


def _gather_again(room: Room, *, now: int) -> Step:
    del now
    return calls.gather_again(room)
