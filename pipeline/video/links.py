"""The link, whole or cut, and the code that is typed instead; opening it uses nothing up."""

from aiohttp import web

from pipeline.video.codes import digest, read_link_code, read_spoken_code
from pipeline.video.parties import State
from pipeline.video.service import Service, service
from pipeline.video.store import Meeting, Seat
from pipeline.video.views import clock, show, when
from pipeline.web.sessions import is_own_form

routes = web.RouteTableDef()
# What a refused link shows, by the log's reason.
SHOWN = {
    "link.truncated": "cut",
    "link.unknown": "unknown",
    "link.expired": "expired",
    "link.revoked": "expired",
    "link.too_early": "early",
    "link.rate_limited": "locked",
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
