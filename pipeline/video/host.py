"""The doctor's meeting: who waits, the call, and the card afterwards, on the screen or on paper."""

import uuid
from datetime import datetime

from aiohttp import web

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.video import card
from pipeline.video.clinic import own_meeting, own_post, signed_in
from pipeline.video.fees import propose
from pipeline.video.forms import card_fields, read
from pipeline.video.parties import NotAllowedError, Party
from pipeline.video.service import Service, host_seat, service
from pipeline.video.sockets import converse
from pipeline.video.store import Meeting
from pipeline.video.views import DANISH, show, show_body, when
from pipeline.video.words import words
from pipeline.web.security import same_origin

routes = web.RouteTableDef()


@routes.get("/klinik/moede/{short_id}")
async def meeting_page(request: web.Request) -> web.StreamResponse:
    """The doctor's side of a meeting."""
    signed_in(request)
    meeting = own_meeting(request)
    codes = load_contracts(paths.SCHEMAS).codes
    return show(
        "meeting",
        "Møde",
        scripts=("/static/room.js",),
        role="host",
        socket=f"/klinik/ws/{meeting.short_id}",
        words=words(),
        when=when(meeting.starts_ms),
        short_id=meeting.short_id,
        title=codes["use_type"].label(meeting.use_type).da,
    )


@routes.get("/klinik/ws/{short_id}")
async def host_socket(request: web.Request) -> web.StreamResponse:
    here = service(request)
    if not same_origin(request) or not here.sockets.allow(request.remote or ""):
        raise web.HTTPForbidden
    session = here.staff.get(request)
    meeting = own_meeting(request)

    async def joiner() -> tuple[Meeting, Party]:
        if session is None or "actor" not in session.facts or meeting.status != "booked":
            raise NotAllowedError("link.expired")
        return meeting, await here.node.join(meeting, host_seat(meeting), session.facts["actor"])

    return await converse(request, here.node, here.key, joiner)


@routes.get("/klinik/kort/{short_id}")
@routes.post("/klinik/kort/{short_id}")
async def card_page(request: web.Request) -> web.StreamResponse:
    """The card about one meeting: five questions, and the zero code that is proposed."""
    session, meeting, here = signed_in(request), own_meeting(request), service(request)
    fields, problems = card_fields({"use_type": meeting.use_type}), list[str]()
    if request.method == "POST":
        _, _, form = await own_post(request)
        row, problems = read(fields, form)
        if not problems:
            body = {"card_id": str(uuid.uuid4()), **row}
            here.node.store.add_form("card", meeting.short_id, here.node.clock(), body)
            return show("text", "Tak", title="Kortet er gemt", text=_fee_text(here, meeting), link="/klinik",
                        link_text="Tilbage til dagens møder")  # fmt: skip
    return show("form", "Postkort", title="Postkort om videomødet", fields=fields, problems=problems,
                csrf=session.csrf, intro=f"Møde {meeting.short_id}, {when(meeting.starts_ms)}")  # fmt: skip


def _fee_text(here: Service, meeting: Meeting) -> str:
    day = datetime.fromtimestamp(meeting.starts_ms / 1000, DANISH).date()
    found = propose(here.fees, meeting.kind, meeting.region, day)
    if found is None:
        return "Ingen ydelseskode gælder for mødet den dag."
    return f"Foreslået ydelseskode: {found.fee_code} ({found.source})."


@routes.get("/klinik/kort/{short_id}/print")
async def paper_card(request: web.Request) -> web.StreamResponse:
    """The same card on paper, with the meeting's number as a QR code."""
    signed_in(request)
    meeting, here = own_meeting(request), service(request)
    address = f"{here.config.url}/klinik/kort/{meeting.short_id}"
    return show_body("Postkort", card.paper(card_fields({}), meeting.short_id, address))
