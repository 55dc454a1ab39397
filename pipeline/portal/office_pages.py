"""The office's pages: who has delivered what for which month, and reminders."""

from aiohttp import web

from pipeline.portal import history, status
from pipeline.portal.portal import PORTAL, Portal, session_of
from pipeline.portal.views import show

routes = web.RouteTableDef()


@routes.get("/status")
async def office(request: web.Request) -> web.StreamResponse:
    """Who has delivered what for which month, and what is missing."""
    here = _office(request)
    receipts = here.desk.receipts()
    return show(
        "status",
        "Status",
        aside="CIMT",
        grids=status.grids(receipts, here.contracts),
        registers=status.registers(receipts, here.contracts),
        trends=history.trends(receipts, here.contracts.codes["region"].codes),
        unconfirmed=status.unconfirmed(receipts),
        waiting=[one for one in receipts if one.state == "confirmed"],
        titles={name: table.title.da for name, table in here.contracts.tables.items()},
        regions={item.code: item.label.da for item in here.contracts.codes["region"].items},
        csrf=session_of(request).csrf,
    )


@routes.get("/status/{region}.txt")
async def reminder(request: web.Request) -> web.StreamResponse:
    here, region = _office(request), request.match_info["region"]
    if region not in here.contracts.codes["region"].codes:
        raise web.HTTPNotFound
    text = status.reminder(region, here.desk.receipts(), here.contracts)
    name = f"paamindelse-{region}.txt"
    return web.Response(
        text=text,
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _office(request: web.Request) -> Portal:
    if not session_of(request).facts.get("is_office"):
        raise web.HTTPForbidden
    return request.app[PORTAL]
