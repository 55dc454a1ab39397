"""The ingest stage on small folders of deliveries: what comes out, and what bad input gets."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.contract.check import check
from pipeline.contract.store import read
from pipeline.formats.deliveries import Delivery, write_index
from pipeline.formats.erasures import pseudonym_hash
from pipeline.identifiers import demonstration_key, key_id, pseudonym
from pipeline.params import Params, load
from pipeline.stages.ingest import run
from pipeline.text import ProblemError

EARLY, LATE = date(2019, 10, 9), date(2020, 1, 31)
CPR = "010203" + "1234"
YDER = "012" + "345"
KEYED = pseudonym("practice", YDER, demonstration_key())
HEADER = "Kortnummer;Bookingnummer;Ydernummer;SOR-kode;Region;Mødedato;Gennemført;Billede og lyd;Bemærkning"


def card(id_: str, text: str = "", practice: str = KEYED, region: str = "Syddanmark", held: str = "Ja",
         day: str = "25-09-2019") -> str:  # fmt: skip
    return f"{id_};;{practice};;{region};{day};{held};God;{text}"


def file(*rows: str, header: str = HEADER) -> bytes:
    return "".join(f"{row}\r\n" for row in (header, *rows)).encode("cp1252")


class Folder:
    """``data/raw`` with deliveries, and where the stage writes."""

    def __init__(self, root: Path, params: Params) -> None:
        self.raw, self.out, self.params = root / "raw", root / "delivered", params
        self.entries: list[Delivery] = []
        (self.raw / "pilot").mkdir(parents=True)
        write_index(self.raw / "deliveries.toml", [])

    def add(
        self, id_: str, content: bytes | None, received: date = EARLY, rows: int = 1, **more: Any
    ) -> None:
        name = f"pilot/{id_}.csv"
        if content is not None:
            (self.raw / name).write_bytes(content)
        self.entries.append(
            Delivery(
                id_, "pilot", ("postcards",), "danish_csv", (name,),
                (hashlib.sha256(content or b"").hexdigest(),), received, rows, "accepted", True,
            )
        )  # fmt: skip
        self.entries[-1] = replace(self.entries[-1], **more)
        write_index(self.raw / "deliveries.toml", self.entries)

    def run(self) -> None:
        run(raw=self.raw, schemas=paths.SCHEMAS, out=self.out, params=self.params)

    def table(self, name: str) -> list[dict[str, Any]]:
        return read(self.out / f"{name}.parquet").to_pylist()

    def ids(self) -> list[str]:
        return [row["card_id"] for row in self.table("postcards")]

    def summary(self) -> dict[str, Any]:
        return json.loads((self.out / "summary.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.delenv("MAST_KEY_FILE", raising=False)
    return Folder(tmp_path, replace(load(), key_id=key_id(demonstration_key())))


def stopped(folder: Folder) -> list[str]:
    """The critical lines with which the stage stops, after it has written what it could read."""
    with pytest.raises(ProblemError) as caught:
        folder.run()
    return [problem.line() for problem in caught.value.problems]


def test_every_delivered_contract_gets_a_table_that_keeps_it(folder: Folder) -> None:
    folder.add("a", file(card("K-1", practice=YDER), card("K-2", "ring 20 30 40 50")), rows=2)
    folder.run()
    contracts = load_contracts()
    delivered = [name for name, table in contracts.tables.items() if table.kind == "delivered"]
    for name in delivered:
        assert check(contracts.tables[name], contracts.codes, read(folder.out / f"{name}.parquet")) == []
    first, second = folder.table("postcards")
    assert first["practice"] == KEYED
    assert first["delivery_id"] == "a"
    assert first["programme"] == "pilot"
    assert first["received_date"] == EARLY
    assert first["source_file"] == "pilot/a.csv"
    assert first["source_row"] == 2
    assert second["comment"] == "ring [telefon]"
    summary = folder.summary()
    assert set(summary["tables_without_delivery"]) == set(delivered) - {"postcards", "erasures"}
    assert summary["tables"]["postcards"] == {"rows": 2, "deliveries": 1}
    assert summary["masked_free_text"] == 1
    assert summary["is_demonstration_key"]
    [delivery] = folder.table("deliveries")
    assert (delivery["rows_read"], delivery["rows_accepted"], delivery["rows_quarantined"]) == (2, 2, 0)
    assert (delivery["encoding"], delivery["delimiter"], delivery["date_order"]) == (
        "cp1252",
        "semicolon",
        "dmy",
    )


def test_two_runs_are_the_same_bytes(folder: Folder) -> None:
    folder.add("b", file(card("K-3"), card("K-1", region="Fyn"), card("K-2")), rows=3)
    folder.run()
    first = {path.name: path.read_bytes() for path in folder.out.iterdir()}
    folder.run()
    assert {path.name: path.read_bytes() for path in folder.out.iterdir()} == first


def test_nothing_personal_is_left_anywhere(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.add(
        "a",
        file(
            card("K-1", f"mor {CPR[:6]}-{CPR[6:]} a@b.example.dk"),
            card("K-2", practice=CPR),
            card("K-3", region=CPR),
            card("K-4", day=CPR),
            card(CPR),
            card("K-5", practice="Jens Hansen"),
            f"* {CPR} har svaret",
            card("K-6") + f";{CPR}",
            HEADER.replace("Region", CPR),
        ),
        rows=5,
    )
    folder.run()
    everything = capsys.readouterr().out.encode() + b"".join(
        repr(read(path).to_pylist()).encode() if path.suffix == ".parquet" else path.read_bytes()
        for path in folder.out.iterdir()
    )
    for secret in (CPR, f"{CPR[:6]}-{CPR[6:]}", "a@b.example.dk", "Jens"):
        assert secret.encode() not in everything


@pytest.mark.parametrize(
    ("rows", "header", "rule", "line"),
    [
        ((card("K-1"), card("K-2")), HEADER.replace("Bemærkning", "Noter"), "unknown_column",
         "pilot/x.csv, linje 1, kolonne Noter: ukendt kolonne"),
        ((card("K-1"), card("K-2"), card("K-3", region="Fyn")), HEADER, "unknown_code",
         "pilot/x.csv, linje 4, kolonne Region: fundet »Fyn«; forventet en af"),
        ((card("K-1", day="2019-09-25"), card("K-2", day="2019-09-26"), card("K-3", day="01/02/19")), HEADER,
         "ambiguous_date", "pilot/x.csv, linje 4, kolonne Mødedato: fundet »01/02/19«; forventet dd-mm-åååå"),
    ],
)  # fmt: skip
def test_rows_that_are_fine_go_on(
    folder: Folder,
    capsys: pytest.CaptureFixture[str],
    rows: tuple[str, ...],
    header: str,
    rule: str,
    line: str,
) -> None:
    folder.add("x", file(*rows, header=header), rows=len(rows))
    folder.run()
    assert folder.ids() == ["K-1", "K-2"]
    printed = [text for text in capsys.readouterr().out.splitlines() if text.startswith("pilot/x.csv")]
    assert len(printed) == 1
    assert printed[0].startswith(line)
    assert " · " in printed[0]
    assert rule in {row["rule"] for row in folder.table("problems")}
    assert len(folder.table("quarantine")) == len(rows) - 2


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (None, "missing_file", "pilot/x.csv: filen findes ikke · the file does not exist"),
        (b"", "empty_file", "pilot/x.csv: filen er tom; forventet en overskriftslinje"),
        (file(), "nothing_read", "pilot/x.csv: fundet 0 rækker, og ingen kan bruges; forventet 1"),
        (file(card("K-9", region="Fyn")), "nothing_read", "pilot/x.csv: fundet 1 rækker, og ingen"),
        (b"\x00\x01\x02" * 40, "wrong_encoding",
         "pilot/x.csv: tegnsættet er hverken"),
        (file(card("K-9"), header=HEADER.replace("Mødedato", "Dag")), "missing_column",
         "pilot/x.csv, linje 1, kolonne Mødedato: kolonnen mangler"),
    ],
)  # fmt: skip
def test_a_delivery_that_cannot_be_read_stops_after_the_rest_is_written(
    folder: Folder, content: bytes | None, rule: str, line: str
) -> None:
    folder.add("good", file(card("K-1")))
    folder.add("x", content)
    lines = stopped(folder)
    assert len(lines) == 1
    assert lines[0].startswith(line)
    assert folder.ids() == ["K-1"]
    assert (rule, "critical") in {(row["rule"], row["severity"]) for row in folder.table("problems")}


def test_a_changed_file_is_read_with_a_warning(folder: Folder) -> None:
    folder.add("a", file(card("K-1")), sha256=("0" * 64,))
    folder.run()
    assert folder.ids() == ["K-1"]
    assert [row["rule"] for row in folder.table("problems") if row["severity"] == "warning"] == [
        "changed_file"
    ]


def test_a_correction_and_a_row_sent_again(folder: Folder) -> None:
    folder.add("a", file(card("K-1"), card("K-2")), rows=2)
    folder.add("b", file(card("K-1"), card("K-2", held="Nej")), LATE, rows=2)
    folder.run()
    rows = {row["card_id"]: (row["is_held"], row["delivery_id"]) for row in folder.table("postcards")}
    assert rows == {"K-1": (True, "a"), "K-2": (False, "b")}
    [aside] = folder.table("quarantine")
    assert (aside["delivery_id"], aside["reason"], aside["row"]) == ("a", "superseded_row", 3)
    counts = [
        (row["rows_accepted"], row["rows_quarantined"], row["rows_again"])
        for row in folder.table("deliveries")
    ]
    assert counts == [(1, 1, 0), (1, 0, 1)]


def test_a_withdrawn_delivery_is_not_read(folder: Folder) -> None:
    folder.add("a", file(card("K-1")))
    folder.add("b", file(card("K-2")), status="withdrawn")
    folder.add("c", file(card("K-3")), status="superseded", superseded_on=LATE)
    folder.run()
    assert folder.ids() == ["K-1", "K-3"]
    assert [row["status"] for row in folder.table("deliveries")] == ["accepted", "withdrawn", "superseded"]


def test_another_key_stops_with_one_line(folder: Folder) -> None:
    folder.add("a", file(card("K-1")))
    folder.params = replace(folder.params, key_id="0" * 12)
    [line] = stopped(folder)
    assert "forventet 000000000000" in line
    assert not folder.out.exists()


def test_real_data_are_not_keyed_with_the_demonstration_key(folder: Folder) -> None:
    folder.add("a", file(card("K-1")), is_reconstructed=False)
    [line] = stopped(folder)
    assert "MAST_KEY_FILE" in line


@pytest.mark.parametrize("change", [{"tables": ("cards",)}, {"tables": ("nope",)}, {"programme": "andet"}])
def test_an_index_that_names_what_is_unknown_stops(folder: Folder, change: dict[str, Any]) -> None:
    folder.add("a", file(card("K-1")), **change)
    [line] = stopped(folder)
    assert "ukendt" in line


def test_what_stood_before_stays_when_the_index_is_bad(folder: Folder) -> None:
    folder.add("a", file(card("K-1")))
    folder.run()
    (folder.raw / "deliveries.toml").write_text("nonsense", encoding="utf-8")
    stopped(folder)
    assert folder.ids() == ["K-1"]


def test_a_sequence_gap_stops_and_what_is_there_is_written(folder: Folder) -> None:
    events = [
        {"specversion": "1.0", "id": f"e{seq}", "source": "/n", "type": "dk.medvideo.node.started.v1",
         "seq": seq, "time": "2019-10-01T07:30:00Z", "bootid": "b", "data": {}}
        for seq in (1, 2, 4)
    ]  # fmt: skip
    log = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    told = {
        "file": "log.jsonl",
        "sha256": hashlib.sha256(log).hexdigest(),
        "source": "/n",
        "first_seq": 1,
        "last_seq": 4,
    }
    manifest = json.dumps({"files": [told]}).encode()
    (folder.raw / "pilot" / "log.jsonl").write_bytes(log)
    (folder.raw / "pilot" / "manifest.json").write_bytes(manifest)
    folder.add(
        "log", None, rows=4, format="session_log", tables=("session_events",),
        files=("pilot/manifest.json", "pilot/log.jsonl"),
        sha256=tuple(hashlib.sha256(content).hexdigest() for content in (manifest, log)),
    )  # fmt: skip
    [line] = stopped(folder)
    assert line.startswith("pilot/log.jsonl, kolonne seq: løbenumre mangler fra /n: 3; forventet 1–4")
    assert [row["seq"] for row in folder.table("session_events")] == [1, 2, 4]


def test_many_problems_of_one_kind_are_counted(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [card("K-0"), *(card(f"K-{number}", region="Fyn") for number in range(1, 30))]
    folder.add("a", file(*rows), rows=30)
    folder.run()
    printed = capsys.readouterr().out.splitlines()
    assert "og 26 linjer til af samme slags" in printed[-1]
    assert len(printed) == 5
    assert len(folder.table("quarantine")) == 29


def test_the_command_prints_lines_and_no_trace(tmp_path: Path, make_main: Callable[[Path], str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", make_main(tmp_path)],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert "deliveries.toml: filen findes ikke" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def make_main() -> Callable[[Path], str]:
    """The stage's main with other paths."""

    def source(root: Path) -> str:
        return (
            "from pathlib import Path\nfrom dataclasses import replace\n"
            "from pipeline import params\nfrom pipeline.identifiers import demonstration_key, key_id\n"
            "from pipeline.paths import SCHEMAS\nfrom pipeline.stages.ingest import run\n"
            "from pipeline.stages.run import run_stage\n"
            "known = replace(params.load(), key_id=key_id(demonstration_key()))\n"
            f"root = Path({str(root)!r})\n"
            "run_stage(lambda: run(raw=root, schemas=SCHEMAS, out=root / 'out', params=known))\n"
        )

    return source


