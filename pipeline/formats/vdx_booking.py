"""Meetings of VDX' booking API, version 1 and 2, become bookings.

The API tells when a meeting is and not what it is: kind, region, use, whether it is a test and the clinic's
ydernummer are read where the booker wrote them, in ``additionalInformation`` under a header of the contract,
or as a label that is a code. Scheduling information (``provisionStatus``) is joined by ``uuid``. Subject,
description, pins and e-mails are never read. ``pages/vdx_booking.md`` says what is carried.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.formats.decode import CodePage
from pipeline.formats.json_items import TEXTS, Json, items, refused_row
from pipeline.formats.platform_log import without_key
from pipeline.formats.result import Decisions, Quarantined, Read, Reading, Source, joined
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.streamed import encoding_of
from pipeline.formats.vdx_meeting import TABLE, Meetings, provision_of, text_of
from pipeline.text import Problem, Text

BATCH = 20_000
# Where a clerk finds what is missing.
WHERE = {
    "kind": "additionalInformation »Mødetype«",
    "region": "additionalInformation »Region«",
    "practice": "organisation",
    "mode": "meetingType",
}


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery: meetings, and the scheduling information of any of them."""
    key = reading.key
    if key is None:
        return joined(without_key(file) for file in files)
    pages = {file: encoding_of(file) for file in files}
    provisions = {
        uuid: provision_of(item.value)
        for file, page in pages.items()
        if not isinstance(page, Read)
        for item in items(file, page, "meetings")
        if _is_scheduling(item.value) and (uuid := text_of(item.value, "uuid"))
    }
    return joined(
        page
        if isinstance(page, Read)
        else _read_file(file, page, reading, Meetings(reading.contracts, key, provisions))
        for file, page in pages.items()
    )


def _read_file(source: Source, page: CodePage, reading: Reading, meetings: Meetings) -> Read:
    aside: list[tuple[Problem, Quarantined]] = []
    parts: list[Read] = []
    rows: list[tuple[int, dict[str, str]]] = []
    heard = meetings.heard
    for item in items(source, page, "meetings"):
        heard.records += 1
        if item.rule:
            aside.append(refused_row(source, TABLE, item.line, item.rule, TEXTS[item.rule]))
            continue
        heard.see(item.value)
        if _is_scheduling(item.value):
            heard.counts["scheduling_info"] += 1
            continue
        row = meetings.row(item.value)
        if isinstance(row, Text):
            aside.append(refused_row(source, TABLE, item.line, "no_booking", row))
            continue
        rows.append((item.line, row))
        if len(rows) == BATCH:
            parts.append(_typed(source, rows, reading))
            rows = []
    if rows:
        parts.append(_typed(source, rows, reading))
    made = joined(parts)
    return replace(
        made,
        problems=(*(told for told, _ in aside), *made.problems, *heard.problems(source)),
        quarantine=(*(row for _, row in aside), *made.quarantine),
        decisions=Decisions(page.name, date_order="iso"),
        rows_read=heard.records,
    )


def _typed(source: Source, rows: Sequence[tuple[int, dict[str, str]]], reading: Reading) -> Read:
    names = dict.fromkeys(name for _, row in rows for name in row)
    columns = {name: [row.get(name, "") for _, row in rows] for name in names}
    raw = RawRows(source, columns, [line for line, _ in rows], WHERE)
    return type_rows(reading.contracts.tables[TABLE], raw, reading)


def _is_scheduling(record: Json) -> bool:
    """Whether it is scheduling information by itself, and no meeting."""
    return "provisionStatus" in record and "shortId" not in record and "startTime" not in record
