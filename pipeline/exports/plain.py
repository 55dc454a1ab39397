"""Parquet with descriptions, and CSV with a Frictionless data package (Table Schema 1.0)."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import csv
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import paths
from pipeline.contract import Column, Contracts
from pipeline.contract.store import WRITER_OPTIONS
from pipeline.exports.source import PERSONAL, RECONSTRUCTED, Exported, codes_of

TYPES = {
    "string": ("string", "default"),
    "integer": ("integer", "default"),
    "decimal": ("number", "default"),
    "boolean": ("boolean", "default"),
    "date": ("date", "%Y-%m-%d"),
    "timestamp": ("datetime", "any"),
}


def write_parquet(exported: Exported, folder: Path) -> Path:
    """One file, each column with its Danish and English label as metadata."""
    fields = [
        exported.data.schema.field(column.name).with_metadata(
            {"label_da": column.label.da, "label_en": column.label.en}
        )
        for column in exported.table.columns
    ]
    path = folder / f"{exported.name}.parquet"
    with paths.replacing(path) as temporary:
        pq.write_table(exported.data.cast(pa.schema(fields)), temporary, **WRITER_OPTIONS)
    return path


def write_csv(exported: Exported, folder: Path) -> Path:
    """UTF-8, comma, RFC 4180; times in UTC by ISO 8601, nothing for what is missing."""
    path = folder / f"{exported.name}.csv"
    with paths.replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(exported.table.column_names)
        for row in exported.data.to_pylist():
            writer.writerow([_text(row[name]) for name in exported.table.column_names])
    return path


def write_package(every: Iterable[Exported], contracts: Contracts, folder: Path) -> Path:
    """``datapackage.json``: every table's fields, constraints, keys and labels."""
    items = list(every)
    names = {item.name for item in items}
    package = {
        "profile": "tabular-data-package",
        "name": "mast-evaluation",
        "title": "MAST: tabeller / tables",
        "description": f"{PERSONAL}\n{RECONSTRUCTED}",
        "resources": [_resource(item, contracts, names) for item in items],
    }
    path = folder / "datapackage.json"
    paths.write_bytes(path, (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def _resource(exported: Exported, contracts: Contracts, names: set[str]) -> dict[str, Any]:
    table = exported.table
    keys = [
        {"fields": list(key.columns), "reference": {"resource": key.table, "fields": list(key.references)}}
        for key in table.foreign_keys
        if key.table in names
    ]
    schema: dict[str, Any] = {
        "fields": [_field(column, contracts) for column in table.columns],
        "primaryKey": list(table.unique_key),
        "missingValues": [""],
    }
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": str(table.title),
        "encoding": "utf-8",
        "schema": schema | ({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column, contracts: Contracts) -> dict[str, Any]:
    kind, form = TYPES[column.type]
    codes = codes_of(column, contracts)
    told = {
        "required": True if column.required else None,
        "enum": list(codes.codes) if codes else None,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.stored_pattern,
    }
    constraints = {name: value for name, value in told.items() if value is not None}
    made: dict[str, Any] = {"name": column.name, "type": kind, "format": form, "title": str(column.label)}
    if column.description:
        made["description"] = str(column.description)
    if constraints:
        made["constraints"] = constraints
    if codes is not None:
        made["labels"] = {item.code: str(item.label) for item in codes.items}
    return made


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
