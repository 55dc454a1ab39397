"""Accepted rows as a file that the pipeline reads: semicolon CSV in UTF-8, as Danish Excel opens it.

Free text that Excel would take for a formula stands as ``="…"``, which Excel shows as text and the reader
reads back unchanged.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from pipeline.contract import CodeList, Column, Table
from pipeline.paths import replacing

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(
    table: Table, codes: Mapping[str, CodeList], columns: Mapping[str, Sequence[object]], path: Path
) -> None:
    """Write the delivered columns of ``columns`` (name to values), whole or not at all."""
    wanted = table.delivered_columns
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([column.label.da for column in wanted])
        for values in zip(*(columns[column.name] for column in wanted), strict=True):
            writer.writerow(
                [as_text(value, column, codes) for value, column in zip(values, wanted, strict=True)]
            )


def as_text(value: object, column: Column, codes: Mapping[str, CodeList]) -> str:
    """One value as the readers take it."""
    match value:
        case None:
            return ""
        case bool():
            return "Ja" if value else "Nej"
        case datetime():
            return value.isoformat()
        case date():
            return f"{value:%d-%m-%Y}"
        case int() | Decimal():
            return f"{value}".replace(".", ",")
        case _:
            text = str(value)
            if column.codes:
                return codes[column.codes].label(text).da
            return safe(text)


def safe(text: str) -> str:
    """``text``, kept from being a formula."""
    if text.startswith(FORMULA):
        return '="' + text.replace('"', '""') + '"'
    return text
