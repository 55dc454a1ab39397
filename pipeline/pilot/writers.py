"""Files as they arrive: semicolon CSV from Danish Excel with its habits, and a zip with fixed dates."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pipeline.contract import Column, Contracts

ZONE = ZoneInfo("Europe/Copenhagen")
ZIP_DATE = (2020, 1, 31, 12, 0, 0)  # every member's; a zip knows no zone

Row = Mapping[str, object]


@dataclass(frozen=True)
class Raw:
    """A cell as it is to stand, whatever its column's type."""

    text: str


@dataclass(frozen=True)
class Style:
    """How one office's Excel writes: code page, label or alias as heading, ``nothing`` for an empty cell."""

    encoding: str = "utf-8-sig"
    headings: str = "label"
    nothing: str = ""
    is_trailing: bool = False
    has_separator_line: bool = False
    endings: tuple[str, ...] = ()  # lines after the rows: subtotals and footnotes


PLAIN = Style()


def danish_csv(contracts: Contracts, table: str, rows: Sequence[Row], style: Style = PLAIN) -> bytes:
    """``rows`` as a file of ``table``: Danish headings, dd-mm-yyyy, decimal comma, labels for codes, CRLF.

    A column that no row names is left out, so that a contract may gain one and the pilot's files stay.
    """
    named = {name for row in rows for name in row}
    columns = [column for column in contracts.tables[table].delivered_columns if column.name in named]
    lines = ["sep=;"] if style.has_separator_line else []
    tail = ";" if style.is_trailing else ""
    lines.append(";".join(_heading(column, style.headings) for column in columns) + tail)
    for row in rows:
        cells = (_cell(column, row.get(column.name), contracts, style.nothing) for column in columns)
        lines.append(";".join(cells) + tail)
    return encoded([*lines, *style.endings], style.encoding)


def encoded(lines: Sequence[str], encoding: str) -> bytes:
    """Lines with Windows line ends in a code page."""
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def plain_csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> bytes:
    """Rows of cells, header first, where no contract says what the columns are."""
    return encoded([";".join(quoted(str(cell)) for cell in row) for row in rows], encoding)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of ``members`` in their order; the same members are the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            # stored, not deflated: zlib's output differs from one version to the next
            info.compress_type = zipfile.ZIP_STORED
            archive.writestr(info, content)
    return buffer.getvalue()


def quoted(cell: str) -> str:
    """The cell in quotes where it needs them."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ';"\r\n') else cell


def _heading(column: Column, headings: str) -> str:
    return quoted(column.aliases[0] if headings == "alias" and column.aliases else column.label.da)


def _cell(column: Column, value: object, contracts: Contracts, nothing: str) -> str:
    if isinstance(value, Raw):
        return value.text
    if value is None:
        return nothing if not column.required and column.codes else ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    text = str(value)
    return quoted(contracts.codes[column.codes].label(text).da if column.codes else text)


def _moment(value: datetime) -> str:
    """Danish time to the minute; ISO with offset in the hour that the clock shows twice."""
    local = value.astimezone(ZONE)
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        return local.isoformat()
    return f"{local:%d-%m-%Y %H:%M}"
