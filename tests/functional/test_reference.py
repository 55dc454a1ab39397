"""A reference delivery beside the pilot's: counted by itself, and nothing of the pilot moves.

The delivery is made here, of persons who do not exist. It does its worst: its nodes, regions, practices and
booking numbers are the pilot's own.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import params, paths
from pipeline.contract.store import read
from pipeline.formats.deliveries import Delivery, read_index, write_index
from pipeline.params import Params
from pipeline.stages import ingest, link, metrics, sessions, validate
from pipeline.text import ProblemError

RECEIVED = date(2026, 11, 24)
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
Event = dict[str, Any]
# The pilot's: the number is also the name of the clinic.
PRACTICES = {"1084": "p_iryi5b7rxyh6zprmyux6", "1081": "p_plnummhd4nuh6ebbamcf"}


@dataclass
class Node:
    """One node's log, numbered without holes."""

    name: str
    events: list[Event]

    def say(self, kind: str, meeting: str | None, minutes: float, /, **data: Any) -> None:
        seq = len(self.events) + 1
        self.events.append(
            {
                "specversion": "1.0",
                "id": f"{self.name}-{seq}",
                "source": f"/video/node/{self.name}",
                "type": f"dk.medvideo.{kind}.v1",
                "time": (START + timedelta(minutes=minutes)).isoformat(),
                "seq": seq,
                "bootid": "b1",
                "data": data,
            }
            | ({"subject": f"meeting/{meeting}"} if meeting else {})
        )


@dataclass(frozen=True)
class Plan:
    """A meeting to be held or not."""

    id: str
    short_id: str
    region: str
    kind: str = "consultation"
    mode: str = "planned"
    engine: str = "p2p"
    is_test: bool = False
    is_cancelled: bool = False
    guest_comes: bool = True
    host_comes: bool = True
    buffer_s: float = 0.032
    method: str = "mitid"


# The pilot has a booking of the first number, and a node, a region and a practice of these names.
PLANS = {
    "hovedstaden": [
        Plan("r-clean", "dpr571zqbkxp", "1084"),
        Plan("r-thin", "000000000002", "1084", mode="instant", buffer_s=0.6, method="guardian"),
        Plan("r-nobody", "000000000003", "1084", host_comes=False),
        Plan("r-test", "000000000004", "1084", is_test=True),
        Plan("r-cancelled", "000000000005", "1084", guest_comes=False, host_comes=False, is_cancelled=True),
    ],
    "nordjylland": [
        Plan(
            "r-conference", "000000000006", "1081", kind="conference", engine="embedded", method="clinic_code"
        )
    ],
}


def held(plan: Plan) -> bool:
    return plan.guest_comes and plan.host_comes and not plan.is_test


def play(node: Node, plan: Plan) -> None:
    guest, host = f"{plan.id}-guest", f"{plan.id}-host"
    terms = {"short_id": plan.short_id, "kind": plan.kind, "mode": plan.mode, "region": plan.region}
    starts_at = (START + timedelta(minutes=5)).isoformat()
    node.say("meeting.booked", plan.id, 0, **terms, is_test=plan.is_test, starts_at=starts_at)
    if plan.is_cancelled:
        node.say("meeting.cancelled", plan.id, 1)
    if plan.guest_comes:
        node.say("auth.failed", plan.id, 3, method=plan.method, reason="auth.cancelled")
        node.say("auth.succeeded", plan.id, 4, method=plan.method, loa="substantial")
        node.say("participant.waiting", plan.id, 4, participation_id=guest)
    if plan.host_comes:
        path = {"engine": plan.engine, "transport": "udp", "connect_ms": 300}
        for who, role, wait_ms in ((host, "host", 0), (guest, "guest", 60_000)):
            person = {"participation_id": who, "actor_pseudonym": f"s_{who}", "role": role}
            node.say("participant.connected", plan.id, 5, **person, **path, wait_ms=wait_ms)
        for nth in range(1, 7):
            node.say("quality.window", plan.id, 5 + nth / 6, participation_id=guest, **sound(plan, nth))
        left = {"actor_pseudonym": f"s_{host}", "reason": "session.host_ended"}
        node.say("participant.left", plan.id, 15, participation_id=host, **left)
    if plan.guest_comes:
        left = {"actor_pseudonym": f"s_{guest}", "reason": "session.host_ended"}
        if not plan.host_comes:
            left["reason"] = "lobby.host_absent"
        node.say("participant.left", plan.id, 15, participation_id=guest, **left)


def sound(plan: Plan, nth: int) -> dict[str, Any]:
    """A window of ten seconds in the browser's own names; the first has a packet twice."""
    return {
        "media_kind": "audio",
        "window_ms": 10_000,
        "packetsReceived": 500,
        "packetsLost": -1 if nth == 1 else 0,
        "concealedSamples": 0,
        "totalSamplesReceived": 480_000,
        "jitterBufferDelay": 480_000 * plan.buffer_s,
        "jitterBufferEmittedCount": 480_000,
        "roundTripTime": 0.002,
    }


