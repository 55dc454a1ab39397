"""The pages of those who are invited: the link, the code, the login, the waiting room, the questionnaire."""

import secrets
import uuid

from aiohttp import web

from pipeline.video.codes import digest
from pipeline.video.forms import Field, posted, questionnaire_fields, read
from pipeline.video.parties import NotAllowedError, Party
from pipeline.video.service import Service, service
from pipeline.video.sockets import converse
from pipeline.video.store import Meeting, Seat
from pipeline.video.views import show, when
from pipeline.video.words import words
from pipeline.web.oidc import OidcError
from pipeline.web.security import same_origin
from pipeline.web.sessions import Session, is_own_form

routes = web.RouteTableDef()
PROFESSIONAL = frozenset({"home_nurse", "nursing_home", "specialist", "hospital", "interpreter"})
LOGIN_FAILED = {
    "cancelled": "Du afbrød login. Prøv igen, når du er klar.",
    "timeout": "Login tog for lang tid. Prøv igen.",
    "idp_down": "Login virker ikke lige nu. Ring til klinikken og få en engangskode.",
    "loa_too_low": "Dit login er ikke sikkert nok. Brug et med højere sikring, eller ring til klinikken.",
    "forged": "Login kunne ikke bekræftes. Prøv igen.",
    "wrong_person": "En anden er allerede logget ind på dette link. Ring til klinikken.",
}


@routes.get("/invitation")
async def invitation(request: web.Request) -> web.StreamResponse:
    """What the link leads to: when, and how to log in."""
    here, session = service(request), service(request).guests.get(request)
    found = here.seat_of(session)
    if found is None or session is None:
        raise web.HTTPSeeOther("/")
    return _invitation(found, session)


def _invitation(
    found: tuple[Seat, Meeting], session: Session, failed: str = "", wrong: bool = False
) -> web.Response:
    seat, meeting = found
    return show(
        "invitation",
        "Videomøde",
        when=when(meeting.starts_ms),
        relation=seat.relation,
        is_professional=seat.seat in PROFESSIONAL,
        csrf=session.csrf,
        failed=failed,
        wrong=wrong,
    )


@routes.post("/deltag")
async def log_in(request: web.Request) -> web.StreamResponse:
    """To the identity provider, and back by ``/login/retur``."""
    here, session = service(request), service(request).guests.get(request)
    form = await request.post()
    found = here.seat_of(session)
    if not is_own_form(session, form.get("csrf")) or found is None or session is None:
        raise web.HTTPForbidden
    seat, meeting = found
    method = "guardian" if seat.relation == "guardian" else "mitid"
    await here.node.write("auth.started", meeting.subject, {"method": method, "relation": seat.relation})
    try:
        begun = await here.citizen_login.begin()
    except OidcError as error:
        return await _login_failed(here, found, session, method, error.reason)
    session.facts |= {"begun": begun, "method": method}
    raise web.HTTPSeeOther(begun.url)


@routes.get("/login/retur")
async def logged_in(request: web.Request) -> web.StreamResponse:
    """Back from the identity provider."""
    here, session = service(request), service(request).guests.get(request)
    found = here.seat_of(session)
    if session is None or found is None or "begun" not in session.facts:
        raise web.HTTPSeeOther("/")
    begun, method = session.facts.pop("begun"), session.facts["method"]
    try:
        identity = await here.citizen_login.finish(begun, request.query)
    except OidcError as error:
        return await _login_failed(here, found, session, method, error.reason)
    answer = web.HTTPSeeOther("/moede")
    here.guests.begin(answer, session)
    if not await here.sign_in(session, *found, identity.subject, method, identity.loa):
        return _invitation(found, session, LOGIN_FAILED["wrong_person"])
    raise answer


async def _login_failed(
    here: Service, found: tuple[Seat, Meeting], session: Session, method: str, reason: str
) -> web.Response:
    logged = "other" if reason == "forged" else f"auth.{reason}"
    await here.node.write("auth.failed", found[1].subject, {"method": method, "reason": logged})
    return _invitation(found, session, LOGIN_FAILED[reason])


