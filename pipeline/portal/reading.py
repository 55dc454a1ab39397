"""One sent file becomes a receipt, its accepted rows and its error workbook. Runs in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from pipeline import paths
from pipeline.contract import Contracts, Table, load_contracts
from pipeline.formats import danish_csv
from pipeline.formats.result import Decisions, Reading, Source, decided
from pipeline.identifiers import key_id, load_key
from pipeline.portal.choosing import choose
from pipeline.portal.danish import open_rows, take_out
from pipeline.portal.held import hold, refused_twins
from pipeline.portal.keys import Keys, open_keys
from pipeline.portal.memory import load_memory, remembered
from pipeline.portal.receipt import Difference, Receipt, to_json
from pipeline.portal.tally import MOST_KEPT, Tally
from pipeline.text import Problem

# What is said of a column and not of a row.
OF_COLUMNS = frozenset({"unknown_column", "missing_column"})
TWINS = 4096  # rows with another's key that are held at a time
ROWS, REFUSED, RECEIPT = "rows.csv", "refused.xlsx", "receipt.json"


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
    """Read ``sent`` and write rows and workbook below ``out``; ``previous`` is the folder to compare with.

    Piece by piece: no more is held than a piece and what the receipt shows.
    """
    memory = load_memory(memory_file)
    contracts = remembered(load_contracts(paths.SCHEMAS), sent.table, memory)
    table = contracts.tables[sent.table]
    key = load_key().secret
    out.mkdir(parents=True, exist_ok=True)
    with open_keys(table, out) as keys:
        made = _read(sent, table, Reading(contracts, key, MOST_KEPT), keys, out / ROWS)
        difference = _difference(table, contracts, keys, previous) if previous else None
    tally = made.tally
    # Where the header is wrong, no row is: there is nothing to mend in a workbook.
    has_workbook = any(one.cells for one in tally.kept) or (made.rows_accepted > 0 and tally.refused > 0)
    if has_workbook:
        # What makes workbooks takes memory that a file without refusals has for its rows.
        from pipeline.portal.workbook import write_workbook

        write_workbook(table, tally.kept, tally.said, out / REFUSED)
    receipt = Receipt(
        id=sent.id,
        region=sent.region,
        table=sent.table,
        file=sent.file,
        sha256=sent.sha256,
        size_bytes=sent.size_bytes,
        received_at=sent.received_at,
        rows_read=made.rows_read,
        rows_accepted=made.rows_accepted,
        rows_refused=tally.refused,
        rows_warned=tally.warned,
        masked=made.masked,
        format=made.format,
        has_workbook=has_workbook,
        decisions=asdict(decided(made.decisions)),
        columns=tuple((table.column(name).label.da, header) for name, header in made.columns),
        unknown=tuple(one.column or "" for one in made.head if one.rule == "unknown_column"),
        missing=tuple(one.column or "" for one in made.head if one.rule == "missing_column"),
        found=tally.found(memory),
        memory=memory_id,
        months=tuple(sorted(made.months)),
        difference=difference,
        key_id=key_id(key),
    )
    paths.write_json(out / RECEIPT, to_json(receipt))
    return receipt


@dataclass
class _Made:
    """What reading gave beside the rows file; ``head`` are the problems of its columns."""

    format: str
    head: tuple[Problem, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    decisions: dict[Decisions, None] = field(default_factory=dict[Decisions, None])
    rows_read: int = 0
    rows_accepted: int = 0
    masked: int = 0
    months: set[str] = field(default_factory=set[str])
    tally: Tally = field(default_factory=Tally)


def _read(sent: Sent, table: Table, reading: Reading, keys: Keys, out: Path) -> _Made:
    """Write the accepted rows to ``out``, add their keys, and count the rest."""
    chosen = choose(Source(sent.path, sent.file), table, reading, out.parent)
    made = _Made(chosen.format)
    codes = reading.contracts.codes
    with open_rows(table, codes, out) as rows:
        for read in chosen.pieces:
            made.head += tuple(one for one in read.problems if one.rule in OF_COLUMNS)
            made.decisions[read.decisions] = None
            made.columns += read.columns
            made.rows_read += read.rows_read
            made.masked += read.masked
            held = hold(table, codes, read, sent.file, keys.connection, made.tally.room)
            made.tally.add(held.problems, held.refused, held.lines)
            if held.accepted:
                rows.write(held.columns)
                keys.add("now", held.data)
                made.rows_accepted += held.accepted
                made.months |= _months(table, held.columns)
    taken = take_out(out, keys.doubled())
    while twins := [*islice(taken, TWINS)]:
        made.rows_accepted -= len(twins)
        made.tally.add(*refused_twins(table, twins, sent.file, made.tally.room))
    return made


def _months(table: Table, columns: Mapping[str, Sequence[object]]) -> set[str]:
    """The months that the rows are about, as ``2019-10``; none in a table without dates."""
    if not table.occurred:
        return set()
    return {f"{day:%Y-%m}" for day in set(columns[table.occurred]) if isinstance(day, date)}


def _difference(table: Table, contracts: Contracts, keys: Keys, previous: Path) -> Difference:
    """By primary key against the rows of the delivery in ``previous``."""
    source = Source(previous / ROWS, ROWS)
    for read in danish_csv.read_pieces(source, table, Reading(contracts, None)):
        held = hold(table, contracts.codes, read, ROWS, keys.connection, 0)
        if held.accepted:
            keys.add("before", held.data)
    return keys.difference(previous.name)