def erasure(key: str) -> bytes:
    return f"Aftryk af nøglen;Slettet den\r\n{pseudonym_hash(key)};01-03-2020\r\n".encode()


def test_an_erased_clinics_rows_are_gone_and_counted_also_from_an_old_delivery(folder: Folder) -> None:
    other = pseudonym("practice", "000001", demonstration_key())
    folder.add(
        "a", file(card("K-1", practice=YDER), card("K-2", practice=other), card("K-3", held="?")), rows=3
    )
    folder.add("gone", erasure(KEYED), LATE, tables=("erasures",))
    folder.run()
    assert folder.ids() == ["K-2"]
    assert folder.summary()["rows_erased"] == {"postcards": 2}
    assert KEYED not in json.dumps(folder.table("quarantine"), default=str)


def test_a_delivery_under_an_earlier_key_must_come_again(folder: Folder) -> None:
    folder.add("old", file(card("K-1")), key_id="0" * 12)
    assert any("old.key_id" in line and "leveres igen" in line for line in stopped(folder))
    folder.entries.clear()
    folder.add("old", file(card("K-1")), key_id=folder.params.key_id)
    folder.run()
    assert folder.ids() == ["K-1"]


def test_the_names_of_a_rows_parties_are_masked_and_not_kept(folder: Folder) -> None:
    header = f"{HEADER};Patientnavn;Læge"
    note = "HANSENS mand talte med dr. Kjaer, tlf 20304050"
    rows = (f"{card('K-1', note)};Anna Hansen;Bo Kjær", f"{card('K-2', note, held='?')};Anna Hansen;Bo Kjær")
    folder.add("a", file(*rows, header=header), rows=2)
    folder.run()
    [kept] = folder.table("postcards")
    assert kept["comment"] == "[navn] mand talte med dr. [navn], tlf [telefon]"
    assert folder.summary()["masked_free_text"] == 6
    written = json.dumps([folder.table("quarantine"), folder.table("problems")], default=str).casefold()
    assert "hansen" not in written
    assert "kj" not in written
