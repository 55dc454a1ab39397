"""What is planted in a delivery of each format stands nowhere in what is made of it, packed or not.

From the files as they came to tables, results, warehouse and report; and at the portal.
"""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import params, paths
from pipeline.contract.store import read
from pipeline.formats.deliveries import Delivery, read_index, write_index
from pipeline.formats.readers import READERS
from pipeline.identifiers import demonstration_key, key_id
from pipeline.portal.reading import Sent, read_sent
from pipeline.privacy.traces import files_holding
from pipeline.report.assemble import Folders
from pipeline.stages import figures, ingest, report, validate, warehouse
from pipeline.text import ProblemError
from tests.conftest import Run, run_stages
from tests.unit.formats.examples import EXAMPLES, zipped

pytestmark = pytest.mark.slow
CPR = "251248" + "9996"
NAME, STREET, PHONE, EMAIL = "Anna Hestehov", "Nørregade 17", "22 33 44 55", "nn@example.dk"
SECRETS = (CPR, f"{CPR[:6]}-{CPR[6:]}", "Hestehov", STREET, PHONE, PHONE.replace(" ", ""), EMAIL)
# Free text in which nobody is named whom the delivery does not name.
TEXT = f"{CPR[:6]}-{CPR[6:]}, {STREET}, 8000 Aarhus C, tlf. {PHONE}, {EMAIL}"
NOTE = f"Hestehovs søn, {TEXT}"
DAY = date(2019, 10, 9)
WHOLE = ""

CARDS = (
    "Kortnummer;Ydernummer;Region;Mødedato;Gennemført;Bemærkning;Patientnavn\r\n"
    f"K-1;012345;Syddanmark;09-10-2019;Ja;{NOTE};{NAME}\r\n"
    f"K-2;{CPR};Syddanmark;09-10-2019;Ja;{NOTE};{NAME}\r\n"
    f"K-3;012345;{CPR};09-10-2019;Ja;{NOTE};{NAME}\r\n"
    f"{CPR};012345;Syddanmark;09-10-2019;Ja;{NOTE};{NAME}\r\n"
    f"{PHONE};012345;Syddanmark;09-10-2019;Ja;{NOTE};{NAME}\r\n"
)
# Where a format carries people: a part of its example, and what stands there instead.
PLANTS: dict[str, tuple[tuple[str, str], ...]] = {
    "danish_csv": (),
    "fees": (
        ("012345;1083;2201;800125;2;29458", f"{CPR};1083;2201;800125;2;29458\n012345;1083;2202;{CPR};2;1"),
        ("Videokonsultation", TEXT),
    ),
    "surveyxact": (
        (";fint", f";{TEXT}"),
        ("\n2;02-09", f"\n{CPR};02-09"),
        ("Kommentar", f"Kommentar til {CPR}"),
    ),
    "redcap": (
        ("fint,2", f'"{TEXT}",2'),
        ("\n1,2019", "\nr-1,2019"),
        ("\n2,2019", f"\n{CPR},2019"),
        ("Kommentar", f"Kommentar {CPR}"),
    ),
    "limesurvey": (('"fint"', f'"{TEXT}"'), ('\n"2"', f'\n"{PHONE}"')),
    "refi_qda": (("Teknikken driller.", f"Teknikken driller. {TEXT}"), ("Koder A", NAME)),
    "session_log": (
        ('"role": "host"', f'"role": "host", "display_name": "{NAME}", "note": "{NOTE}"'),
        ('"e1"', f'"{CPR}"'),
        ('"p2"', f'"{PHONE}"'),
    ),
    "pexip": (
        ("role;start_time", "display_name;conference_name;role;start_time"),
        ("doctor;chair", f"{EMAIL};{NAME};{NAME} {CPR};chair"),
        ("patient;guest", f"{CPR};{NAME};{STREET};guest"),
    ),
    "vdx_booking": (
        ('"shortId"', f'"subject": "{NOTE}", "description": "{NOTE}", "shortId"'),
        ("konference", f'konference", "{NAME} {CPR}'),
        ('"additionalInformation": [', f'"additionalInformation": [{{"key": "{NAME}", "value": "{NOTE}"}}, '),
    ),
    "livekit": (
        ('"identity": "patient"', f'"identity": "{CPR}", "name": "{NAME}", "metadata": "{NOTE}"'),
        ("RM_1", f"{EMAIL}"),
    ),
    "janus": (
        ('"room": 12', f'"display": "{NAME}", "room": "{CPR}"'),
        ('"emitter": "a1"', f'"emitter": "{PHONE}"'),
    ),
    "rtcstats": (('"clientProtocol"', f'"userId": "{CPR}", "displayName": "{NAME}", "clientProtocol"'),),
    "webrtc_internals": (("192.0.2.1/Room", f"192.0.2.1/{CPR}?{NAME}"), ("Browser/1", NOTE)),
}  # fmt: skip


