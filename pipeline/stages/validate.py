"""Great Expectations suites and cross-table rules over what was delivered and what the log became.

Counts go to ``validation.json``, which holds no value of any row; the failing rows' keys go to
``validation_failures.parquet``. Each programme is validated by itself: the counts are those of the reports'
own, the others' stand under ``other_programmes``. A critical failure of any stops the run after both are
written.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import paths
from pipeline.contract import Contracts, Table, load_contracts
from pipeline.contract.expectations import batch, suite
from pipeline.contract.store import WRITER_OPTIONS, empty, read
from pipeline.engine import DuckEngine
from pipeline.params import Params, load
from pipeline.stages.run import run_stage
from pipeline.text import Problem, ProblemError, Severity, Text

DERIVED = ("quality_windows", "participations", "meetings", "logins")
COUNTS = "validation.json"
FAILURES = "validation_failures.parquet"


@dataclass(frozen=True)
class Finding:
    """One rule held against one table: against how many rows, and the keys of those that break it.

    ``failing`` may exceed ``keys`` where a rule fails for the table as a whole.
    """

    table: str
    rule: str
    severity: Severity
    message: Text
    checked: int
    failing: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programme:
    """What was found in one programme, and the number of rows of each table."""

    rows: Mapping[str, int]
    findings: tuple[Finding, ...]


def run(*, delivered: Path, sessions: Path, schemas: Path, results: Path, params: Params) -> None:
    """Write counts and failing keys below ``results``. Raises ProblemError when a critical rule is broken."""
    contracts = load_contracts(schemas)
    tables = {
        name: read((sessions if name in DERIVED else delivered) / f"{name}.parquet")
        for name, table in contracts.tables.items()
        if table.kind == "delivered" or name in DERIVED
    }
    others = _others(tables, params.programme)
    found: dict[str, Programme] = {}
    for name in (params.programme, *others):
        # a row without a programme is held against the reports' own
        wanted = [name] if name in others else [params.programme, None]
        own = {table: _of(data, wanted) for table, data in tables.items()}
        findings = validate(own, contracts, max_warning_share=params.validation.max_warning_share)
        found[name] = Programme({table: data.num_rows for table, data in own.items()}, tuple(findings))
    write(found, results)
    problems = [
        _problem(finding)
        for programme in found.values()
        for finding in programme.findings
        if finding.failing and finding.severity == "critical"
    ]
    if problems:
        raise ProblemError(problems)


def _others(tables: Mapping[str, pa.Table], programme: str) -> list[str]:
    """The programmes that the tables hold beside ``programme``."""
    names = {name for data in tables.values() for name in data.column("programme").unique().to_pylist()}
    return sorted(names - {programme, None})


def _of(data: pa.Table, programmes: Sequence[str | None]) -> pa.Table:
    options = pc.SetLookupOptions(pa.array(programmes, pa.string()))
    return data.filter(pc.call_function("is_in", [data.column("programme")], options))


def validate(
    tables: Mapping[str, pa.Table], contracts: Contracts, *, max_warning_share: float
) -> list[Finding]:
    """Every expectation and rule of ``tables``, sorted by table and rule.

    A warning that more than ``max_warning_share`` (0-1) of a table's rows give is critical; a note never is.
    """
    found = [*_expectations(tables, contracts), *_rules(tables, contracts)]
    return sorted(
        (_raised(finding, max_warning_share) for finding in found),
        key=lambda finding: (finding.table, finding.rule),
    )


def write(found: Mapping[str, Programme], results: Path) -> None:
    """The counts as JSON without keys or values, with the rows of every table; the keys as Parquet.

    The first programme is the reports' own; the keys of any other name it.
    """
    (_, own), *others = found.items()
    other_counts = {name: _counts(programme) for name, programme in others}
    paths.write_json(results / COUNTS, _counts(own) | {"other_programmes": other_counts})
    failing = [
        {
            "table": finding.table,
            "rule": finding.rule,
            "key": key if programme is own else _named(name, key),
            "severity": finding.severity,
        }
        for name, programme in found.items()
        for finding in programme.findings
        if finding.failing
        for key in sorted(finding.keys)
    ]
    schema = pa.schema([(name, pa.string()) for name in ("table", "rule", "key", "severity")])
    with paths.replacing(results / FAILURES) as temporary:
        pq.write_table(pa.Table.from_pylist(failing, schema=schema), temporary, **WRITER_OPTIONS)


def _counts(programme: Programme) -> dict[str, Any]:
    counts: dict[str, dict[str, Any]] = {name: {"rows": n, "rules": {}} for name, n in programme.rows.items()}
    for finding in programme.findings:
        counts[finding.table]["rules"][finding.rule] = {
            "checked": finding.checked,
            "failing": finding.failing,
            "severity": finding.severity,
            "message": {"da": finding.message.da, "en": finding.message.en},
        }
    broken = [finding for finding in programme.findings if finding.failing]
    summary = {
        "rules": len(programme.findings),
        "broken": {
            severity: sum(finding.severity == severity for finding in broken)
            for severity in ("critical", "warning", "note")
        },
    }
    return {"tables": counts, "summary": summary}


def _named(programme: str, key: str) -> str:
    return json.dumps({"programme": programme, **json.loads(key)}, ensure_ascii=False)


def _rules(tables: Mapping[str, pa.Table], contracts: Contracts) -> Iterator[Finding]:
    with DuckEngine() as engine:
        for name, table in contracts.tables.items():
            engine.add(name, tables.get(name, empty(table)))
        for name, data in tables.items():
            table = contracts.tables[name]
            for rule in table.rules:
                keys = _keys(table, engine.query(rule.sql))
                yield Finding(
                    name, rule.id, rule.severity, rule.message, data.num_rows, len(keys), tuple(sorted(keys))
                )


def _expectations(tables: Mapping[str, pa.Table], contracts: Contracts) -> Iterator[Finding]:
    """One suite per table, run whole: one by one, every expectation would read the frame anew.

    An expectation costs ten milliseconds whatever the rows; a table without any has none to break.
    """
    gx: Any = import_module("great_expectations")
    base: Any = import_module("great_expectations.data_context.types.base")
    context = gx.get_context(mode="ephemeral")
    context.variables.config.analytics_enabled = False
    context.variables.progress_bars = base.ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas(name="tables")
    for name, data in tables.items():
        if not data.num_rows:
            continue
        table = contracts.tables[name]
        definition = source.add_dataframe_asset(name=name).add_batch_definition_whole_dataframe("whole")
        frame = definition.get_batch(batch_parameters={"dataframe": batch(data)})
        for result in frame.validate(suite(table, contracts.codes), result_format="COMPLETE").results:
            yield _expectation(table, data, result)


def _expectation(table: Table, data: pa.Table, result: Any) -> Finding:
    """A contract is kept or broken: whatever an expectation finds is critical."""
    settings: dict[str, Any] = result.expectation_config.kwargs
    columns = settings.get("column") or ", ".join(settings.get("column_list") or ["*"])
    kind = str(result.expectation_config.type)
    positions = sorted({int(position) for position in result.result.get("unexpected_index_list") or ()})
    keys = _keys(table, data.take(positions)) if positions else set[str]()
    failing = 0 if result.success else int(result.result.get("unexpected_count") or data.num_rows or 1)
    message = Text(
        f"kolonnen {columns} holder ikke kontrakten ({kind})",
        f"column {columns} does not keep the contract ({kind})",
    )
    condition = "" if settings.get("row_condition") is None else " [row_condition]"
    return Finding(
        table.name, f"{kind}({columns}){condition}", "critical", message, data.num_rows, failing, tuple(keys)
    )


def _keys(table: Table, rows: pa.Table) -> set[str]:
    """The primary keys of rows, each as JSON."""
    return {
        json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
        for row in rows.select(list(table.primary_key)).to_pylist()
    }


def _raised(finding: Finding, max_warning_share: float) -> Finding:
    is_too_many = finding.failing > max_warning_share * finding.checked
    is_raised = finding.severity == "warning" and is_too_many
    return replace(finding, severity="critical") if is_raised else finding


def _problem(finding: Finding) -> Problem:
    share = f"{finding.failing}/{finding.checked}"
    return Problem(
        file=finding.table,
        row=None,
        column=None,
        rule=finding.rule,
        message=Text(
            f"{finding.message.da} [{finding.rule}]: {share} rækker; nøglerne står i {FAILURES}",
            f"{finding.message.en} [{finding.rule}]: {share} rows; the keys are in {FAILURES}",
        ),
        severity="critical",
    )


def main() -> None:
    run(
        delivered=paths.DELIVERED,
        sessions=paths.SESSIONS,
        schemas=paths.SCHEMAS,
        results=paths.RESULTS,
        params=load(),
    )


if __name__ == "__main__":
    run_stage(main)
