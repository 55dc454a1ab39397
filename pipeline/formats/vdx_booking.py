"""Meetings of VDX' booking API, version 1 and 2, become bookings.

The API tells when a meeting is and not what it is: kind, region, use, whether it is a test and the clinic's
ydernummer are read where the booker wrote them, in ``additionalInformation`` under a header of the contract,
or as a label that is a code. Scheduling information (``provisionStatus``) is joined by ``uuid``. Subject,
description, pins and e-mails are never read. ``pages/vdx_booking.md`` says what is carried.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.formats.decode import CodePage
from pipeline.formats.json_items import TEXTS, Json, items, refused_row
from pipeline.formats.platform_log import BATCH, Refused, without_key
from pipeline.formats.result import Decisions, Read, Reading, Source, gathered
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.scratch import scratch
from pipeline.formats.streamed import encoding_of
from pipeline.formats.vdx_meeting import TABLE, Meetings, Provisions, provision_of, text_of
from pipeline.text import Text

# Where a clerk finds what is missing.
WHERE = {
    "kind": "additionalInformation »Mødetype«",
    "region": "additionalInformation »Region«",
    "practice": "organisation",
    "mode": "meetingType",
}


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery: meetings, and the scheduling information of any of them."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece: the bookings of each file, then what is said of it."""
    key = reading.key
    if key is None:
        yield from (without_key(file) for file in files)
        return
    pages = {file: encoding_of(file) for file in files}
    with scratch(Provisions.TABLE) as database:
        provisions = Provisions(database)
        for file, page in pages.items():
            for item in items(file, page, "meetings") if not isinstance(page, Read) else ():
                if _is_scheduling(item.value) and (uuid := text_of(item.value, "uuid")):
                    provisions.add(uuid, provision_of(item.value))
        for file, page in pages.items():
            if isinstance(page, Read):
                yield page
            else:
                yield from _file_pieces(file, page, reading, Meetings(reading.contracts, key, provisions))


def _file_pieces(source: Source, page: CodePage, reading: Reading, meetings: Meetings) -> Iterator[Read]:
    decisions = Decisions(page.name, date_order="iso")
    heard, counted = meetings.heard, 0
    found = _rows(source, page, meetings)
    while batch := list(islice(found, BATCH)):
        rows = [(line, row) for line, row in batch if not isinstance(row, Refused)]
        aside = [
            refused_row(source, TABLE, row.line, row.rule, row.message)
            for _, row in batch
            if isinstance(row, Refused)
        ]
        made = _typed(source, rows, reading) if rows else Read()
        yield replace(
            made,
            problems=(*(told for told, _ in aside), *made.problems),
            quarantine=(*(row for _, row in aside), *made.quarantine),
            decisions=decisions,
            rows_read=heard.records - counted,
        )
        counted = heard.records
    told = tuple(heard.problems(source))
    yield Read(problems=told, decisions=decisions, rows_read=heard.records - counted)


def _rows(
    source: Source, page: CodePage, meetings: Meetings
) -> Iterator[tuple[int, dict[str, str] | Refused]]:
    heard = meetings.heard
    for item in items(source, page, "meetings"):
        heard.records += 1
        if item.rule:
            yield item.line, Refused(item.line, item.rule, TEXTS[item.rule])
            continue
        heard.see(item.value)
        if _is_scheduling(item.value):
            heard.counts["scheduling_info"] += 1
            continue
        row = meetings.row(item.value)
        yield item.line, Refused(item.line, "no_booking", row) if isinstance(row, Text) else row


def _typed(source: Source, rows: Sequence[tuple[int, dict[str, str]]], reading: Reading) -> Read:
    names = dict.fromkeys(name for _, row in rows for name in row)
    columns = {name: [row.get(name, "") for _, row in rows] for name in names}
    raw = RawRows(source, columns, [line for line, _ in rows], WHERE)
    return type_rows(reading.contracts.tables[TABLE], raw, reading)


def _is_scheduling(record: Json) -> bool:
    """Whether it is scheduling information by itself, and no meeting."""
    return "provisionStatus" in record and "shortId" not in record and "startTime" not in record
