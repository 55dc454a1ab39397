"""The portal as one application: sign-in per region, tables, uploads, receipts, a status for the office."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from pipeline import paths
from pipeline.contract import Column, Contracts, Table, headers, load_contracts, normalise_header
from pipeline.contract.templates import write_csv_template, write_xlsx_template
from pipeline.portal import status
from pipeline.portal.config import OFFICE_ROLE, REGION_ROLE, Config
from pipeline.portal.desk import Desk, DeskError
from pipeline.portal.memory import Accepted, remembered
from pipeline.portal.receipt import Receipt
from pipeline.portal.receiving import Receiving
from pipeline.portal.views import EXPECTED, described, show, since
from pipeline.web.limits import RateLimit
from pipeline.web.oidc import OidcClient, OidcError
from pipeline.web.security import Origins, security
from pipeline.web.serving import secret_file, static_files
from pipeline.web.sessions import Session, Sessions, is_own_form
from pipeline.web.test_idp import TEST_LOGIN, login_at, test_identity_provider

CLIENT = "mast-portal"
STATIC = Path(__file__).with_name("static")
MOST_FORM_BYTES = 64 * 1024
routes = web.RouteTableDef()


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
        """The tables that people deliver; a log of events has a way of its own."""
        return {
            name: table
            for name, table in self.contracts.tables.items()
            if table.kind == "delivered" and table.discriminator is None
        }


PORTAL: web.AppKey[Portal] = web.AppKey("portal", Portal)


def make_app(config: Config) -> web.Application:
    """The application of one portal; its state lies below ``config.state``."""
    issuer = config.identity_provider.issuer
    forms = (f"{urlsplit(issuer).scheme}://{urlsplit(issuer).netloc}",) if issuer else ()
    middleware = security(is_https=config.is_https, others=Origins(forms))
    app = web.Application(middlewares=[middleware], client_max_size=MOST_FORM_BYTES)
    app.add_routes(routes)
    app.router.add_get("/static/{name}", static_files(STATIC))
    if not issuer:
        people = {CLIENT}
        app.add_subapp(TEST_LOGIN, test_identity_provider(f"{config.url}{TEST_LOGIN}", people))
    desk = Desk(config.state)
    app[PORTAL] = Portal(
        config=config,
        contracts=load_contracts(paths.SCHEMAS),
        desk=desk,
        receiving=Receiving(desk),
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


# --- who is here ---


def _session(request: web.Request) -> Session:
    """Raises HTTPSeeOther to the front page for one who is not signed in."""
    session = request.app[PORTAL].sessions.get(request)
    if session is None or not session.facts.get("who"):
        raise web.HTTPSeeOther("/")
    return session


def _region(request: web.Request) -> tuple[Session, str]:
    session = _session(request)
    region = str(session.facts.get("region", ""))
    if not region:
        raise web.HTTPForbidden
    return session, region


def _own(request: web.Request) -> tuple[Session, Receipt]:
    """The receipt of the address, to its own region and to the office only."""
    session, here = _session(request), request.app[PORTAL]
    try:
        receipt = here.desk.receipt(request.match_info["delivery"])
    except KeyError as error:
        raise web.HTTPNotFound from error
    if session.facts.get("region") != receipt.region and not session.facts.get("is_office"):
        raise web.HTTPNotFound
    return session, receipt


async def _own_post(request: web.Request) -> tuple[Session, Receipt, Any]:
    session, receipt = _own(request)
    form = await request.post()
    if not is_own_form(session, form.get("csrf")) or session.facts.get("region") != receipt.region:
        raise web.HTTPForbidden
    return session, receipt, form


# --- signing in ---


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
    session, form = _session(request), await request.post()
    if not is_own_form(session, form.get("csrf")):
        raise web.HTTPForbidden
    answer = web.HTTPSeeOther("/")
    request.app[PORTAL].sessions.end(request, answer)
    raise answer


# --- tables ---


@routes.get("/tabeller")
async def tables(request: web.Request) -> web.StreamResponse:
    """Every table, and what the region last delivered of it."""
    (session, region), here = _region(request), request.app[PORTAL]
    latest = {name: here.desk.previous(region, name) for name in here.tables}
    rows = [
        {"name": name, "title": table.title.da, "text": table.description.da if table.description else "",
         "latest": latest[name], "when": since(latest[name])}
        for name, table in here.tables.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["latest"] is None, str(row["title"])))
    return show("tables", "Tabeller", rows=rows, csrf=session.csrf, aside=_label(here, region))


def _table(request: web.Request) -> Table:
    found = request.app[PORTAL].tables.get(request.match_info["table"])
    if found is None:
        raise web.HTTPNotFound
    return found


@routes.get("/tabel/{table}")
async def table_page(request: web.Request) -> web.StreamResponse:
    return _table_page(request)


def _table_page(request: web.Request, said: str = "", code: int = 200) -> web.Response:
    """What a table's columns mean, its templates, the place to send files to, and what was sent before."""
    (session, region), here, table = _region(request), request.app[PORTAL], _table(request)
    return show(
        "table",
        table.title.da,
        status=code,
        scripts=("/static/portal.js",),
        aside=_label(here, region),
        table=table,
        columns=[described(column, here.contracts.codes) for column in table.delivered_columns],
        expected=EXPECTED,
        earlier=here.desk.receipts(region, table.name)[:20],
        refused=_refusal(here, session, table),
        since=since,
        said=said,
        csrf=session.csrf,
    )


