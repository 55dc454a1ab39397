"""Delimited text as Danish Excel and its kin write it, or the workbook itself: one file, one table.

Reads UTF-8 with and without byte-order mark, UTF-16 with one, cp1252; ``;``, ``,`` or tab; headers by the
contract's name, label or alias. Leaves out blank lines, subtotals, footnotes and empty columns. Drops columns
the contract does not know, each with a problem.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.contract import Table, headers, normalise_header
from pipeline.formats.decode import decode
from pipeline.formats.faults import listed
from pipeline.formats.header import DELIMITERS, Header, decide_delimiter, map_header
from pipeline.formats.records import Record, records, split_lines
from pipeline.formats.result import (
    Decisions,
    Quarantined,
    Read,
    Reading,
    Source,
    joined,
    problem,
    unreadable,
)
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.xlsx import WorkbookError, is_workbook, sheet_records
from pipeline.text import Problem, Text

_SEP_LINE = re.compile(r'"?sep=(.)"?[;,\t]*', re.IGNORECASE)
_SUBTOTAL = re.compile(r"(?:i ?alt|(?:hoved|sub)?total|sum|grand total)\b[\s:]*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+0-9.,\s%]+")
_FOOTNOTE = re.compile(r"\*|\d\)|(?:noter?|kilder?|bemærk(?:ning)?|anm|obs|source)\b", re.IGNORECASE)
_BROKEN = {
    "open_quote": Text(
        'et anførselstegn er ikke lukket; forventet "…" om hele feltet',
        'a quote is not closed; expected "…" around the whole cell',
    ),
    "long_line": Text("linjen er alt for lang", "the line is far too long"),
}
_LEFT_OUT = {
    "subtotal": ("linjen er en sum og er ikke læst", "the line is a subtotal and is not read"),
    "footnote": ("linjen er en fodnote og er ikke læst", "the line is a footnote and is not read"),
}


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read every file of a delivery of ``table``."""
    return joined(read_file(file, reading.contracts.tables[table], reading) for file in files)


def read_file(source: Source, table: Table, reading: Reading) -> Read:
    """Read one file. What hinders all of it is a critical problem, and every row goes to quarantine."""
    if source.path.is_file() and is_workbook(source.path):
        return _read_workbook(source, table, reading)
    decoded = decode(source)
    if decoded.problem is not None:
        return Read(problems=(decoded.problem,))
    lines = split_lines(decoded.text)
    first = next(place for place, line in enumerate(lines) if line.strip("\ufeff \t"))
    told = _SEP_LINE.fullmatch(lines[first].strip())
    first += 1 if told else 0
    if first >= len(lines):
        return Read(problems=(replace(_no_rows(source), severity="critical"),))
    delimiter = told[1] if told and told[1] in DELIMITERS else decide_delimiter(lines[first:], headers(table))
    if delimiter is None:
        return _without_header(source, table, lines, first)
    head = next(records(lines, delimiter, 0, first), None)
    if head is None or head.rule is not None:
        wrong = _BROKEN[head.rule or "open_quote"] if head else _BROKEN["open_quote"]
        return unreadable(source, "no_header", wrong.da, wrong.en, first + 1)
    body = list(records(lines, delimiter, len(head.cells), head.following - 1))
    return _read_records(
        source, table, head, body, reading, Decisions(decoded.encoding, DELIMITERS[delimiter])
    )


def _read_workbook(source: Source, table: Table, reading: Reading) -> Read:
    try:
        head, body = sheet_records(source, table)
    except WorkbookError as error:
        da, _, en = str(error).partition(" / ")
        return unreadable(source, "not_a_workbook", da, en or da)
    return _read_records(source, table, head, body, reading, Decisions("xlsx"))


def _read_records(
    source: Source,
    table: Table,
    head: Record,
    body: Sequence[Record],
    reading: Reading,
    decisions: Decisions,
) -> Read:
    header = map_header(source, table, head, body, decisions.encoding or "")
    if not header.is_usable:
        return _refused(source, table, header, body, decisions)
    return _read_body(source, table, header, body, reading, decisions)


