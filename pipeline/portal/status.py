"""Who has delivered what for which month: a grid for the office, and a reminder for each region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.contract import Contracts
from pipeline.portal.desk import STANDING
from pipeline.portal.receipt import Receipt
from pipeline.text import date_da, month_da


@dataclass(frozen=True)
class Cell:
    """One table of one region in one month: rows that stand, and the share that was refused (0-1)."""

    rows: int
    refused_share: float | None


@dataclass(frozen=True)
class Line:
    region: str
    table: str
    cells: tuple[Cell, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    months: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Register:
    """A table whose rows are of no month: each region's latest delivery of it, None where there is none."""

    table: str
    latest: tuple[Receipt | None, ...]


def grid(receipts: Sequence[Receipt], contracts: Contracts) -> Grid:
    """Regions by tables and months, from the first month that anybody delivered for to the last."""
    standing = [one for one in receipts if one.state in STANDING and one.months]
    months = _between(sorted({month for one in standing for month in one.months}))
    lines: list[Line] = []
    for table in sorted({one.table for one in standing}):
        for region in contracts.codes["region"].codes:
            mine = [one for one in standing if (one.region, one.table) == (region, table)]
            cells = tuple(_cell([one for one in mine if month in one.months]) for month in months)
            missing = tuple(month for month, cell in zip(months, cells, strict=True) if not cell.rows)
            lines.append(Line(region, table, cells, missing))
    return Grid(tuple(months), tuple(lines))


def registers(receipts: Sequence[Receipt], contracts: Contracts) -> list[Register]:
    """The tables without months that anybody has delivered; ``receipts`` have the newest first."""
    standing = [one for one in receipts if one.state in STANDING and not one.months]
    return [
        Register(
            table,
            tuple(
                next((one for one in standing if (one.region, one.table) == (region, table)), None)
                for region in contracts.codes["region"].codes
            ),
        )
        for table in sorted({one.table for one in standing})
    ]


def unconfirmed(receipts: Sequence[Receipt]) -> list[Receipt]:
    """What was sent and could be used, and that nobody confirmed: the newest of a region's table."""
    newest: dict[tuple[str, str], Receipt] = {}
    for one in receipts:
        newest.setdefault((one.region, one.table), one)
    return [one for one in newest.values() if one.state == "read" and one.is_usable]


def reminder(region: str, receipts: Sequence[Receipt], contracts: Contracts) -> str:
    """What a region still owes, as a text to send to the region; no practice is named."""
    name = contracts.codes["region"].label(region).da
    rows = _owed(region, receipts, contracts)
    if not rows:
        return f"Kære {name}\n\nVi mangler ingen leverancer fra jer. Tak.\n\nVenlig hilsen\nCIMT\n"
    listed = "\n".join(f"- {row}" for row in rows)
    return f"Kære {name}\n\nVi mangler disse leverancer fra jer:\n\n{listed}\n\nVenlig hilsen\nCIMT\n"


def _owed(region: str, receipts: Sequence[Receipt], contracts: Contracts) -> list[str]:
    place = contracts.codes["region"].codes.index(region)

    def title(table: str) -> str:
        return contracts.tables[table].title.da

    return [
        *(
            f"{title(line.table)}: {', '.join(_month(month) for month in line.missing)}"
            for line in grid(receipts, contracts).lines
            if line.region == region and line.missing
        ),
        *(
            f"{title(one.table)}: ikke leveret"
            for one in registers(receipts, contracts)
            if one.latest[place] is None
        ),
        *(
            f"{title(one.table)}: sendt {date_da(datetime.fromisoformat(one.received_at).date())}, "
            "men ikke bekræftet"
            for one in unconfirmed(receipts)
            if one.region == region
        ),
    ]


def _cell(receipts: Sequence[Receipt]) -> Cell:
    read = sum(one.rows_read for one in receipts)
    refused = sum(one.rows_refused for one in receipts)
    return Cell(sum(one.rows_accepted for one in receipts), refused / read if read else None)


def _between(months: list[str]) -> list[str]:
    if not months:
        return []
    (year, month), last = map(int, months[0].split("-")), months[-1]
    made: list[str] = []
    while (now := f"{year:04d}-{month:02d}") <= last:
        made.append(now)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return made


def _month(text: str) -> str:
    return month_da(date.fromisoformat(f"{text}-01"))
