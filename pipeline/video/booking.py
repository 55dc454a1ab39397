"""Booking a meeting: its room, its seats with their links, and the messages that carry them."""

import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.video import rooms
from pipeline.video.codes import digest, new_link_code, new_short_id, new_spoken_code
from pipeline.video.events import timestamp
from pipeline.video.message import Message, render
from pipeline.video.node import Node
from pipeline.video.outbox import Delivery, SendFailedError
from pipeline.video.store import Meeting, Seat
from pipeline.video.words import seat_label

DANISH = ZoneInfo("Europe/Copenhagen")
CONSULTATIONS = frozenset({"consultation_visit", "consultation_phone", "consultation_econsult"})
RELATIONS = frozenset({"self", "guardian", "carer"})
# Measured values beyond these say nothing about booking.
MOST_MS, MOST_CLICKS = 3_600_000, 1000


class BookingError(ValueError):
    """The booking cannot be made; the message is Danish, for the one who books."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for. ``starts_ms`` None is now; ``others`` are seats beside the patient's."""

    use_type: str
    mode: str
    booked_by: str
    practice: str
    starts_ms: int | None = None
    others: tuple[str, ...] = ()
    is_guardian: bool = False
    is_test: bool = False
    booking_ms: int = 0
    clicks: int = 0
    external_id: str | None = None
    send_to: str | None = None

    @property
    def kind(self) -> str:
        return "consultation" if self.use_type in CONSULTATIONS else "conference"


@dataclass(frozen=True)
class Sent:
    """One seat's message: what was rendered, and whether it went out. The code is in the text only."""

    seat: str
    label: str
    message: Message
    link: str
    spoken: str
    is_sent: bool


@dataclass(frozen=True)
class Booked:
    """A booked meeting with its messages."""

    meeting: Meeting
    sent: tuple[Sent, ...]


