"""Logs of other platforms through ingest and sessions: which meetings were held, and for how long."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import paths
from pipeline.contract.store import read
from pipeline.formats.deliveries import Delivery, write_index
from pipeline.params import load
from pipeline.stages import ingest, sessions
from pipeline.text import ProblemError

EARLY, LATE = date(2019, 11, 1), date(2019, 12, 1)
HEADER = (
    "id;conference;conference_name;display_name;remote_alias;start_time;end_time;role;service_type;protocol;"
    "call_quality;bucketed_call_quality;disconnect_reason;service_tag;has_media;is_streaming;media_streams"
)


def call(id_: str, meeting: str, who: str, start: str, end: str, kind: str = "conference") -> str:
    role = "chair" if who == "doctor" else "guest"
    return (
        f"{id_};/api/admin/history/v1/conference/{meeting}/;{meeting};{who};{who}@example.dk;{start};{end};"
        f'{role};{kind};WebRTC;good;"[0, 3, 0, 0, 0]";Remote disconnect;"a;b";True;False;System.Object[]'
    )


CALLS = {
    "held": [
        call("h1", "held", "doctor", "2019-09-02T08:00:00.000000", "2019-09-02T08:20:00"),
        call("h2", "held", "patient", "2019-09-02T08:03:00", "2019-09-02T08:15:30"),
    ],
    "rejoin": [
        call("r1", "rejoin", "doctor", "2019-09-02T10:00:00", "2019-09-02T10:30:00"),
        call("r2", "rejoin", "patient", "2019-09-02T10:05:00", "2019-09-02T10:10:00"),
        call("r3", "rejoin", "patient", "2019-09-02T10:12:00", "2019-09-02T10:20:00"),
    ],
    "alone": [call("a1", "alone", "doctor", "2019-09-03T11:00:00", "2019-09-03T11:20:00")],
    "two devices": [
        call("d1", "devices", "doctor", "2019-09-03T12:00:00", "2019-09-03T12:20:00"),
        call("d2", "devices", "doctor", "2019-09-03T12:01:00", "2019-09-03T12:20:00"),
    ],
    "test": [
        call("t1", "test", "doctor", "2019-09-04T11:00:00", "2019-09-04T11:01:00", "test_call"),
        call("t2", "test", "patient", "2019-09-04T11:00:00", "2019-09-04T11:01:00", "test_call"),
    ],
    "midnight": [
        call("m1", "midnight", "doctor", "2019-09-30T21:50:00", "2019-09-30T22:10:00"),
        call("m2", "midnight", "patient", "2019-09-30T21:51:00", "2019-09-30T22:09:00"),
    ],
    # 02:50 summer time to 02:10 winter time: twenty minutes
    "clock": [
        call("c1", "clock", "doctor", "2019-10-27T00:50:00", "2019-10-27T01:10:00"),
        call("c2", "clock", "patient", "2019-10-27T00:50:00", "2019-10-27T01:10:00"),
    ],
    "reception": [
        call("v1", "reception", "patient", "2019-09-05T08:00:00", "2019-09-05T08:01:00", "two_stage_dialing")
    ],
}
# meeting date, held, exclusion, duration, actors
EXPECTED = [
    (date(2019, 9, 2), True, None, 750, 2),
    (date(2019, 9, 2), True, None, 780, 2),
    (date(2019, 9, 3), False, "single_participant", 0, 1),
    (date(2019, 9, 3), False, "single_participant", 0, 1),
    (date(2019, 9, 4), False, "test_call", 60, 2),
    (date(2019, 9, 30), True, None, 1080, 2),
    (date(2019, 10, 27), True, None, 1200, 2),
]


class Folder:
    """``data/raw`` with deliveries of platforms' logs."""

    def __init__(self, root: Path) -> None:
        self.root, self.entries = root, list[Delivery]()
        (root / "raw").mkdir()

    def add(self, format_: str, name: str, content: bytes, received: date = EARLY, **more: Any) -> None:
        (self.root / "raw" / name).write_bytes(content)
        told: dict[str, Any] = {"is_fictitious": True} | more
        self.entries.append(
            Delivery(
                name, "pilot", ("session_events",), format_, (name,), (hashlib.sha256(content).hexdigest(),),
                received, 1, "accepted", is_reconstructed=False, **told,
            )
        )  # fmt: skip
        write_index(self.root / "raw" / "deliveries.toml", self.entries)

    def run(self) -> None:
        given = load()
        delivered = self.root / "delivered"
        ingest.run(raw=self.root / "raw", schemas=paths.SCHEMAS, out=delivered, params=given)
        sessions.run(delivered=delivered, out=self.root / "sessions", params=given)

    def table(self, name: str, stage: str = "sessions") -> list[dict[str, Any]]:
        return read(self.root / stage / f"{name}.parquet").to_pylist()

    def meetings(self) -> list[tuple[object, ...]]:
        names = ("meeting_date", "is_held", "exclusion", "duration_s", "actors")
        rows = sorted(self.table("meetings"), key=lambda row: row["started_at"])
        return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.delenv("MAST_KEY_FILE", raising=False)
    return Folder(tmp_path)