@routes.post("/engangskode")
async def once_code(request: web.Request) -> web.StreamResponse:
    """Without an electronic identity: the clinic's code, and the doctor confirms who it is when they meet."""
    here, session = service(request), service(request).guests.get(request)
    form = await request.post()
    found = here.seat_of(session)
    if not is_own_form(session, form.get("csrf")) or found is None or session is None:
        raise web.HTTPForbidden
    seat, meeting = found
    await here.node.write(
        "auth.started", meeting.subject, {"method": "clinic_code", "relation": seat.relation}
    )
    code = "".join(letter for letter in str(form.get("code", "")) if letter.isdigit())
    allowed = here.codes.allow(f"once {seat.link_hash}")
    if not allowed or not here.node.store.use_once_code(digest(code, here.pepper), seat.link_hash):
        failed = {"method": "clinic_code", "reason": "auth.no_eid" if allowed else "link.rate_limited"}
        await here.node.write("auth.failed", meeting.subject, failed)
        return _invitation(found, session, wrong=True)
    answer = web.HTTPSeeOther("/moede")
    here.guests.begin(answer, session)
    actor = "s_" + secrets.token_hex(10)
    if not await here.sign_in(session, seat, meeting, actor, "clinic_code", "clinic_vouched"):
        return _invitation(found, session, LOGIN_FAILED["wrong_person"])
    raise answer


@routes.get("/moede")
async def meeting_page(request: web.Request) -> web.StreamResponse:
    """The meeting, from the device check to the goodbye."""
    here, session = service(request), service(request).guests.get(request)
    found = here.seat_of(session)
    if found is None or session is None or "actor" not in session.facts:
        raise web.HTTPSeeOther("/invitation" if found else "/")
    _, meeting = found
    return show(
        "meeting",
        "Venteværelse",
        scripts=("/static/room.js",),
        role="guest",
        socket="/ws",
        words=words(),
        when=when(meeting.starts_ms),
        short_id=meeting.short_id,
        title="",
    )


@routes.get("/ws")
async def guest_socket(request: web.Request) -> web.StreamResponse:
    """The signalling of one who is invited and logged in."""
    here = service(request)
    if not same_origin(request) or not here.sockets.allow(request.remote or ""):
        raise web.HTTPForbidden
    session = here.guests.get(request)

    async def joiner() -> tuple[Meeting, Party]:
        found = here.seat_of(session)
        if found is None or session is None or "actor" not in session.facts:
            raise NotAllowedError("link.expired")
        seat, meeting = found
        refused = here.refusal(seat, meeting)
        if refused:
            raise NotAllowedError(refused)
        return meeting, await here.node.join(meeting, seat, session.facts["actor"])

    return await converse(request, here.node, here.key, joiner)


@routes.get("/skema")
@routes.post("/skema")
async def questionnaire(request: web.Request) -> web.StreamResponse:
    """The patient's questionnaire after the meeting, once."""
    here, session = service(request), service(request).guests.get(request)
    found = here.seat_of(session)
    if session is None or found is None or "actor" not in session.facts:
        raise web.HTTPSeeOther("/")
    if session.facts.get("has_answered"):
        return _thanks("Dit svar er modtaget.")
    fields, problems = questionnaire_fields(), list[str]()
    if request.method == "POST":
        form = await request.post()
        if not is_own_form(session, form.get("csrf")):
            raise web.HTTPForbidden
        row, problems = read(fields, posted(form))
        if not problems:
            session.facts["has_answered"] = True
            body = {"response_id": str(uuid.uuid4()), "respondent": session.facts["actor"], **row}
            here.node.store.add_form("questionnaire", found[1].short_id, here.node.clock(), body)
            return _thanks("Dit svar er sendt. Det gemmes uden navn og personnummer.")
    return _form("Hvordan gik mødet?", fields, problems, session.csrf)


def _form(
    title: str, fields: tuple[Field, ...], problems: list[str], csrf: str, intro: str = ""
) -> web.Response:
    return show("form", title, title=title, fields=fields, problems=problems, csrf=csrf, intro=intro)


def _thanks(text: str) -> web.Response:
    return show("text", "Tak", title="Tak", text=text, link="", link_text="")
