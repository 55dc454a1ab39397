"""The plan: whole numbers that add up, and contradictions that are named."""

import itertools
import shutil
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import paths
from pipeline.pilot import assumptions, calibrate, published, targets
from pipeline.text import ProblemError

GOLDEN = paths.ROOT / "tests" / "golden"


@given(st.integers(0, 5000), st.lists(st.integers(0, 90), min_size=1, max_size=12).filter(any))
def test_parts_add_up_and_follow_their_weights(total: int, weights: list[int]) -> None:
    parts = calibrate.apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@given(st.integers(1, 400), st.integers(60, 1200))
def test_lengths_sum_to_their_total(count: int, mean_s: int) -> None:
    lengths = calibrate.spread(count * mean_s, count)
    assert sum(lengths) == count * mean_s
    assert all(earlier <= later + 1 for earlier, later in itertools.pairwise(lengths))
    assert lengths[0] > mean_s // 4


def test_the_plan_by_hand() -> None:
    plan = calibrate.plan(targets.load(GOLDEN), assumptions.load())
    seconds = {(group.kind, group.period): sum(group.durations_s) for group in plan.groups}
    assert seconds == {
        ("consultation", 0): 107 * 16 * 60,
        ("conference", 0): 3128 * 60 - 107 * 16 * 60,
        ("consultation", 1): 204 * 14 * 60 - 107 * 16 * 60,
        ("conference", 1): 313 * 8 * 60 - (3128 - 107 * 16) * 60,
    }
    assert sum(len(group.durations_s) for group in plan.groups) == 517
    assert sum(group.instant for group in plan.groups) == 241
    assert plan.cards[1] == calibrate.CardPlan(
        held=93, not_held=12, good=85, longer_answered=91, not_longer=87, consultations=58
    )
    assert (plan.respondents, plan.connected) == ((9, 12), (7, 11))
    nordjylland = [region.code for region in assumptions.load().region].index("1081")
    assert [group.regions[nordjylland] for group in plan.groups if group.period == 0] == [0, 0]


@pytest.mark.parametrize(
    ("file", "figure", "other", "named"),
    [
        (targets.INTERIM_FILE, "consultations = 107", "consultations = 108", "meetings.consultations"),
        (targets.INTERIM_FILE, "planned = 145", "planned = 144", "meetings.instant/planned"),
        (targets.INTERIM_FILE, "poor_picture_and_sound = 2", "poor_picture_and_sound = 3", "postcards.good"),
        (targets.INTERIM_FILE, "same = [6, 86]", "same = [5, 86]", "questionnaire.time_talking"),
        (targets.FINAL_FILE, "active = 40", "active = 41", "practices.enrolled"),
        (targets.FINAL_FILE, "enrolled = 52", "enrolled = 51", "region"),
    ],
)
def test_a_contradiction_is_named(tmp_path: Path, file: str, figure: str, other: str, named: str) -> None:
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True)
    content = (tmp_path / file).read_text("utf-8")
    assert figure in content
    (tmp_path / file).write_text(content.replace(figure, other), "utf-8")
    with pytest.raises(ProblemError, match=named):
        calibrate.plan(targets.load(tmp_path), assumptions.load())


def test_missing_or_broken_targets_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="mangler"):
        targets.load(tmp_path)
    (tmp_path / targets.INTERIM_FILE).write_text("as_of = ", "utf-8")
    with pytest.raises(ProblemError, match="TOML"):
        targets.load(tmp_path)


@pytest.mark.parametrize(
    ("found", "wrong"),
    [("held_final", "held_fianl"), ("[fees]", "[fee]"), ('code = "1083"', 'kode = "1083"')],
)
def test_an_unknown_assumption_is_named(tmp_path: Path, found: str, wrong: str) -> None:
    content = assumptions.FILE.read_text("utf-8")
    file = tmp_path / "assumptions.toml"
    file.write_text(content.replace(found, wrong, 1), "utf-8")
    with pytest.raises(ProblemError, match=wrong.strip("[]").split(" ")[0]):
        assumptions.load(file)


# --- the published figures as a table ---


def leaves(found: Any, path: str = "") -> dict[str, Any]:
    if isinstance(found, dict):
        return {
            name: leaf
            for key, value in found.items()
            for name, leaf in leaves(value, f"{path}.{key}").items()
        }
    return {path.removeprefix("."): found}


def test_every_published_figure_is_mapped() -> None:
    """Changing any figure of the golden files changes the delivery of published figures."""
    read = targets.load(GOLDEN)
    for name, make in (("interim", published.interim), ("final", published.final)):
        found = getattr(read, name)
        before = make(read)
        silent = []
        for path in leaves(found):
            if path.startswith(("source", "as_of", "period")):
                continue
            changed = tomllib.loads(
                (GOLDEN / (targets.INTERIM_FILE if name == "interim" else targets.FINAL_FILE)).read_text(
                    "utf-8"
                ),
                parse_float=Decimal,
            )
            *folders, last = path.split(".")
            place = changed
            for folder in folders:
                place = place[folder]
            place[last] = _other(place[last])
            if make(replace(read, **{name: changed})) == before:
                silent.append(path)
        assert silent == []


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [value[0] + 1, value[1]]
    return "yes" if isinstance(value, str) else value + 1


def test_no_figure_has_two_rows_and_shares_are_shares() -> None:
    read = targets.load(GOLDEN)
    rows = [*published.interim(read), *published.final(read)]
    names = ("metric", "item", "stratum_by", "stratum", "per", "as_of", "statistic")
    keys = [tuple(row[name] for name in names) for row in rows]
    assert len(keys) == len(set(keys))
    assert {row["basis"] for row in rows} == {"published", "implied"}
    for row in rows:
        if row["per"] != "-" and row["statistic"] == "value":
            assert 0 <= Decimal(str(row["figure"])) <= 1
