"""Accepted rows as a file that the pipeline reads: semicolon CSV in UTF-8, as Danish Excel opens it.

Free text that Excel would take for a formula stands as ``="…"``, which Excel shows as text and the reader
reads back unchanged.
"""

import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from pipeline.contract import CodeList, Column, Table
from pipeline.paths import replacing

ENCODING = "utf-8-sig"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RowsFile:
    """The delivered columns of a table, written as they come."""

    def __init__(self, table: Table, codes: Mapping[str, CodeList], file: TextIO) -> None:
        self._columns, self._codes = table.delivered_columns, codes
        self._writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        self._writer.writerow([column.label.da for column in self._columns])

    def write(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Write rows given by column: name to values."""
        texts = [self._texts(column, columns[column.name]) for column in self._columns]
        self._writer.writerows(zip(*texts, strict=True))

    def _texts(self, column: Column, values: Sequence[object]) -> Sequence[object]:
        """What the writer takes for ``values``: it writes text as it stands, and None as nothing."""
        if column.type == "string" and column.codes is None:
            formulas = {value: safe(str(value)) for value in set(values) if _is_formula(value)}
            return [formulas.get(value, value) for value in values] if formulas else values
        if column.type == "decimal":  # 1.0 and 1.00 are equal, and not the same text
            return [as_text(value, column, self._codes) for value in values]
        known = {value: as_text(value, column, self._codes) for value in set(values)}
        return [known[value] for value in values]


@contextmanager
def open_rows(table: Table, codes: Mapping[str, CodeList], path: Path) -> Generator[RowsFile]:
    """The file ``path`` for rows of ``table``; it is there whole or not at all."""
    with replacing(path) as temporary, _created(temporary) as file:
        yield RowsFile(table, codes, file)


def take_out(path: Path, wanted: Iterator[tuple[int, int]]) -> Iterator[tuple[int, list[str]]]:
    """Take rows out of a rows file, which holds the others when the last has been taken.

    ``wanted`` are places among the rows, rising, each with what it is given back with.
    """
    following = next(wanted, None)
    if following is None:
        return
    with (
        replacing(path) as temporary,
        path.open(encoding=ENCODING, newline="") as given,
        _created(temporary) as kept,
    ):
        rows = csv.reader(given, delimiter=";")
        writer = csv.writer(kept, delimiter=";", lineterminator="\r\n")
        writer.writerow(next(rows))
        for place, row in enumerate(rows):
            if following is not None and place == following[0]:
                yield following[1], row
                following = next(wanted, None)
            else:
                writer.writerow(row)


def _created(path: Path) -> TextIO:
    """The new file ``path``, in ENCODING, whose own codec would take far longer over many short texts."""
    file = path.open("w", encoding="utf-8", newline="")
    file.write("\ufeff")
    return file


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


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA)


def safe(text: str) -> str:
    """``text``, kept from being a formula."""
    if _is_formula(text):
        return '="' + text.replace('"', '""') + '"'
    return text
