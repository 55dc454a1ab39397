"""A browser's dump is judged as our own log is: the same windows, the same stay, the same meeting."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import params
from pipeline.contract import load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import conform
from pipeline.engine import DuckEngine
from pipeline.formats.frames import as_arrow
from pipeline.formats.readers import READERS
from pipeline.formats.result import Reading, Source, gathered
from pipeline.stages import sessions

CONTRACTS = load_contracts()
EVENTS = CONTRACTS.tables["session_events"]
RULES = params.load().sessions
SAMPLES = Path(os.environ.get("MAST_SAMPLES", ""))
START = 1_605_197_600_000
MEETING = "171e34f9-73c4-4bb7-acc7-9ddd2b7fa172"


def derive(form: str, *files: Path) -> dict[str, list[dict[str, Any]]]:
    """What the stage makes of dumps that were delivered together; every table keeps its contract."""
    read = gathered(
        READERS[form]([Source(file, file.name) for file in files], ["session_events"], Reading(CONTRACTS))
    )
    (frame,) = read.frames
    told = {"delivery_id": "d", "programme": "reference", "received_date": date(2026, 11, 24)}
    events = as_arrow(EVENTS, frame, told)
    assert events.column_names == list(EVENTS.column_names)
    assert check(EVENTS, CONTRACTS.codes, events) == []
    with DuckEngine() as engine:
        made = sessions.derive(engine, events, CONTRACTS, RULES)
    kept = {name: conform(CONTRACTS.tables[name], data) for name, data in made.items()}
    for name, data in kept.items():
        assert check(CONTRACTS.tables[name], CONTRACTS.codes, data) == [], name
    return {name: data.to_pylist() for name, data in kept.items()}


def dump(path: Path, first: int, last: int, lost: int) -> Path:
    """Sound from second ``first`` to ``last``, of whose 50 packets a second ``lost`` never come."""
    said: list[list[Any]] = [
        ["identity", None, {"meetingUniqueId": MEETING}, START],
        ["onconnectionstatechange", "PC_0", "connected", START + 1000 * first],
    ]
    for second in range(first, last + 1, 2):
        gone = second - first
        stream = {
            "type": "inbound-rtp",
            "kind": "audio",
            "packetsReceived": (50 - lost) * gone,
            "packetsLost": lost * gone,
        }
        said.append(
            ["getstats", "PC_0", {"in": stream, "timestamp": START + 1000 * second}, START + 1000 * second]
        )
    said.append(["onconnectionstatechange", "PC_0", "closed", START + 1000 * last])
    path.write_text("".join(f"{json.dumps(line)}\n" for line in said), "utf-8")
    return path


def test_two_dumps_of_one_meeting_are_a_held_meeting(tmp_path: Path) -> None:
    """One hears well from second 0 to 60; the other, from 10 to 70, loses a fifth. Fifty seconds together."""
    made = derive("rtcstats", dump(tmp_path / "a", 0, 60, 0), dump(tmp_path / "b", 10, 70, 10))
    (meeting,) = made["meetings"]
    assert (meeting["meeting_id"], meeting["is_held"], meeting["duration_s"]) == (MEETING, True, 50)
    stays = sorted(made["participations"], key=lambda row: row["connected_at"])
    assert [
        (row["connected_s"], row["role"], row["quality_class"], row["quality_reason"]) for row in stays
    ] == [
        (60, "unknown", "good", None),
        (60, "unknown", "poor", "loss"),
    ]
    assert {row["loss_share"] for row in made["quality_windows"]} == {Decimal(0), Decimal("0.2")}


@pytest.mark.skipif(not SAMPLES.is_dir() or not SAMPLES.name, reason="MAST_SAMPLES names the folder of dumps")
def test_one_real_dump_is_an_attempt() -> None:
    """Nobody else is known to have been there. Good while it went directly, worse through the server."""
    made = derive("rtcstats", SAMPLES / "rtcstats" / "google-standard-stats-p2p.ndjson")
    (meeting,) = made["meetings"]
    (stay,) = made["participations"]
    assert (meeting["is_held"], stay["connected_s"]) == (False, 101)
    classes = [row["quality_class"] for row in made["quality_windows"]]
    assert classes == ["good"] * 12 + ["degraded", "good"] * 2 + ["poor"] * 2
    assert (stay["transport"], stay["quality_class"], stay["quality_reason"]) == (
        "udp",
        "poor",
        "concealment",
    )


@pytest.mark.skipif(not SAMPLES.is_dir() or not SAMPLES.name, reason="MAST_SAMPLES names the folder of dumps")
def test_two_real_tabs_are_two_attempts() -> None:
    made = derive("webrtc_internals", SAMPLES / "webrtc-internals" / "chrome-147.json")
    assert [(row["is_held"], row["actors"]) for row in made["meetings"]] == [(False, 1), (False, 1)]
    assert [(row["media_kind"], row["frozen_share"]) for row in made["quality_windows"]] == [("video", 0)]
