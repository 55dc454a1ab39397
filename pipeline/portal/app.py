"""The portal as one application."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.portal import office_pages, receipt_pages, signing_in, table_pages
from pipeline.portal.config import Config
from pipeline.portal.desk import Desk
from pipeline.portal.portal import PORTAL, Portal
from pipeline.portal.receiving import Receiving
from pipeline.web.limits import RateLimit
from pipeline.web.security import Origins, security
from pipeline.web.serving import secret_file, static_files
from pipeline.web.sessions import Sessions
from pipeline.web.test_idp import TEST_LOGIN, login_at, test_identity_provider

CLIENT = "mast-portal"
STATIC = Path(__file__).with_name("static")
MOST_FORM_BYTES = 64 * 1024


def make_app(config: Config) -> web.Application:
    """The application of one portal; its state lies below ``config.state``."""
    issuer = config.identity_provider.issuer
    forms = (f"{urlsplit(issuer).scheme}://{urlsplit(issuer).netloc}",) if issuer else ()
    middleware = security(is_https=config.is_https, others=Origins(forms))
    app = web.Application(middlewares=[middleware], client_max_size=MOST_FORM_BYTES)
    for part in (signing_in, table_pages, receipt_pages, office_pages):
        app.add_routes(part.routes)
    app.router.add_get("/static/{name}", static_files(STATIC))
    if not issuer:
        people = {CLIENT}
        app.add_subapp(TEST_LOGIN, test_identity_provider(f"{config.url}{TEST_LOGIN}", people))
    desk = Desk(config.state)
    app[PORTAL] = Portal(
        config=config,
        contracts=load_contracts(paths.SCHEMAS),
        desk=desk,
        receiving=Receiving(desk, config.most_mb * 1024**2),
        sessions=Sessions("portal", config.is_https),
        login=login_at(
            config, config.identity_provider, CLIENT, "/login/retur", secret_file(config.state, "key")
        ),
        tokens=RateLimit(5, 180.0),
    )

    async def running(app: web.Application) -> AsyncIterator[None]:
        yield
        app[PORTAL].receiving.close()

    app.cleanup_ctx.append(running)
    return app
