"""Real meetings through the service and the pipeline: what is counted is what the driver made happen."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipeline import params, paths
from pipeline.contract.store import read
from pipeline.formats.deliveries import read_index, write_index
from pipeline.stages import ingest, link, sessions
from pipeline.video.demo import POOR_REGION, demo, ledger
from tests.browser.conftest import browser_path

# An instant consultation, a planned conference, a thin network, and one where the doctor never comes.
MEETINGS = 4


def test_the_pipeline_counts_what_happened(tmp_path: Path) -> None:
    path = browser_path()
    if path is None:
        pytest.skip("ingen browser: sæt BROWSER_PATH · no browser: set BROWSER_PATH")
    raw, said = tmp_path / "raw", list[str]()
    shutil.copytree(paths.RAW, raw)
    shutil.rmtree(raw / "reference", ignore_errors=True)
    made = demo(path, raw / "reference", tmp_path / "work", meetings=MEETINGS, seconds=2, say=said.append)
    assert len(made) == sum(one[0].isdigit() for one in said) == MEETINGS
    index = raw / paths.DELIVERIES.name
    write_index(index, [item for item in read_index(index) if item.programme != "reference"])
    with index.open("a", encoding="utf-8") as file:
        file.write((raw / "reference" / "deliveries.toml").read_text("utf-8"))

    given = params.load()
    delivered, derived, linked = (tmp_path / name for name in ("delivered", "sessions", "linked"))
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=delivered, params=given)
    sessions.run(delivered=delivered, out=derived, params=given)
    link.run(delivered=delivered, sessions=derived, out=linked, params=given)

    rows = [row for row in read(derived / "meetings.parquet").to_pylist() if row["programme"] == "reference"]
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        outcome = (
            "held" if row["is_held"] else "test_call" if row["exclusion"] == "test_call" else "attempted"
        )
        name = f"{row['region']} {row['mode']} {row['kind']}"
        counts.setdefault(outcome, Counter())[name] += 1
    assert {outcome: dict(found) for outcome, found in counts.items()} == ledger(made)
    assert all(row["max_parties"] >= 2 and row["duration_s"] >= 2 for row in rows if row["is_held"])
    if not any("intet navnerum" in one for one in said):
        (thin,) = [row for row in rows if row["region"] == POOR_REGION]
        assert thin["quality_class"] in ("degraded", "poor")
        windows = read(derived / "quality_windows.parquet").to_pylist()
        sound = [
            one for one in windows if one["meeting_id"] == thin["meeting_id"] and one["media_kind"] == "audio"
        ]
        # Late without a packet lost: the delay is found by the wait at the receiver, not by loss.
        assert any(one["quality_reason"] == "delay" and one["loss_share"] == 0 for one in sound)
    counted = {
        (row["measure"], row["stratum"]): int(row["value"])
        for row in read(linked / "reference_counts.parquet").to_pylist()
        if row["stratum_by"] == "all" and row["unit"] == "n"
    }
    assert counted["meetings_held", "all"] == 3
    assert counted["meetings_attempted", "all"] == 1
    fees = [
        row for row in read(delivered / "fee_lines.parquet").to_pylist() if row["programme"] == "reference"
    ]
    assert sorted(row["fee_code"] for row in fees) == ["REFERENCE-VF", "REFERENCE-VK", "REFERENCE-VK"]
    assert len(read(delivered / "quarantine.parquet").to_pylist()) == 5  # the pilot's own