def _refusal(here: Portal, session: Session, table: Table) -> str:
    """Why this person may not send this table; empty where they may."""
    has_identifier = any(column.identifier for column in table.columns)
    if has_identifier and not session.facts.get("is_named") and not here.config.is_demonstration:
        return "Tabellen har person- eller ydernumre og kan ikke sendes med en engangskode. Log ind i stedet."
    return ""


@routes.get("/skabelon/{table}.{kind:csv|xlsx}")
async def template(request: web.Request) -> web.StreamResponse:
    """An empty file to fill in; made anew, so it is always the contract's."""
    here, table, kind = request.app[PORTAL], _table(request), request.match_info["kind"]
    _session(request)
    folder = here.config.state / "templates"
    path = folder / f"{table.name}.{kind}"
    if kind == "csv":
        write_csv_template(table, path)
    else:
        write_xlsx_template(table, here.contracts.codes, path)
    return web.FileResponse(path, headers={"Content-Disposition": f'attachment; filename="{path.name}"'})


@routes.post("/tabel/{table}")
async def send(request: web.Request) -> web.StreamResponse:
    """One file, streamed. A script is told where the receipt is; a plain form is led there."""
    (session, region), here, table = _region(request), request.app[PORTAL], _table(request)
    is_script = request.headers.get("Accept") == "application/json"
    refused = _refusal(here, session, table)
    if refused:
        return (
            web.json_response({"error": refused}, status=403)
            if is_script
            else _table_page(request, refused, 403)
        )
    try:
        receipt = await _received(request, session, region, table.name)
    except (DeskError, ValueError, AssertionError) as error:
        said = str(error) if isinstance(error, DeskError) else "Det, der blev sendt, er ikke en fil."
        return (
            web.json_response({"error": said}, status=400) if is_script else _table_page(request, said, 400)
        )
    address = f"/kvittering/{receipt.id}"
    if is_script:
        return web.json_response({"receipt": address, "refused": receipt.rows_refused})
    raise web.HTTPSeeOther(address)


async def _received(request: web.Request, session: Session, region: str, table: str) -> Receipt:
    reader = await request.multipart()
    is_own = False
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise DeskError("Det, der blev sendt, er ikke en fil.")
        if part.name == "csrf":
            is_own = is_own_form(session, (await part.read_chunk(200)).decode("ascii", "replace"))
        elif part.name == "file" and is_own:
            if not part.filename:
                raise DeskError("Vælg en fil først.")
            return await request.app[PORTAL].receiving.take(part, region, table)
        elif part.name == "file":
            raise web.HTTPForbidden
    raise DeskError("Vælg en fil først.")


# --- receipts ---


@routes.get("/kvittering/{delivery}")
async def receipt_page(request: web.Request) -> web.StreamResponse:
    session, receipt = _own(request)
    return _receipt_page(request, session, receipt)


def _receipt_page(
    request: web.Request, session: Session, receipt: Receipt, said: str = "", code: int = 200
) -> web.Response:
    here = request.app[PORTAL]
    table = here.contracts.tables[receipt.table]
    named = {one.column: _column(here, receipt, one.column) for one in receipt.found}
    codes = {
        header: [(item.code, item.label.da) for item in here.contracts.codes[column.codes].items]
        for header, column in named.items()
        if column and column.codes
    }
    return show(
        "receipt",
        "Kvittering",
        status=code,
        aside=_label(here, receipt.region),
        receipt=receipt,
        table=table,
        since=since,
        codes=codes,
        taken={label for label, _ in receipt.columns},
        is_own=session.facts.get("region") == receipt.region,
        said=said,
        csrf=session.csrf,
    )


