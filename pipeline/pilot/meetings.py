"""Who met when: the held meetings of the plan, the attempts, and the bookings of clinics that stopped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.pilot.assumptions import Assumptions
from pipeline.pilot.calibrate import EARLY, LATER, Group, Plan, apportion
from pipeline.pilot.chance import Chance
from pipeline.pilot.practices import Clinic

ZONE = ZoneInfo("Europe/Copenhagen")
HOLIDAYS = frozenset(
    {date(2019, 6, 5), date(2019, 6, 10), date(2019, 12, 24), date(2019, 12, 25), date(2019, 12, 26),
     date(2019, 12, 31), date(2020, 1, 1)}
)  # fmt: skip
MONTHS = {6: 2, 7: 1, 8: 3, 9: 5, 10: 5, 11: 5, 12: 3, 1: 4}  # how busy the months were; ours
LAST_HOUR_OF_RECEIPT = 11  # meetings of a delivery's own day are over by noon

# Held meetings that are hard to count, and attempts that are hard to leave out.
MIDNIGHT, CLOCK_CHANGE, FIRST_OF_OCTOBER = "midnight", "clock_change", "first_of_october"
REJOIN, TWO_DEVICES, RECONNECT, INFERRED = "rejoin", "two_devices", "reconnect", "inferred"
TWENTY_MINUTES, ALONE_ON_TWO = "twenty_minutes", "alone_on_two"
FIXED_STARTS = {
    MIDNIGHT: datetime(2019, 9, 17, 23, 58, tzinfo=ZONE),
    # 02:58 summer time; two minutes later it is 02:00 again, in winter time
    CLOCK_CHANGE: datetime(2019, 10, 27, 2, 58, tzinfo=ZONE, fold=0),
    FIRST_OF_OCTOBER: datetime(2019, 10, 1, 9, 15, tzinfo=ZONE),
}
USES = {
    "consultation": {"consultation_visit": 60, "consultation_phone": 26, "consultation_econsult": 8,
                     "interpretation": 4, "other": 2},
    "conference": {"home_nursing": 38, "nursing_home": 30, "discharge": 14, "specialist_advice": 13,
                   "other": 5},
}  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """One booking, and what became of it. ``exclusion`` None: held for ``duration_s``."""

    meeting_id: str
    short_id: str
    clinic: Clinic
    kind: str
    mode: str
    use_type: str
    booked_by: str
    created_at: datetime
    starts_at: datetime
    exclusion: str | None
    duration_s: int = 0
    case: str = ""
    in_log: bool = True

    @property
    def day(self) -> date:
        """The Danish date on which it starts."""
        return self.starts_at.astimezone(ZONE).date()

    @property
    def is_held(self) -> bool:
        return self.exclusion is None

    @property
    def practice(self) -> str:
        return self.clinic.practice_on(self.day)


def meetings(plan: Plan, ours: Assumptions, clinics: list[Clinic], seed: int) -> list[Meeting]:
    """Every booking of the pilot, in no particular order."""
    diary = _Diary(plan, Chance(seed, "meetings"), {})
    active = [clinic for clinic in clinics if clinic.stopped is None]
    stopped = [clinic for clinic in clinics if clinic.stopped is not None]
    made = [meeting for group in plan.groups for meeting in _held(group, ours, active, diary)]
    for period in (EARLY, LATER):
        made += _excluded(period, ours, active, diary)
        for exclusion in ("cancelled", "never_connected"):
            for _ in range(getattr(ours.stopped, exclusion)[period]):
                open_then = [clinic for clinic in stopped if diary.days(clinic, period)]
                meeting = diary.book(
                    diary.chance.choice(open_then), period, "consultation", "planned", exclusion
                )
                made.append(replace(meeting, in_log=False))
    return made


def _held(group: Group, ours: Assumptions, active: list[Clinic], diary: "_Diary") -> Iterator[Meeting]:
    chance = diary.chance
    count = len(group.durations_s)
    codes = {region.code: number for region, number in zip(ours.region, group.regions, strict=True)}
    regions = chance.dealt(codes)
    modes = chance.dealt({"instant": group.instant, "planned": count - group.instant})
    durations = chance.shuffled(group.durations_s)
    cases = iter(_cases(group))
    for region, mode, duration in zip(regions, modes, durations, strict=True):
        case = next(cases, "")
        clinic = chance.weighted({clinic: clinic.weight for clinic in active if clinic.region.code == region})
        meeting = diary.book(clinic, group.period, group.kind, mode, None, FIXED_STARTS.get(case))
        yield replace(meeting, duration_s=duration, case=case)


def _cases(group: Group) -> list[str]:
    """The hard cases that are held meetings, so that they lie inside the published totals."""
    if group.kind == "conference":
        return [TWO_DEVICES, REJOIN, RECONNECT] if group.period == EARLY else [INFERRED, REJOIN]
    if group.period == EARLY:
        return [MIDNIGHT, FIRST_OF_OCTOBER, REJOIN, REJOIN, TWO_DEVICES, INFERRED, *[RECONNECT] * 4]
    return [CLOCK_CHANGE, REJOIN, TWO_DEVICES, *[RECONNECT] * 4]


def _excluded(period: int, ours: Assumptions, active: list[Clinic], diary: "_Diary") -> Iterator[Meeting]:
    chance = diary.chance
    ready = [clinic for clinic in active if diary.days(clinic, period)]
    for exclusion in vars(ours.excluded):
        cases = iter([TWENTY_MINUTES, ALONE_ON_TWO] if exclusion == "single_participant" else [])
        count = getattr(ours.excluded, exclusion)[period]
        for kind in chance.dealt(
            dict(zip(("consultation", "conference"), apportion(count, (2, 1)), strict=True))
        ):
            mode = "planned" if exclusion == "cancelled" else chance.weighted({"planned": 3, "instant": 2})
            clinic = chance.weighted({clinic: clinic.weight for clinic in ready})
            yield replace(diary.book(clinic, period, kind, mode, exclusion), case=next(cases, ""))


@dataclass(frozen=True)
class _Diary:
    """Finds a free hour of a working day in which a clinic may meet."""

    plan: Plan
    chance: Chance
    taken: dict[tuple[str, date, int], bool]

    def book(
        self,
        clinic: Clinic,
        period: int,
        kind: str,
        mode: str,
        exclusion: str | None,
        fixed: datetime | None = None,
    ) -> Meeting:
        chance = self.chance
        start = fixed or self._free(clinic, period, mode)
        created = self._booked_before(start, clinic) if mode == "planned" else start
        return Meeting(
            meeting_id=chance.uuid(),
            short_id=chance.short_id(),
            clinic=clinic,
            kind=kind,
            mode=mode,
            use_type=chance.weighted(USES[kind]),
            booked_by=chance.weighted({"secretary": 6, "doctor": 3} if mode == "planned" else {"doctor": 1}),
            created_at=created.astimezone(UTC),
            starts_at=start.astimezone(UTC),
            exclusion=exclusion,
        )

    def _booked_before(self, start: datetime, clinic: Clinic) -> datetime:
        """When a planned meeting was booked: up to two weeks before, but not before the clinic took part."""
        days = min(self.chance.between(1, 13), (start.date() - clinic.exposed_from).days)
        if days == 0:
            return start - timedelta(minutes=self.chance.between(9, 50))
        clock = time(self.chance.between(8, 15), self.chance.below(60))
        return datetime.combine(start.date() - timedelta(days=days), clock, ZONE)

    def days(self, clinic: Clinic, period: int) -> list[date]:
        """The working days of a period on which ``clinic`` took part, as often as their month was busy."""
        first = max(self.plan.start if period == EARLY else self.plan.cut_offs[0] + timedelta(days=1),
                    clinic.exposed_from)  # fmt: skip
        last = min(self.plan.cut_offs[period], clinic.stopped or self.plan.cut_offs[period])
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [day for day in days if is_working_day(day) for _ in range(MONTHS[day.month])]

    def _free(self, clinic: Clinic, period: int, mode: str) -> datetime:
        days = self.days(clinic, period)
        while True:
            day = self.chance.choice(days)
            last_hour = LAST_HOUR_OF_RECEIPT - 1 if day in self.plan.cut_offs else 15
            hour = self.chance.between(8, last_hour)
            if (clinic.clinic_id, day, hour) not in self.taken:
                break
        self.taken[clinic.clinic_id, day, hour] = True
        minute = self.chance.choice((0, 15)) if mode == "planned" else self.chance.between(0, 15)
        return datetime.combine(day, time(hour, minute), ZONE)


def is_working_day(day: date) -> bool:
    """Monday to Friday, holidays aside."""
    return day.weekday() < 5 and day not in HOLIDAYS
