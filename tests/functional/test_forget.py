"""A person is planted wherever a project keeps things; after ``mast forget`` nothing is found."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.formats.deliveries import Delivery, read_index, write_index
from pipeline.identifiers import demonstration_key, pseudonym
from pipeline.privacy.command import main_forget
from pipeline.privacy.forget import Forgotten, forget
from pipeline.privacy.traces import files_holding
from pipeline.text import ProblemError

PERSON = pseudonym("person", "2512489" + "996", demonstration_key())
OTHER = pseudonym("person", "0108589" + "995", demonstration_key())
DAY = date(2020, 3, 1)
ANSWERS = f'Svarnummer;Respondent;Kommentar\r\n1;{OTHER};ja\r\n2;{PERSON};"to\r\nlinjer"\r\n3;{OTHER};nej\r\n'
STAGE = """
stages:
  make:
    cmd: {python} make.py
    deps: [data/raw, make.py]
    outs: [data/tables]
"""
MAKE = """
import os
import pyarrow as pa
import pyarrow.parquet as pq

os.makedirs("data/tables", exist_ok=True)
rows = [line.split(";")[1] for line in open("data/raw/pilot/svar.csv") if line.count(";") == 2]
pq.write_table(pa.table({"respondent": rows * 500}), "data/tables/questionnaires.parquet", compression="zstd")
"""


def run(*command: str, root: Path) -> None:
    given = dict(os.environ, DVC_NO_ANALYTICS="1", GIT_CONFIG_GLOBAL=os.devnull)
    subprocess.run(command, cwd=root, check=True, capture_output=True, env=given)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project: git, DVC with a pushed local remote and a run cache, products, a portal's state."""
    root = tmp_path_factory.mktemp("project")
    run("git", "init", "-q", root=root)
    run(sys.executable, "-m", "dvc", "init", "-q", root=root)
    run(sys.executable, "-m", "dvc", "remote", "add", "-d", "near", "../remote", root=root)
    (root / "remote").mkdir()
    run(sys.executable, "-m", "dvc", "remote", "modify", "near", "url", str(root / "remote"), root=root)
    raw = root / "data" / "raw"
    (raw / "pilot").mkdir(parents=True)
    answers = raw / "pilot" / "svar.csv"
    answers.write_bytes(ANSWERS.encode())
    told = hashlib.sha256(answers.read_bytes()).hexdigest()
    entry = Delivery("svar", "pilot", ("questionnaires",), "danish_csv", ("pilot/svar.csv",), (told,),
                     DAY, 3, "accepted", True)  # fmt: skip
    write_index(raw / "deliveries.toml", [entry], "The index.")
    (root / "make.py").write_text(MAKE, encoding="utf-8")
    (root / "dvc.yaml").write_text(STAGE.format(python=sys.executable), encoding="utf-8")
    run(sys.executable, "-m", "dvc", "repro", "-q", root=root)
    run(sys.executable, "-m", "dvc", "push", "-q", "--run-cache", root=root)
    with duckdb.connect(str(root / "data" / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE answers AS SELECT ? AS respondent FROM range(5000)", [PERSON])
    state = root / "data" / "state" / "portal" / "deliveries" / "d1"
    state.mkdir(parents=True)
    (state / "rows.csv").write_bytes(ANSWERS.encode())
    book = openpyxl.Workbook()
    book.create_sheet("a")["A1"] = PERSON
    book.save(state / "refused.xlsx")
    return root


def holding(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in files_holding(root, PERSON)]


def test_what_is_planted_is_found_packed_or_not(planted: Path) -> None:
    found = holding(planted)
    for place in ("data/raw/pilot/svar.csv", "data/tables/questionnaires.parquet", "data/warehouse.duckdb"):
        assert place in found
    assert any(name.endswith("refused.xlsx") for name in found)
    assert any(name.startswith(".dvc/cache/files") for name in found)
    assert any(name.startswith("remote/files") for name in found)
    assert any((planted / ".dvc" / "cache" / "runs").rglob("*"))


def test_nothing_of_an_erased_person_is_left(planted: Path) -> None:
    done = forget(PERSON, planted, "pilot", DAY)
    assert done.left == ()
    assert holding(planted) == []
    assert not (planted / ".dvc" / "cache" / "runs").exists()
    index = planted / "data" / "raw" / "deliveries.toml"
    answers, erasure = read_index(index)
    content = (index.parent / "pilot" / "svar.csv").read_bytes()
    assert content.decode() == f"Svarnummer;Respondent;Kommentar\r\n1;{OTHER};ja\r\n3;{OTHER};nej\r\n"
    assert (answers.rows, answers.sha256) == (2, (hashlib.sha256(content).hexdigest(),))
    assert erasure.tables == ("erasures",)
    assert index.read_text("utf-8").startswith("# The index.")
    before = index.read_bytes()
    assert forget(PERSON, planted, "pilot", DAY) == Forgotten((), (), ())
    assert index.read_bytes() == before


def test_what_cannot_be_purged_is_named_and_costs_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    write_index(raw / "deliveries.toml", [])
    (raw / "log.jsonl").write_text(f'{{"actor": "{PERSON}"}}\n', encoding="utf-8")
    (tmp_path / ".dvc").mkdir()
    config = "[core]\n    remote = far\n['remote \"far\"']\n    url = s3://bucket/place\n"
    (tmp_path / ".dvc" / "config").write_text(config, encoding="utf-8")
    assert main_forget([PERSON], tmp_path) == 1
    said = capsys.readouterr().out
    assert "log.jsonl" in said
    assert "dvc gc" in said
    assert "Git-historikken" in said
    assert PERSON not in said


def test_a_number_instead_of_a_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    number = "2512489" + "996"
    with pytest.raises(ProblemError) as caught:
        main_forget([number], tmp_path)
    assert number not in str(caught.value)