def _column(here: Portal, receipt: Receipt, header: str) -> Column | None:
    """The column that a file's header stands for, with what is remembered of the region's headers."""
    memory = here.desk.memory(receipt.region, receipt.table)
    table = remembered(here.contracts, receipt.table, memory).tables[receipt.table]
    name = headers(table).get(normalise_header(header))
    return here.contracts.tables[receipt.table].column(name) if name else None


@routes.get("/kvittering/{delivery}/fejl.xlsx")
async def workbook(request: web.Request) -> web.StreamResponse:
    _, receipt = _own(request)
    path = request.app[PORTAL].desk.workbook(receipt.id)
    if not path.is_file():
        raise web.HTTPNotFound
    name = f"{receipt.table}-ret-og-send-igen.xlsx"
    return web.FileResponse(path, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@routes.post("/kvittering/{delivery}/bekraeft")
async def confirm(request: web.Request) -> web.StreamResponse:
    session, receipt, form = await _own_post(request)
    desk = request.app[PORTAL].desk
    try:
        desk.confirm(receipt.id, session.facts["who"], replaces=form.get("replaces") == "1")
    except DeskError as error:
        return _receipt_page(request, session, receipt, str(error), 409)
    raise web.HTTPSeeOther(f"/kvittering/{receipt.id}")


@routes.post("/kvittering/{delivery}/traek-tilbage")
async def withdraw(request: web.Request) -> web.StreamResponse:
    session, receipt, _ = await _own_post(request)
    request.app[PORTAL].desk.withdraw(receipt.id, session.facts["who"])
    raise web.HTTPSeeOther(f"/kvittering/{receipt.id}")


@routes.post("/kvittering/{delivery}/husk")
async def remember(request: web.Request) -> web.StreamResponse:
    """A header's column, a word's code, or a warning that is as it should be: known the next time."""
    session, receipt, form = await _own_post(request)
    here = request.app[PORTAL]
    memory = here.desk.memory(receipt.region, receipt.table)
    text = {
        name: str(form.get(name, "")).strip()[:200]
        for name in ("header", "column", "word", "code", "rule", "reason")
    }
    column = _column(here, receipt, text["column"])
    if text["header"] in receipt.unknown and column is not None:
        memory = memory.with_header(text["header"], column.name)
    elif (
        text["word"]
        and column is not None
        and column.codes
        and text["code"] in here.contracts.codes[column.codes].codes
    ):
        memory = memory.with_spelling(column.name, text["word"], text["code"])
    elif text["reason"] and any(
        (one.rule, one.column) == (text["rule"], text["column"]) for one in receipt.found
    ):
        accepted = Accepted(text["rule"], text["column"], text["reason"], session.facts["who"])
        memory = memory.with_accepted(accepted)
    else:
        return _receipt_page(request, session, receipt, "Udfyld felterne, og prøv igen.", 400)
    here.desk.remember(receipt.region, receipt.table, memory)
    said = "Det er husket. Send filen igen, så bliver den læst på den måde."
    return _receipt_page(request, session, receipt, said)


# --- the office ---


@routes.get("/status")
async def office(request: web.Request) -> web.StreamResponse:
    """Who has delivered what for which month, and what is missing."""
    here = _office(request)
    receipts = here.desk.receipts()
    return show(
        "status",
        "Status",
        aside="CIMT",
        grid=status.grid(receipts, here.contracts),
        waiting=[one for one in receipts if one.state == "confirmed"],
        titles={name: table.title.da for name, table in here.contracts.tables.items()},
        regions={item.code: item.label.da for item in here.contracts.codes["region"].items},
        since=since,
        csrf=_session(request).csrf,
    )


@routes.get("/status/{region}.txt")
async def reminder(request: web.Request) -> web.StreamResponse:
    here, region = _office(request), request.match_info["region"]
    if region not in here.contracts.codes["region"].codes:
        raise web.HTTPNotFound
    text = status.reminder(region, here.desk.receipts(), here.contracts)
    return web.Response(text=text, content_type="text/plain", charset="utf-8")


def _office(request: web.Request) -> Portal:
    if not _session(request).facts.get("is_office"):
        raise web.HTTPForbidden
    return request.app[PORTAL]


def _label(here: Portal, region: str) -> str:
    return here.contracts.codes["region"].label(region).da