def session_files() -> dict[str, bytes]:
    """The log of every node, and its manifest."""
    made: dict[str, bytes] = {}
    told: list[dict[str, Any]] = []
    for name, plans in PLANS.items():
        node = Node(name, [])
        node.say("node.started", None, -1)
        for plan in plans:
            play(node, plan)
        content = b"".join(json.dumps(event).encode() + b"\n" for event in node.events)
        made[f"{name}.jsonl"] = content
        told.append(
            {
                "file": f"{name}.jsonl",
                "sha256": hashlib.sha256(content).hexdigest(),
                "source": f"/video/node/{name}",
                "first_seq": 1,
                "last_seq": len(node.events),
            }
        )
    made["manifest.json"] = json.dumps({"files": told}).encode()
    return made


def tables() -> Iterator[tuple[str, str]]:
    """Register and bookings, in the pilot's own names."""
    yield "regions", "Region;Server fra\r\n1084;01-11-2026\r\n1081;01-11-2026\r\n"
    head = "Ydernummer;Klinik;Region;Praksistype;Tilmeldt;Gyldig fra;Gyldig til\r\n"
    yield (
        "practices",
        head
        + "".join(
            f"{practice};{practice};{region};Almen praksis;01-11-2026;01-06-2019;\r\n"
            for region, practice in PRACTICES.items()
        ),
    )
    columns = "Bookingnummer;Ydernummer;Region;Mødetype;Mødeform;Oprettet;Mødestart;Bookingstatus;Testopkald"
    lines = [columns]
    for plan in (plan for plans in PLANS.values() for plan in plans):
        status = "cancelled" if plan.is_cancelled else "booked"
        lines.append(
            f"{plan.short_id};{PRACTICES[plan.region]};{plan.region};{plan.kind};{plan.mode};"
            f"23-11-2026 09:00;23-11-2026 09:05;{status};{'Ja' if plan.is_test else 'Nej'}"
        )
    yield "bookings", "".join(f"{line}\r\n" for line in lines)


def deliver(raw: Path) -> None:
    """The pilot's deliveries and the reference service's, below ``raw``."""
    shutil.copytree(paths.RAW, raw)
    entries = [item for item in read_index(raw / paths.DELIVERIES.name) if item.programme != "reference"]
    folder = raw / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()

    def add(table: str, form: str, files: dict[str, bytes], rows: int) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        entries.append(
            Delivery(
                f"reference-{table}", "reference", (table,), form,
                tuple(f"reference/{name}" for name in files),
                tuple(hashlib.sha256(content).hexdigest() for content in files.values()),
                RECEIVED, rows, "accepted", is_reconstructed=False, is_fictitious=True,
            )
        )  # fmt: skip

    log = session_files()
    add("session_events", "session_log", log, sum(content.count(b"\n") for content in log.values()))
    for table, text in tables():
        add(table, "danish_csv", {f"{table}.csv": text.encode("utf-8-sig")}, text.count("\n") - 1)
    write_index(raw / paths.DELIVERIES.name, entries)


@dataclass(frozen=True)
class Made:
    """What the stages wrote."""

    folder: Path

    def table(self, name: str) -> list[dict[str, Any]]:
        return read(self.folder / f"{name}.parquet").to_pylist()

    def content(self, name: str) -> dict[str, Any]:
        return json.loads((self.folder / name).read_text("utf-8"))


def run(raw: Path, folder: Path, given: Params) -> Made:
    """Ingest to metrics, validation included."""
    delivered, derived, linked = (folder / name for name in ("delivered", "sessions", "linked"))
    results = folder / "results"
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=delivered, params=given)
    sessions.run(delivered=delivered, out=derived, params=given)
    validate.run(delivered=delivered, sessions=derived, schemas=paths.SCHEMAS, results=results, params=given)
    link.run(delivered=delivered, sessions=derived, out=linked, params=given)
    metrics.run(linked=linked, delivered=delivered, schemas=paths.SCHEMAS, out=results, params=given)
    return Made(folder)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The pilot with a reference delivery beside it."""
    root = tmp_path_factory.mktemp("reference")
    deliver(root / "raw")
    return run(root / "raw", root, params.load())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The pilot by itself."""
    root = tmp_path_factory.mktemp("pilot")
    shutil.copytree(paths.RAW, root / "raw")
    entries = [item for item in read_index(paths.DELIVERIES) if item.programme == "pilot"]
    write_index(root / "raw" / paths.DELIVERIES.name, entries)
    return run(root / "raw", root, params.load())


def of(rows: list[dict[str, Any]], programme: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["programme"] == programme]


@pytest.mark.slow
def test_nothing_of_the_pilot_moves(alone: Made, both: Made) -> None:
    for name in ("estimates", "evidence"):
        file = f"results/{name}.parquet"
        assert (both.folder / file).read_bytes() == (alone.folder / file).read_bytes()
    for name in (*link.LINKED, *link.CARRIED):
        file = f"linked/{name}.parquet"
        assert (both.folder / file).read_bytes() == (alone.folder / file).read_bytes(), name
    for folder in ("delivered", "sessions"):
        for file in sorted((alone.folder / folder).glob("*.parquet")):
            name = f"{folder}/{file.stem}"
            if file.stem != "problems":  # has no programme
                assert of(both.table(name), "pilot") == alone.table(name), name
    for name in ("delivered/summary.json", "results/validation.json"):
        before, after = alone.content(name), both.content(name)
        assert set(after.pop("other_programmes")) == {"reference"}
        assert before.pop("other_programmes") == {}
        assert after == before
    failures = [row for row in both.table("results/validation_failures") if "reference" not in row["key"]]
    assert failures == alone.table("results/validation_failures")


