"""The clinic's pages: log in, book, see who waits, meet, and the card afterwards."""

from datetime import datetime, timedelta

from aiohttp import web

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.video.booking import BookingError, Wanted, danish_ms, seats_offered
from pipeline.video.codes import digest, new_spoken_code
from pipeline.video.forms import posted
from pipeline.video.parties import PRESENT, State
from pipeline.video.service import Service, service
from pipeline.video.store import Meeting
from pipeline.video.views import DANISH, clock, show, when
from pipeline.video.words import seat_label, words
from pipeline.web.oidc import OidcError
from pipeline.web.sessions import Session, is_own_form

routes = web.RouteTableDef()
ROLES = {"doctor": "doctor", "secretary": "secretary"}
SLOT_MIN = 15
STAFF_SESSION = "staff"


def signed_in(request: web.Request) -> Session:
    """The session of a member of staff; else to the login."""
    session = service(request).staff.get(request)
    if session is None or "actor" not in session.facts:
        raise web.HTTPSeeOther("/klinik/login")
    return session


def own_meeting(request: web.Request) -> Meeting:
    """The clinic's own meeting that the address names."""
    here = service(request)
    meeting = here.node.store.by_short_id(request.match_info["short_id"])
    if meeting is None or meeting.practice != here.config.practice:
        raise web.HTTPNotFound
    return meeting