@dataclass
class Bookings:
    """Books into a node's store; ``pepper`` keys the stored codes."""

    node: Node
    delivery: Delivery
    pepper: bytes

    async def book(self, wanted: Wanted) -> Booked:
        """Make the meeting and send its links. An external id that is booked gives that meeting.

        Raises BookingError.
        """
        if not self.node.is_writable:
            raise BookingError("Tjenesten kan ikke tage imod bookinger nu. Ring til supporten.")
        if wanted.external_id and (known := self.node.store.by_external_id(wanted.external_id)):
            return Booked(known, ())
        now = self.node.clock()
        starts = now if wanted.starts_ms is None else wanted.starts_ms
        if wanted.starts_ms is not None and starts < now - 3_600_000:
            raise BookingError("Tidspunktet er passeret.")
        seats = self._seats(wanted)
        ready = self.node.store.take_pool_room() if wanted.mode == "instant" else None
        meeting_id, short_id = ready or (str(uuid.uuid4()), new_short_id())
        config = self.node.config
        meeting = Meeting(
            meeting_id=meeting_id,
            short_id=short_id,
            kind=wanted.kind,
            mode=wanted.mode,
            use_type=wanted.use_type,
            region=config.region,
            practice=wanted.practice,
            starts_ms=starts,
            created_ms=now,
            opens_before_min=config.opens_before_min,
            booked_by=wanted.booked_by,
            parties_expected=1 + len(seats),
            is_test=wanted.is_test,
            status="booked",
            external_id=wanted.external_id,
        )
        made = [self._seat(meeting, seat) for seat in seats]
        self.node.store.add_meeting(meeting, [seat for seat, _, _ in made])
        await self.node.write("meeting.booked", meeting.subject, self._event(meeting, wanted))
        sent = [await self._send(meeting, seat, link, spoken, wanted) for seat, link, spoken in made]
        return Booked(meeting, tuple(sent))

    async def cancel(self, meeting: Meeting) -> None:
        """Revoke the links and say that the meeting will not be held."""
        if meeting.status != "booked":
            raise BookingError("Mødet er allerede slut eller aflyst.")
        self.node.store.change_meeting(replace(meeting, status="cancelled"))
        for seat in self.node.store.seats(meeting.meeting_id):
            self.node.store.change_seat(replace(seat, is_revoked=True))
        if meeting.meeting_id in self.node.live:
            step = partial(rooms.end, reason="session.host_ended", outcome="cancelled")
            await self.node.apply(meeting.meeting_id, step)
            self.node.store.change_meeting(replace(meeting, status="cancelled"))
        await self.node.write("meeting.cancelled", meeting.subject, {})

    def fill_pool(self) -> None:
        """Keep as many rooms ready for instant meetings as the configuration says."""
        for _ in range(self.node.config.pool_rooms - self.node.store.pool_size()):
            self.node.store.add_pool_room(str(uuid.uuid4()), new_short_id())

    def _seats(self, wanted: Wanted) -> list[tuple[str, str, str]]:
        """Seat, role and relation of everybody but the host."""
        relation = "guardian" if wanted.is_guardian else "self"
        first = "child" if wanted.is_guardian else "patient"
        seats = [(first, "guest", relation)] if wanted.kind == "consultation" or not wanted.others else []
        if wanted.kind == "conference" and wanted.is_guardian:
            seats = [(first, "guest", relation)]
        for seat in dict.fromkeys(wanted.others):
            role = "interpreter" if seat == "interpreter" else "guest"
            seats.append((seat, role, "carer" if seat == "relative" else "self"))
        if 1 + len(seats) > self.node.config.most_parties:
            raise BookingError(f"Et møde kan højst have {self.node.config.most_parties} deltagere.")
        return seats

    def _seat(self, meeting: Meeting, wanted: tuple[str, str, str]) -> tuple[Seat, str, str]:
        link, spoken = new_link_code(), new_spoken_code()
        # Seven digits are few: a code that has led to a meeting before is drawn again.
        while self.node.store.seat_by_spoken(digest(spoken, self.pepper)) is not None:
            spoken = new_spoken_code()
        seat, role, relation = wanted
        made = Seat(
            digest(link, self.pepper), digest(spoken, self.pepper), meeting.meeting_id, seat, role, relation
        )
        return made, link, spoken

    def _event(self, meeting: Meeting, wanted: Wanted) -> dict[str, object]:
        return {
            "short_id": meeting.short_id,
            "is_test": meeting.is_test,
            "kind": meeting.kind,
            "mode": meeting.mode,
            "use_type": meeting.use_type,
            "region": meeting.region,
            "org_pseudonym": organisation(meeting.practice),
            "starts_at": timestamp(meeting.starts_ms),
            "booked_by": meeting.booked_by,
            "parties_expected": meeting.parties_expected,
            "booking_ms": min(wanted.booking_ms, MOST_MS) or None,
            "clicks": min(wanted.clicks, MOST_CLICKS) or None,
        }

    async def _send(self, meeting: Meeting, seat: Seat, link: str, spoken: str, wanted: Wanted) -> Sent:
        config = self.node.config
        address = f"{config.url}/m/{link}"
        host = urlsplit(config.url).netloc
        at = None if wanted.starts_ms is None else datetime.fromtimestamp(meeting.starts_ms / 1000, DANISH)
        message = render(address, host, spoken, at, config.clinic)
        facts = {
            "chars": message.chars,
            "encoding": message.encoding,
            "segments": message.segments,
            "link_end_offset": message.link_end_offset,
        }
        await self.node.write("message.rendered", meeting.subject, facts)
        is_sent = True
        try:
            await self.delivery.send(wanted.send_to, message, f"{meeting.short_id}-{seat.seat}")
            await self.node.write("message.sent", meeting.subject, {"channel": self.delivery.channel})
            self.node.store.change_seat(replace(seat, is_sent=True))
        except SendFailedError:
            is_sent = False
            failed = {"channel": self.delivery.channel, "reason": "message.send_failed"}
            await self.node.write("message.failed", meeting.subject, failed)
        return Sent(seat.seat, seat_label(seat.seat), message, address, spoken, is_sent)


def organisation(practice: str) -> str:
    """The service's own pseudonym of an organisation, which does not join to the evaluation's."""
    return "s_" + hashlib.sha256(f"organisation:{practice}".encode()).hexdigest()[:20]


def danish_ms(text: str) -> int:
    """``2026-11-23T10:15`` in Danish time as milliseconds since the epoch. Raises BookingError."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        raise BookingError("Skriv tidspunktet som dato og klokkeslæt.")
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=DANISH).timestamp() * 1000)
    except ValueError as error:
        raise BookingError("Tidspunktet findes ikke i kalenderen.") from error


def seats_offered() -> Sequence[str]:
    """Places a booking may add."""
    return ("relative", "home_nurse", "nursing_home", "specialist", "hospital", "interpreter")