@pytest.mark.slow
def test_the_reference_meetings_are_rows_of_their_own(both: Made) -> None:
    counted = both.content("delivered/summary.json")["other_programmes"]["reference"]
    assert counted["quarantine"] == {}
    assert counted["tables"]["bookings"] == {"rows": 6, "deliveries": 1}
    meetings = {row["meeting_id"]: row for row in of(both.table("sessions/meetings"), "reference")}
    plans = {plan.id: plan for plans in PLANS.values() for plan in plans}
    assert {name: row["is_held"] for name, row in meetings.items()} == {
        name: held(plan) for name, plan in plans.items()
    }
    assert meetings["r-clean"]["duration_s"] == 600
    assert (meetings["r-thin"]["quality_class"], meetings["r-thin"]["quality_reason"]) == ("poor", "delay")
    assert len(of(both.table("sessions/quality_windows"), "reference")) == 24
    checked = both.content("results/validation.json")["other_programmes"]["reference"]
    assert checked["tables"]["meetings"]["rows"] == 6
    assert checked["summary"]["broken"]["critical"] == 0


@pytest.mark.slow
def test_the_counts_are_those_of_the_plan(both: Made) -> None:
    rows = both.table("linked/reference_counts")
    assert {row["as_of"] for row in rows} == {params.load().reference.as_of}
    found = {(row["measure"], row["stratum_by"], row["stratum"]): row["value"] for row in rows}
    plans = [plan for plans in PLANS.values() for plan in plans]

    def by(measure: str, name: str, pick: Callable[[Plan], bool]) -> None:
        wanted: dict[str, int | None] = {}
        for plan in filter(pick, plans):
            wanted[getattr(plan, name)] = (wanted.get(getattr(plan, name)) or 0) + 1
        if (measure, name) == ("meetings_held", "region"):
            # Without a server there is no number, not zero.
            wanted = dict.fromkeys(("1082", "1083", "1085"), None) | {"1081": 0} | wanted
        assert {
            stratum: value for (what, how, stratum), value in found.items() if (what, how) == (measure, name)
        } == wanted

    for name in ("region", "mode", "kind", "engine"):
        by("meetings_held", name, held)
    for name in ("region", "mode", "kind"):
        by("meetings_attempted", name, lambda plan: plan.id == "r-nobody")
    by("logins_succeeded", "method", lambda plan: plan.guest_comes)
    expected = {
        ("meetings_held", "all", "all"): 3,
        ("meetings_held", "quality_class", "good"): 2,
        ("meetings_held", "quality_class", "poor"): 1,
        ("meetings_held", "quality_reason", "delay"): 1,
        ("meetings_attempted", "all", "all"): 1,
        ("meetings_attempted", "exclusion", "never_connected"): 1,
        ("meetings_test_call", "all", "all"): 1,
        ("meetings_cancelled", "all", "all"): 1,
        ("participations", "all", "all"): 6,
        ("participations", "quality_class", "-"): 3,
        ("logins_failed", "reason", "auth.cancelled"): 5,
        ("wait_median", "all", "all"): 30,
        ("connect_median", "all", "all"): 300,
    }
    assert {key: found[key] for key in expected} == {key: Decimal(value) for key, value in expected.items()}


@pytest.mark.slow
def test_the_reference_has_a_cut_off_of_its_own(both: Made, tmp_path: Path) -> None:
    given = params.load()
    early = replace(given, reference=replace(given.reference, as_of=RECEIVED - timedelta(days=1)))
    link.run(delivered=both.folder / "delivered", sessions=both.folder / "sessions", out=tmp_path / "linked",
             params=early)  # fmt: skip
    assert read(tmp_path / "linked" / "reference_counts.parquet").num_rows == 0
    for name in (*link.LINKED, *link.CARRIED):
        file = f"{name}.parquet"
        assert (tmp_path / "linked" / file).read_bytes() == (both.folder / "linked" / file).read_bytes()


def test_real_persons_are_not_called_fictitious_by_silence(tmp_path: Path) -> None:
    """Without the mark a delivery with identifiers stops: the demonstration key is public."""
    deliver(tmp_path / "raw")
    index = tmp_path / "raw" / paths.DELIVERIES.name
    entries = [replace(item, is_fictitious=False) for item in read_index(index)]
    write_index(index, entries)
    with pytest.raises(ProblemError) as caught:
        ingest.run(raw=tmp_path / "raw", schemas=paths.SCHEMAS, out=tmp_path / "out", params=params.load())
    named = {problem.column for problem in caught.value.problems}
    assert named == {"reference-practices.is_reconstructed", "reference-bookings.is_reconstructed"}
