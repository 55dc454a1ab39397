"""A meeting of VDX' booking API as a booking's cells: what the API tells, and what the booker wrote in it."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pipeline.contract import Contracts, headers, normalise_header
from pipeline.formats.heard import Heard
from pipeline.formats.json_items import Json
from pipeline.formats.platform_log import moment, texts, written
from pipeline.formats.scratch import stored
from pipeline.identifiers import canonical_yder, is_pseudonym, pseudonym
from pipeline.text import Text

SYSTEM, TABLE = "vdx_booking", "bookings"
# Columns that a label or a piece of additional information may tell.
TOLD = ("kind", "mode", "region", "use_type", "booked_by", "is_test", "practice")
LABELS = ("kind", "mode", "region", "use_type")
COUNTED = {
    "provision_problems": Text(
        "bookinger havde problemer med rummet (PROVISION_PROBLEMS); de er booket",
        "bookings had problems with the room (PROVISION_PROBLEMS); they are booked",
    ),
    "organisation_code": Text(
        "bookinger har kun organisationens kode, som er nøglet; skriv ydernummer i additionalInformation",
        "bookings have an organisation's code only, now keyed; write ydernummer in additionalInformation",
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
PERSONAL = ("subject", "description", "organisation")
PROBLEMS = frozenset({"PROVISION_PROBLEMS", "2", "DEPROVISION_PROBLEMS", "5"})
LINK = re.compile(r"https?://[^/\s]+/([0-9a-z]{12})")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Provision:
    """What the scheduling information says of a meeting's room; ``is_pool`` None when it does not."""

    status: str
    is_pool: bool | None


class Provisions:
    """What scheduling information of its own says of the meeting with each uuid; the last that was read."""

    TABLE = "provisions (uuid TEXT PRIMARY KEY, status TEXT, is_pool INTEGER) WITHOUT ROWID"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, uuid: str, one: Provision) -> None:
        row = (stored(uuid), stored(one.status), one.is_pool)
        self._database.execute("INSERT OR REPLACE INTO provisions VALUES (?, ?, ?)", row)

    def get(self, uuid: str) -> Provision | None:
        asked = "SELECT status, is_pool FROM provisions WHERE uuid = ?"
        found = self._database.execute(asked, (stored(uuid),)).fetchone() if uuid else None
        return Provision(found[0], None if found[1] is None else bool(found[1])) if found else None


