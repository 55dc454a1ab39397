"""The committed deliveries are what the generator makes, and no seed moves a published figure.

The counting here is its own: it reads the files as bytes and knows nothing of the pipeline's readers.
"""

import csv
import hashlib
import io
import itertools
import json
import re
import tomllib
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline import paths
from pipeline.pilot import SEED, generate, make, stale_files, write

TARGETS = paths.ROOT / "tests" / "golden"
INTERIM = tomllib.loads((TARGETS / "interim_2019-10-09.toml").read_text("utf-8"), parse_float=Decimal)
FINAL = tomllib.loads((TARGETS / "final_2020-01-31.toml").read_text("utf-8"), parse_float=Decimal)
SEEDS = (SEED, 1, 20260301)
FIRST, LAST = "2019-10-09", "2020-01-31"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
# A birth date and four signs that stand alone: a CPR number, whatever its check digit says.
CPR = re.compile(r"(?<![0-9A-Za-z])(?:[0-2]\d|3[01]|[67]\d)(?:0[1-9]|1[0-2])\d\d[- ]?\d{4}(?![0-9A-Za-z])")

Row = dict[str, str]


@cache
def files(seed: int) -> dict[str, bytes]:
    return generate(TARGETS, seed)


def text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def of(seed: int, folder: str, *deliveries: str) -> Iterator[tuple[str, str]]:
    """Path and text of the files in a folder that came with one of the deliveries, in their order."""
    for delivery in deliveries:
        for path, content in sorted(files(seed).items()):
            if path.startswith(f"pilot/{folder}/") and delivery in path and not path.endswith(".qdpx"):
                yield path, text(content)


# --- the committed files ---


def test_the_committed_files_are_the_generators() -> None:
    committed = {
        file.relative_to(paths.RAW).as_posix(): file.read_bytes()
        for file in sorted((paths.RAW / "pilot").rglob("*"))
        if file.is_file()
    }
    assert committed == files(SEED)
    assert stale_files() == []


def test_they_are_below_ten_megabytes() -> None:
    assert sum(map(len, files(SEED).values())) < 10_000_000


def test_other_programmes_and_only_they_survive_a_rewrite(tmp_path: Path) -> None:
    made = make(TARGETS, 1)
    write(made, tmp_path)
    index = tmp_path / "deliveries.toml"
    other = index.read_text("utf-8").split("\n[[delivery]]\n")[1]
    other = other.replace('programme = "pilot"', 'programme = "reference"').replace("pilot-", "other-")
    index.write_text(index.read_text("utf-8") + f"\n[[delivery]]\n{other}", "utf-8")
    kept, gone = tmp_path / "reference" / "log.jsonl", tmp_path / "pilot" / "gammel" / "fil.csv"
    for file in (kept, gone):
        file.parent.mkdir()
        file.write_text("x", "utf-8")
    write(made, tmp_path)
    assert kept.is_file()
    assert not gone.parent.exists()
    entries = tomllib.loads(index.read_text("utf-8"))["delivery"]
    assert Counter(entry["programme"] for entry in entries) == {"pilot": len(made.deliveries), "reference": 1}
    assert all(entry["is_reconstructed"] for entry in entries)


