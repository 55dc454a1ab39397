"""Everything the pilot delivered: the files by path, and what the delivery index says of each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.formats.deliveries import Delivery, read_index, write_index
from pipeline.pilot import (
    assumptions,
    calibrate,
    cards,
    events,
    fees,
    interviews,
    meetings,
    postcards,
    practices,
    published,
    questionnaire,
    registers,
    targets,
    wording,
)
from pipeline.pilot.writers import PLAIN, Row, Style, danish_csv

SEED = 20190601  # of the committed files
PROGRAMME, FOLDER = "pilot", "pilot"
EVALUATION_PUBLISHED = date(2020, 3, 2)
NORWAY_PUBLISHED = date(2021, 2, 8)
INDEX_COMMENT = """The delivery index: what was received when, with its hash. A row counts
from the day it was received.
The pilot's entries are written by `mast pilot generate`; the others stay as they are."""


@dataclass
class Made:
    """Files by their path under ``data/raw``, and their entries in the index."""

    files: dict[str, bytes] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    def add(
        self,
        name: str,
        tables: Sequence[str],
        format_: str,
        files: Mapping[str, bytes],
        received: date,
        rows: int,
        region: str | None = None,
    ) -> None:
        """Take in one delivery: its files and its entry."""
        self.files |= files
        self.deliveries.append(
            Delivery(
                id=f"pilot-{name}-{received.isoformat()}",
                programme=PROGRAMME,
                tables=tuple(tables),
                format=format_,
                files=tuple(files),
                sha256=tuple(hashlib.sha256(content).hexdigest() for content in files.values()),
                received_date=received,
                rows=rows,
                status="accepted",
                is_reconstructed=True,
                region=region,
            )
        )

    def add_csv(
        self,
        contracts: Contracts,
        table: str,
        name: str,
        rows: Sequence[Row],
        received: date,
        style: Style = PLAIN,
        region: str | None = None,
    ) -> None:
        """Take in one CSV of ``table``; ``name`` is its path without date. No rows, no delivery."""
        if rows:
            path = f"{FOLDER}/{name}_{received.isoformat()}.csv"
            label = name.replace("/", "-")
            content = danish_csv(contracts, table, rows, style)
            self.add(label, [table], "danish_csv", {path: content}, received, len(rows), region)


def generate(targets_folder: Path, seed: int = SEED) -> dict[str, bytes]:
    """The pilot's files, by their path under ``data/raw``: the same targets and seed are the same bytes."""
    return make(targets_folder, seed).files


def make(targets_folder: Path, seed: int = SEED) -> Made:
    """The files and their index entries. Raises ProblemError where targets and assumptions contradict."""
    contracts, ours, words = load_contracts(), assumptions.load(), wording.load()
    figures = targets.load(targets_folder)
    plan = calibrate.plan(figures, ours)
    first, last = plan.cut_offs
    made = Made()

    clinics = practices.clinics(ours, plan.start, seed)
    _registers(made, contracts, ours, clinics, plan.cut_offs)
    booked = meetings.meetings(plan, ours, clinics, seed)
    for period, received in enumerate(plan.cut_offs):
        rows = [_booking(meeting) for meeting in _in_period(booked, period, first)]
        style = Style(encoding="cp1252" if period else "utf-8-sig")
        made.add_csv(contracts, "bookings", "booking/bookinger", rows, received, style)

    returned = postcards.postcards(plan, ours, booked, clinics, words, seed)
    for delivery, region, rows, style in cards.files(returned, ours, seed):
        name = f"postkort/{region.name}"
        made.add_csv(contracts, "postcards", name, rows, plan.cut_offs[delivery], style, region.code)

    for received, answers in zip(plan.cut_offs, questionnaire.responses(plan, ours, seed), strict=True):
        stem = f"{FOLDER}/spoergeskema/{received.isoformat()}_"
        files = questionnaire.files(answers, contracts, stem)
        made.add("spoergeskema", ["questionnaires"], "surveyxact", files, received, len(answers))

    talks = interviews.interviews(ours.interviews, words, seed)
    project = {f"{FOLDER}/interview/interviews.qdpx": interviews.qdpx(talks, contracts, seed)}
    tables = ["interview_units", "interview_codings"]
    made.add("interview", tables, "refi_qda", project, last, interviews.rows(talks))

    quality = cards.quality(returned, booked, seed)
    log = events.session_files(booked, quality, ours.region, plan.cut_offs, seed)
    for received in plan.cut_offs:
        folder = f"{FOLDER}/session/{received.isoformat()}/"
        files = {path: log[path] for path in sorted(log) if path.startswith(folder)}
        lines = sum(content.count(b"\n") for path, content in files.items() if path.endswith(".jsonl"))
        made.add("session", ["session_events"], "session_log", files, received, lines)

    billed = fees.fee_lines(booked, ours.fees, plan.cut_offs, seed)
    for received in plan.cut_offs:
        rows = [row for day, row in billed if day == received]
        made.add_csv(contracts, "fee_lines", "ydelser/nulkoder", rows, received)

    name = "publicerede_tal/publicerede_tal"
    made.add_csv(contracts, "published_figures", name, published.interim(figures), first)
    made.add_csv(contracts, "published_figures", name, published.final(figures), EVALUATION_PUBLISHED)
    return made


