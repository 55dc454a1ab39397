"""Who was in the room when: the stays of one meeting, in milliseconds from its booked start."""

from dataclasses import dataclass, replace

from pipeline.pilot.chance import Chance
from pipeline.pilot.meetings import (
    ALONE_ON_TWO,
    INFERRED,
    RECONNECT,
    REJOIN,
    TWENTY_MINUTES,
    TWO_DEVICES,
    Meeting,
)

MINUTE = 60_000


@dataclass(frozen=True)
class Stay:
    """One participation. ``waits_from`` None: no waiting room; ``breaks``: (reconnecting, reconnected)."""

    actor: str
    role: str
    joins: int
    leaves: int
    waits_from: int | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    is_inferred: bool = False
    quality_class: str = "good"


def stays(meeting: Meeting, quality: str, chance: Chance) -> list[Stay]:
    """The stays of ``meeting``, so that two are together exactly as long as the plan says.

    ``quality`` is the worst class of its participations. Nobody comes to a cancelled meeting, nor to one
    that was never connected.
    """
    if meeting.exclusion in ("cancelled", "never_connected"):
        return []
    host = chance.choice(meeting.clinic.hosts)
    guest = chance.service_pseudonym()
    if meeting.exclusion == "single_participant":
        made = _alone(meeting, host, guest, chance)
    elif meeting.exclusion == "no_overlap":
        made = _never_together(host, guest, chance)
    elif meeting.exclusion == "under_one_second":
        made = _together(meeting, host, guest, chance.between(200, 900), chance)
    elif meeting.exclusion == "test_call":
        made = _together(meeting, host, guest, chance.between(1, 4) * MINUTE, chance)
    else:
        # up to 0.4 s beside the whole second: a log counts milliseconds, the plan rounded seconds
        made = _together(meeting, host, guest, meeting.duration_s * 1000 + chance.between(-400, 400), chance)
    worst = chance.below(len(made))
    made[worst] = replace(made[worst], quality_class=quality)
    return [
        replace(stay, quality_class="unknown") if stay.leaves - stay.joins < 20_000 else stay for stay in made
    ]


def _together(meeting: Meeting, host: str, guest: str, length: int, chance: Chance) -> list[Stay]:
    """Host and guest, and who else came, with two in the room for ``length`` milliseconds."""
    host_joins = chance.between(4_000, 70_000)
    begin = host_joins + chance.between(1_500, 9_000)
    end = begin + length
    waits_from = begin - chance.between(10_000, 240_000) if meeting.mode == "planned" else None
    first = Stay(host, "host", host_joins, end + chance.between(300, 4_000))
    second = Stay(guest, "guest", begin, end, waits_from)
    third: list[Stay] = []
    if meeting.is_held and (
        meeting.use_type == "interpretation" or (meeting.kind == "conference" and chance.one_in(3))
    ):
        role = "interpreter" if meeting.use_type == "interpretation" else "guest"
        third = [Stay(chance.service_pseudonym(), role, begin + length // 10, end - length // 10)]
    if meeting.case == REJOIN:
        left, away = begin + length // 3, chance.between(15_000, 60_000)
        third = []  # so that the room really empties down to one in between
        again = Stay(guest, "guest", left + away, end + away)
        return [replace(first, leaves=first.leaves + away), replace(second, leaves=left), again]
    if meeting.case == TWO_DEVICES:
        other = Stay(guest, "guest", begin + length // 4, end + 2_000)
        return [replace(first, leaves=end), replace(second, leaves=end - length // 8), other, *third]
    if meeting.case == RECONNECT:
        breaks = ((begin + length // 5, begin + length // 5 + chance.between(2_000, 15_000)),)
        second = replace(second, breaks=breaks)
    if meeting.case == INFERRED:
        second = replace(second, is_inferred=True)
    return [first, second, *third]


def _alone(meeting: Meeting, host: str, guest: str, chance: Chance) -> list[Stay]:
    """One person in the room, once for twenty minutes and once on two devices."""
    if meeting.case == TWENTY_MINUTES:
        return [Stay(guest, "guest", 0, 20 * MINUTE)]
    if meeting.case == ALONE_ON_TWO:
        return [Stay(guest, "guest", 0, 6 * MINUTE), Stay(guest, "guest", MINUTE, 5 * MINUTE)]
    actor, role = chance.choice(((guest, "guest"), (host, "host")))
    return [Stay(actor, role, 0, chance.between(90_000, 12 * MINUTE))]


def _never_together(host: str, guest: str, chance: Chance) -> list[Stay]:
    """The guest gives up before the host comes."""
    gone = chance.between(2 * MINUTE, 9 * MINUTE)
    late = gone + chance.between(20_000, 4 * MINUTE)
    return [
        Stay(guest, "guest", 0, gone),
        Stay(host, "host", late, late + chance.between(60_000, 5 * MINUTE)),
    ]
