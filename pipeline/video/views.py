"""The service's pages: a template each, in the shell every page shares."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.text import MONTHS_DA
from pipeline.web.page import page

DANISH = ZoneInfo("Europe/Copenhagen")
STYLES = ("/static/base.css", "/static/video.css")
NAME = "Video i lægepraksis"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.video"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def show(
    template: str,
    tab: str,
    /,
    *,
    scripts: Sequence[str] = (),
    status: int = 200,
    aside: str = "",
    **given: Any,
) -> web.Response:
    """A page as an answer; ``tab`` is its title."""
    body = Markup(_environment().get_template(f"{template}.html").render(**given))
    made = page(tab, body, name=NAME, aside=Markup(aside), scripts=scripts, styles=STYLES)
    return web.Response(text=made, content_type="text/html", status=status)


def show_body(title: str, body: Markup) -> web.Response:
    """A page whose body is made elsewhere."""
    return web.Response(text=page(title, body, name=NAME, styles=STYLES), content_type="text/html")


def when(at_ms: int) -> str:
    """``23. november kl. 10:15`` in Danish time."""
    at = datetime.fromtimestamp(at_ms / 1000, DANISH)
    return f"{at.day}. {MONTHS_DA[at.month - 1]} kl. {at:%H:%M}"


def clock(at_ms: int) -> str:
    """``10:15`` in Danish time."""
    return f"{datetime.fromtimestamp(at_ms / 1000, DANISH):%H:%M}"