def _read_body(
    source: Source,
    table: Table,
    header: Header,
    body: Sequence[Record],
    reading: Reading,
    decisions: Decisions,
) -> Read:
    good: list[Record] = []
    problems: list[Problem] = []
    broken: list[Quarantined] = []
    last = max(header.places.values())
    known = {normalise_header(name) for name in reading.contracts.name_headers}
    named = {place for place, name in enumerate(header.names) if normalise_header(name) in known}
    named -= set(header.places.values())
    for record in body:
        kind = _left_out(record)
        if kind is not None:
            if kind != "blank":
                problems.append(
                    problem(source, record.line, None, f"left_out_{kind}", *_LEFT_OUT[kind], "note")
                )
            continue
        wrong = _wrong_shape(record, len(header.names), last)
        if wrong is None:
            good.append(record)
            continue
        problems.append(Problem(source.name, record.line, None, *wrong))
        broken.append(Quarantined(table.name, source.name, record.line, None, *wrong))
    if not good and not broken:
        problems.append(_no_rows(source))
    made = type_rows(
        table,
        RawRows(
            source,
            {name: [record.cells[place] for record in good] for name, place in header.places.items()},
            [record.line for record in good],
            {name: header.names[place] for name, place in header.places.items()},
            [tuple(record.cells[place] for place in named if place < len(record.cells)) for record in good],
        ),
        reading,
    )
    return replace(
        made,
        problems=(*header.problems, *sorted((*problems, *made.problems), key=_line)),
        quarantine=tuple(sorted((*broken, *made.quarantine), key=_line)),
        decisions=replace(made.decisions, encoding=decisions.encoding, delimiter=decisions.delimiter),
        rows_read=len(good) + len(broken),
    )


def _left_out(record: Record) -> str | None:
    """Whether a line is ``blank``, a ``subtotal`` or a ``footnote``, and so no row."""
    if record.rule is not None:
        return None
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    if not filled:
        return "blank"
    if _SUBTOTAL.fullmatch(filled[0]) and all(_NUMBER.fullmatch(cell) for cell in filled[1:]):
        return "subtotal"
    is_first = bool(record.cells[0].strip())
    if is_first and len(filled) == 1 and (_FOOTNOTE.match(filled[0]) or len(filled[0].split()) > 1):
        return "footnote"
    return None


def _wrong_shape(record: Record, width: int, last: int) -> tuple[str, Text] | None:
    """Why a record cannot be laid against the header: rule and message."""
    if record.rule is not None:
        return record.rule, _BROKEN[record.rule]
    found = len(record.cells)
    is_long = any(cell.strip() for cell in record.cells[width:])
    if found > last and not is_long:
        return None
    text = Text(f"fundet {found} felter; forventet {width}", f"found {found} cells; expected {width}")
    return ("too_many_cells" if is_long else "too_few_cells"), text


def _refused(
    source: Source, table: Table, header: Header, body: Sequence[Record], decisions: Decisions
) -> Read:
    """No row can be used; each is named in quarantine, without cells, since no column is sure."""
    wrong = next(item for item in header.problems if item.severity == "critical")
    rows = [record for record in body if _left_out(record) is None]
    return Read(
        problems=header.problems,
        quarantine=tuple(
            Quarantined(table.name, source.name, record.line, wrong.column, wrong.rule, wrong.message)
            for record in rows
        ),
        decisions=decisions,
        rows_read=len(rows),
    )


def _without_header(source: Source, table: Table, lines: Sequence[str], first: int) -> Read:
    """No header of the contract stands in the first line; it may be a row, and is not shown."""
    expected = [column.label for column in table.delivered_columns if column.required]
    wrong = problem(
        source,
        first + 1,
        None,
        "no_header",
        f"linjen har ingen kendt overskrift; forventet: {listed(label.da for label in expected)}",
        f"the line has no known header; expected: {listed(label.en for label in expected)}",
        "critical",
    )
    rows = [place + 1 for place, line in enumerate(lines) if place > first and line.strip()]
    return Read(
        problems=(wrong,),
        quarantine=tuple(
            Quarantined(table.name, source.name, line, None, wrong.rule, wrong.message) for line in rows
        ),
        rows_read=len(rows),
    )


def _no_rows(source: Source) -> Problem:
    return problem(source, None, None, "no_rows", "filen har ingen rækker", "the file has no rows")


def _line(item: Problem | Quarantined) -> int:
    return item.row or 0
