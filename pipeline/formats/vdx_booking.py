"""Meetings of VDX' booking API, version 1 and 2, become bookings.

The API tells when a meeting is and not what it is: kind, region, use, whether it is a test and the clinic's
ydernummer are read where the booker wrote them, in ``additionalInformation`` under a header of the contract,
or as a label that is a code. Scheduling information (``provisionStatus``) is joined by ``uuid``. Subject,
description, pins and e-mails are never read. ``pages/vdx_booking.md`` says what is carried.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from pipeline.contract import Contracts, headers, normalise_header
from pipeline.formats.heard import Heard
from pipeline.formats.json_items import TEXTS, Json, items, refused_row
from pipeline.formats.platform_log import moment, without_key, written
from pipeline.formats.result import Decisions, Quarantined, Read, Reading, Source, joined
from pipeline.formats.rows import RawRows, type_rows
from pipeline.formats.streamed import encoding_of
from pipeline.identifiers import canonical_yder, is_pseudonym, pseudonym
from pipeline.text import Problem, Text

SYSTEM, TABLE = "vdx_booking", "bookings"
BATCH = 20_000
# Columns that a label or a piece of additional information may tell.
TOLD = ("kind", "region", "use_type", "booked_by", "is_test", "practice")
LABELS = ("kind", "region", "use_type")
COUNTED = {
    "provision_problems": Text(
        "bookinger havde problemer med rummet (PROVISION_PROBLEMS); de er booket",
        "bookings had problems with the room (PROVISION_PROBLEMS); they are booked",
    ),
    "organisation_code": Text(
        "bookinger har kun organisationens kode, som er nøglet; skriv ydernummer i additionalInformation",
        "bookings have only an organisation's code, which is keyed; write ydernummer in additionalInformation",
    ),
    "unread_information": Text(
        "oplysninger i additionalInformation kan ikke læses og er tomme",
        "pieces of additionalInformation cannot be read and are empty",
    ),
    "scheduling_info": Text(
        "poster om rum (scheduling-info) er føjet til deres møder",
        "records of rooms (scheduling info) are joined to their meetings",
    ),
}
PROBLEMS = frozenset({"PROVISION_PROBLEMS", "2", "DEPROVISION_PROBLEMS", "5"})
LINK = re.compile(r"https?://[^/\s]+/([0-9a-z]{12})")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Provision:
    """What the scheduling information says of a meeting's room."""

    status: str
    is_pool: bool


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery: meetings, and the scheduling information of any of them."""
    if reading.key is None:
        return joined(without_key(file) for file in files)
    encodings = {file: encoding_of(file) for file in files}
    readable = {file: name for file, name in encodings.items() if isinstance(name, str)}
    provisions = {
        _text(item.value, "uuid"): _provision(item.value)
        for file, name in readable.items()
        for item in items(file, name, "meetings")
        if _is_scheduling(item.value)
    }
    return joined(
        name if isinstance(name, Read) else _Bookings(file, name, reading, provisions).read()
        for file, name in encodings.items()
    )


def _is_scheduling(record: Record) -> bool:
    """Whether it is scheduling information by itself, and no meeting."""
    return "provisionStatus" in record and "shortId" not in record and "startTime" not in record


class _Bookings:
    """One file's meetings, and what must be said of them together."""

    def __init__(
        self, source: Source, encoding: str, reading: Reading, provisions: Mapping[str, Provision]
    ) -> None:
        self._source = source
        self._encoding = encoding
        self._reading = reading
        self._provisions = provisions
        self._table = reading.contracts.tables[TABLE]
        self._headers = headers(self._table)
        self._heard = Heard(SYSTEM, COUNTED)

    def read(self) -> Read:
        aside: list[tuple[Problem, Quarantined]] = []
        parts: list[Read] = []
        rows: list[dict[str, str]] = []
        lines: list[int] = []
        for item in items(self._source, self._encoding, "meetings"):
            if _is_scheduling(item.value):
                self._heard.records += 1
                self._heard.counts["scheduling_info"] += 1
                continue
            self._heard.records += 1
            if item.rule:
                aside.append(refused_row(self._source, TABLE, item.line, item.rule, TEXTS[item.rule]))
                continue
            self._heard.see(item.value)
            row = self._row(item.value)
            if isinstance(row, Text):
                aside.append(refused_row(self._source, TABLE, item.line, "no_booking", row))
                continue
            rows.append(row)
            lines.append(item.line)
            if len(rows) == BATCH:
                parts.append(self._typed(rows, lines))
                rows, lines = [], []
        if rows:
            parts.append(self._typed(rows, lines))
        made = joined(parts)
        return replace(
            made,
            problems=(*(told for told, _ in aside), *made.problems, *self._heard.problems(self._source)),
            quarantine=(*(row for _, row in aside), *made.quarantine),
            decisions=Decisions(self._encoding, date_order="iso"),
            rows_read=self._heard.records,
        )

    def _typed(self, rows: Sequence[Mapping[str, str]], lines: Sequence[int]) -> Read:
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name, "") for row in rows] for name in names}
        return type_rows(self._table, RawRows(self._source, columns, lines, _WHERE), self._reading)

    def _row(self, record: Record) -> dict[str, str] | Text:
        """The booking's cells as text, or why it is none."""
        short_id = _short_id(record)
        if short_id is None or re.fullmatch(self._table.column("short_id").pattern or "", short_id) is None:
            return _BAD_ID
        starts, created = _moment(record, "startTime"), _moment(record, "createdTime")
        if starts is None or created is None:
            return _BAD_TIME
        provision = self._provision(record)
        if provision is not None:
            self._heard.code("provisionStatus", provision.status)
            self._heard.counts["provision_problems"] += provision.status.upper() in PROBLEMS
        told = self._told(record)
        mode = self._heard.code("meetingType", record.get("meetingType"))
        if mode is None and not record.get("meetingType"):
            mode = "instant" if provision is not None and provision.is_pool else "planned"
        self._heard.code("vmrType", record.get("vmrType"))
        is_deleted = moment(record.get("deletedTime"), is_utc=True) is not None
        status = "cancelled" if is_deleted else "booked"
        row = {"short_id": short_id, "starts_at": starts, "created_at": created, "status": status}
        row |= {"mode": mode or "", "is_test": "nej", "practice": self._practice(record, told)}
        return row | {name: cell for name, cell in told.items() if name != "practice"}

    def _provision(self, record: Record) -> Provision | None:
        inner = record.get("schedulingInfo")
        if isinstance(inner, dict):
            return _provision(cast("Json", inner))
        if "provisionStatus" in record:
            return _provision(record)
        return self._provisions.get(_text(record, "uuid"))

    def _told(self, record: Record) -> dict[str, str]:
        """What the booker wrote of the meeting, as codes; what cannot be read is counted."""
        found: dict[str, str] = {}
        labels = record.get("labels")
        for label in cast("list[object]", labels) if isinstance(labels, list) else []:
            for name in LABELS:
                if isinstance(label, str) and (code := self._decoded(name, label)):
                    found.setdefault(name, code)
        more = record.get("additionalInformation")
        for entry in cast("list[object]", more) if isinstance(more, list) else []:
            pair = cast("Json", entry) if isinstance(entry, dict) else {}
            column = self._headers.get(normalise_header(_text(pair, "key")))
            value = _text(pair, "value").strip()
            if column not in TOLD or not value:
                continue
            if code := self._decoded(column, value):
                found[column] = code
            else:
                self._heard.counts["unread_information"] += 1
        return found

    def _decoded(self, name: str, raw: str) -> str | None:
        contracts: Contracts = self._reading.contracts
        codes = self._table.column(name).codes
        if codes is not None:
            return contracts.codes[codes].decode(raw)
        if name == "practice":
            return raw if canonical_yder(raw) or is_pseudonym(raw) else None
        folded = raw.casefold()
        return {"ja": "ja", "true": "ja", "nej": "nej", "false": "nej"}.get(folded)

    def _practice(self, record: Record, told: Mapping[str, str]) -> str:
        """The ydernummer that is told, else the organisation's code, keyed."""
        organiser = record.get("organizedBy")
        codes = (
            told.get("practice", ""),
            _text(record, "organisation"),
            _text(cast("Json", organiser), "organisationId") if isinstance(organiser, dict) else "",
        )
        code = next((code.strip() for code in codes if code.strip()), "")
        if not code or is_pseudonym(code) or re.fullmatch(r"\d{6}", code) or told.get("practice"):
            return code
        self._heard.counts["organisation_code"] += 1
        key = self._reading.key or b""
        return pseudonym("organisation", code.casefold().encode(errors="replace").decode(), key)


