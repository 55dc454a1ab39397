"""The booking API, in the terms of the Danish video booking API (MedCom/KvalitetsIT medcom-video-api, v2)."""

import hmac
import secrets
from datetime import datetime
from typing import Any

from aiohttp import web

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.video.booking import Booked, BookingError, Wanted, seats_offered
from pipeline.video.events import timestamp
from pipeline.video.parties import Party
from pipeline.video.service import Service, host_seat, service
from pipeline.video.sockets import converse
from pipeline.video.store import Meeting

routes = web.RouteTableDef()
MOST_TEXT = 200


def _authorised(request: web.Request) -> Service:
    here = service(request)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), here.api_token.encode()):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
    return here


def _meeting(here: Service, meeting: Meeting) -> dict[str, Any]:
    return {
        "uuid": meeting.meeting_id,
        "shortId": meeting.short_id,
        "externalId": meeting.external_id,
        "meetingType": "POOL" if meeting.mode == "instant" else "NORMAL",
        "startTime": timestamp(meeting.starts_ms),
        "createdTime": timestamp(meeting.created_ms),
        "status": meeting.status,
        "useType": meeting.use_type,
        "kind": meeting.kind,
        "isTest": meeting.is_test,
        "shortLink": f"{here.config.url}/klinik/moede/{meeting.short_id}",
    }


def _booked(here: Service, booked: Booked) -> dict[str, Any]:
    invitations = [
        {
            "seat": one.seat,
            "link": one.link,
            "spokenCode": one.spoken,
            "message": one.message.text,
            "isSent": one.is_sent,
        }
        for one in booked.sent
    ]
    return {**_meeting(here, booked.meeting), "invitations": invitations}


@routes.post("/api/v2/meetings")
async def book(request: web.Request) -> web.Response:
    """Book a meeting; the same ``externalId`` twice is one meeting. 201, or 200 where it stood already."""
    here = _authorised(request)
    try:
        raw: Any = await request.json()
        wanted = _wanted(here, raw)
        booked = await here.bookings.book(wanted)
    except (BookingError, ValueError) as error:
        return web.json_response({"error": str(error) or "ugyldig JSON · invalid JSON"}, status=400)
    return web.json_response(_booked(here, booked), status=201 if booked.sent else 200)


def _wanted(here: Service, raw: Any) -> Wanted:
    if not isinstance(raw, dict):
        raise BookingError("forventet et JSON-objekt · expected a JSON object")
    codes = load_contracts(paths.SCHEMAS).codes
    use = raw.get("useType")
    if use not in codes["use_type"].codes:
        known = ", ".join(codes["use_type"].codes)
        raise BookingError(f"useType: forventet en af {known} · expected one of these")
    is_pool = raw.get("meetingType", "NORMAL") == "POOL"
    starts = None
    if not is_pool:
        at = datetime.fromisoformat(str(raw.get("startTime")))
        if at.tzinfo is None:
            raise BookingError("startTime: forventet tidspunkt med tidszone · expected a time with its zone")
        starts = round(at.timestamp() * 1000)
    others = raw.get("seats", [])
    if not isinstance(others, list) or any(one not in seats_offered() for one in others):
        raise BookingError(f"seats: forventet nogle af {', '.join(seats_offered())} · expected some of these")
    external = raw.get("externalId")
    return Wanted(
        use_type=use,
        mode="instant" if is_pool else "planned",
        booked_by="secretary" if raw.get("createdBy") == "secretary" else "doctor",
        practice=here.config.practice,
        starts_ms=starts,
        others=tuple(others),
        is_guardian=bool(raw.get("guardian", False)),
        is_test=bool(raw.get("isTest", False)),
        external_id=str(external)[:MOST_TEXT] if external else None,
        send_to=str(raw["sendTo"])[:MOST_TEXT] if raw.get("sendTo") else None,
    )


@routes.get("/api/v2/meetings/{uuid}")
async def meeting(request: web.Request) -> web.Response:
    here = _authorised(request)
    return web.json_response(_meeting(here, _known(here, request)))


@routes.delete("/api/v2/meetings/{uuid}")
async def cancel(request: web.Request) -> web.Response:
    here = _authorised(request)
    try:
        await here.bookings.cancel(_known(here, request))
    except BookingError as error:
        return web.json_response({"error": str(error)}, status=409)
    return web.Response(status=204)


@routes.get("/api/v2/scheduling-info/{uuid}")
async def scheduling(request: web.Request) -> web.Response:
    """When the room opens, and how many it takes."""
    here = _authorised(request)
    found = _known(here, request)
    return web.json_response(
        {
            "uuid": found.meeting_id,
            "vmrAvailableBefore": found.opens_before_min,
            "maxParticipants": here.config.most_parties,
            "endMeetingOnEndTime": False,
            "provisionStatus": "PROVISIONED_OK",
            "direct_media": "never" if here.config.media.is_relay_only else "best_effort",
        }
    )


@routes.get("/api/v2/pool")
async def pool(request: web.Request) -> web.Response:
    """Rooms that stand ready for instant meetings."""
    here = _authorised(request)
    ready = here.node.store.pool_size()
    return web.json_response({"desiredPoolSize": here.config.pool_rooms, "availablePoolRooms": ready})


@routes.get("/api/v2/test-call/{uuid}/{seat}")
async def test_call(request: web.Request) -> web.StreamResponse:
    """A synthetic participant's signalling, for the health check: in test calls only, so it never counts."""
    here = _authorised(request)
    meeting, name = _known(here, request), request.match_info["seat"]
    if not meeting.is_test:
        raise web.HTTPForbidden
    seats = {seat.seat: seat for seat in here.node.store.seats(meeting.meeting_id)}
    seats["host"] = host_seat(meeting)
    if name not in seats:
        raise web.HTTPNotFound

    async def joiner() -> tuple[Meeting, Party]:
        return meeting, await here.node.join(meeting, seats[name], f"s_{secrets.token_hex(10)}")

    return await converse(request, here.node, here.key, joiner)


def _known(here: Service, request: web.Request) -> Meeting:
    found = here.node.store.meeting(request.match_info["uuid"])
    if found is None:
        raise web.HTTPNotFound
    return found
