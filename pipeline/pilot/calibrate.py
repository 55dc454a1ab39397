"""Targets and assumptions become one plan of integers; chance has no part in it.

Whatever a published figure rests on (a count, a sum of seconds, every single duration) is fixed here. The
seed only decides who, when and where: another one moves no published figure, nor its counts or its interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.pilot.assumptions import Answers, Assumptions
from pipeline.pilot.targets import Targets
from pipeline.text import Problem, ProblemError, Text, round_half_up

KINDS = ("consultation", "conference")
EARLY, LATER = 0, 1  # by the first cut-off, and after it


@dataclass(frozen=True)
class Group:
    """The held meetings of one kind in one period: each one's length, and how many were instant."""

    kind: str
    period: int
    durations_s: tuple[int, ...]
    instant: int
    regions: tuple[int, ...]  # meetings per region, in the order of the assumptions


@dataclass(frozen=True)
class CardPlan:
    """The usable cards of one delivery (or, for a correction, none of its own)."""

    held: int
    not_held: int
    good: int
    longer_answered: int
    not_longer: int
    consultations: int


@dataclass(frozen=True)
class Plan:
    """Everything that is fixed before chance is let in. Pairs are (by the first cut-off, after it)."""

    start: date
    cut_offs: tuple[date, date]
    groups: tuple[Group, ...]
    cards: tuple[CardPlan, CardPlan]
    respondents: tuple[int, int]
    connected: tuple[int, int]
    answers: tuple[dict[str, Answers], dict[str, Answers]]  # column, or advantages and disadvantages


def plan(targets: Targets, ours: Assumptions) -> Plan:
    """The plan in which every published figure comes out. Raises ProblemError where the two contradict."""
    respondents, connected, answers = _questionnaire(targets, ours)
    made = Plan(
        start=targets.start,
        cut_offs=targets.cut_offs,
        groups=_groups(targets, ours),
        cards=_cards(targets, ours),
        respondents=respondents,
        connected=connected,
        answers=answers,
    )
    _check_practices(targets, ours)
    return made


