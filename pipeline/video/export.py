"""A node's state as deliveries: the log with a manifest that proves it whole, and tables as regions deliver.

What is written is read by the same readers as any delivery: JSON lines with a manifest, and CSV with the
contracts' Danish headings.
"""

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.contract import Contracts
from pipeline.paths import sha256, write_bytes, write_json
from pipeline.video.config import Config
from pipeline.video.event_log import read_events
from pipeline.video.fees import FeeCode, propose
from pipeline.video.store import Meeting, Store

DANISH = ZoneInfo("Europe/Copenhagen")
SPECIALTY = "80"  # general practice
FORMATS = {"session_events": "session_log"}
Row = Mapping[str, object]


def export(
    config: Config, store: Store, contracts: Contracts, fees: Sequence[FeeCode], out: Path, received: date
) -> list[dict[str, Any]]:
    """Write everything below ``out``; returns the entries for the delivery index, one per table."""
    log = _log(config, out / "session")
    held = _held(out / "session")
    meetings = [one for one in store.every_meeting() if not one.is_test]
    by_short = {one.short_id: one for one in store.every_meeting()}
    began = min((_local(one.created_ms).date() for one in by_short.values()), default=received)
    server_from = date.fromisoformat(config.server_from) if config.server_from else began
    tables: dict[str, list[Row]] = {
        "regions": [{"region": config.region, "server_from": server_from}],
        "practices": [
            _practice(config, practice, began) for practice in {one.practice for one in by_short.values()}
        ],
        "fee_codes": [asdict(one) for one in fees],
        "bookings": [_booking(one) for one in store.every_meeting()],
        "postcards": [
            _card(number, by_short[short], at, body) for number, short, at, body in store.forms("card")
        ],
        "questionnaires": [_answer(config, at, body) for _, _, at, body in store.forms("questionnaire")],
        "fee_lines": list(_fee_lines(meetings, held, fees)),
    }
    made = [_entry(config, "session_events", log, out, received, len(list(_events(out / "session"))))]
    for name, rows in tables.items():
        if rows:
            path = out / f"{name}.csv"
            _write_csv(path, contracts, name, rows)
            made.append(_entry(config, name, [path], out, received, len(rows)))
    return made


def _log(config: Config, folder: Path) -> list[Path]:
    """Copies of the log's whole lines, with a manifest of hashes and sequence numbers."""
    told: list[dict[str, Any]] = []
    paths: list[Path] = []
    for source in sorted((config.state / "log").glob("events-*.jsonl")):
        content = source.read_bytes()
        content = content[: content.rfind(b"\n") + 1]
        if not content:
            continue
        path = folder / f"{config.region}-{config.node}-{source.stem.removeprefix('events-')}.jsonl"
        write_bytes(path, content)
        seqs = [int(event["seq"]) for event in read_events(path)]
        told.append(
            {
                "file": path.name,
                "sha256": sha256(path),
                "source": config.source,
                "first_seq": seqs[0],
                "last_seq": seqs[-1],
                "events": len(seqs),
            }
        )
        paths.append(path)
    manifest = folder / f"manifest-{config.region}-{config.node}.json"
    write_json(manifest, {"files": told})
    return [manifest, *paths]


