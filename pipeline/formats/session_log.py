"""The session log: JSON lines in the shape of CloudEvents, and a manifest that lets completeness be proven.

``manifest.json``: ``{"files": [{"file", "sha256", "source", "first_seq", "last_seq", "events"?}]}``, one
source a file. A line: ``specversion id source type subject time seq bootid data``; the keys of ``data`` are
columns of the contract or their aliases. Not carried: ``NOT_CARRIED``. Any other field is a problem.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

from pipeline.contract import headers, normalise_header
from pipeline.formats.faults import shown
from pipeline.formats.json_cells import cell_text
from pipeline.formats.manifest import read_manifest
from pipeline.formats.result import Decisions, Quarantined, Read, Reading, Source, gathered, problem
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.scratch import scratch, stored
from pipeline.formats.sequence import sequence_problems
from pipeline.paths import sha256
from pipeline.text import Problem, Text

TABLE = "session_events"
MAX_LINE_BYTES = 1024 * 1024
BATCH = 8_192  # events that are typed at once
MOST_NAMES, MOST_NAME_CHARS = 1_000, 100  # of unknown fields that are told apart
ENVELOPE = {
    "id": "event_id",
    "source": "source",
    "type": "type",
    "time": "time",
    "seq": "seq",
    "bootid": "bootid",
}
REQUIRED = ("id", "source", "type", "time", "seq")
KNOWN_KEYS = frozenset({*ENVELOPE, "specversion", "subject", "data", "datacontenttype"})
# Fields of the service's events that the pipeline has no use for.
NOT_CARRIED = frozenset({"programme", "opens_before_min", "boot_id", "version", "engine_versions", "precall"})

_SUBJECT = re.compile(r"meeting/(\S+)")


@dataclass(frozen=True)
class Line:
    """One event as text by column, with its line and sequence number."""

    number: int
    seq: int
    source: str
    cells: Mapping[str, str]


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read the manifest and every log file of a delivery; a gap in a source's sequence is critical."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece: the manifest, the events of each file, then what their numbers lack."""
    manifests = [file for file in files if file.path.suffix == ".json"]
    logs = [file for file in files if file.path.suffix != ".json"]
    listed_files, problems = read_manifest(manifests, logs)
    yield Read(problems=tuple(problems), decisions=Decisions(encoding="utf-8", date_order="iso"))
    with scratch("numbers (source TEXT, seq INTEGER)") as database:
        for log in logs:
            told = listed_files.get(log.path.name)
            if not log.path.is_file():
                yield Read(problems=(_missing(log),))
                continue
            if told is not None and sha256(log.path) != told.sha256:
                yield Read(problems=(_changed(log),))
            yield from _file_pieces(log, reading, database)
        numbers = database.execute("SELECT source, seq FROM numbers ORDER BY source, seq")
        found = sequence_problems([*logs, *manifests], listed_files, numbers)
        while some := tuple(islice(found, BATCH)):
            yield Read(problems=some)


def _file_pieces(log: Source, reading: Reading, database: sqlite3.Connection) -> Iterator[Read]:
    table = reading.contracts.tables[TABLE]
    unknown = _Unknown()
    found = read_lines(log, headers(table), unknown)
    is_empty = True
    while batch := list(islice(found, BATCH)):
        is_empty = False
        lines = [line for line in batch if isinstance(line, Line)]
        wrong = [_bad_line(log, *line) for line in batch if not isinstance(line, Line)]
        database.executemany(
            "INSERT INTO numbers VALUES (?, ?)", ((stored(line.source), line.seq) for line in lines)
        )
        made = type_rows(table, _raw(log, lines), reading)
        yield replace(
            made,
            problems=(*wrong, *made.problems),
            quarantine=(
                *(Quarantined(TABLE, log.name, told.row, None, told.rule, told.message) for told in wrong),
                *made.quarantine,
            ),
            decisions=Decisions(),
            rows_read=len(batch),
        )
    said = unknown.problems(log)
    if is_empty and not log.path.stat().st_size:
        said.append(problem(log, None, None, "empty_file", "filen er tom", "the file is empty", "critical"))
    yield Read(problems=tuple(said))


