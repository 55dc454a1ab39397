"""The pages of those who are invited: the link, the code, the login, the waiting room, the questionnaire."""

import secrets
import uuid
from typing import Any

from aiohttp import web

from pipeline.video import rooms
from pipeline.video.codes import digest, read_link_code, read_spoken_code
from pipeline.video.forms import Field, questionnaire_fields, read
from pipeline.video.parties import Party, State
from pipeline.video.service import Service, service
from pipeline.video.sockets import converse
from pipeline.video.store import Meeting, Seat
from pipeline.video.views import clock, show, when
from pipeline.video.words import words
from pipeline.web.oidc import OidcError
from pipeline.web.security import same_origin
from pipeline.web.sessions import Session, is_own_form

routes = web.RouteTableDef()
PROFESSIONAL = frozenset({"home_nurse", "nursing_home", "specialist", "hospital", "interpreter"})
# What a refused link shows, by the log's reason.
SHOWN = {
    "link.truncated": "cut",
    "link.unknown": "unknown",
    "link.expired": "expired",
    "link.revoked": "expired",
    "link.too_early": "early",
    "link.rate_limited": "locked",
}
LOGIN_FAILED = {
    "cancelled": "Du afbrød login. Prøv igen, når du er klar.",
    "timeout": "Login tog for lang tid. Prøv igen.",
    "idp_down": "Login virker ikke lige nu. Ring til klinikken og få en engangskode.",
    "loa_too_low": "Dit login er ikke sikkert nok. Brug et med højere sikring, eller ring til klinikken.",
    "forged": "Login kunne ikke bekræftes. Prøv igen.",
    "wrong_person": "En anden er allerede logget ind på dette link. Ring til klinikken.",
}


@routes.get("/")
@routes.get("/m")
@routes.get("/m/{code:.*}")
async def open_link(request: web.Request) -> web.StreamResponse:
    """A link, whole or cut. Opening it uses nothing up: message scanners do it too."""
    here = service(request)
    code = read_link_code(request.match_info.get("code", ""))
    if code.kind == "cut":
        return await _refused(request, here, "link.truncated")
    if not here.links.allow(request.remote or ""):
        return await _refused(request, here, "link.rate_limited")
    if code.kind == "wrong":
        return await _refused(request, here, "link.unknown")
    return await _opened(request, here, here.node.store.seat(digest(code.value, here.pepper)))


@routes.post("/kode")
async def enter_code(request: web.Request) -> web.StreamResponse:
    """The code that was read aloud or copied from a message whose link was cut."""
    here = service(request)
    form = await request.post()
    if not is_own_form(here.guests.get(request), form.get("csrf")):
        raise web.HTTPForbidden
    place = request.remote or ""
    if not here.codes.allow(place) or not here.codes_of_all.allow(""):
        return await _refused(request, here, "link.rate_limited", status=429)
    typed = str(form.get("code", ""))
    spoken, link = read_spoken_code(typed), read_link_code(typed.rsplit("/", 1)[-1])
    seat = None
    if spoken.kind == "whole":
        seat = here.node.store.seat_by_spoken(digest(spoken.value, here.pepper))
    elif link.kind == "whole":
        seat = here.node.store.seat(digest(link.value, here.pepper))
    if seat is None:
        await here.node.write("link.rejected", "", {"reason": "link.unknown"})
        return _code_page(request, here, "", is_wrong=True)
    return await _opened(request, here, seat)


async def _opened(request: web.Request, here: Service, seat: Seat | None) -> web.StreamResponse:
    meeting = here.node.store.meeting(seat.meeting_id) if seat else None
    refused = here.refusal(seat, meeting)
    if refused or seat is None or meeting is None:
        return await _refused(request, here, refused or "link.unknown", meeting)
    await here.node.write("link.opened", meeting.subject, {"ua_class": _browser(request)})
    if seat.state == State.EXPECTED:
        here.node.store.mark(seat, State.OPENED)
        await here.node.seat_changed(meeting.meeting_id)
    session = here.guests.get(request)
    if session is not None and session.facts.get("link") == seat.link_hash and "actor" in session.facts:
        raise web.HTTPSeeOther("/moede")
    answer = web.HTTPSeeOther("/invitation")
    made = here.guests.begin(answer)
    made.facts["link"] = seat.link_hash
    raise answer


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
            raise rooms.NotAllowedError("link.expired")
        seat, meeting = found
        refused = here.refusal(seat, meeting)
        if refused:
            raise rooms.NotAllowedError(refused)
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


def posted(form: Any) -> dict[str, list[str]]:
    """A posted form's texts by name; files are no answers."""
    return {name: [one for one in form.getall(name) if isinstance(one, str)] for name in form}


async def _refused(
    request: web.Request, here: Service, reason: str, meeting: Meeting | None = None, status: int = 200
) -> web.Response:
    await here.node.write("link.rejected", meeting.subject if meeting else "", {"reason": reason})
    return _code_page(request, here, SHOWN[reason], meeting=meeting, status=status)


def _code_page(
    request: web.Request,
    here: Service,
    reason: str,
    *,
    meeting: Meeting | None = None,
    is_wrong: bool = False,
    status: int = 200,
) -> web.Response:
    session = here.guests.get(request)
    answer = web.Response()
    session = session or here.guests.begin(answer)
    is_early = reason == "early" and meeting is not None
    page = show(
        "code",
        "Til dit videomøde",
        status=status,
        reason=reason if request.match_info.get("code") or reason != "cut" else "",
        wrong=is_wrong,
        csrf=session.csrf,
        starts=when(meeting.starts_ms) if is_early and meeting else "",
        opens=clock(here.opens_ms(meeting)) if is_early and meeting else "",
    )
    page.cookies.update(answer.cookies)
    return page


def _browser(request: web.Request) -> str:
    """``webview`` for a page shown inside an app, else ``browser``; the browser's own words are not kept."""
    said = request.headers.get("User-Agent", "")
    return "webview" if "; wv)" in said or ("iPhone" in said and "Safari/" not in said) else "browser"
