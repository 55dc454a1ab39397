"""The receipt: read it, confirm it, take it back, teach the portal what it did not know."""

import re

from aiohttp import web

from pipeline.contract import Column, headers, normalise_header
from pipeline.formats.readers import FORMATS
from pipeline.identifiers import mask
from pipeline.portal.desk import DeskError
from pipeline.portal.memory import Accepted, remembered
from pipeline.portal.portal import PORTAL, Portal, own_post, own_receipt, region_label
from pipeline.portal.receipt import Found, Receipt
from pipeline.portal.views import show
from pipeline.web.sessions import Session

routes = web.RouteTableDef()
FOUND = re.compile("fundet »(.+)«; forventet ")


@routes.get("/kvittering/{delivery}")
async def receipt_page(request: web.Request) -> web.StreamResponse:
    session, receipt = own_receipt(request)
    return _receipt_page(request, session, receipt)


def _receipt_page(
    request: web.Request,
    session: Session,
    receipt: Receipt,
    said: str = "",
    code: int = 200,
) -> web.Response:
    here = request.app[PORTAL]
    table = here.contracts.tables[receipt.table]
    named = {one.column: _column(here, receipt, one.column) for one in receipt.found}
    codes = {
        header: [(item.code, item.label.da) for item in here.contracts.codes[column.codes].items]
        for header, column in named.items()
        if column and column.codes
    }
    taken = {label for label, _ in receipt.columns}
    return show(
        "receipt",
        "Kvittering",
        status=code,
        aside=region_label(here, receipt.region),
        receipt=receipt,
        table=table,
        form=FORMATS[receipt.format].title.da if receipt.format in FORMATS else "",
        codes=codes,
        spare=[column.label.da for column in table.delivered_columns if column.label.da not in taken],
        has_dates=any(column.type in ("date", "timestamp") for column in table.delivered_columns),
        is_own=session.facts.get("region") == receipt.region,
        who=session.facts["who"],
        absent=[one.column for one in receipt.found if one.rule == "absent_column"],
        words={(one.rule, one.column): _words(one) for one in receipt.found},
        said=said,
        is_fine=code == 200,
        csrf=session.csrf,
    )


def _words(found: Found) -> list[str]:
    """The words that a problem found, as far as its messages show them whole."""
    told = (FOUND.match(text) for text in found.messages)
    return list(dict.fromkeys(one[1] for one in told if one and not one[1].endswith("…")))


def _column(here: Portal, receipt: Receipt, header: str) -> Column | None:
    """The column that a file's header stands for, with what is remembered of the region's headers."""
    memory = here.desk.memory(receipt.region, receipt.table)
    table = remembered(here.contracts, receipt.table, memory).tables[receipt.table]
    name = headers(table).get(normalise_header(header))
    return here.contracts.tables[receipt.table].column(name) if name else None


@routes.get("/kvittering/{delivery}/fejl.xlsx")
async def workbook(request: web.Request) -> web.StreamResponse:
    _, receipt = own_receipt(request)
    path = request.app[PORTAL].desk.workbook(receipt.id)
    if not path.is_file():
        raise web.HTTPNotFound
    name = f"{receipt.table}-ret-og-send-igen.xlsx"
    return web.FileResponse(path, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@routes.post("/kvittering/{delivery}/bekraeft")
async def confirm(request: web.Request) -> web.StreamResponse:
    session, receipt, form = await own_post(request)
    desk = request.app[PORTAL].desk
    try:
        desk.confirm(receipt.id, session.facts["who"], replaces=form.get("replaces") == "1")
    except DeskError as error:
        return _receipt_page(request, session, receipt, str(error), 409)
    raise web.HTTPSeeOther(f"/kvittering/{receipt.id}")


@routes.post("/kvittering/{delivery}/traek-tilbage")
async def withdraw(request: web.Request) -> web.StreamResponse:
    session, receipt, _ = await own_post(request)
    request.app[PORTAL].desk.withdraw(receipt.id, session.facts["who"])
    raise web.HTTPSeeOther(f"/kvittering/{receipt.id}")


@routes.post("/kvittering/{delivery}/husk")
async def remember(request: web.Request) -> web.StreamResponse:
    """A header's column, a word's code, or a warning that is as it should be: known the next time."""
    session, receipt, form = await own_post(request)
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
        and not mask(text["word"])[1]
        and column is not None
        and column.codes
        and text["code"] in here.contracts.codes[column.codes].codes
    ):
        memory = memory.with_spelling(column.name, text["word"], text["code"])
    elif text["reason"] and any(
        (one.rule, one.column) == (text["rule"], text["column"]) for one in receipt.found
    ):
        reason, _ = mask(text["reason"])
        accepted = Accepted(text["rule"], text["column"], reason, session.facts["who"])
        memory = memory.with_accepted(accepted)
    else:
        return _receipt_page(request, session, receipt, "Udfyld felterne, og prøv igen.", 400)
    here.desk.remember(receipt.region, receipt.table, memory)
    said = "Det er husket. Send filen igen, så bliver den læst på den måde."
    return _receipt_page(request, session, receipt, said)
