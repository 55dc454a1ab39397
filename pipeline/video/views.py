"""The service's pages, and times as people read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.text import MONTHS_DA
from pipeline.web.page import Pages

DANISH = ZoneInfo("Europe/Copenhagen")


PAGES = Pages("pipeline.video", "Video i lægepraksis", ("/static/base.css", "/static/video.css"))
show, show_body = PAGES.show, PAGES.show_body


def when(at_ms: int) -> str:
    """``23. november kl. 10:15`` in Danish time."""
    at = datetime.fromtimestamp(at_ms / 1000, DANISH)
    return f"{at.day}. {MONTHS_DA[at.month - 1]} kl. {at:%H:%M}"


def clock(at_ms: int) -> str:
    """``10:15`` in Danish time."""
    return f"{datetime.fromtimestamp(at_ms / 1000, DANISH):%H:%M}"
