"""Headers that leave a page no more than it needs, and errors that give nothing away."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from markupsafe import Markup

from pipeline.web.limits import is_full
from pipeline.web.page import page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger("mast.web")
FORM_S = 30.0

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self' {connect}; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'{forms}"
)


@dataclass(frozen=True)
class Origins:
    """Who else a page has to do with: where a form may lead, such as a login, and what it may connect to."""

    forms: tuple[str, ...] = ()
    connect: tuple[str, ...] = ()


NOBODY = Origins()


def headers(*, is_https: bool, host: str, others: Origins = NOBODY) -> dict[str, str]:
    """The security headers of every answer."""
    connect = " ".join((f"{'wss' if is_https else 'ws'}://{host}", *others.connect))
    made = {
        "Content-Security-Policy": POLICY.format(
            connect=connect, forms="".join(f" {one}" for one in others.forms)
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        "Cache-Control": "no-store",
    }
    if is_https:
        made["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return made


def security(*, is_https: bool, others: Origins = NOBODY) -> Callable[..., Awaitable[web.StreamResponse]]:
    """A middleware that sets the headers, refuses foreign posts, and turns an error into a plain page."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.method not in ("GET", "HEAD") and not same_origin(request):
                raise web.HTTPForbidden
            await _in_time(request)
            answer = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                _dress(error, request, is_https=is_https, others=others)
                raise
            answer = _plain(error.status)
        except ConnectionResetError:
            raise
        except Exception as error:
            # The number is what the person can tell; the trace stays here, without address or name.
            number = secrets.token_hex(4)
            log.exception("fejl %s · error %s", number, number)
            answer = _plain(507 if is_full(error) else 500, number)
        if not answer.prepared:
            _dress(answer, request, is_https=is_https, others=others)
        return answer

    return middleware


async def _in_time(request: web.Request) -> None:
    """Take in a form's body; who drips it holds a place for nothing. Files are streamed by who takes them.

    Raises HTTPRequestTimeout, and HTTPRequestEntityTooLarge for more than the application takes.
    """
    if not request.can_read_body or request.content_type.startswith("multipart/"):
        return
    try:
        async with asyncio.timeout(FORM_S):
            await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


def _dress(answer: web.StreamResponse, request: web.Request, *, is_https: bool, others: Origins) -> None:
    for name, value in headers(is_https=is_https, host=request.host, others=others).items():
        answer.headers.setdefault(name, value)


def same_origin(request: web.Request) -> bool:
    """Whether the browser says that the page which asks is ours, or it is no browser (no Origin, no cookie).

    Without a referrer a form's Origin is ``null``; Fetch Metadata (W3C) then tells.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return urlsplit(origin).netloc == request.host if origin else "Cookie" not in request.headers


TEXTS = {
    400: ("Det kunne ikke læses", "Gå tilbage, og prøv igen."),
    403: ("Det må du ikke her", "Log ind igen, og prøv en gang til."),
    404: ("Siden findes ikke", "Se efter i din besked, eller gå til forsiden."),
    408: ("Forbindelsen gik i stå", "Gå tilbage, og prøv igen."),
    413: ("Det er for stort", "Vælg noget mindre."),
    429: ("For mange forsøg", "Vent lidt, og prøv igen."),
    507: ("Der er ikke plads på serveren", "Det, du sendte, er ikke gemt. Prøv igen senere."),
    500: ("Noget gik galt", "Prøv igen. Sker det igen, så giv fejlnummeret videre."),
}


def _plain(status: int, number: str = "") -> web.Response:
    title, text = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    note = Markup("<p>Fejlnummer: <code>{}</code></p>").format(number) if number else Markup()
    body = Markup(
        '<main id="main" class="narrow"><h1>{}</h1><p>{}</p>{}<p><a href="/">Forside</a></p></main>'
    )
    made = page(title, body.format(title, text, note), name="MAST")
    return web.Response(status=status, text=made, content_type="text/html")