@routes.get("/klinik/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    here = service(request)
    try:
        begun = await here.staff_login.begin()
    except OidcError:
        return show("text", "Login", title="Login virker ikke", text="Prøv igen.", link="/klinik/login",
                    link_text="Prøv igen", status=503)  # fmt: skip
    answer = web.HTTPSeeOther(begun.url)
    here.staff.begin(answer).facts["begun"] = begun
    raise answer


@routes.get("/klinik/retur")
async def logged_in(request: web.Request) -> web.StreamResponse:
    here, session = service(request), service(request).staff.get(request)
    if session is None or "begun" not in session.facts:
        raise web.HTTPSeeOther("/klinik/login")
    try:
        identity = await here.staff_login.finish(session.facts.pop("begun"), request.query)
    except OidcError:
        identity = None
    roles = [ROLES[role] for role in identity.roles if role in ROLES] if identity else []
    if identity is None or not roles:
        return show("text", "Login", title="Du har ikke adgang", text="Log ind med klinikkens login.",
                    link="/klinik/login", link_text="Log ind", status=403)  # fmt: skip
    answer = web.HTTPSeeOther("/klinik")
    here.staff.begin(answer, session)
    session.facts |= {"actor": identity.subject, "role": roles[0]}
    raise answer


@routes.get("/klinik")
async def agenda(request: web.Request) -> web.StreamResponse:
    """Today's meetings, and a form for a new one."""
    session = signed_in(request)
    return _agenda(request, session)


def _agenda(request: web.Request, session: Session, said: str = "", status: int = 200) -> web.Response:
    here = service(request)
    codes = load_contracts(paths.SCHEMAS).codes
    now = datetime.fromtimestamp(here.node.clock() / 1000, DANISH)
    slot = now.replace(second=0, microsecond=0) + timedelta(minutes=SLOT_MIN - now.minute % SLOT_MIN)
    return show(
        "clinic",
        "Videomøder",
        scripts=("/static/booking.js",),
        status=status,
        aside=str(here.config.clinic),
        csrf=session.csrf,
        said=said,
        uses=[(item.code, item.label.da) for item in codes["use_type"].items],
        bookers=[(item.code, item.label.da) for item in codes["booked_by"].items if item.code in ROLES],
        booked_by=session.facts["role"],
        seats=[(seat, seat_label(seat)) for seat in seats_offered()],
        next_slot=f"{slot:%Y-%m-%dT%H:%M}",
        agenda=[
            {
                "short_id": meeting.short_id,
                "time": clock(meeting.starts_ms),
                "use": codes["use_type"].label(meeting.use_type).da,
                "state": _state(here, meeting),
                "may_cancel": meeting.status == "booked",
            }
            for meeting in _today(here)
        ],
    )


def _today(here: Service) -> list[Meeting]:
    now = datetime.fromtimestamp(here.node.clock() / 1000, DANISH)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    from_ms, to_ms = round(start.timestamp() * 1000), round((start + timedelta(days=1)).timestamp() * 1000)
    return here.node.store.agenda(here.config.practice, from_ms, to_ms)


def _state(here: Service, meeting: Meeting) -> str:
    """What the clinic most wants to know of a meeting now."""
    if meeting.status == "ended":
        return "slut"
    one = here.node.live.get(meeting.meeting_id)
    guests = [party for party in one.room.of(*PRESENT) if not party.is_host] if one else []
    waiting = [party for party in guests if party.state is State.WAITING]
    if waiting:
        return f"{len(waiting)} venter"
    if guests:
        return "i gang"
    seats = here.node.store.seats(meeting.meeting_id)
    for state in (State.LOGGED_IN, State.OPENED):
        if any(seat.state == state for seat in seats):
            return str(words()[f"state_{state.value}"])
    return "ventes"


@routes.get("/klinik/status")
async def status(request: web.Request) -> web.StreamResponse:
    """The day's meetings and their states, for the page to follow."""
    signed_in(request)
    here = service(request)
    rows = [{"short_id": one.short_id, "state": _state(here, one)} for one in _today(here)]
    return web.json_response(rows)


async def own_post(request: web.Request) -> tuple[Service, Session, dict[str, list[str]]]:
    session = signed_in(request)
    form = await request.post()
    if not is_own_form(session, form.get("csrf")):
        raise web.HTTPForbidden
    return service(request), session, posted(form)


@routes.post("/klinik/book")
async def book(request: web.Request) -> web.StreamResponse:
    """A meeting now or at a time; shows the messages as the invited will see them."""
    here, session, form = await own_post(request)
    first = {name: values[0] for name, values in form.items() if values}
    codes = load_contracts(paths.SCHEMAS).codes
    is_instant = first.get("mode") == "instant"
    try:
        if first.get("use_type") not in codes["use_type"].codes:
            raise BookingError("Vælg, hvad mødet bruges til.")
        others = tuple(seat for seat in form.get("seat", ()) if seat in seats_offered())
        booked = await here.bookings.book(
            Wanted(
                use_type=first["use_type"],
                mode="instant" if is_instant else "planned",
                booked_by=first.get("booked_by", "")
                if first.get("booked_by") in ROLES
                else session.facts["role"],
                practice=here.config.practice,
                starts_ms=None if is_instant else danish_ms(first.get("starts_at", "")),
                others=others,
                is_guardian="guardian" in form,
                booking_ms=_whole(first.get("ms")),
                clicks=_whole(first.get("interactions")),
                send_to=first.get("send_to"),
            )
        )
    except BookingError as error:
        return _agenda(request, session, str(error), status=400)
    session.facts.setdefault("messages", {})[booked.meeting.short_id] = booked.sent
    raise web.HTTPSeeOther(f"/klinik/booket/{booked.meeting.short_id}")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


@routes.get("/klinik/booket/{short_id}")
async def booked(request: web.Request) -> web.StreamResponse:
    """What was booked, with the messages; they are shown to the one who booked and kept nowhere."""
    return _booked(signed_in(request), own_meeting(request))


def _booked(session: Session, meeting: Meeting, code: str = "") -> web.Response:
    sent = session.facts.get("messages", {}).get(meeting.short_id, ())
    return show(
        "booked",
        "Mødet er booket",
        short_id=meeting.short_id,
        when=when(meeting.starts_ms),
        csrf=session.csrf,
        code=code,
        once=meeting.status == "booked",
        messages=[
            {"label": one.label, "text": one.message.text, "chars": one.message.chars, "is_sent": one.is_sent}
            for one in sent
        ],
    )


@routes.post("/klinik/engangskode/{short_id}")
async def once_code(request: web.Request) -> web.StreamResponse:
    """A code to read to a citizen without electronic identity."""
    here, session, _ = await own_post(request)
    meeting = own_meeting(request)
    seat = next((one for one in here.node.store.seats(meeting.meeting_id) if one.role == "guest"), None)
    if seat is None:
        raise web.HTTPNotFound
    code = new_spoken_code()
    here.node.store.add_once_code(digest(code.replace("-", ""), here.pepper), seat.link_hash)
    return _booked(session, meeting, code)


@routes.post("/klinik/aflys/{short_id}")
async def cancel(request: web.Request) -> web.StreamResponse:
    here, session, _ = await own_post(request)
    try:
        await here.bookings.cancel(own_meeting(request))
    except BookingError as error:
        return _agenda(request, session, str(error), status=400)
    raise web.HTTPSeeOther("/klinik")


@routes.post("/klinik/log-ud")
async def log_out(request: web.Request) -> web.StreamResponse:
    here, _, _ = await own_post(request)
    answer = web.HTTPSeeOther("/")
    here.staff.end(request, answer)
    raise answer
