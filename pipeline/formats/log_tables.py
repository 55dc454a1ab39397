"""The tables that say what came of every delivery: their columns, and what is a row of them."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.formats.deliveries import Delivery
from pipeline.formats.result import Decisions, Quarantined, decided
from pipeline.text import Problem

TEXT, DAY, COUNT, FLAG = pa.string(), pa.date32(), pa.int64(), pa.bool_()
QUARANTINE = {
    "delivery_id": TEXT,
    "programme": TEXT,
    "table": TEXT,
    "received_date": DAY,
    "file": TEXT,
    "row": COUNT,
    "column": TEXT,
    "reason": TEXT,
    "message_da": TEXT,
    "message_en": TEXT,
    "cells": TEXT,
}
PROBLEMS = {
    "delivery_id": TEXT,
    "file": TEXT,
    "row": COUNT,
    "column": TEXT,
    "rule": TEXT,
    "severity": TEXT,
    "message_da": TEXT,
    "message_en": TEXT,
}
DELIVERIES = {
    "delivery_id": TEXT,
    "programme": TEXT,
    "tables": TEXT,
    "format": TEXT,
    "region": TEXT,
    "received_date": DAY,
    "status": TEXT,
    "superseded_on": DAY,
    "rows_indexed": COUNT,
    "rows_read": COUNT,
    "rows_accepted": COUNT,
    "rows_quarantined": COUNT,
    "rows_again": COUNT,
    "encoding": TEXT,
    "delimiter": TEXT,
    "decimal_mark": TEXT,
    "date_order": TEXT,
    "files": TEXT,
    "sha256": TEXT,
    "is_reconstructed": FLAG,
}


@dataclass
class Outcome:
    """What came of one delivery: its counts, by table or by severity, and how its files were understood."""

    delivery: Delivery
    rows_read: int = 0
    rows_again: int = 0
    masked: int = 0
    accepted: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    erased: Counter[str] = field(default_factory=Counter[str])
    problems: Counter[str] = field(default_factory=Counter[str])
    decisions: dict[Decisions, None] = field(default_factory=dict[Decisions, None])


def quarantine_row(told: Delivery, row: Quarantined) -> dict[str, object]:
    """A refused row as ``QUARANTINE`` has it."""
    return {
        "delivery_id": told.id,
        "programme": told.programme,
        "table": row.table,
        "received_date": told.received_date,
        "file": row.file,
        "row": row.row,
        "column": row.column,
        "reason": row.reason,
        "message_da": row.message.da,
        "message_en": row.message.en,
        "cells": row.cells,
    }


def problem_row(told: Delivery, item: Problem) -> dict[str, object]:
    """A problem as ``PROBLEMS`` has it."""
    return {
        "delivery_id": told.id,
        "file": item.file,
        "row": item.row,
        "column": item.column,
        "rule": item.rule,
        "severity": item.severity,
        "message_da": item.message.da,
        "message_en": item.message.en,
    }


def delivery_row(outcome: Outcome) -> dict[str, object]:
    """An outcome as ``DELIVERIES`` has it."""
    told, decisions = outcome.delivery, decided(outcome.decisions)
    return {
        "delivery_id": told.id,
        "programme": told.programme,
        "tables": ",".join(told.tables),
        "format": told.format,
        "region": told.region,
        "received_date": told.received_date,
        "status": told.status,
        "superseded_on": told.superseded_on,
        "rows_indexed": told.rows,
        "rows_read": outcome.rows_read,
        "rows_accepted": outcome.accepted.total(),
        "rows_quarantined": outcome.refused.total(),
        "rows_again": outcome.rows_again,
        "encoding": decisions.encoding,
        "delimiter": decisions.delimiter,
        "decimal_mark": decisions.decimal_mark,
        "date_order": decisions.date_order,
        "files": ",".join(told.files),
        "sha256": ",".join(told.sha256),
        "is_reconstructed": told.is_reconstructed,
    }
