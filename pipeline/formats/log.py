"""What came of every delivery, as tables and as counts: the deliveries read, the problems, the quarantine."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.contract import Table
from pipeline.contract.store import write_batches
from pipeline.formats.deliveries import Delivery
from pipeline.formats.erasures import TABLE as ERASURES
from pipeline.formats.log_tables import (
    DELIVERIES,
    PROBLEMS,
    QUARANTINE,
    Outcome,
    delivery_row,
    problem_row,
    quarantine_row,
)
from pipeline.formats.merge import Lost, set_aside
from pipeline.formats.result import Quarantined, Read
from pipeline.formats.spool import Spool
from pipeline.formats.told import Told
from pipeline.paths import write_json
from pipeline.text import Problem, Text


class Log:
    """Every delivery's outcome; what was wrong lies in the database until it is written."""

    def __init__(
        self, index: Sequence[Delivery], tables: Sequence[str], connection: duckdb.DuckDBPyConnection
    ) -> None:
        """``tables`` are those that deliveries may have, in the order in which what they lost is told."""
        self.outcomes = tuple(Outcome(item) for item in index)
        self.told = Told()
        self._tables = {name: number for number, name in enumerate(tables, 1)}
        self._numbers = {item.id: number for number, item in enumerate(index)}
        self._quarantine = Spool(connection, "quarantined", QUARANTINE)
        self._problems = Spool(connection, "problematic", PROBLEMS)

    def add(self, told: Delivery, read: Read, erased: Mapping[str, int]) -> None:
        """One piece of a delivery, without the ``erased`` rows, which are counted by table."""
        outcome = self.outcomes[self._numbers[told.id]]
        outcome.rows_read += read.rows_read
        outcome.masked += read.masked
        outcome.erased.update(erased)
        outcome.decisions[read.decisions] = None
        for row in read.quarantine:
            self._refuse(outcome, row, 0, 0)
        for one in read.problems:
            self._say(outcome, one, 0, 0)

    def lose(self, table: Table, one: Lost) -> None:
        """A row that does not count, since another delivery, or another line, has its key."""
        outcome = self.outcomes[self._numbers[one.version.delivery_id]]
        row = set_aside(table, one)
        if row is None:
            outcome.rows_again += 1
            return
        part = self._tables[table.name]
        self._refuse(outcome, row, part, one.place)
        self._say(outcome, Problem(row.file, row.row, row.column, row.reason, row.message), part, one.place)

    def accept(self, table: str, rows: Mapping[str, int]) -> None:
        """How many rows of each delivery are in the table."""
        for id_, count in rows.items():
            self.outcomes[self._numbers[id_]].accepted[table] = count

    def end(self) -> None:
        """Say of each delivery how much of it was known before. Call once, when every row is settled."""
        for outcome in self.outcomes:
            if again := outcome.rows_again:
                file = outcome.delivery.files[0]
                one = Problem(file, None, None, "rows_again", _again(again), "note")
                self._say(outcome, one, len(self._tables) + 1, 0)

    def _refuse(self, outcome: Outcome, row: Quarantined, part: int, place: int) -> None:
        outcome.refused[row.table] += 1
        order = self._numbers[outcome.delivery.id], part, place
        self._quarantine.add(order, quarantine_row(outcome.delivery, row))

    def _say(self, outcome: Outcome, one: Problem, part: int, place: int) -> None:
        outcome.problems[one.severity] += 1
        self.told.add(one)
        order = self._numbers[outcome.delivery.id], part, place
        self._problems.add(order, problem_row(outcome.delivery, one))

    def summary(self, programme: str) -> dict[str, Any]:
        """A programme's counts, for the reports; those of the others, if any, stand apart.

        A table without delivery is named, so that they can name it.
        """
        names = dict.fromkeys(item.delivery.programme for item in self.outcomes)
        others = {name: self._counts(name) for name in names if name != programme}
        return self._counts(programme) | {"other_programmes": others}

    def _counts(self, programme: str) -> dict[str, Any]:
        outcomes = [item for item in self.outcomes if item.delivery.programme == programme]
        told = Counter(table for item in outcomes if item.delivery.is_read for table in item.delivery.tables)
        rows = _total(item.accepted for item in outcomes)
        return {
            "tables": {name: {"rows": rows[name], "deliveries": told[name]} for name in self._tables},
            "tables_without_delivery": sorted(
                name for name in self._tables if not told[name] and name != ERASURES
            ),
            "deliveries": len(outcomes),
            "rows_read": sum(item.rows_read for item in outcomes),
            "rows_accepted": rows.total(),
            "rows_again": sum(item.rows_again for item in outcomes),
            "rows_erased": dict(_total(item.erased for item in outcomes)),
            "quarantine": dict(_total(item.refused for item in outcomes)),
            "problems": dict(_total(item.problems for item in outcomes)),
            "masked_free_text": sum(item.masked for item in outcomes),
        }

    def write(self, folder: Path, summary: Mapping[str, Any]) -> None:
        """Write ``quarantine``, ``problems`` and ``deliveries`` as Parquet, and the ``summary``."""
        self._quarantine.write(folder / "quarantine.parquet")
        self._problems.write(folder / "problems.parquet")
        rows = pa.Table.from_pylist(list(map(delivery_row, self.outcomes)), pa.schema([*DELIVERIES.items()]))
        write_batches(rows.schema, rows.to_batches(), folder / "deliveries.parquet")
        write_json(folder / "summary.json", summary)


def _total(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter())


def _again(count: int) -> Text:
    return Text(
        f"{count} rækker er leveret før og tæller én gang",
        f"{count} rows were delivered before and count once",
    )
