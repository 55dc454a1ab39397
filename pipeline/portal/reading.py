"""One sent file becomes a receipt, its accepted rows and its error workbook. Runs in a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipeline import paths
from pipeline.contract import Contracts, Table, load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import arrow_schema
from pipeline.formats import danish_csv
from pipeline.formats.faults import masked_cell
from pipeline.formats.result import Quarantined, Read, Reading, Source
from pipeline.identifiers import key_id, load_key
from pipeline.portal.danish import as_text, write_rows
from pipeline.portal.memory import load_memory, remembered
from pipeline.portal.receipt import Difference, Receipt, grouped, to_json
from pipeline.portal.workbook import write_workbook
from pipeline.text import Problem

ROWS, REFUSED, RECEIPT = "rows.csv", "refused.xlsx", "receipt.json"
ABSENT = ("unknown_column", "doubled_column")
MOST_CHECKED = 1_000_000


@dataclass(frozen=True)
class Sent:
    """A file as it arrived: who sent what, and where it lies for now."""

    id: str
    region: str
    table: str
    file: str
    path: Path
    sha256: str
    size_bytes: int
    received_at: str


def read_sent(sent: Sent, out: Path, memory_file: Path, memory_id: str, previous: Path | None) -> Receipt:
    """Read ``sent`` and write rows and workbook below ``out``; ``previous`` is the folder to compare with."""
    plain = load_contracts(paths.SCHEMAS)
    memory = load_memory(memory_file)
    contracts = remembered(plain, sent.table, memory)
    table = contracts.tables[sent.table]
    key = load_key().secret
    reading = Reading(contracts, key)
    read = danish_csv.read([Source(sent.path, sent.file)], sent.table, reading)
    read = _checked(table, contracts, read, sent.file)
    columns = read.frames[0].columns if read.frames else _no_rows(table)
    out.mkdir(parents=True, exist_ok=True)
    write_rows(table, contracts.codes, columns, out / ROWS)
    if read.quarantine:
        write_workbook(table, read.quarantine, read.problems, out / REFUSED)
    refused = {one.row for one in read.quarantine}
    warned = {
        one.row
        for one in read.problems
        if one.severity == "warning" and one.row is not None and one.row not in refused
    }
    receipt = Receipt(
        id=sent.id,
        region=sent.region,
        table=sent.table,
        file=sent.file,
        sha256=sent.sha256,
        size_bytes=sent.size_bytes,
        received_at=sent.received_at,
        rows_read=read.rows_read,
        rows_accepted=len(columns["source_row"]),
        rows_refused=len(read.quarantine),
        rows_warned=len(warned - {1}),
        masked=read.masked,
        decisions=asdict(read.decisions),
        columns=_recognised(table, read),
        unknown=tuple(one.column or "" for one in read.problems if one.rule == "unknown_column"),
        missing=tuple(one.column or "" for one in read.problems if one.rule == "missing_column"),
        found=grouped([_told(one, refused) for one in read.problems], memory),
        memory=memory_id,
        months=_months(table, columns),
        difference=_difference(table, contracts, columns, previous) if previous else None,
        key_id=key_id(key),
    )
    paths.write_json(out / RECEIPT, to_json(receipt))
    return receipt


def _told(one: Problem, refused: set[int | None]) -> Problem:
    """To the clerk, what costs a row is an error; to a run that goes on without the row it is a warning."""
    costs_the_row = one.row is not None and one.row in refused and one.severity == "warning"
    return replace(one, severity="critical") if costs_the_row else one


def _checked(table: Table, contracts: Contracts, read: Read, file: str) -> Read:
    """Hold the accepted rows against the contract; rows that break it join the refused ones."""
    if not read.frames or not read.frames[0].rows:
        return read
    frame = read.frames[0]
    fixed: dict[str, list[object]] = {
        "delivery_id": [file] * frame.rows,
        "programme": ["pilot"] * frame.rows,
        "received_date": [None] * frame.rows,
    }
    named = {
        name: frame.columns.get(name) or fixed[name] for name in table.column_names if name != "received_date"
    }
    schema = arrow_schema(table)
    fields = [schema.field(name).with_nullable(True) for name in named]
    data = pa.table([pa.array(values, one.type) for values, one in zip(named.values(), fields, strict=True)],
                    schema=pa.schema(fields))  # fmt: skip
    held = replace(table, columns=tuple(column for column in table.columns if column.name in named))
    found = check(held, contracts.codes, data, file=file, sample=MOST_CHECKED)
    by_row: dict[int, Problem] = {}
    labelled: list[Problem] = []
    label = {column.name: column.label.da for column in table.columns}
    for one in found:
        said = replace(
            one, column=", ".join(label.get(name, name) for name in (one.column or "").split(", "))
        )
        labelled.append(said)
        if one.row is not None:
            by_row.setdefault(one.row, said)
    lines = frame.columns["source_row"]
    kept = [place for place, line in enumerate(lines) if line not in by_row]
    refused = [_refused(table, contracts, frame.columns, place, by_row[int(str(line))], file)
               for place, line in enumerate(lines) if line in by_row]  # fmt: skip
    columns = {name: [values[place] for place in kept] for name, values in frame.columns.items()}
    everyone = (*read.quarantine, *refused)
    return replace(
        read,
        frames=(replace(frame, columns=columns),),
        problems=(*read.problems, *labelled),
        quarantine=tuple(sorted(everyone, key=lambda one: one.row or 0)),
    )


def _refused(
    table: Table,
    contracts: Contracts,
    columns: Mapping[str, Sequence[object]],
    place: int,
    why: Problem,
    file: str,
) -> Quarantined:
    cells = {
        column.label.da: masked_cell(column, as_text(columns[column.name][place], column, contracts.codes))
        for column in table.delivered_columns
    }
    text = json.dumps(cells, ensure_ascii=False)
    return Quarantined(table.name, file, why.row, why.column, why.rule, why.message, text)


def _recognised(table: Table, read: Read) -> tuple[tuple[str, str], ...]:
    """Our label of each column that was found; which it was called in the file stands in the problems."""
    absent = {one.column for one in read.problems if one.rule in ("absent_column", "missing_column")}
    return tuple(
        (column.label.da, column.name) for column in table.delivered_columns if column.label.da not in absent
    )


def _months(table: Table, columns: Mapping[str, Sequence[object]]) -> tuple[str, ...]:
    """The months that the rows are about, as ``2019-10``; none in a table without dates."""
    if not table.occurred:
        return ()
    days = {value for value in columns[table.occurred] if isinstance(value, date)}
    return tuple(sorted({f"{day:%Y-%m}" for day in days}))


def _difference(
    table: Table, contracts: Contracts, columns: Mapping[str, Sequence[object]], previous: Path
) -> Difference:
    """By primary key against the rows of the delivery in ``previous``."""
    before = danish_csv.read([Source(previous / ROWS, ROWS)], table.name, Reading(contracts, None))
    old = _by_key(table, before.frames[0].columns) if before.frames else {}
    now = _by_key(table, columns)
    changed = sum(now[key] != old[key] for key in now.keys() & old.keys())
    same = len(now.keys() & old.keys()) - changed
    return Difference(
        previous.name, len(now.keys() - old.keys()), changed, len(old.keys() - now.keys()), same
    )


def _by_key(
    table: Table, columns: Mapping[str, Sequence[object]]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    names = [column.name for column in table.delivered_columns]
    keys = [columns[name] for name in table.primary_key]
    rows = zip(*(columns[name] for name in names), strict=True)
    return dict(zip(zip(*keys, strict=True), rows, strict=True))


def _no_rows(table: Table) -> dict[str, list[object]]:
    names = [*(column.name for column in table.delivered_columns), "source_row", "source_file"]
    return {name: [] for name in names}
