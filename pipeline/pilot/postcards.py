"""The postcards: which meetings returned one, what it says, and cards that must not count twice or at all."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.pilot.assumptions import Assumptions
from pipeline.pilot.calibrate import EARLY, LATER, CardPlan, Plan
from pipeline.pilot.chance import Chance
from pipeline.pilot.meetings import FIRST_OF_OCTOBER, USES, Meeting, is_working_day
from pipeline.pilot.practices import Clinic
from pipeline.pilot.wording import Wording

REPLACED = {
    "consultation_visit": {"visit": 9, "phone": 1},
    "consultation_phone": {"phone": 9, "unknown": 1},
    "consultation_econsult": {"e_consultation": 1},
    "interpretation": {"visit": 1},
    "home_nursing": {"phone": 5, "home_visit": 3, "no_contact": 1},
    "nursing_home": {"home_visit": 5, "phone": 3, "meeting_by_car": 1},
    "discharge": {"meeting_by_car": 4, "phone": 1, "no_contact": 1},
    "specialist_advice": {"phone": 2, "e_consultation": 1, "no_contact": 2},
    "other": {"unknown": 1, "phone": 1},
}
REASONS = {
    "single_participant": {"login": 3, "patient_absent": 2, "device": 2, "doctor_absent": 1, "user_error": 1},
    "no_overlap": {"login": 2, "network": 1, "user_error": 1},
    "under_one_second": {"network": 1, "no_sound": 1, "no_picture": 1},
    "never_connected": {"link_missing": 3, "login": 1},
}


@dataclass(frozen=True)
class Card:
    """One card. ``delivery`` is the delivery it came with; ``spoilt`` names a cell that cannot be read."""

    delivery: int
    clinic: Clinic
    meeting: Meeting | None
    short_id: str | None
    meeting_date: date
    kind: str
    use_type: str
    is_held: bool
    not_held_reason: str | None = None
    picture_and_sound: str | None = None
    longer_than_usual: str | None = None
    replaced: str | None = None
    comment: str | None = None
    spoilt: tuple[str, str] | None = None  # column and what stands in it


def postcards(
    plan: Plan, ours: Assumptions, meetings: list[Meeting], clinics: list[Clinic], wording: Wording, seed: int
) -> list[Card]:
    """Every card, usable or not, in the order in which a delivery lists them."""
    writer = _Writer(
        plan, ours, clinics, wording, Chance(seed, "postcards"), _Pool(meetings, Chance(seed, "pool"))
    )
    usable = [card for delivery in (EARLY, LATER) for card in writer.usable(delivery)]
    cards = sorted(usable, key=lambda card: (card.delivery, card.meeting_date, card.short_id or ""))
    return [*writer.with_doubles(cards), *writer.unusable()]


class _Pool:
    """The meetings that have no card yet; each returns at most one."""

    def __init__(self, meetings: list[Meeting], chance: Chance) -> None:
        self._waiting = chance.shuffled([meeting for meeting in meetings if meeting.in_log])

    def take(self, first: date, last: date, kind: str | None = None, case: str | None = None) -> Meeting:
        """A held meeting of ``kind``, or an attempt when that is None, that started between the two dates."""
        found = next(
            meeting
            for meeting in self._waiting
            if first <= meeting.day <= last
            and (meeting.kind == kind if kind else meeting.exclusion in REASONS)
            and meeting.is_held == bool(kind)
            and (meeting.case == case if case else meeting.case != FIRST_OF_OCTOBER)
        )
        self._waiting.remove(found)
        return found


@dataclass(frozen=True)
class _Writer:
    plan: Plan
    ours: Assumptions
    clinics: list[Clinic]
    wording: Wording
    chance: Chance
    pool: _Pool

    def usable(self, delivery: int) -> list[Card]:
        """The cards of one delivery that count, with exactly the answers of the plan."""
        counts, chance = self.plan.cards[delivery], self.chance
        held = [replace(card, comment=self._comment("held", card.kind)) for card in self._held(delivery)]
        pictures = chance.dealt({"good": counts.good, "poor": counts.held - counts.good})
        longer: list[str | None] = chance.dealt(_longer(counts))
        return [
            *(
                replace(card, picture_and_sound=picture, longer_than_usual=answer)
                for card, picture, answer in zip(held, pictures, longer, strict=True)
            ),
            *(self._not_held(delivery) for _ in range(counts.not_held)),
        ]

    def _held(self, delivery: int) -> list[Card]:
        """Cards on held meetings, each with the meeting it names, if it names one that is known."""
        counts, cards = self.plan.cards[delivery], self.ours.cards
        kinds = {"consultation": counts.consultations, "conference": counts.held - counts.consultations}
        nameless, unknown = cards.without_booking[delivery], cards.unknown_booking[delivery]
        late = cards.late if delivery == LATER else 0
        made: list[Card] = []
        for number, kind in enumerate(self._late_consultation_first(kinds)):
            if late and number == 0:
                meeting = self.pool.take(*self._dates(EARLY), kind, FIRST_OF_OCTOBER)
                made.append(self._of(meeting, delivery))
            elif number < late + nameless + unknown and number >= late:
                made.append(self._without_meeting(kind, delivery, is_named=number >= late + nameless))
            else:
                period = EARLY if number < late else delivery
                made.append(self._of(self.pool.take(*self._dates(period), kind), delivery))
        return made

    def _late_consultation_first(self, kinds: dict[str, int]) -> list[str]:
        """The kinds dealt, a consultation first: the late card on the meeting of 1 October is one."""
        return ["consultation", *self.chance.dealt({**kinds, "consultation": kinds["consultation"] - 1})]

    def _dates(self, period: int) -> tuple[date, date]:
        first, last = self.plan.cut_offs
        return (self.plan.start, first) if period == EARLY else (first + timedelta(days=1), last)

    def _of(self, meeting: Meeting, delivery: int) -> Card:
        return Card(
            delivery=delivery,
            clinic=meeting.clinic,
            meeting=meeting,
            short_id=meeting.short_id,
            meeting_date=meeting.day,
            kind=meeting.kind,
            use_type=meeting.use_type,
            is_held=meeting.is_held,
            replaced=self.chance.weighted(REPLACED[meeting.use_type]) if meeting.is_held else None,
        )

    def _without_meeting(self, kind: str, delivery: int, *, is_named: bool) -> Card:
        """A card that names no booking, or one that nobody knows."""
        first, last = self._dates(delivery)
        active = [
            clinic for clinic in self.clinics if clinic.stopped is None and clinic.exposed_from <= first
        ]
        days = (first + timedelta(days=number) for number in range(45, (last - first).days))
        use_type = self.chance.weighted(USES[kind])
        return Card(
            delivery=delivery,
            clinic=self.chance.choice(active),
            meeting=None,
            short_id=self.chance.short_id() if is_named else None,
            meeting_date=self.chance.choice([day for day in days if is_working_day(day)]),
            kind=kind,
            use_type=use_type,
            is_held=True,
            replaced=self.chance.weighted(REPLACED[use_type]),
        )

    def _not_held(self, delivery: int) -> Card:
        meeting = self.pool.take(*self._dates(delivery))
        reason = self.chance.weighted(REASONS[meeting.exclusion or ""])
        comment = self._comment("not_held")
        return replace(self._of(meeting, delivery), not_held_reason=reason, comment=comment)

    def _comment(self, *lists: str) -> str | None:
        sentences = [sentence for name in lists for sentence in self.wording.comments[name]]
        return self.chance.choice(sentences) if self.chance.one_in(3) else None

    def with_doubles(self, cards: list[Card]) -> list[Card]:
        """``cards`` and those they replace: before a card an older one, after a delivery its corrections."""
        made: list[Card] = []
        doubled: set[int] = set()
        for delivery, count in enumerate(self.ours.cards.replaced_by_later):
            own = [
                index
                for index, card in enumerate(cards)
                if card.delivery == delivery and card.meeting and card.is_held
            ]
            doubled |= set(self.chance.shuffled(own)[:count])
        for index, card in enumerate(cards):
            if index in doubled:
                # what was first said of the meeting, and then said better
                made.append(replace(card, is_held=False, not_held_reason="network", picture_and_sound=None,
                                    longer_than_usual=None, replaced=None, comment=None))  # fmt: skip
            made.append(card)
        first = [
            card
            for index, card in enumerate(cards)
            if card.delivery == EARLY and card.meeting and index not in doubled
        ]
        corrected = self.chance.shuffled([card for card in first if card.is_held])[
            : self.ours.cards.corrected
        ]
        return made + [
            replace(card, delivery=LATER, replaced="unknown", comment="Rettet kort.") for card in corrected
        ]

    def unusable(self) -> list[Card]:
        """Cards that go to quarantine: a code nobody knows, a date that no calendar has."""
        spoilt = (
            (EARLY, "picture_and_sound", "Fin nok"),
            (EARLY, "meeting_date", "31-09-2019"),
            (LATER, "replaced", "Brevdue"),
            (LATER, "meeting_date", "31-11-2019"),
            (LATER, "is_held", "Måske"),
        )
        return [
            replace(
                self._without_meeting("consultation", delivery, is_named=False),
                picture_and_sound="good",
                longer_than_usual="no",
                spoilt=(column, cell),
            )
            for delivery, column, cell in spoilt
        ]


def _longer(counts: CardPlan) -> dict[str | None, int]:
    return {
        "no": counts.not_longer,
        "yes": counts.longer_answered - counts.not_longer,
        None: counts.held - counts.longer_answered,
    }
