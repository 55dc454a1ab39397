"""What is planted in a delivery of each format stands nowhere in what is made of it, packed or not.

Each format's example is in ``PLANTED``; a reader without one fails the first test.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import paths
from pipeline.formats.deliveries import Delivery, write_index
from pipeline.formats.readers import READERS
from pipeline.identifiers import demonstration_key, key_id
from pipeline.params import load
from pipeline.portal.reading import Sent, read_sent
from pipeline.privacy.traces import files_holding
from pipeline.stages import ingest, warehouse

CPR = "251248" + "9996"
SECRETS = (
    CPR,
    f"{CPR[:6]}-{CPR[6:]}",
    "Hestehov",
    "Nørregade 17",
    "22 33 44 55",
    "22334455",
    "nn@example.dk",
)
NOTE = f"Hestehovs søn, {CPR[:6]}-{CPR[6:]}, Nørregade 17, 8000 Aarhus C, tlf. 22 33 44 55, nn@example.dk"
DAY = date(2019, 10, 9)

CARDS = (
    "Kortnummer;Ydernummer;Region;Mødedato;Gennemført;Bemærkning;Patientnavn\r\n"
    f"K-1;012345;Syddanmark;09-10-2019;Ja;{NOTE};Anna Hestehov\r\n"
    f"K-2;{CPR};Syddanmark;09-10-2019;Ja;{NOTE};Anna Hestehov\r\n"
    f"K-3;012345;{CPR};09-10-2019;Ja;{NOTE};Anna Hestehov\r\n"
    f"{CPR};012345;Syddanmark;09-10-2019;Ja;{NOTE};Anna Hestehov\r\n"
)


def danish_csv(folder: Path) -> tuple[list[Path], str]:
    (folder / "kort.csv").write_bytes(CARDS.encode("cp1252"))
    return [folder / "kort.csv"], "postcards"


def surveyxact(folder: Path) -> tuple[list[Path], str]:
    """The pilot's own export, with what is planted as the answer in free text and as the respondent."""
    made: list[Path] = []
    for role in ("dataset", "labels", "structure"):
        text = (paths.RAW / "pilot" / "spoergeskema" / f"2019-10-09_{role}.csv").read_text("utf-8-sig")
        if role == "dataset":
            head, *rows = text.splitlines()
            names = head.split(";")
            planted: list[str] = []
            for row in rows:
                cells = row.split(";")
                cells[names.index("noegle")] = CPR
                cells[names.index("tekst")] = NOTE.replace("Hestehovs søn, ", "")
                planted.append(";".join(cells))
            text = "\r\n".join([head, *planted])
        made.append(folder / f"svar_{role}.csv")
        made[-1].write_text(text, encoding="utf-8")
    return made, "questionnaires"


PLANTED: dict[str, Callable[[Path], tuple[list[Path], str]]] = {
    "danish_csv": danish_csv,
    "surveyxact": surveyxact,
}
# Their own tests try that nothing personal comes out: tests/unit/formats.
ELSEWHERE = {
    *("fees", "redcap", "limesurvey", "refi_qda", "session_log", "pexip", "vdx_booking", "livekit"),
    *("janus", "rtcstats", "webrtc_internals"),
}


def test_every_reader_has_a_planted_example_or_a_test_of_its_own() -> None:
    assert set(PLANTED) | ELSEWHERE == set(READERS)
    assert not set(PLANTED) & ELSEWHERE


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_planted_is_found_from_ingest_to_warehouse(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAST_KEY_FILE", raising=False)
    raw = tmp_path / "raw"
    raw.mkdir()
    files, table = PLANTED[name](raw)
    assert any(files_holding(raw, secret) for secret in SECRETS), "nothing is planted"
    entry = Delivery(
        "planted", "pilot", (table,), name, tuple(file.name for file in files),
        tuple(paths.sha256(file) for file in files), DAY, 1, "accepted", True,
    )  # fmt: skip
    write_index(raw / "deliveries.toml", [entry])
    run_to = tmp_path / "made"
    given = replace(load(), key_id=key_id(demonstration_key()))
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=run_to / "delivered", params=given)
    warehouse.run(
        folders={"delivered": run_to / "delivered"}, schemas=paths.SCHEMAS, out=run_to / "warehouse.duckdb"
    )
    summary = json.loads((run_to / "delivered" / "summary.json").read_text("utf-8"))
    assert summary["rows_accepted"] > 0
    assert summary["masked_free_text"] > 0
    printed = "".join(capfd.readouterr())
    for secret in SECRETS:
        assert files_holding(run_to, secret) == []
        assert secret not in printed


def test_nothing_planted_is_found_at_the_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAST_KEY_FILE", raising=False)
    upload = tmp_path / "upload"
    upload.write_bytes(CARDS.encode("cp1252"))
    sent = Sent("id", "1083", "postcards", "kort.csv", upload, paths.sha256(upload), 1, "2019-10-09T09:00:00")
    out = tmp_path / "state"
    receipt = read_sent(sent, out, tmp_path / "memory.json", "", None)
    assert receipt.masked > 0
    assert receipt.has_workbook
    assert receipt.key_id == key_id(demonstration_key())
    assert len(list(out.iterdir())) == 3
    for secret in SECRETS:
        assert files_holding(out, secret) == []