def apportion(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` divided by ``weights``, in whole numbers that add up (largest remainders first)."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(total * weights[index] % whole), index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def spread(total: int, count: int) -> tuple[int, ...]:
    """``count`` lengths that sum to ``total``: many short, few long, the longest eight times the shortest."""
    weights = [120 + 300 * i // count + 600 * i**4 // count**4 for i in range(count)]
    return apportion(total, weights)


def _groups(targets: Targets, ours: Assumptions) -> tuple[Group, ...]:
    interim, final = targets.interim["meetings"], targets.final["meetings"]
    early_counts = {"consultation": interim["consultations"], "conference": interim["conferences"]}
    _agree(
        sum(early_counts.values()), interim["total"], "meetings.total", "meetings.consultations/conferences"
    )
    _agree(
        interim["instant"] + interim["planned"],
        interim["total"],
        "meetings.total",
        "meetings.instant/planned",
    )

    consultations = ours.meetings.consultations_final
    counts = {"consultation": consultations, "conference": final["total"] - consultations}
    seconds_early = {
        "consultation": ours.meetings.consultation_mean_min_interim * 60 * interim["consultations"]
    }
    all_early = int(round_half_up(interim["mean_minutes"] * 60 * interim["total"]))
    seconds_early["conference"] = all_early - seconds_early["consultation"]
    seconds = {kind: int(final[f"mean_minutes_{kind}"]) * 60 * counts[kind] for kind in KINDS}

    instant = {
        EARLY: (ours.meetings.instant_consultations_interim, interim["instant"]),
        LATER: (ours.meetings.instant_consultations_later, ours.meetings.instant_final - interim["instant"]),
    }
    ready = [region.server_from <= targets.cut_offs[0] for region in ours.region]
    weights = {
        EARLY: [
            region.weight if is_ready else 0 for region, is_ready in zip(ours.region, ready, strict=True)
        ],
        LATER: [region.weight for region in ours.region],
    }
    made: list[Group] = []
    for period in (EARLY, LATER):
        for kind in KINDS:
            count = early_counts[kind] if period == EARLY else counts[kind] - early_counts[kind]
            total = seconds_early[kind] if period == EARLY else seconds[kind] - seconds_early[kind]
            of_consultations, of_all = instant[period]
            made.append(
                Group(
                    kind=kind,
                    period=period,
                    durations_s=spread(total, _positive(count, f"meetings.{kind}")),
                    instant=of_consultations if kind == "consultation" else of_all - of_consultations,
                    regions=apportion(count, weights[period]),
                )
            )
    return tuple(made)


def _cards(targets: Targets, ours: Assumptions) -> tuple[CardPlan, CardPlan]:
    interim, ends = targets.interim["postcards"], ours.cards
    _agree(interim["good_picture_and_sound"] + interim["poor_picture_and_sound"], interim["held"],
           "postcards.held", "postcards.good/poor_picture_and_sound")  # fmt: skip
    first = CardPlan(
        held=interim["held"],
        not_held=interim["not_held"],
        good=interim["good_picture_and_sound"],
        longer_answered=interim["held"],
        not_longer=ends.not_longer_interim,
        consultations=ends.consultations_interim,
    )
    returned = targets.final["postcards"]["returned"]
    second = CardPlan(
        held=_positive(ends.held_final - first.held, "cards.held_final"),
        not_held=_positive(returned - ends.held_final - first.not_held, "cards.held_final"),
        good=ends.good_final - first.good,
        longer_answered=ends.longer_answered_final - first.longer_answered,
        not_longer=ends.not_longer_final - first.not_longer,
        consultations=ends.consultations_final - first.consultations,
    )
    return first, second


def _questionnaire(
    targets: Targets, ours: Assumptions
) -> tuple[tuple[int, int], tuple[int, int], tuple[dict[str, Answers], dict[str, Answers]]]:
    published, final, own = (
        targets.interim["questionnaire"],
        targets.final["questionnaire"],
        ours.questionnaire,
    )
    connected = (
        published["answered_quality_items"],
        final["connected"] - published["answered_quality_items"],
    )
    respondents = (own.respondents_interim, final["respondents"] - own.respondents_interim)
    early: dict[str, Answers] = {
        name: {code: pair[0] for code, pair in published[name].items()}
        for name in ("picture", "sound", "time_preparing", "time_waiting", "time_talking", "advantages",
                     "disadvantages")
    }  # fmt: skip
    later = {name: dict(getattr(own, f"{name}_later")) for name in early}
    strongly = own.easy_strongly_agree
    early["easy_to_use"] = {"strongly_agree": strongly[0], "agree": connected[0] - strongly[0]}
    agree = final["easy_to_use_agree"] - connected[0] - strongly[1]
    later["easy_to_use"] = _rest({"strongly_agree": strongly[1], "agree": agree}, connected[1], "neither")
    early["would_use_again"] = own.again_interim
    again = {"yes": final["would_use_again"] - own.again_interim["yes"], **own.again_later}
    later["would_use_again"] = _rest(again, connected[1], "dont_know")
    for name, column in (
        ("recommend", "would_recommend"),
        ("help", "had_help"),
        ("problems", "other_problems"),
    ):
        early[column], later[column] = getattr(own, f"{name}_interim"), getattr(own, f"{name}_later")
    for period, answers in enumerate((early, later)):
        for name, counts in answers.items():
            if name not in ("advantages", "disadvantages"):
                _agree(
                    sum(counts.values()),
                    connected[period],
                    "questionnaire.connected",
                    f"questionnaire.{name}",
                )
    return respondents, connected, (early, later)


def _rest(answers: Answers, total: int, code: str) -> Answers:
    """``answers`` filled up to ``total`` with ``code``."""
    return {**answers, code: total - sum(answers.values())}


def _check_practices(targets: Targets, ours: Assumptions) -> None:
    published = targets.final["practices"]
    _agree(
        sum(region.practices for region in ours.region), published["enrolled"], "practices.enrolled", "region"
    )
    _agree(sum(region.stopped for region in ours.region), published["stopped_by_technology"],
           "practices.stopped_by_technology", "region.stopped")  # fmt: skip
    _agree(sum(region.specialists for region in ours.region), published["specialist"],
           "practices.specialist", "region.specialists")  # fmt: skip
    _agree(published["enrolled"] - published["stopped_by_technology"], published["active"],
           "practices.active", "practices.enrolled")  # fmt: skip


def _positive(count: int, name: str) -> int:
    if count <= 0:
        raise ProblemError(_problem(name, f"{count}", "et positivt antal", "a positive number"))
    return count


def _agree(found: int, expected: int, name: str, other: str) -> None:
    if found != expected:
        raise ProblemError(_problem(other, f"{found}", f"{expected} som {name}", f"{expected} as {name}"))


def _problem(name: str, found: str, da: str, en: str) -> Problem:
    message = Text(f"fundet {found}; forventet {da}", f"found {found}; expected {en}")
    return Problem("targets", None, name, "calibration", message, "critical")