def planted(name: str) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The format's example with every plant: its tables, and its files."""
    example = EXAMPLES[name]
    if name == "danish_csv":
        return example.tables, {"kort.csv": CARDS.encode("cp1252")}
    files = {file: _members(content) for file, content in example.files.items()}
    for old, new in PLANTS[name]:
        before = {file: dict(parts) for file, parts in files.items()}
        for parts in files.values():
            parts.update({part: _put(content, old, new) for part, content in parts.items()})
        assert files != before, f"{name}: {old}"
    made = {file: parts[WHOLE] if WHOLE in parts else zipped(parts) for file, parts in files.items()}
    if name == "session_log":  # its manifest tells the hash of the log
        told = json.loads(made["manifest.json"])
        told["files"][0]["sha256"] = hashlib.sha256(made["events-a1.jsonl"]).hexdigest()
        made["manifest.json"] = json.dumps(told).encode()
    return example.tables, made


def _put(content: bytes, old: str, new: str) -> bytes:
    """In the text's own encoding."""
    encoding = "cp1252" if b"\xe6" in content and b"\xc3" not in content else "utf-8"
    return content.replace(old.encode(encoding), new.encode(encoding))


def _members(content: bytes) -> dict[str, bytes]:
    """The files of an archive by name, or the whole file."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {WHOLE: content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def leaky(pilot_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The pilot's deliveries and one of each format with plants, through all stages but the costs'."""
    root = tmp_path_factory.mktemp("leaks")
    raw, made = root / "raw", root / "made"
    shutil.copytree(paths.RAW, raw)
    entries = list(read_index(raw / paths.DELIVERIES.name))
    for name in READERS:
        tables, files = planted(name)
        for file, content in files.items():
            path = raw / "planted" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        entries.append(
            Delivery(
                f"planted_{name}", "pilot", tables, name, tuple(f"planted/{name}/{file}" for file in files),
                tuple(hashlib.sha256(content).hexdigest() for content in files.values()), DAY, 1, "accepted",
                is_reconstructed=True,
            )
        )  # fmt: skip
    write_index(raw / paths.DELIVERIES.name, entries)
    run = run_stages(raw, made, require_published=False)
    for item in pilot_warehouse.parent.glob("results/co*"):  # costs and codebook are made of no row
        shutil.copy(item, run.results)
    given = replace(params.load(), metrics=replace(params.load().metrics, require_published=False))
    # What is wrong is written before it stops a run.
    with pytest.raises(ProblemError, match="practice_not_in_register") as stopped:
        validate.run(
            delivered=run.delivered,
            sessions=made / "sessions",
            schemas=paths.SCHEMAS,
            results=run.results,
            params=given,
        )
    assert not [secret for secret in SECRETS if secret in str(stopped.value)]
    folders = {name: made / name for name in ("delivered", "sessions", "linked", "results")}
    warehouse.run(folders=folders, schemas=paths.SCHEMAS, out=made / "warehouse.duckdb")
    told = Folders(run.delivered, run.linked, run.results, paths.SCHEMAS, paths.REPORTS / "text" / "da")
    figures.run(folders=told, fonts=paths.REPORTS / "fonts", out=made / "build" / "figures", params=given)
    report.run(folders=told, reports=paths.REPORTS, out=made / "build", params=given)
    return run


@pytest.mark.parametrize("name", READERS)
def test_every_format_has_plants_and_its_rows_are_used(leaky: Run, name: str) -> None:
    _, files = planted(name)
    assert any(
        secret.encode() in content or content[:2] == b"PK" for content in files.values() for secret in SECRETS
    )
    rows = [
        row
        for table in EXAMPLES[name].tables
        for row in read(leaky.delivered / f"{table}.parquet").to_pylist()
        if row["delivery_id"] == f"planted_{name}"
    ]
    assert rows


def test_nothing_planted_is_found_from_tables_to_reports(leaky: Run) -> None:
    for pdf in leaky.folder.rglob("*.pdf"):  # what a PDF says is packed
        subprocess.run(["pdftotext", str(pdf), f"{pdf}.txt"], check=True)
    assert len(list(leaky.folder.rglob("*.pdf.txt"))) == 3
    for secret in SECRETS:
        assert files_holding(leaky.folder, secret) == []


def test_nothing_planted_is_printed(leaky: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ingest.run(
        raw=leaky.folder.parent / "raw",
        schemas=paths.SCHEMAS,
        out=tmp_path / "delivered",
        params=params.load(),
    )
    printed = "".join(capfd.readouterr())
    assert "planted/" in printed
    assert not [secret for secret in SECRETS if secret in printed]


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
