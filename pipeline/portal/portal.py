"""What the portal's handlers share, and who may see what."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from pipeline.contract import Contracts, Table
from pipeline.portal.config import Config
from pipeline.portal.desk import Desk
from pipeline.portal.receipt import Receipt
from pipeline.portal.receiving import Receiving
from pipeline.web.limits import RateLimit
from pipeline.web.oidc import OidcClient
from pipeline.web.sessions import Session, Sessions, is_own_form


@dataclass
class Portal:
    """What the handlers share."""

    config: Config
    contracts: Contracts
    desk: Desk
    receiving: Receiving
    sessions: Sessions
    login: OidcClient
    tokens: RateLimit

    @property
    def tables(self) -> dict[str, Table]:
        """The tables that regions deliver; a log of events has a way of its own."""
        return {
            name: table
            for name, table in self.contracts.tables.items()
            if table.has_template and not table.is_internal
        }


PORTAL: web.AppKey[Portal] = web.AppKey("portal", Portal)


def session_of(request: web.Request) -> Session:
    """Raises HTTPSeeOther to the front page for one who is not signed in."""
    session = request.app[PORTAL].sessions.get(request)
    if session is None or not session.facts.get("who"):
        raise web.HTTPSeeOther("/")
    return session


def region_of(request: web.Request) -> tuple[Session, str]:
    session = session_of(request)
    region = str(session.facts.get("region", ""))
    if not region:
        raise web.HTTPForbidden
    return session, region


def own_receipt(request: web.Request) -> tuple[Session, Receipt]:
    """The receipt of the address, to its own region and to the office only."""
    session, here = session_of(request), request.app[PORTAL]
    try:
        receipt = here.desk.receipt(request.match_info["delivery"])
    except KeyError as error:
        raise web.HTTPNotFound from error
    if session.facts.get("region") != receipt.region and not session.facts.get("is_office"):
        raise web.HTTPNotFound
    return session, receipt


async def own_post(request: web.Request) -> tuple[Session, Receipt, Any]:
    session, receipt = own_receipt(request)
    form = await request.post()
    if not is_own_form(session, form.get("csrf")) or session.facts.get("region") != receipt.region:
        raise web.HTTPForbidden
    return session, receipt, form


def region_label(here: Portal, region: str) -> str:
    return here.contracts.codes["region"].label(region).da
