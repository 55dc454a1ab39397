"""Who has delivered what for which month: a grid of each table for the office, a reminder for each region."""

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
    """One region; ``missing`` are the months that it has no rows of."""

    region: str
    cells: tuple[Cell, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """One table by region and month, from the first month that anybody delivered of it to the last."""

    table: str
    months: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Register:
    """A table whose rows are of no month: each region's latest delivery of it, None where there is none."""

    table: str
    latest: tuple[Receipt | None, ...]


def grids(receipts: Sequence[Receipt], contracts: Contracts) -> list[Grid]:
    """One for each table that anybody has delivered rows of a month of."""
    standing = [one for one in receipts if one.state in STANDING and one.months]
    made: list[Grid] = []
    for table in sorted({one.table for one in standing}):
        of_it = [one for one in standing if one.table == table]
        months = _between(sorted({month for one in of_it for month in one.months}))
        lines: list[Line] = []
        for region in contracts.codes["region"].codes:
            mine = [one for one in of_it if one.region == region]
            cells = tuple(_cell([one for one in mine if month in one.months]) for month in months)
            missing = tuple(month for month, cell in zip(months, cells, strict=True) if not cell.rows)
            lines.append(Line(region, cells, missing))
        made.append(Grid(table, tuple(months), tuple(lines)))
    return made


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
    name = f"Region {contracts.codes['region'].label(region).da}"
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
            f"{title(one.table)}: {_months(line.missing)}"
            for one in grids(receipts, contracts)
            for line in one.lines
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
    """Every month from the first to the last of ``months``."""
    (year, month), last = map(int, months[0].split("-")), months[-1]
    made: list[str] = []
    while (now := f"{year:04d}-{month:02d}") <= last:
        made.append(now)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return made


def _months(months: Sequence[str]) -> str:
    """``oktober 2019, januar–marts 2020``: months that follow on each other as one."""
    runs: list[list[str]] = []
    for month in months:
        if runs and len(_between([runs[-1][-1], month])) == 2:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(_run(run) for run in runs)


def _run(months: Sequence[str]) -> str:
    first, last = (date.fromisoformat(f"{months[place]}-01") for place in (0, -1))
    if first == last:
        return month_da(first)
    begins = month_da(first).split()[0] if first.year == last.year else month_da(first)
    sign = "–" if first.year == last.year else " – "
    return f"{begins}{sign}{month_da(last)}"