class Meetings:
    """Makes the bookings of one file, and keeps what must be told of them."""

    def __init__(self, contracts: Contracts, key: bytes, provisions: Provisions) -> None:
        self.heard = Heard(SYSTEM, COUNTED)
        self.provisions = provisions
        self._key = key
        self._table = contracts.tables[TABLE]
        self._codes = contracts.codes
        self._headers = headers(self._table)

    def row(self, record: Record) -> dict[str, str] | Text:
        """The booking's cells as text, or why it is none."""
        short_id = _short_id(record)
        if short_id is None or re.fullmatch(self._table.column("short_id").pattern or "", short_id) is None:
            return _BAD_ID
        starts, created = _moment(record, "startTime"), _moment(record, "createdTime")
        if starts is None or created is None:
            return _BAD_TIME
        personal = [*texts(record, PERSONAL), *texts(_user(record, "organizedBy"), ("email",))]
        provision = self._provision(record)
        status = None
        if provision is not None:
            status = self.heard.code("provisionStatus", provision.status, personal)
            self.heard.counts["provision_problems"] += provision.status.upper() in PROBLEMS
        told = self._told(record)
        mode = self.heard.code("meetingType", record.get("meetingType"), personal)
        if mode is None and provision is not None and provision.is_pool is not None:
            mode = "instant" if provision.is_pool else "planned"
        self.heard.code("vmrType", record.get("vmrType"), personal)
        if moment(record.get("deletedTime"), is_utc=True) is not None:
            status = "cancelled"
        row = {"short_id": short_id, "starts_at": starts, "created_at": created, "status": status or "booked"}
        row |= {"mode": mode or "", "is_test": "nej", "practice": self._practice(record, told)}
        return row | {name: cell for name, cell in told.items() if name != "practice"}

    def _provision(self, record: Record) -> Provision | None:
        inner = record.get("schedulingInfo")
        if isinstance(inner, dict):
            return provision_of(cast("Json", inner))
        if "provisionStatus" in record:
            return provision_of(record)
        return self.provisions.get(text_of(record, "uuid"))

    def _told(self, record: Record) -> dict[str, str]:
        """What the booker wrote of the meeting, as codes; what cannot be read is counted."""
        found: dict[str, str] = {}
        labels = record.get("labels")
        for label in cast("list[object]", labels) if isinstance(labels, list) else []:
            if not isinstance(label, str):
                continue
            if self._headers.get(normalise_header(label)) == "is_test":
                found["is_test"] = "ja"
            for name in LABELS:
                if code := self._decoded(name, label):
                    found.setdefault(name, code)
        more = record.get("additionalInformation")
        for entry in cast("list[object]", more) if isinstance(more, list) else []:
            pair = cast("Json", entry) if isinstance(entry, dict) else {}
            column = self._headers.get(normalise_header(text_of(pair, "key")))
            value = text_of(pair, "value").strip()
            if column not in TOLD or not value:
                continue
            if code := self._decoded(column, value):
                found[column] = code
            else:
                self.heard.counts["unread_information"] += 1
        return found

    def _decoded(self, name: str, raw: str) -> str | None:
        codes = self._table.column(name).codes
        if codes is not None:
            return self._codes[codes].decode(raw)
        if name == "practice":
            return raw if canonical_yder(raw) or is_pseudonym(raw) else None
        folded = raw.casefold()
        return {"ja": "ja", "true": "ja", "nej": "nej", "false": "nej"}.get(folded)

    def _practice(self, record: Record, told: Mapping[str, str]) -> str:
        """The ydernummer that is told, else the organisation's code, keyed."""
        codes = (
            told.get("practice", ""),
            text_of(record, "organisation"),
            text_of(_user(record, "organizedBy"), "organisationId"),
        )
        code = next((code.strip() for code in codes if code.strip()), "")
        if not code or is_pseudonym(code) or re.fullmatch(r"\d{6}", code) or told.get("practice"):
            return code
        self.heard.counts["organisation_code"] += 1
        return pseudonym("organisation", code.casefold().encode(errors="replace").decode(), self._key)


def _user(record: Record, name: str) -> Json:
    user = record.get(name)
    return cast("Json", user) if isinstance(user, dict) else {}


def provision_of(record: Record) -> Provision:
    """What a piece of scheduling information says."""
    raw = record.get("provisionStatus")
    status = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    pool = record.get("pool")
    return Provision(status, pool if isinstance(pool, bool) else None)


def text_of(record: Record, name: str) -> str:
    """The text of a field, empty when there is none or it is no text."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _moment(record: Record, name: str) -> str | None:
    made = moment(record.get(name), is_utc=False)
    return written(made) if made is not None else None


def _short_id(record: Record) -> str | None:
    """The meeting's short id, else the one its short link ends with, in either spelling."""
    if short_id := text_of(record, "shortId"):
        return short_id
    links = (text_of(record, name) for name in ("shortLink", "shortlink"))
    found = next((match for link in links if (match := LINK.fullmatch(link.strip()))), None)
    return found[1] if found else None


_BAD_ID = Text(
    "shortId er ikke et bookingnummer på 12 tegn uden i, l, o og u",
    "shortId is no booking number of 12 characters without i, l, o and u",
)
_BAD_TIME = Text(
    "startTime eller createdTime er intet tidspunkt; forventet som 2019-10-02T13:00:00 +0000"
    " eller 2019-10-02T15:00:00+02:00",
    "startTime or createdTime is no time; expected as 2019-10-02T13:00:00 +0000 or 2019-10-02T15:00:00+02:00",
)
