"""The service as one application: embedded test login, embedded media, SQLite state, JSON-lines log."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from pipeline.video import api, clinic, guests, host, links
from pipeline.video.booking import Bookings
from pipeline.video.config import Config
from pipeline.video.event_log import EventLog
from pipeline.video.events import now_ms
from pipeline.video.fees import STANDARD, load_fee_codes
from pipeline.video.media import turn
from pipeline.video.media.engine import MediaEngine
from pipeline.video.media.forwarding import ForwardingEngine
from pipeline.video.media.janus import JanusEngine
from pipeline.video.media.livekit import LiveKitEngine
from pipeline.video.node import Node
from pipeline.video.outbox import Delivery, FileOutbox, HttpDelivery, SmtpDelivery
from pipeline.video.service import SERVICE, Service
from pipeline.video.store import Store
from pipeline.video.upkeep import Upkeep
from pipeline.web.security import Origins, security
from pipeline.web.serving import secret_file, static_files
from pipeline.web.sessions import Sessions
from pipeline.web.test_idp import TEST_LOGIN, login_at, test_identity_provider

CITIZEN, STAFF = "mast-video", "mast-video-clinic"
MOST_BODY = 256 * 1024
STATIC = Path(__file__).with_name("static")
routes = web.RouteTableDef()


@routes.get("/probe")
async def probe(request: web.Request) -> web.Response:
    """Some bytes, to measure the way here with."""
    asked = request.query.get("bytes", "1")
    size = min(int(asked), 500_000) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    return web.Response(body=bytes(size), content_type="application/octet-stream")


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """Whether the node takes meetings."""
    here = request.app[SERVICE]
    is_well = here.node.is_writable
    told = {
        "node": here.config.source,
        "log": is_well,
        "rooms": len(here.node.live),
        "pool": here.node.store.pool_size(),
    }
    return web.json_response(told, status=200 if is_well else 503)


@routes.post("/media/livekit")
async def livekit_webhook(request: web.Request) -> web.Response:
    """What LiveKit tells, signed with its key."""
    engine = request.app[SERVICE].node.engine
    if not isinstance(engine, LiveKitEngine):
        raise web.HTTPNotFound
    try:
        engine.hear(await request.text(), request.headers.get("Authorization", ""))
    except PermissionError as error:
        raise web.HTTPUnauthorized from error
    return web.Response(status=204)


@routes.get("/static/livekit-client.js")
async def livekit_client(request: web.Request) -> web.StreamResponse:
    """LiveKit's own client, where the node is told of one."""
    path = request.app[SERVICE].config.media.livekit_client
    if not path:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": "text/javascript"})


def make_app(config: Config, *, clock: Callable[[], int] = now_ms) -> web.Application:
    """The application of one node; state and log lie below ``config.state``."""
    forms = tuple(
        f"{urlsplit(one.issuer).scheme}://{urlsplit(one.issuer).netloc}"
        for one in (config.identity_provider, config.staff_provider)
        if one.issuer
    )
    livekit = config.media.livekit_url
    connect = (livekit, livekit.replace("ws", "http", 1)) if livekit else ()
    middleware = security(is_https=config.is_https, others=Origins(forms, connect))
    app = web.Application(middlewares=[middleware], client_max_size=MOST_BODY)
    for table in (links.routes, guests.routes, clinic.routes, host.routes, api.routes, routes):
        app.add_routes(table)
    app.router.add_get("/static/{name}", static_files(STATIC))
    if not (config.identity_provider.issuer and config.staff_provider.issuer):
        app.add_subapp(TEST_LOGIN, test_identity_provider(f"{config.url}{TEST_LOGIN}", {CITIZEN, STAFF}))

    async def running(app: web.Application) -> AsyncIterator[None]:
        here = _service(config, clock)
        app[SERVICE] = here
        here.bookings.fill_pool()
        await here.node.start()
        here.upkeep.start()
        yield

    async def stopping(app: web.Application) -> None:
        # Before the connections are closed: everybody in a call is told first.
        here = app[SERVICE]
        await here.upkeep.stop()
        await here.node.stop()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(stopping)
    return app


def _service(config: Config, clock: Callable[[], int]) -> Service:
    state = config.state
    pepper, key = secret_file(state, "pepper"), secret_file(state, "key")
    turn_secret = Path(config.turn.secret_file).read_bytes().strip() if config.turn.secret_file else b""

    def ice(participation: str) -> list[dict[str, object]]:
        expires = int(time.time()) + config.turn.ttl_s
        return turn.ice_servers(config.turn.urls, participation, turn_secret, expires_s=expires)

    node = Node(
        config=config,
        store=Store(state / "state.sqlite"),
        log=EventLog.open(state / "log", config.source, clock=clock),
        engine=_engine(config),
        ice_servers=ice,
        clock=clock,
    )
    return Service(
        config=config,
        node=node,
        upkeep=Upkeep(node),
        bookings=Bookings(node, _delivery(config), pepper),
        guests=Sessions("meeting", config.is_https),
        staff=Sessions("clinic", config.is_https),
        citizen_login=login_at(config, config.identity_provider, CITIZEN, "/login/retur", key),
        staff_login=login_at(config, config.staff_provider, STAFF, "/klinik/retur", key),
        fees=load_fee_codes(Path(config.fee_table) if config.fee_table else STANDARD),
        key=key,
        pepper=pepper,
        api_token=secret_file(state, "api-token").hex(),
    )


def _engine(config: Config) -> MediaEngine:
    media = config.media
    if media.engine == "janus":
        secret = Path(media.janus_secret_file).read_text("utf-8").strip() if media.janus_secret_file else ""
        return JanusEngine(media.janus_url, secret, most_parties=config.most_parties)
    if media.engine == "livekit":
        secret = Path(media.livekit_secret_file).read_text("utf-8").strip()
        return LiveKitEngine(media.livekit_url, media.livekit_key, secret, most_parties=config.most_parties)
    return ForwardingEngine(media.address)


def _delivery(config: Config) -> Delivery:
    match config.sending.kind:
        case "smtp":
            return SmtpDelivery(config.sending.url, config.sending.sender)
        case "http":
            return HttpDelivery(config.sending.url)
        case _:
            return FileOutbox(config.state / "outbox")