def read_lines(
    log: Source, known: Mapping[str, str], unknown: "_Unknown"
) -> Iterator[Line | tuple[int, str]]:
    """The events of one file as text by column; of a line that is none, its number and the rule it breaks."""
    with log.path.open("rb") as file:
        number = 0
        while content := file.readline(MAX_LINE_BYTES):
            number += 1
            is_torn = not content.endswith(b"\n")
            is_long = is_torn and len(content) == MAX_LINE_BYTES
            while is_torn and (rest := file.readline(MAX_LINE_BYTES)):
                is_torn = not rest.endswith(b"\n")
            if not content.strip():
                continue
            event = "long_line" if is_long else _event(content)
            if isinstance(event, str):
                yield number, "torn_line" if is_torn and event == "bad_json" else event
                continue
            cells, fields = _flatten(event, known)
            for name in fields:
                unknown.add(str(event["type"]), name, number)
            yield Line(number, int(event["seq"]), str(event["source"]), cells)


class _Unknown:
    """Fields that are no column: how many events of each type have them, and the first line."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], int] = {}

    def add(self, kind: str, name: str, line: int) -> None:
        key = kind[:MOST_NAME_CHARS], name[:MOST_NAME_CHARS]
        if key not in self._first and len(self._first) >= MOST_NAMES:
            key = "…", "…"
        self._counts[key] += 1
        self._first.setdefault(key, line)

    def problems(self, log: Source) -> list[Problem]:
        return [
            problem(
                log,
                self._first[kind, name],
                shown(name),
                "unknown_field",
                f"ukendt felt i {count} hændelser af typen {shown(kind)}; forventet felter i {TABLE}.toml",
                f"unknown field in {count} events of type {shown(kind)}; expected fields of {TABLE}.toml",
            )
            for (kind, name), count in self._counts.items()
        ]


def _event(content: bytes) -> dict[str, Any] | str:
    """The event of a line, or the rule it breaks."""
    try:
        event = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return "bad_json"
    if not isinstance(event, dict):
        return "bad_envelope"
    made = cast("dict[str, Any]", event)
    texts = all(isinstance(made.get(name), str) for name in REQUIRED if name != "seq")
    seq = made.get("seq")
    is_seq = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < 2**63
    if not texts or not is_seq or not isinstance(made.get("data", {}), dict):
        return "bad_envelope"
    return made


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _flatten(event: Mapping[str, Any], known: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The event's cells by column, and the names of fields that are no column."""
    cells = {column: cell_text(event.get(key)) for key, column in ENVELOPE.items()}
    subject = _SUBJECT.fullmatch(cell_text(event.get("subject")))
    cells["meeting_id"] = subject[1] if subject else ""
    unknown = [key for key in event if key not in KNOWN_KEYS]
    data: dict[str, Any] = event.get("data") or {}
    for name, value in data.items():
        column = known.get(normalise_header(name))
        if column is not None and column not in ENVELOPE.values():
            cells[column] = cell_text(value)
        elif name not in NOT_CARRIED:
            unknown.append(name)
    return cells, unknown


def _raw(log: Source, lines: Sequence[Line]) -> RawRows:
    names = dict.fromkeys(name for line in lines for name in line.cells)
    return RawRows(
        log,
        {name: [line.cells.get(name, "") for line in lines] for name in names},
        [line.number for line in lines],
        {name: name for name in names},
    )


_LINE_TEXTS = {
    "torn_line": Text("den sidste linje er afbrudt", "the last line is torn"),
    "long_line": Text("linjen er alt for lang", "the line is far too long"),
    "bad_json": Text("linjen er ikke gyldig JSON", "the line is not valid JSON"),
    "bad_envelope": Text(
        "linjen er ikke en hændelse; forventet id, source, type, time, seq og data",
        "the line is no event; expected id, source, type, time, seq and data",
    ),
}


def _bad_line(log: Source, number: int, rule: str) -> Problem:
    text = _LINE_TEXTS[rule]
    return problem(log, number, None, rule, text.da, text.en)


def _missing(log: Source) -> Problem:
    return problem(
        log, None, None, "missing_file", "filen findes ikke", "the file does not exist", "critical"
    )


def _changed(log: Source) -> Problem:
    return problem(
        log,
        None,
        None,
        "manifest_hash",
        "filens sha256 er en anden end manifestets; den er ændret eller ikke overført helt",
        "the file's sha256 differs from the manifest's; it was changed or not transferred whole",
        "critical",
    )
