"""A table's page: what its columns mean, its templates, and the place to send files to."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from pipeline.contract import Table
from pipeline.contract.templates import write_csv_template, write_xlsx_template
from pipeline.formats.readers import FORMATS, Format
from pipeline.portal.desk import DeskError
from pipeline.portal.portal import PORTAL, Portal, region_label, region_of, session_of
from pipeline.portal.receipt import Receipt
from pipeline.portal.views import KINDS, described, show, since
from pipeline.web.sessions import Session, is_own_form

routes = web.RouteTableDef()
FORM_BYTES = 64 * 1024  # what stands around a file in a form


@routes.get("/tabeller")
async def tables(request: web.Request) -> web.StreamResponse:
    """Every table, and what the region last delivered of it."""
    (session, region), here = region_of(request), request.app[PORTAL]
    latest = {name: here.desk.previous(region, name) for name in here.tables}
    listed = [
        {"name": name, "title": table.title.da, "text": table.description.da if table.description else "",
         "latest": latest[name], "when": since(latest[name])}
        for name, table in here.tables.items()
    ]  # fmt: skip
    listed.sort(key=lambda row: (row["latest"] is None, str(row["title"])))
    return show("tables", "Tabeller", listed=listed, csrf=session.csrf, aside=region_label(here, region))


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
    (session, region), here, table = region_of(request), request.app[PORTAL], _table(request)
    return show(
        "table",
        table.title.da,
        status=code,
        scripts=("/static/portal.js",),
        aside=region_label(here, region),
        table=table,
        columns=[described(column, here.contracts.codes) for column in table.delivered_columns],
        **_taken(table),
        earlier=here.desk.receipts(region, table.name)[:20],
        refused=_refusal(here, session, table),
        known=_known(here, region, table),
        who=session.facts["who"],
        most_mb=here.receiving.most_bytes // 1024**2,
        said=said,
        csrf=session.csrf,
    )


def _taken(table: Table) -> dict[str, object]:
    """What the table is delivered as, and how such files end."""
    known = [FORMATS[name] for name in table.delivered_as]
    is_several = any(one.is_several for one in known)
    endings = dict.fromkeys(suffix for one in known for suffix in one.suffixes)
    return {
        "formats": [_named(one) for one in known],
        "suffixes": [*endings, *([".zip"] if is_several else [])],
        "is_several": is_several,
    }


def _named(one: Format) -> str:
    return one.title.da + (f" (højst {one.most_bytes // 1024**2} MB)" if one.most_bytes else "")


@dataclass(frozen=True)
class Known:
    """Something remembered of a region's files, as a clerk reads it, and what forgetting it must say."""

    text: str
    kind: str
    name: str
    word: str = ""


def _known(here: Portal, region: str, table: Table) -> list[Known]:
    memory = here.desk.memory(region, table.name)
    label = {column.name: column.label.da for column in table.columns}
    codes = {column.name: here.contracts.codes[column.codes] for column in table.columns if column.codes}
    return [
        *(
            Known(f"Kolonnen »{header}« er {label[column]}", "header", header)
            for header, column in memory.headers.items()
            if column in label
        ),
        *(
            Known(f"»{word}« i {label[column]} betyder {codes[column].label(code).da}", "word", column, word)
            for column, words in memory.spellings.items()
            if column in codes
            for word, code in words.items()
            if code in codes[column].codes
        ),
        *(
            Known(
                f"{KINDS.get(one.rule, one.rule)} ({one.column or 'hele filen'}) accepteret af {one.by}: "
                f"{one.reason}",
                "accepted",
                one.rule,
                one.column,
            )
            for one in memory.accepted
        ),
    ]


@routes.post("/tabel/{table}/glem")
async def forget(request: web.Request) -> web.StreamResponse:
    """Something remembered is no longer so: the next file is read without it."""
    (session, region), here, table = region_of(request), request.app[PORTAL], _table(request)
    form = await request.post()
    if not is_own_form(session, form.get("csrf")):
        raise web.HTTPForbidden
    given = [str(form.get(name, "")) for name in ("kind", "name", "word")]
    here.desk.remember(region, table.name, here.desk.memory(region, table.name).without(*given))
    raise web.HTTPSeeOther(f"/tabel/{table.name}#husket")


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
    session_of(request)
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
    (session, region), here, table = region_of(request), request.app[PORTAL], _table(request)
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
        return web.json_response(
            {"receipt": address, "accepted": receipt.rows_accepted, "refused": receipt.rows_refused}
        )
    raise web.HTTPSeeOther(address)


async def _received(request: web.Request, session: Session, region: str, table: str) -> Receipt:
    receiving, is_own = request.app[PORTAL].receiving, False
    if (request.content_length or 0) > receiving.most_bytes + FORM_BYTES:
        raise receiving.too_large()
    reader = await request.multipart()
    while (part := await receiving.in_time(reader.next())) is not None:
        if not isinstance(part, BodyPartReader):
            raise DeskError("Det, der blev sendt, er ikke en fil.")
        if part.name == "csrf":
            given = await receiving.in_time(part.read_chunk(200))
            is_own = is_own_form(session, given.decode("ascii", "replace"))
        elif part.name == "file" and is_own:
            if not part.filename:
                raise DeskError("Vælg en fil først.")
            return await receiving.take(part, region, table)
        elif part.name == "file":
            raise web.HTTPForbidden
    raise DeskError("Vælg en fil først.")
