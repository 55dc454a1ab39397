"""What came of every delivery, as tables and as counts: the deliveries read, the problems, the quarantine."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.store import WRITER_OPTIONS
from pipeline.formats.deliveries import Delivery
from pipeline.formats.erasures import TABLE as ERASURES
from pipeline.formats.merge import Merged
from pipeline.formats.result import Quarantined, Read
from pipeline.paths import write_json
from pipeline.text import Problem, Text

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


@dataclass(frozen=True)
class Outcome:
    """What came of one delivery; ``read`` is empty when its status says that it is not read.

    ``erased`` counts the rows left out by table, since they are of a person who is erased.
    """

    delivery: Delivery
    read: Read
    erased: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Log:
    """Every delivery's outcome, and what was made of their rows together."""

    outcomes: tuple[Outcome, ...]
    merged: Mapping[str, Merged]
    key_id: str
    is_demonstration_key: bool

    @cached_property
    def quarantine(self) -> list[tuple[Delivery, Quarantined]]:
        """Every row that is not used, in the order of the index."""
        aside = [item for made in self.merged.values() for item in made.set_aside]
        return [
            (outcome.delivery, row)
            for outcome in self.outcomes
            for row in (
                *outcome.read.quarantine,
                *(row for told, row in aside if told == outcome.delivery.id),
            )
        ]

    @cached_property
    def problems(self) -> list[tuple[Delivery, Problem]]:
        """Everything that was wrong, in the order of the index."""
        found: list[tuple[Delivery, Problem]] = []
        for outcome in self.outcomes:
            told = outcome.delivery
            found += [(told, item) for item in outcome.read.problems]
            for made in self.merged.values():
                found += [
                    (told, Problem(row.file, row.row, row.column, row.reason, row.message))
                    for id_, row in made.set_aside
                    if id_ == told.id
                ]
            if again := self.again(told):
                found.append((told, Problem(told.files[0], None, None, "rows_again", _again(again), "note")))
        return found

    def again(self, told: Delivery) -> int:
        """How many of a delivery's rows said what an earlier one had said."""
        return sum(made.again.get(told.id, 0) for made in self.merged.values())

    def summary(self, programme: str) -> dict[str, Any]:
        """A programme's counts, for the reports; those of the others, if any, stand apart.

        A table without delivery is named, so that they can name it.
        """
        names = dict.fromkeys(item.delivery.programme for item in self.outcomes)
        others = {name: self._counts(name) for name in names if name != programme}
        return self._counts(programme) | {
            "other_programmes": others,
            "key_id": self.key_id,
            "is_demonstration_key": self.is_demonstration_key,
        }

    def _counts(self, programme: str) -> dict[str, Any]:
        outcomes = [item for item in self.outcomes if item.delivery.programme == programme]
        told = Counter(table for item in outcomes if item.delivery.is_read for table in item.delivery.tables)
        rows = {name: made.columns["programme"].count(programme) for name, made in self.merged.items()}
        refused = Counter(row.table for item, row in self.quarantine if item.programme == programme)
        found = Counter(row.severity for item, row in self.problems if item.programme == programme)
        return {
            "tables": {name: {"rows": rows[name], "deliveries": told[name]} for name in self.merged},
            "tables_without_delivery": sorted(
                name for name in self.merged if not told[name] and name != ERASURES
            ),
            "deliveries": len(outcomes),
            "rows_read": sum(item.read.rows_read for item in outcomes),
            "rows_accepted": sum(rows.values()),
            "rows_again": sum(self.again(item.delivery) for item in outcomes),
            "rows_erased": dict(sum((Counter(item.erased) for item in outcomes), Counter[str]())),
            "quarantine": dict(refused),
            "problems": dict(found),
            "masked_free_text": sum(item.read.masked for item in outcomes),
        }


def write_log(log: Log, folder: Path, programme: str) -> None:
    """Write ``quarantine``, ``problems`` and ``deliveries`` as Parquet, and the ``programme``'s summary."""
    _write(folder / "quarantine.parquet", QUARANTINE, [_quarantine_row(*item) for item in log.quarantine])
    _write(folder / "problems.parquet", PROBLEMS, [_problem_row(*item) for item in log.problems])
    accepted = Counter(id_ for made in log.merged.values() for id_ in made.columns["delivery_id"])
    refused = Counter(told.id for told, _ in log.quarantine)
    rows = [
        _delivery_row(item, accepted[item.delivery.id], refused[item.delivery.id], log.again(item.delivery))
        for item in log.outcomes
    ]
    _write(folder / "deliveries.parquet", DELIVERIES, rows)
    write_json(folder / "summary.json", log.summary(programme))


def _again(count: int) -> Text:
    return Text(
        f"{count} rækker er leveret før og tæller én gang",
        f"{count} rows were delivered before and count once",
    )


def _quarantine_row(told: Delivery, row: Quarantined) -> dict[str, object]:
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


def _problem_row(told: Delivery, item: Problem) -> dict[str, object]:
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


def _delivery_row(outcome: Outcome, accepted: int, refused: int, again: int) -> dict[str, object]:
    told, decisions = outcome.delivery, outcome.read.decisions
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
        "rows_read": outcome.read.rows_read,
        "rows_accepted": accepted,
        "rows_quarantined": refused,
        "rows_again": again,
        "encoding": decisions.encoding,
        "delimiter": decisions.delimiter,
        "decimal_mark": decisions.decimal_mark,
        "date_order": decisions.date_order,
        "files": ",".join(told.files),
        "sha256": ",".join(told.sha256),
        "is_reconstructed": told.is_reconstructed,
    }


def _write(path: Path, columns: Mapping[str, pa.DataType], rows: list[dict[str, object]]) -> None:
    schema = pa.schema(list(columns.items()))
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, **WRITER_OPTIONS)
