"""Quality over time: what share of each delivery's rows was refused, as numbers and as a small picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from pipeline.portal.receipt import Receipt
from pipeline.text import date_da

# Told by the region to be its delivery, whatever came of it later.
TOLD = ("confirmed", "accepted", "superseded")
WIDTH, HEIGHT, EDGE = 160, 36, 5


@dataclass(frozen=True)
class Point:
    """One delivery: the day it came, and the shares (0-1) of its rows that were refused and warned of."""

    day: date
    refused: float
    warned: float


@dataclass(frozen=True)
class Trend:
    """A region's deliveries of a table, the earliest first."""

    region: str
    table: str
    points: tuple[Point, ...]

    @property
    def picture(self) -> Markup:
        return picture(self.points)


def trends(receipts: Sequence[Receipt], regions: Sequence[str]) -> list[Trend]:
    """By table and region, where there is a confirmed delivery with rows."""
    told = sorted(
        (one for one in receipts if one.state in TOLD and one.rows_read), key=lambda one: one.received_at
    )
    made = [
        Trend(
            region,
            table,
            tuple(_point(one) for one in told if (one.region, one.table) == (region, table)),
        )
        for table in sorted({one.table for one in told})
        for region in regions
    ]
    return [one for one in made if one.points]


def picture(points: Sequence[Point]) -> Markup:
    """A line of the refused shares, 0 at the bottom and 100 % at the top, with the numbers as its text."""
    step = (WIDTH - 2 * EDGE) / max(1, len(points) - 1)
    places = [
        (round(EDGE + step * number, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * point.refused, 1))
        for number, point in enumerate(points)
    ]
    said = "; ".join(f"{date_da(point.day)}: {_percent(point.refused)} afvist" for point in points)
    line = Markup('<polyline class="trend" points="{}"/>').format(" ".join(f"{x},{y}" for x, y in places))
    dots = Markup("").join(Markup('<circle cx="{}" cy="{}" r="3"/>').format(x, y) for x, y in places)
    floor = Markup('<line x1="0" x2="{0}" y1="{1}" y2="{1}"/>').format(WIDTH, HEIGHT - EDGE)
    return Markup(
        '<svg class="picture" role="img" aria-label="{0}" viewBox="0 0 {1} {2}" width="{1}" height="{2}">'
        "{3}{4}{5}</svg>"
    ).format(said, WIDTH, HEIGHT, floor, line if len(places) > 1 else "", dots)


def _point(one: Receipt) -> Point:
    day = datetime.fromisoformat(one.received_at).date()
    return Point(day, one.rows_refused / one.rows_read, one.rows_warned / one.rows_read)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