def _provision(record: Record) -> Provision:
    raw = record.get("provisionStatus")
    status = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    return Provision(status, record.get("pool") is True)


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _moment(record: Record, name: str) -> str | None:
    made = moment(record.get(name), is_utc=False)
    return written(made) if made is not None else None


def _short_id(record: Record) -> str | None:
    """The meeting's short id, else the one its short link ends with, in either spelling."""
    if short_id := _text(record, "shortId"):
        return short_id
    links = (_text(record, name) for name in ("shortLink", "shortlink"))
    found = next((match for link in links if (match := LINK.fullmatch(link.strip()))), None)
    return found[1] if found else None


# Where a clerk finds what is missing.
_WHERE = {
    "kind": "additionalInformation »Mødetype«",
    "region": "additionalInformation »Region«",
    "practice": "organisation",
    "mode": "meetingType",
}
_BAD_ID = Text(
    "shortId er ikke et bookingnummer på 12 tegn uden i, l, o og u",
    "shortId is no booking number of 12 characters without i, l, o and u",
)
_BAD_TIME = Text(
    "startTime eller createdTime er intet tidspunkt; forventet som 2019-10-02T13:00:00 +0000"
    " eller 2019-10-02T15:00:00+02:00",
    "startTime or createdTime is no time; expected as 2019-10-02T13:00:00 +0000 or 2019-10-02T15:00:00+02:00",
)
