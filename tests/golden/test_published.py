"""Every published figure, read from the golden files alone, is found in the results as rounded there."""

import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import paths
from pipeline.formats.deliveries import read_index
from pipeline.pilot import SEED, make, write
from pipeline.text import ProblemError
from tests.conftest import Run, run_stages

GOLDEN = Path(__file__).parent
FILES = ("interim_2019-10-09.toml", "final_2020-01-31.toml")
# What names the source or the period, not a figure.
NOT_FIGURES = {"source", "as_of", "period"}
INTERIM = date(2019, 10, 9)
Key = tuple[str, str, str, str]

# A figure in the golden file -> metric, item, stratum, denominator. The questionnaire's tables follow a rule.
PLACES: dict[str, Key] = {
    "meetings.total": ("meetings.held", "-", "all", "-"),
    "meetings.consultations": ("meetings.consultations", "-", "all", "-"),
    "meetings.conferences": ("meetings.conferences", "-", "all", "-"),
    "meetings.instant": ("meetings.instant", "-", "all", "-"),
    "meetings.planned": ("meetings.planned", "-", "all", "-"),
    "meetings.mean_minutes": ("meetings.minutes", "-", "all", "-"),
    "meetings.mean_minutes_consultation": ("meetings.minutes_consultation", "-", "all", "-"),
    "meetings.mean_minutes_conference": ("meetings.minutes_conference", "-", "all", "-"),
    "meetings.regions": ("practices.regions", "-", "all", "-"),
    "meetings.nordjylland": ("meetings.held", "-", "1081", "-"),
    "practices.enrolled": ("practices.enrolled", "-", "all", "-"),
    "practices.general_practice": ("practices.general", "-", "all", "-"),
    "practices.specialist": ("practices.specialist", "-", "all", "-"),
    "practices.active": ("practices.active", "-", "all", "-"),
    "practices.stopped_by_technology": ("practices.stopped_by_technology", "-", "all", "-"),
    "postcards.held": ("postcards.held", "-", "all", "-"),
    "postcards.not_held": ("postcards.not_held", "-", "all", "-"),
    "postcards.good_picture_and_sound": ("postcards.good_picture_and_sound", "-", "all", "-"),
    "postcards.poor_picture_and_sound": ("postcards.poor_picture_and_sound", "-", "all", "-"),
    "postcards.returned": ("postcards.usable", "-", "all", "-"),
    "postcards.connected_with_good_picture_and_sound": (
        "postcards.connected_and_good",
        "-",
        "all",
        "usable_card",
    ),
    "postcards.not_longer_than_usual": ("postcards.not_longer", "-", "all", "answered_card"),
    "postcards.longer_than_usual": ("postcards.not_longer", "-", "all", "held_card"),
    "postcards.mostly_consultations": ("postcards.consultations", "-", "all", "held_card"),
    "questionnaire.answered_quality_items": ("questionnaire.connected", "-", "all", "-"),
    "questionnaire.respondents": ("questionnaire.respondents", "-", "all", "-"),
    "questionnaire.connected": ("questionnaire.connected", "-", "all", "-"),
    "questionnaire.easy_to_use_agree": ("questionnaire.easy_agree", "-", "all", "-"),
    "questionnaire.would_use_again": ("questionnaire.would_use_again", "-", "all", "-"),
    "interviews.groups": ("interviews.groups", "-", "all", "-"),
    "conclusion.recommended_as_tested": ("interviews.recommends_as_tested", "-", "all", "-"),
}


