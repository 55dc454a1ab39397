"""The embedded forwarding unit: packets in, the same packets out, nothing decoded (RFC 7667, section 3.7).

Up to six parties, Opus and VP8; for small clinics, tests and research. Messages, by ``signal`` and
``message`` events: the browser sends ``{"type": "offer", "sdp"}`` with one place to send and five to receive
of each kind; the unit answers ``{"type": "answer", "sdp"}`` and, whenever it changes,
``{"type": "slots", "slots": [participation | null, …]}``.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtp import RtcpSrPacket

from pipeline.video.media.engine import MediaEvent
from pipeline.video.media.hosts import listen_at
from pipeline.video.media.leg import Leg, estimated_bps, is_picture_request
from pipeline.video.media.news import News
from pipeline.video.media.packets import Rtp
from pipeline.video.tasks import Tasks

REPORT_S = 1.0
LEAST_BPS = 60_000


@dataclass
class _Unit:
    """A room's legs."""

    epoch: int
    granted: set[str] = field(default_factory=set[str])
    legs: dict[str, Leg] = field(default_factory=dict[str, Leg])


class ForwardingEngine:
    """Media of three and more in this process, at ``address``; empty: at the machine's own addresses."""

    name = "forwarding"

    def __init__(self, address: str = "") -> None:
        self._units: dict[str, _Unit] = {}
        self._news = News()
        self._tasks = Tasks()
        self._reporting: asyncio.Task[None] | None = None
        listen_at(address)

    async def open_room(self, room: str, epoch: int) -> None:
        unit = self._units.get(room)
        if unit is not None and unit.epoch == epoch:
            return
        if unit is not None:
            await self.close_room(room)
        self._units[room] = _Unit(epoch)
        if self._reporting is None:
            self._reporting = asyncio.ensure_future(self._report_forever())

    async def grant(self, room: str, participation: str) -> None:
        self._units[room].granted.add(participation)

    async def signal(self, room: str, participation: str, message: Mapping[str, Any]) -> None:
        """Raises PermissionError without a grant, ValueError for a message that is no offer of ours."""
        unit = self._units.get(room)
        if unit is None or participation not in unit.granted:
            raise PermissionError(participation)
        if message.get("type") != "offer" or not isinstance(message.get("sdp"), str):
            return
        before = unit.legs.pop(participation, None)
        if before is not None:
            self._free(unit, participation)
            await before.close()
        leg = Leg(participation, self._media(unit), self._feedback(unit))
        try:
            answer = await leg.answer(message["sdp"])
        except (ValueError, KeyError, AttributeError, IndexError, TypeError, AssertionError) as error:
            await leg.close()
            raise ValueError("no offer of ours") from error
        if participation not in unit.granted or self._units.get(room) is not unit:
            await leg.close()
            return
        unit.legs[participation] = leg
        self._news.tell(room, participation, {"type": "answer", "sdp": answer})
        self._fill(unit)
        self._tell_slots(room, unit)

    async def kick(self, room: str, participation: str) -> None:
        unit = self._units.get(room)
        if unit is None:
            return
        unit.granted.discard(participation)
        leg = unit.legs.pop(participation, None)
        if leg is not None:
            self._free(unit, participation)
            await leg.close()
            self._tell_slots(room, unit)

    async def close_room(self, room: str) -> None:
        unit = self._units.pop(room, None)
        if unit is not None:
            unit.granted.clear()
            await asyncio.gather(*(leg.close() for leg in unit.legs.values()))

    def events(self) -> AsyncIterator[MediaEvent]:
        return self._news.heard()

    async def close(self) -> None:
        if self._reporting is not None:
            self._reporting.cancel()
        await asyncio.gather(*(self.close_room(room) for room in list(self._units)))
        await self._tasks.stop()
        self._news.end()

    # --- places ---

    def _fill(self, unit: _Unit) -> None:
        """Everybody has a place at everybody else's."""
        for leg in unit.legs.values():
            here = {slot.who for slot in leg.slots}
            for other in unit.legs:
                free = next((slot for slot in leg.slots if slot.who is None), None)
                if other != leg.id and other not in here and free is not None:
                    free.who = other
        for leg in unit.legs.values():
            self._tasks.start(leg.ask_picture())

    def _free(self, unit: _Unit, who: str) -> None:
        for leg in unit.legs.values():
            for slot in leg.slots:
                if slot.who == who:
                    slot.who = None

    def _tell_slots(self, room: str, unit: _Unit) -> None:
        for who, leg in unit.legs.items():
            self._news.tell(room, who, {"type": "slots", "slots": [slot.who for slot in leg.slots]})

    # --- packets ---

    def _media(self, unit: _Unit) -> Any:
        def forward(leg: Leg, kind: str, packet: Rtp) -> None:
            now = time.time()
            for other in unit.legs.values():
                if other is not leg:
                    other.send(leg.id, kind, packet, now)

        return forward

    def _feedback(self, unit: _Unit) -> Any:
        def hear(leg: Leg, packet: Any) -> None:
            if is_picture_request(packet):
                slot, _ = leg.by_ssrc.get(packet.media_ssrc, (None, ""))
                publisher = unit.legs.get(slot.who or "") if slot else None
                if publisher is not None:
                    self._tasks.start(publisher.ask_picture())
            elif isinstance(packet, RtcpSrPacket):
                kind = leg.kind_of(packet.ssrc)
                if kind is not None:
                    for other in unit.legs.values():
                        if other is not leg:
                            self._tasks.start(other.pass_report(leg.id, kind, packet.sender_info))
            elif (bits := estimated_bps(packet)) is not None:
                leg.remb_bps = bits
                self._limit(unit)

        return hear

    def _limit(self, unit: _Unit) -> None:
        """Each publisher sends no more than its slowest subscriber has room for beside the others."""
        for publisher in unit.legs.values():
            shares = [
                other.remb_bps // max(1, sum(slot.who is not None for slot in other.slots))
                for other in unit.legs.values()
                if other is not publisher and other.remb_bps
            ]
            if shares:
                self._tasks.start(publisher.limit(max(LEAST_BPS, min(shares))))

    async def _report_forever(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            legs = [leg for unit in self._units.values() for leg in unit.legs.values()]
            await asyncio.gather(*(leg.report() for leg in legs))
