"""Stata and SPSS: a code becomes a number with its label, a yes or no becomes 1 or 0, a text stays a text.

What the formats cannot carry: a decimal becomes a double (15 digits), a time of day is UTC without its zone,
a name of more than 32 characters and a text of more than 2,045 bytes are cut for Stata. Each
code's own text stands in ``datapackage.json`` and comes back by ``code_of``.
"""

# pyreadstat ships incomplete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import paths
from pipeline.contract import CodeList, Column, Contracts
from pipeline.exports.source import Exported, codes_of

STATA_NAME, STATA_TEXT_BYTES, STATA_LABEL, SPSS_LABEL = 32, 2045, 80, 120
FORMATS = {
    "stata": {"date": "%td", "timestamp": "%tc"},
    "spss": {"date": "EDATE10", "timestamp": "DATETIME20"},
}
MEASURES = {"string": "nominal", "boolean": "nominal", "date": "scale", "timestamp": "scale"}
YES_NO: dict[int | float, str] = {0.0: "Nej", 1.0: "Ja"}


def write_stata(exported: Exported, contracts: Contracts, folder: Path, day: date) -> Path:
    """A ``.dta`` file of Stata 14 and later (format 118)."""
    import pyreadstat

    names = short_names(exported.table.column_names)
    frame, labels = _frame(exported, contracts, names, text_bytes=STATA_TEXT_BYTES)
    path = folder / f"{exported.name}.dta"
    with paths.replacing(path) as temporary:
        pyreadstat.write_dta(
            frame,
            str(temporary),
            file_label=exported.table.title.da[:STATA_LABEL],
            column_labels=[column.label.da[:STATA_LABEL] for column in exported.table.columns],
            version=14,
            variable_value_labels=labels,
            variable_format=_formats(exported, names, "stata"),
        )
        _fix_stata_time(temporary, day)
    return path


def write_spss(exported: Exported, contracts: Contracts, folder: Path, day: date) -> Path:
    """A ``.sav`` file."""
    import pyreadstat

    names = {name: name for name in exported.table.column_names}
    frame, labels = _frame(exported, contracts, names)
    path = folder / f"{exported.name}.sav"
    measures = {
        column.name: "nominal" if column.codes else MEASURES.get(column.type, "scale")
        for column in exported.table.columns
    }
    with paths.replacing(path) as temporary:
        pyreadstat.write_sav(
            frame,
            str(temporary),
            file_label=exported.table.title.da[:64],
            column_labels=[column.label.da for column in exported.table.columns],
            variable_value_labels={
                name: {value: text[:SPSS_LABEL] for value, text in values.items()}
                for name, values in labels.items()
            },
            variable_measure=measures,
            variable_format=_formats(exported, names, "spss"),
        )
        _fix_spss_time(temporary, day)
    return path


def code_of(codes: CodeList, value: float) -> str:
    """The code that a number stands for: 1 is the list's first."""
    return codes.codes[int(value) - 1]


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Names that Stata takes, one for each and each its own."""
    made: dict[str, str] = {}
    for name in names:
        short, number = name[:STATA_NAME], 1
        while short in made.values():
            number += 1
            short = f"{name[: STATA_NAME - len(str(number))]}{number}"
        made[name] = short
    return made


def _frame(
    exported: Exported, contracts: Contracts, names: Mapping[str, str], text_bytes: int = 0
) -> tuple[Any, dict[str, dict[int | float, str]]]:
    """A pandas frame in the format's values, and the value labels by column."""
    import pandas as pd

    columns: dict[str, Any] = {}
    labels: dict[str, dict[int | float, str]] = {}
    for column in exported.table.columns:
        values = exported.data.column(column.name).to_pylist()
        name, codes = names[column.name], codes_of(column, contracts)
        if codes is not None:
            number = {code: float(place) for place, code in enumerate(codes.codes, start=1)}
            columns[name] = pd.Series([number.get(value) for value in values], dtype="float64")
            labels[name] = {float(place): item.label.da for place, item in enumerate(codes.items, start=1)}
        elif column.type == "boolean":
            columns[name] = pd.Series(
                [None if value is None else float(value) for value in values], dtype="float64"
            )
            labels[name] = dict(YES_NO)
        else:
            columns[name] = _series(column, values, text_bytes)
    return pd.DataFrame(columns), labels


def _series(column: Column, values: Sequence[Any], text_bytes: int) -> Any:
    import pandas as pd

    match column.type:
        case "integer" | "decimal":
            return pd.Series([None if value is None else float(value) for value in values], dtype="float64")
        case "date":
            return pd.Series(values, dtype="object")
        case "timestamp":
            stamps = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
            return stamps.dt.tz_localize(None).astype("datetime64[ms]")
        case _:
            texts = ["" if value is None else str(value) for value in values]
            if text_bytes:
                texts = [text.encode()[:text_bytes].decode("utf-8", "ignore") for text in texts]
            return pd.Series(texts, dtype="object")


def _formats(exported: Exported, names: Mapping[str, str], kind: str) -> dict[str, str]:
    return {
        names[column.name]: FORMATS[kind][column.type]
        for column in exported.table.columns
        if column.type in FORMATS[kind]
    }


def _fix_stata_time(path: Path, day: date) -> None:
    """A fixed time of writing, for the same bytes (dta: a length, then ``dd Mon yyyy hh:mm``)."""
    content = path.read_bytes()
    stamp = f"{day:%d %b %Y} 00:00".encode()
    fixed = b"<timestamp>\x11" + stamp + b"</timestamp>"
    told = re.compile(rb"<timestamp>\x11.{17}</timestamp>", re.DOTALL)
    made = told.sub(lambda _: fixed, content, count=1)
    path.write_bytes(made)


def _fix_spss_time(path: Path, day: date) -> None:
    """Creation date and time in the header of a sav file (PSPP, System File Format: bytes 92 to 108)."""
    content = bytearray(path.read_bytes())
    content[92:109] = f"{day:%d %b %y}00:00:00".encode()
    path.write_bytes(bytes(content))
