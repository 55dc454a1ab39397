"""What the platform readers' tests share: small logs, and tables made of what was read."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from pipeline import params
from pipeline.contract import load_contracts
from pipeline.contract.store import arrow_schema
from pipeline.engine import DuckEngine
from pipeline.formats.result import Read
from pipeline.stages import sessions

CONTRACTS = load_contracts()
EVENTS = CONTRACTS.tables["session_events"]
START = 1_569_916_800  # 2019-10-01 08:00:00 UTC


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def jsonl(*items: object) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def rows(found: Read) -> list[dict[str, Any]]:
    """The events, without where they stood and what is empty, in the order of source and number."""
    made = [
        {name: values[place] for name, values in frame.columns.items() if values[place] is not None}
        for frame in found.frames
        for place in range(frame.rows)
    ]
    for row in made:
        del row["source_file"], row["source_row"]
    return sorted(made, key=lambda row: (row["source"], row["seq"]))


def derived(found: Read) -> dict[str, list[dict[str, Any]]]:
    """The tables that the sessions stage makes of what was read."""
    told = {"delivery_id": "d", "programme": "pilot", "received_date": date(2019, 12, 1)}
    made = [
        dict.fromkeys(EVENTS.column_names) | {"source_file": "f", "source_row": 1} | told | row
        for row in rows(found)
    ]
    events = pa.Table.from_pylist(made, schema=arrow_schema(EVENTS))
    with DuckEngine() as engine:
        assert sessions.missing_events(engine, events) == []
        tables = sessions.derive(engine, events, CONTRACTS, params.load().sessions)
    return {name: _ordered(table.to_pylist()) for name, table in tables.items()}


def _ordered(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: [str(value) for value in row.values()])


def meetings(found: Read) -> list[tuple[object, ...]]:
    """Held, why not, seconds together and actors of each meeting, by when it began."""
    made = sorted(derived(found)["meetings"], key=lambda row: row["started_at"])
    return [(row["is_held"], row["exclusion"], row["duration_s"], row["actors"]) for row in made]


def told(found: Read) -> dict[str, str]:
    """Rule → the Danish message of the last problem with it."""
    return {item.rule: item.message.da for item in found.problems}