def leaves(content: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if not prefix and key in NOT_FIGURES:
            continue
        if isinstance(value, dict) and "more_than" not in value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def golden() -> list[tuple[date, str, Any]]:
    made: list[tuple[date, str, Any]] = []
    for name in FILES:
        content = tomllib.loads((GOLDEN / name).read_text("utf-8"), parse_float=Decimal)
        made += [(content["as_of"], place, value) for place, value in leaves(content)]
    return made


def rounded(value: Decimal, like: Decimal | int) -> Decimal:
    step = Decimal(1).scaleb(int(like.as_tuple().exponent)) if isinstance(like, Decimal) else Decimal(1)
    return value.quantize(step, rounding=ROUND_HALF_UP)


def disagreements(run: Run) -> list[str]:
    found = {
        (row["as_of"], row["metric"], row["item"], row["stratum"], row["per"]): row for row in run.estimates()
    }
    wrong: list[str] = []
    for as_of, place, figure in golden():
        for got, wanted in compared(found, as_of, place, figure):
            if got != wanted:
                wrong.append(f"{as_of} {place}: {got} is not {wanted}")
    return wrong


def compared(found: dict[Any, Any], as_of: date, place: str, figure: Any) -> Iterator[tuple[object, object]]:
    """What the results say beside what was published, for one figure."""
    if isinstance(figure, list):  # count and per cent of one answer
        _, question, answer = place.split(".")
        row = found[as_of, f"questionnaire.{question}", answer, "all", "answer"]
        yield int(row["numerator"]), figure[0]
        yield int(rounded(row["value"] * 100, 1)), figure[1]
        return
    row = found[as_of, *PLACES[place]]
    if place == "conclusion.recommended_as_tested":
        yield row["value"] > 0, figure
    elif place == "postcards.longer_than_usual":
        yield ("no" if row["value"] > Decimal("0.5") else "yes"), figure
    elif place == "postcards.mostly_consultations":
        yield row["value"] > Decimal("0.5"), figure
    elif isinstance(figure, dict):
        yield row["value"] > figure["more_than"], True
    else:
        yield rounded(row["value"], figure), figure
        if place == "meetings.nordjylland":
            yield row["state"], "structural_zero"


def copy_of_deliveries(folder: Path) -> Path:
    return Path(shutil.copytree(paths.RAW, folder / "raw"))


def test_every_published_figure_is_in_the_results(pilot_run: Run) -> None:
    assert len(golden()) == 63
    assert disagreements(pilot_run) == []


def test_one_broken_row_is_noticed(tmp_path: Path) -> None:
    raw = copy_of_deliveries(tmp_path)
    file = next(iter(sorted((raw / "pilot" / "postkort").glob("syddanmark_2019-10-09.csv"))))
    lines = file.read_bytes().split(b"\r\n")
    index = next(number for number, line in enumerate(lines) if number and line.lower().count(b";ja;"))
    lines[index] = lines[index].replace(b";Ja;", b";Nej;", 1).replace(b";ja;", b";Nej;", 1)
    file.write_bytes(b"\r\n".join(lines))
    run = run_stages(raw, tmp_path / "run", require_published=False)
    assert disagreements(run)


def test_a_run_that_misses_a_published_figure_stops_after_writing(tmp_path: Path) -> None:
    raw = copy_of_deliveries(tmp_path)
    file = raw / "pilot" / "register" / "ophoer_2020-01-31.csv"
    file.write_bytes(b"\r\n".join(file.read_bytes().rstrip().split(b"\r\n")[:-1]) + b"\r\n")
    with pytest.raises(ProblemError, match=r"practices\.active"):
        run_stages(raw, tmp_path / "run")
    assert (tmp_path / "run" / "results" / "estimates.parquet").is_file()


def test_another_seed_moves_no_figure_that_is_printed_unmarked(pilot_run: Run, tmp_path: Path) -> None:
    made = make(GOLDEN, SEED + 1)
    raw = tmp_path / "raw"
    write(made, raw)
    other = run_stages(raw, tmp_path / "run")
    assert unmarked(pilot_run) == unmarked(other)
    assert len(unmarked(pilot_run)) > 100


def unmarked(run: Run) -> dict[Any, Any]:
    keys = ("metric", "item", "stratum_by", "stratum", "per", "as_of")
    values = ("numerator", "denominator", "value", "low", "high", "state", "basis")
    return {
        tuple(row[key] for key in keys): tuple(row[key] for key in values)
        for row in run.estimates()
        if row["basis"] in ("published", "implied")
    }


def test_a_card_received_after_the_cut_changes_nothing_before_it(pilot_run: Run, tmp_path: Path) -> None:
    raw = copy_of_deliveries(tmp_path)
    like = next(
        d for d in read_index(raw / "deliveries.toml") if d.id.startswith("pilot") and "postcards" in d.tables
    )
    source = raw / like.files[0]
    lines = source.read_bytes().split(b"\r\n")
    card = lines[1].split(b";")
    assert b"Kort" in lines[0]
    card[:2] = [b"SENT-1", b""]  # of a meeting nobody else told of
    dated = [
        b"01-10-2019" if cell[2:3] == b"-" and cell[5:6] == b"-" and len(cell) == 10 else cell
        for cell in card
    ]
    late = raw / "pilot" / "postkort" / "sent.csv"
    late.write_bytes(b"\r\n".join([lines[0], b";".join(dated), b""]))
    entry = (
        f'\n[[delivery]]\nid = "sent"\nprogramme = "pilot"\ntable = "postcards"\nformat = "danish_csv"\n'
        f'files = ["{late.relative_to(raw).as_posix()}"]\nreceived_date = 2019-10-15\nrows = 1\n'
        f'sha256 = ["{paths.sha256(late)}"]\nstatus = "accepted"\nis_reconstructed = true\n'
    )
    with (raw / "deliveries.toml").open("a", encoding="utf-8") as index:
        index.write(entry)
    other = run_stages(raw, tmp_path / "run", require_published=False)
    assert at(other, INTERIM) == at(pilot_run, INTERIM)
    assert at(other, date(2020, 1, 31)) != at(pilot_run, date(2020, 1, 31))


def at(run: Run, as_of: date) -> list[dict[str, Any]]:
    return [row for row in run.estimates() if row["as_of"] == as_of]


def test_two_runs_are_the_same_bytes(pilot_run: Run, tmp_path: Path) -> None:
    again = run_stages(paths.RAW, tmp_path / "run")
    for file in paths.files_below(again.folder):
        first = pilot_run.folder / file.relative_to(again.folder)
        assert file.read_bytes() == first.read_bytes(), file.name
