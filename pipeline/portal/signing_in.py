"""Signing in to the portal: by the region's login, or by a one-time code from the office."""

from aiohttp import web

from pipeline.portal.config import OFFICE_ROLE, REGION_ROLE
from pipeline.portal.portal import PORTAL, session_of
from pipeline.portal.views import show
from pipeline.web.oidc import OidcError
from pipeline.web.sessions import is_own_form

routes = web.RouteTableDef()


@routes.get("/")
async def front(request: web.Request) -> web.StreamResponse:
    here = request.app[PORTAL]
    session = here.sessions.get(request)
    if session is not None and session.facts.get("is_office"):
        raise web.HTTPSeeOther("/status")
    if session is not None and session.facts.get("region"):
        raise web.HTTPSeeOther("/tabeller")
    return _front(request)


def _front(request: web.Request, said: str = "", code: int = 200) -> web.Response:
    here = request.app[PORTAL]
    answer = web.Response()
    session = here.sessions.get(request) or here.sessions.begin(answer)
    page = show(
        "front", "Log ind", status=code, csrf=session.csrf, said=said, is_test=here.config.is_demonstration
    )
    page.cookies.update(answer.cookies)
    return page


@routes.get("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    here = request.app[PORTAL]
    answer = web.HTTPSeeOther("/")
    session = here.sessions.get(request) or here.sessions.begin(answer)
    try:
        begun = await here.login.begin()
    except OidcError:
        return _front(request, "Login virker ikke lige nu. Prøv igen senere.", 503)
    session.facts["begun"] = begun
    answer.headers["Location"] = begun.url
    raise answer


@routes.get("/login/retur")
async def logged_in(request: web.Request) -> web.StreamResponse:
    here = request.app[PORTAL]
    session = here.sessions.get(request)
    if session is None or "begun" not in session.facts:
        raise web.HTTPSeeOther("/")
    try:
        identity = await here.login.finish(session.facts.pop("begun"), request.query)
    except OidcError:
        return _front(request, "Login lykkedes ikke. Prøv igen.", 403)
    known = here.contracts.codes["region"].codes
    regions = [role.removeprefix(REGION_ROLE) for role in identity.roles if role.startswith(REGION_ROLE)]
    regions = [region for region in regions if region in known]
    is_office = OFFICE_ROLE in identity.roles
    if not regions and not is_office:
        return _front(request, "Du har ikke adgang. Bed CIMT om at oprette dig.", 403)
    answer = web.HTTPSeeOther("/")
    here.sessions.begin(answer, session)
    session.facts |= {"who": identity.subject, "is_office": is_office, "is_named": True}
    session.facts |= {"region": regions[0]} if regions else {}
    raise answer


@routes.post("/adgangskode")
async def use_token(request: web.Request) -> web.StreamResponse:
    """A one-time upload token from the office."""
    here = request.app[PORTAL]
    session, form = here.sessions.get(request), await request.post()
    if not is_own_form(session, form.get("csrf")):
        raise web.HTTPForbidden
    if not here.tokens.allow(request.remote or ""):
        return _front(request, "For mange forsøg. Vent nogle minutter.", 429)
    region = here.desk.use_upload_token(str(form.get("token", "")).strip())
    if region is None:
        return _front(request, "Koden er ukendt, brugt eller spærret. Bed CIMT om en ny.", 403)
    answer = web.HTTPSeeOther("/tabeller")
    made = here.sessions.begin(answer, session)
    made.facts |= {"who": f"engangskode for {region}", "region": region, "is_named": False}
    raise answer


@routes.post("/log-ud")
async def log_out(request: web.Request) -> web.StreamResponse:
    session, form = session_of(request), await request.post()
    if not is_own_form(session, form.get("csrf")):
        raise web.HTTPForbidden
    answer = web.HTTPSeeOther("/")
    request.app[PORTAL].sessions.end(request, answer)
    raise answer