def csv(*names: str) -> bytes:
    rows = [row for name in names or CALLS for row in CALLS[name]]
    return "".join(f"{row}\r\n" for row in (HEADER, *rows)).encode("cp1252")


def test_pexip_history_gives_the_meetings(folder: Folder) -> None:
    folder.add("pexip", "history.csv", csv())
    folder.run()
    assert folder.meetings() == EXPECTED
    stays = folder.table("participations")
    assert {row["quality_class"] for row in stays} == {"good"}
    assert {row["end_reason"] for row in stays} == {"session.peer_left"}
    assert [row for row in stays if row["is_inferred_end"]] == []


def test_a_call_delivered_twice_counts_once(folder: Folder) -> None:
    folder.add("pexip", "september.csv", csv("held", "rejoin", "alone", "two devices", "test"))
    folder.add("pexip", "autumn.csv", csv("rejoin", "alone", "midnight", "clock"), LATE)
    folder.run()
    assert folder.meetings() == EXPECTED
    again = {row["delivery_id"]: row["rows_again"] for row in folder.table("deliveries", "delivered")}
    assert again == {"september.csv": 0, "autumn.csv": 8}
    assert folder.table("quarantine", "delivered") == []


def test_the_json_of_the_api_gives_the_same_meetings(folder: Folder) -> None:
    names = HEADER.split(";")
    objects: list[dict[str, Any]] = [
        dict(zip(names, row.replace('"a;b"', "-").split(";"), strict=True))
        | {"has_media": True, "is_streaming": False, "bucketed_call_quality": [0, 3, 0, 0, 0]}
        | {"media_streams": [{"stream_type": "audio", "tx_packets_lost": 2, "node": "10.1.2.3"}]}
        for rows in CALLS.values()
        for row in rows
    ]
    folder.add("pexip", "history.json", json.dumps({"meta": {"limit": 20}, "objects": objects}).encode())
    folder.run()
    assert folder.meetings() == EXPECTED


def test_conference_records_add_no_meeting(folder: Folder) -> None:
    head = "id;name;service_type;start_time;end_time;duration;tag"
    row = "held;held;conference;2019-09-02T08:00:00;2019-09-02T08:20:01;1201;"
    folder.add("pexip", "history.csv", csv())
    folder.add("pexip", "conferences.csv", f"{head}\n{row}\n".encode())
    folder.run()
    assert folder.meetings() == EXPECTED


def test_real_names_are_not_keyed_with_the_public_key(folder: Folder) -> None:
    folder.add("pexip", "history.csv", csv(), is_fictitious=False)
    with pytest.raises(ProblemError, match="MAST_KEY_FILE"):
        folder.run()
