"""Rooms: two are together exactly as long as planned, whatever else happens there."""

import itertools
from datetime import UTC, date, datetime

import pytest

from pipeline.pilot import assumptions, meetings, practices
from pipeline.pilot.chance import SHORT_ID_SIGNS, Chance
from pipeline.pilot.stays import Stay, stays

OURS = assumptions.load()
CLINIC = practices.clinics(OURS, date(2019, 6, 1), 1)[0]


def meeting(exclusion: str | None, case: str = "", kind: str = "consultation") -> meetings.Meeting:
    start = datetime(2019, 9, 2, 8, 0, tzinfo=UTC)
    return meetings.Meeting(
        "m", "0" * 12, CLINIC, kind, "planned", "interpretation" if kind == "consultation" else "discharge",
        "doctor", start, start, exclusion, 600, case,
    )  # fmt: skip


def together_ms(made: list[Stay]) -> int:
    moments = sorted({at for stay in made for at in (stay.joins, stay.leaves)})
    return sum(
        end - start
        for start, end in itertools.pairwise(moments)
        if len({stay.actor for stay in made if stay.joins <= start and end <= stay.leaves}) >= 2
    )


@pytest.mark.parametrize("kind", ["consultation", "conference"])
@pytest.mark.parametrize(
    "case", ["", meetings.REJOIN, meetings.TWO_DEVICES, meetings.RECONNECT, meetings.INFERRED]
)
def test_a_held_meeting_lasts_as_planned(case: str, kind: str) -> None:
    for seed in range(40):
        made = stays(meeting(None, case, kind), "poor", Chance(seed, "t"))
        assert (together_ms(made) + 500) // 1000 == 600
        assert "poor" in {stay.quality_class for stay in made}
        assert len(made) - len({stay.actor for stay in made}) == (
            case in (meetings.REJOIN, meetings.TWO_DEVICES)
        )
        assert sum(stay.is_inferred for stay in made) == (case == meetings.INFERRED)


@pytest.mark.parametrize(
    ("exclusion", "case", "actors", "longest_ms"),
    [
        ("cancelled", "", 0, 0),
        ("never_connected", "", 0, 0),
        ("single_participant", "", 1, 0),
        ("single_participant", meetings.TWENTY_MINUTES, 1, 0),
        ("single_participant", meetings.ALONE_ON_TWO, 1, 0),
        ("no_overlap", "", 2, 0),
        ("under_one_second", "", 2, 999),
    ],
)
def test_an_attempt_is_no_meeting(exclusion: str, case: str, actors: int, longest_ms: int) -> None:
    for seed in range(40):
        made = stays(meeting(exclusion, case), "good", Chance(seed, "t"))
        assert len({stay.actor for stay in made}) == actors
        assert bool(longest_ms) <= together_ms(made) <= longest_ms
    assert (case == meetings.ALONE_ON_TWO) == (len(made) > actors)
    assert case != meetings.TWENTY_MINUTES or made[0].leaves - made[0].joins == 1_200_000


def test_a_test_call_would_count_if_it_were_none() -> None:
    assert together_ms(stays(meeting("test_call"), "good", Chance(1, "t"))) >= 60_000


def test_a_changed_number_holds_from_its_day() -> None:
    made = practices.clinics(OURS, date(2019, 6, 1), 7)
    (changing,) = (clinic for clinic in made if len(clinic.numbers) == 2)
    before, after = changing.practice_on(date(2019, 8, 31)), changing.practice_on(date(2019, 9, 1))
    assert [before, after] == [number.practice for number in changing.numbers]
    assert before != after
    assert changing.stopped is None


def test_chance_is_its_seed_and_its_part() -> None:
    def draws(seed: int, part: str) -> list[object]:
        chance = Chance(seed, part)
        return [chance.below(1000), chance.uuid(), chance.short_id(), chance.shuffled(range(20))]

    assert draws(1, "a") == draws(1, "a")
    assert draws(1, "a") != draws(2, "a")
    assert draws(1, "a") != draws(1, "b")


def test_an_id_is_never_taken_for_a_number() -> None:
    chance = Chance(3, "ids")
    ids = [chance.short_id() for _ in range(300)] + [chance.uuid().replace("-", "") for _ in range(300)]
    assert not [found for found in ids if any(found[at : at + 6].isdigit() for at in range(len(found) - 5))]
    assert all(set(found) <= set(SHORT_ID_SIGNS) and len(found) == 12 for found in ids[:300])
    assert sorted(chance.dealt({"a": 2, "b": 3})) == ["a", "a", "b", "b", "b"]