def texts(seed: int) -> Iterator[tuple[str, str]]:
    for path, content in files(seed).items():
        if path.endswith(".qdpx"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from ((name, archive.read(name).decode("utf-8")) for name in archive.namelist())
        else:
            yield path, text(content)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_reads_as_a_personal_number(seed: int) -> None:
    assert {path: found[0] for path, content in texts(seed) if (found := CPR.search(content))} == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_patient_is_quoted(seed: int) -> None:
    lines = Path(__file__).with_name("deck_quotes.sha256").read_text("utf-8").splitlines()
    quoted = {line for line in lines if not line.startswith("#")}
    for path, content in texts(seed):
        if path.endswith(".jsonl"):
            continue  # no free text
        words = re.findall(r"\w+", content.casefold())
        for length in (3, 4):
            runs = {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}
            assert not {run for run in runs if hashlib.sha256(run.encode()).hexdigest()[:10] in quoted}, path


# --- the figures, counted anew ---


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def moment(raw: str) -> datetime:
    return datetime.fromisoformat(raw.replace("Z", "+00:00"))


def together_ms(stays: list[tuple[str, int, int]]) -> tuple[int, int | None]:
    """How long at least two different actors are in the room, and since when, second by millisecond."""
    moments = sorted({at for _, start, end in stays for at in (start, end)})
    total, since = 0, None
    for start, end in itertools.pairwise(moments):
        if len({actor for actor, joins, leaves in stays if joins <= start and end <= leaves}) >= 2:
            total, since = total + end - start, since if since is not None else start
    return total, since


@cache
def held_meetings(seed: int, *deliveries: str) -> list[dict[str, Any]]:
    booked: dict[str, dict[str, Any]] = {}
    joins: dict[str, tuple[str, str, int]] = {}
    stays: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for path, content in of(seed, "session", *deliveries):
        if not path.endswith(".jsonl"):
            continue
        for line in content.splitlines():
            event = json.loads(line)
            kind, data, meeting = event["type"].split(".", 2)[2][:-3], event["data"], event["subject"]
            at = round(moment(event["time"]).timestamp() * 1000)
            if kind == "meeting.booked":
                booked[meeting] = data
            elif kind == "participant.connected":
                joins[data["participation_id"]] = meeting, data["actor_pseudonym"], at
            elif kind == "participant.left":
                _, actor, since = joins.pop(data["participation_id"])
                stays[meeting].append((actor, since, at))
    assert not joins, "every stay has its end"
    held: list[dict[str, Any]] = []
    for meeting, data in booked.items():
        length, since = together_ms(stays[meeting])
        if length >= 1000 and not data["is_test"] and since is not None:
            local = datetime.fromtimestamp(since / 1000, COPENHAGEN)
            held.append({**data, "seconds": (length + 500) // 1000, "began": local, "stays": stays[meeting]})
    return held


def mean_minutes(meetings: list[dict[str, Any]], decimals: int) -> Decimal:
    return rounded(Decimal(sum(row["seconds"] for row in meetings)) / 60 / len(meetings), decimals)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_meetings_are_those_of_the_deck(seed: int) -> None:
    held, told = held_meetings(seed, FIRST), INTERIM["meetings"]
    kinds, modes = Counter(row["kind"] for row in held), Counter(row["mode"] for row in held)
    regions = Counter(row["region"] for row in held)
    assert len(held) == told["total"]
    assert kinds == {"consultation": told["consultations"], "conference": told["conferences"]}
    assert modes == {"instant": told["instant"], "planned": told["planned"]}
    assert regions["1081"] == told["nordjylland"]
    assert mean_minutes(held, 1) == told["mean_minutes"]
    assert all(row["began"].date() <= date(2019, 10, 9) for row in held)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_meetings_are_those_of_the_evaluation(seed: int) -> None:
    held, told = held_meetings(seed, FIRST, LAST), FINAL["meetings"]
    assert len(held) == told["total"]
    for kind in ("consultation", "conference"):
        own = [row for row in held if row["kind"] == kind]
        assert mean_minutes(own, 0) == told[f"mean_minutes_{kind}"]
    assert {row["region"] for row in held} == {"1081", "1082", "1083", "1084", "1085"}
    assert all(date(2019, 6, 1) <= row["began"].date() <= date(2020, 1, 31) for row in held)


@pytest.mark.parametrize("seed", SEEDS[1:])
@pytest.mark.parametrize("deliveries", [(FIRST,), (FIRST, LAST)])
def test_every_single_length_stays(seed: int, deliveries: tuple[str, ...]) -> None:
    """So the medians and the intervals of the means stay too."""

    def lengths(of_seed: int) -> Counter[tuple[str, int]]:
        return Counter((row["kind"], row["seconds"]) for row in held_meetings(of_seed, *deliveries))

    assert lengths(seed) == lengths(SEED)
    assert files(seed) != files(SEED)


YES, GOOD = {"ja", "j", "x"}, {"godt billede / god lyd", "god", "g"}


@cache
def cards(seed: int, *deliveries: str) -> list[Row]:
    """The usable cards: what can be read, of two that name one meeting the later."""
    usable: dict[str, Row] = {}
    for path, content in of(seed, "postkort", *deliveries):
        lines = [line for line in content.splitlines() if line.strip() and not line.startswith("sep=")]
        names = (
            "id",
            "booking",
            "practice",
            "sor",
            "region",
            "day",
            "held",
            "reason",
            "quality",
            "longer",
            "kind",
        )
        for cells in csv.reader(lines[1:], delimiter=";"):
            if len(cells) < len(names) or cells[0].startswith(("*", "I alt")):
                continue
            row = dict(zip(names, (cell.strip().casefold() for cell in cells), strict=False)) | {"path": path}
            day, month, year = map(int, row["day"].split("-"))
            is_date = day <= (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
            is_read = row["quality"] != "fin nok" and cells[12] != "Brevdue" and row["held"] != "måske"
            if is_date and is_read:
                usable[row["booking"] if row["booking"] not in ("", "-") else row["id"]] = row
    return list(usable.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cards_are_those_of_the_deck(seed: int) -> None:
    told, rows = INTERIM["postcards"], cards(seed, FIRST)
    held = [row for row in rows if row["held"] in YES]
    good = sum(row["quality"] in GOOD for row in held)
    assert (len(held), len(rows) - len(held)) == (told["held"], told["not_held"])
    assert (good, len(held) - good) == (told["good_picture_and_sound"], told["poor_picture_and_sound"])
    assert 2 * sum(row["longer"] in ("nej", "n") for row in held) > len(held)
    assert 2 * sum(row["kind"] in ("videokonsultation", "konsultation", "k") for row in held) > len(held)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cards_are_those_of_the_evaluation(seed: int) -> None:
    told, rows = FINAL["postcards"], cards(seed, FIRST, LAST)
    held = [row for row in rows if row["held"] in YES]
    good = sum(row["quality"] in GOOD for row in held)
    longer = Counter(row["longer"] in YES for row in held if row["longer"] not in ("", "-"))
    assert len(rows) == told["returned"]
    assert Decimal(good) / len(rows) > told["connected_with_good_picture_and_sound"]["more_than"]
    assert rounded(Decimal(longer[False]) / sum(longer.values()), 2) == told["not_longer_than_usual"]


def answers(seed: int, *deliveries: str) -> list[Row]:
    """The questionnaires with labels for codes."""
    rows: list[Row] = []
    for delivery in deliveries:
        parts = {path.rsplit("_", 1)[1]: content for path, content in of(seed, "spoergeskema", delivery)}
        labels = {
            (name, value): label
            for name, value, label in csv.reader(io.StringIO(parts["labels.csv"]), delimiter=";")
        }
        rows += [
            {name: labels.get((name, value), value) for name, value in row.items()}
            for row in csv.DictReader(io.StringIO(parts["dataset.csv"]), delimiter=";")
        ]
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_the_patients_answer_as_in_the_deck(seed: int) -> None:
    told, rows = INTERIM["questionnaire"], answers(seed, FIRST)
    asked = [row for row in rows if row["kontakt"] == "Ja"]
    assert len(rows) == 9
    assert len(asked) == told["answered_quality_items"]
    quality = {"good": "God", "poor": "Dårlig", "dont_know": "Ved ikke"}
    spent = {"more": "Mere", "same": "Uændret", "less": "Mindre", "dont_know": "Ved ikke"}
    items = {"picture": "kval_1", "sound": "kval_2", "time_preparing": "tid_1", "time_waiting": "tid_2",
             "time_talking": "tid_3"}  # fmt: skip
    for item, variable in items.items():
        for code, (count, _) in told[item].items():
            label = (quality if "kval" in variable else spent)[code]
            assert sum(row[variable] == label for row in rows) == count, (item, code)
    for item, stem in (("advantages", "ford"), ("disadvantages", "ulem")):
        for number, (code, (count, percent)) in enumerate(told[item].items(), start=1):
            ticked = sum(row[f"{stem}_{number}"] == "1" for row in rows)
            assert ticked == count, (item, code)
            assert rounded(Decimal(ticked) / len(asked) * 100, 0) == percent
    assert all(row["ulem_1"] == "1" or row["kontakt"] == "Nej" for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_patients_answer_as_in_the_evaluation(seed: int) -> None:
    told, rows = FINAL["questionnaire"], answers(seed, FIRST, LAST)
    assert len(rows) == told["respondents"]
    assert sum(row["kontakt"] == "Ja" for row in rows) == told["connected"]
    assert sum(row["nemt"] in ("Enig", "Meget enig") for row in rows) == told["easy_to_use_agree"]
    assert sum(row["igen"] == "Ja" for row in rows) == told["would_use_again"]
    contradictory = [
        row
        for row in rows
        if row["ulem_1"] == "1" and "1" in [row[f"ulem_{number}"] for number in range(2, 7)]
    ]
    assert len(contradictory) == 1
    assert datetime.strptime(contradictory[0]["svardato"], "%d-%m-%Y").astimezone().date() > date(2019, 10, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_practices_are_those_of_the_evaluation(seed: int) -> None:
    told = FINAL["practices"]
    ((_, register),) = (item for item in of(seed, "register", FIRST) if "klinikregister" in item[0])
    rows = list(csv.DictReader(io.StringIO(register), delimiter=";"))
    clinics = {row["Klinik"]: row for row in rows}
    stopped = [
        row
        for path, content in of(seed, "register", FIRST, LAST)
        if "ophoer" in path
        for row in csv.DictReader(io.StringIO(content), delimiter=";")
    ]
    types = Counter(row["Praksistype"] for row in clinics.values())
    assert types == {"Almen praksis": told["general_practice"], "Speciallægepraksis": told["specialist"]}
    assert Counter(row["Årsag til ophør"] for row in stopped) == {
        "Tekniske problemer": told["stopped_by_technology"]
    }
    assert len(clinics) - len({row["Klinik"] for row in stopped}) == told["active"]
    assert Counter(row["Region"] for row in clinics.values())["Syddanmark"] == 25
    assert len(rows) == len(clinics) + 1, "one clinic has two numbers"
    assert all(
        re.fullmatch(r"p_[a-z2-7]{20}", row[name]) for row in rows for name in ("Klinik", "Ydernummer")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_interview_recommends_the_solution_as_tested(seed: int) -> None:
    with zipfile.ZipFile(io.BytesIO(files(seed)["pilot/interview/interviews.qdpx"])) as archive:
        project = archive.read("project.qde").decode("utf-8")
    assert project.count("<TextSource ") == FINAL["interviews"]["groups"]
    (code,) = re.findall(r'<Code guid="([^"]+)" name="Vil anbefale løsningen som afprøvet"', project)
    assert project.count(f'targetGUID="{code}"') == 0
    assert project.count("<CodeRef ") > 100


# --- the hard cases ---


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hard_meetings_are_there(seed: int) -> None:
    held = held_meetings(seed, FIRST, LAST)
    night = [row for row in held if row["began"].hour == 23]
    assert all((row["began"].timestamp() % 3600 + row["seconds"]) > 3600 for row in night)
    assert len(night) == 1
    (clocks,) = (row for row in held if row["began"].date() == date(2019, 10, 27))
    assert (
        clocks["began"].utcoffset()
        != datetime.fromtimestamp(clocks["began"].timestamp() + clocks["seconds"], COPENHAGEN).utcoffset()
    )
    devices = [row for row in held if len(row["stays"]) > len({actor for actor, _, _ in row["stays"]})]
    assert len(devices) >= 3, "re-joins and second devices"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hard_cards_are_there(seed: int) -> None:
    first, both = cards(seed, FIRST), cards(seed, FIRST, LAST)
    booked = {
        row["Bookingnummer"]
        for _, content in of(seed, "booking", FIRST, LAST)
        for row in csv.DictReader(io.StringIO(content), delimiter=";")
    }
    assert any(row["booking"] in ("", "-") for row in first)
    assert len([row for row in both if row["booking"] not in ("", "-") and row["booking"] not in booked]) == 1
    late = [row for row in both if LAST in row["path"] and row["day"] == "01-10-2019"]
    assert any(row["booking"] not in {card["booking"] for card in first} for row in late)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_proves_itself_complete(seed: int) -> None:
    last_seq: dict[str, int] = {}
    for delivery in (FIRST, LAST):
        manifest = json.loads(files(seed)[f"pilot/session/{delivery}/manifest.json"])
        for entry in manifest["files"]:
            content = files(seed)[f"pilot/session/{delivery}/{entry['file']}"]
            seqs = [json.loads(line)["seq"] for line in content.splitlines()]
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]
            assert seqs == list(range(last_seq.get(entry["source"], 0) + 1, entry["last_seq"] + 1))
            assert (seqs[0], len(seqs)) == (entry["first_seq"], entry["events"])
            last_seq[entry["source"]] = entry["last_seq"]
    assert len(last_seq) == 5