def _events(folder: Path) -> Iterable[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from read_events(path)


def _held(folder: Path) -> dict[str, datetime]:
    """Meetings that began, and when; what counts as held is decided downstream."""
    made: dict[str, datetime] = {}
    for event in _events(folder):
        if event["type"] == "dk.medvideo.meeting.started.v1":
            made[event["subject"].removeprefix("meeting/")] = datetime.fromisoformat(event["time"])
    return made


def _practice(config: Config, practice: str, day: date) -> Row:
    return {
        "practice": practice,
        "clinic_id": practice,
        "region": config.region,
        "practice_type": "general",
        "enrolled_date": day,
        "valid_from": day,
    }


def _booking(one: Meeting) -> Row:
    status = "cancelled" if one.status == "cancelled" else "booked"
    return {
        "short_id": one.short_id,
        "practice": one.practice,
        "region": one.region,
        "kind": one.kind,
        "mode": one.mode,
        "use_type": one.use_type,
        "booked_by": one.booked_by,
        "created_at": _local(one.created_ms),
        "starts_at": _local(one.starts_ms),
        "parties_expected": one.parties_expected,
        "status": status,
        "is_test": one.is_test,
    }


def _card(number: int, meeting: Meeting, at_ms: int, body: Row) -> Row:
    del at_ms
    known = {
        "card_id": f"{meeting.short_id}-{number}",
        "short_id": meeting.short_id,
        "practice": meeting.practice,
        "region": meeting.region,
        "meeting_date": _local(meeting.starts_ms).date(),
        "kind": meeting.kind,
    }
    return {**body, **known}


def _answer(config: Config, at_ms: int, body: Row) -> Row:
    """The service's own pseudonym stays here: the respondent gets one that joins to nothing."""
    key = hashlib.sha256(f"respondent:{body['response_id']}".encode()).digest()
    respondent = "p_" + base64.b32encode(key).decode().lower()[:20]
    return {
        **body,
        "respondent": respondent,
        "region": config.region,
        "answered_date": _local(at_ms).date(),
    }


def _fee_lines(
    meetings: Iterable[Meeting], held: Mapping[str, datetime], fees: Sequence[FeeCode]
) -> Iterable[Row]:
    for one in meetings:
        began = held.get(one.meeting_id)
        if began is None:
            continue
        day = began.astimezone(DANISH).date()
        found = propose(tuple(fees), one.kind, one.region, day)
        if found is not None:
            year, week, _ = day.isocalendar()
            yield {
                "fee_line_id": f"L-{one.short_id}",
                "practice": one.practice,
                "region": one.region,
                "billing_week": f"{year % 100:02d}{week:02d}",
                "specialty": SPECIALTY,
                "fee_code": found.fee_code,
                "lines": 1,
                "amount_oere": 0,
            }


def _write_csv(path: Path, contracts: Contracts, name: str, rows: Sequence[Row]) -> None:
    """CSV as Danish Excel opens it: the contract's headings, semicolons, UTF-8 with its mark."""
    table = contracts.tables[name]
    columns = [one for one in table.delivered_columns if any(one.name in row for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([one.label.da for one in columns])
    for row in rows:
        writer.writerow([_cell(row.get(one.name)) for one in columns])
    write_bytes(path, text.getvalue().encode("utf-8-sig"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    text = str(value)
    # A cell that a spreadsheet would take for a formula is written as the text it is.
    return f"'{text}" if text[:1] in "=+@\t\r" else text


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, DANISH)


def _entry(
    config: Config, table: str, files: Sequence[Path], base: Path, received: date, rows: int
) -> dict[str, Any]:
    return {
        "id": f"{config.programme}-{config.region}-{config.node}-{table.replace('_', '-')}-{received}",
        "programme": config.programme,
        "table": table,
        "format": FORMATS.get(table, "danish_csv"),
        "files": [path.relative_to(base).as_posix() for path in files],
        "received_date": received,
        "rows": rows,
        "sha256": [sha256(path) for path in files],
        "status": "accepted",
        "is_reconstructed": False,
        "is_fictitious": config.is_demonstration,
    }


def index_text(entries: Iterable[Mapping[str, Any]], prefix: str) -> str:
    """The entries as TOML, their files below ``prefix``, to be added to the delivery index."""
    lines: list[str] = []
    for entry in entries:
        lines += ["", "[[delivery]]"]
        for key, value in entry.items():
            if key == "files":
                value = [f"{prefix}/{file}" for file in value]
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case str():
            return f'"{value}"'
        case _:
            return str(value)
