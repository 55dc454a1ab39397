"""One node as a web service: what its handlers share."""

from dataclasses import dataclass, field, replace

from aiohttp import web

from pipeline.video.booking import Bookings
from pipeline.video.config import Config
from pipeline.video.fees import FeeCode
from pipeline.video.node import Node
from pipeline.video.parties import State
from pipeline.video.store import Meeting, Seat
from pipeline.video.upkeep import Upkeep
from pipeline.web.limits import RateLimit
from pipeline.web.oidc import OidcClient
from pipeline.web.sessions import Session, Sessions

QUARTER_S = 900.0


@dataclass
class Service:
    """The node with its upkeep, bookings, sign-in and limits. ``key`` signs, ``pepper`` hashes codes."""

    config: Config
    node: Node
    upkeep: Upkeep
    bookings: Bookings
    guests: Sessions
    staff: Sessions
    citizen_login: OidcClient
    staff_login: OidcClient
    fees: tuple[FeeCode, ...]
    key: bytes = field(repr=False)
    pepper: bytes = field(repr=False)
    api_token: str = field(repr=False)
    # Five codes a quarter from one place, and no more than a few hundred from all places together.
    codes: RateLimit = field(default_factory=lambda: RateLimit(5, QUARTER_S / 5))
    codes_of_all: RateLimit = field(default_factory=lambda: RateLimit(300, QUARTER_S / 300))
    links: RateLimit = field(default_factory=lambda: RateLimit(60, 2.0))
    sockets: RateLimit = field(default_factory=lambda: RateLimit(60, 1.0))

    def seat_of(self, session: Session | None) -> tuple[Seat, Meeting] | None:
        """The seat whose link this browser opened, while it still leads somewhere."""
        if session is None or "link" not in session.facts:
            return None
        seat = self.node.store.seat(session.facts["link"])
        meeting = self.node.store.meeting(seat.meeting_id) if seat else None
        if seat is None or meeting is None or seat.is_revoked:
            return None
        return seat, meeting

    def refusal(self, seat: Seat | None, meeting: Meeting | None) -> str | None:
        """Why a whole link does not lead on: unknown, expired, revoked or too early; None where it does."""
        if seat is None or meeting is None:
            return "link.unknown"
        if seat.is_revoked or meeting.status == "cancelled":
            return "link.revoked"
        if meeting.status == "ended":
            return "link.expired"
        now = self.node.clock()
        if now < self.opens_ms(meeting):
            return "link.too_early"
        if now > meeting.starts_ms + 12 * 3_600_000:
            return "link.expired"
        return None

    def opens_ms(self, meeting: Meeting) -> int:
        return meeting.starts_ms - meeting.opens_before_min * 60_000

    async def sign_in(
        self, session: Session, seat: Seat, meeting: Meeting, actor: str, method: str, loa: str
    ) -> bool:
        """Bind the seat to the first who logs in. False for anybody else."""
        if seat.actor is not None and seat.actor != actor:
            failed = {"method": method, "reason": "auth.wrong_person"}
            await self.node.write("auth.failed", meeting.subject, failed)
            return False
        self.node.store.mark(replace(seat, actor=actor), State.LOGGED_IN)
        session.facts["actor"] = actor
        told = {"method": method, "loa": loa, "relation": seat.relation, "actor_pseudonym": actor}
        await self.node.write("auth.succeeded", meeting.subject, told)
        await self.node.seat_changed(meeting.meeting_id)
        return True


SERVICE = web.AppKey("service", Service)


def service(request: web.Request) -> Service:
    """The service that a request came to."""
    return request.app[SERVICE]


def host_seat(meeting: Meeting) -> Seat:
    """The clinic's own place, which no link leads to."""
    return Seat("", "", meeting.meeting_id, "host", "host", "self")