def write(made: Made, folder: Path) -> None:
    """Write the files and the index below ``folder``; what the pilot no longer makes goes."""
    for path, content in made.files.items():
        paths.write_bytes(folder / path, content)
    for file in _on_disk(folder):
        if file.relative_to(folder).as_posix() not in made.files:
            file.unlink()
    for below in sorted((item for item in (folder / FOLDER).rglob("*") if item.is_dir()), reverse=True):
        if not any(below.iterdir()):
            below.rmdir()
    write_index(folder / paths.DELIVERIES.name, _index(made, folder), INDEX_COMMENT)


def stale(made: Made, folder: Path) -> list[str]:
    """The paths below ``folder`` that are not what ``made`` says: changed, missing, or no longer made."""
    there = {file.relative_to(folder).as_posix() for file in _on_disk(folder)}
    wrong = {
        path
        for path, content in made.files.items()
        if path not in there or (folder / path).read_bytes() != content
    }
    index = folder / paths.DELIVERIES.name
    is_indexed = index.is_file() and read_index(index) == tuple(_index(made, folder))
    return sorted(wrong | (there - set(made.files)) | (set() if is_indexed else {index.name}))


def _on_disk(folder: Path) -> list[Path]:
    return [file for file in sorted((folder / FOLDER).rglob("*")) if file.is_file()]


def _index(made: Made, folder: Path) -> list[Delivery]:
    """The pilot's entries, then those of other programmes as they stand."""
    index = folder / paths.DELIVERIES.name
    others = [item for item in read_index(index) if item.programme != PROGRAMME] if index.is_file() else []
    return [*made.deliveries, *others]


def _registers(
    made: Made,
    contracts: Contracts,
    ours: assumptions.Assumptions,
    clinics: list[practices.Clinic],
    receipts: tuple[date, date],
) -> None:
    first, last = receipts
    made.add_csv(contracts, "practices", "register/klinikregister", registers.practices(clinics), first)
    made.add_csv(contracts, "regions", "register/regioner", registers.regions(ours.region), first)
    made.add_csv(contracts, "fee_codes", "register/ydelseskoder", registers.fee_codes(), first)
    for number, received in enumerate(receipts):
        known = (date.min, first) if number == 0 else (first, last)
        exposed = registers.exposure(clinics, *known)
        made.add_csv(contracts, "clinic_exposure", "register/deltagelse", exposed, received)
        stopped = registers.dropouts(clinics, *known)
        made.add_csv(contracts, "dropout_reasons", "register/ophoer", stopped, received)
        reached = registers.milestones(is_final=number == 1)
        made.add_csv(contracts, "milestones", "register/milepaele", reached, received)
    made.add_csv(contracts, "literature", "litteratur/kol", registers.literature("kol"), first)
    made.add_csv(contracts, "literature", "litteratur/norge", registers.literature("norge"), NORWAY_PUBLISHED)


def _in_period(booked: list[meetings.Meeting], period: int, first: date) -> list[meetings.Meeting]:
    """A delivery's bookings: those whose day has come since the one before."""
    own = [meeting for meeting in booked if (meeting.day <= first) == (period == calibrate.EARLY)]
    return sorted(own, key=lambda meeting: (meeting.starts_at, meeting.short_id))


def _booking(meeting: meetings.Meeting) -> Row:
    return {
        "short_id": meeting.short_id,
        "practice": meeting.practice,
        "region": meeting.clinic.region.code,
        "kind": meeting.kind,
        "mode": meeting.mode,
        "use_type": meeting.use_type,
        "booked_by": meeting.booked_by,
        "created_at": meeting.created_at,
        "starts_at": meeting.starts_at,
        "parties_expected": events.parties_expected(meeting),
        "status": "cancelled" if meeting.exclusion == "cancelled" else "booked",
        "is_test": meeting.exclusion == "test_call",
    }
