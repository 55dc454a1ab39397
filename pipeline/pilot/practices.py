"""The clinics that enrolled: where, since when, under which keyed numbers, and when some stopped."""

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.identifiers import canonical_sor, demonstration_key, pseudonym
from pipeline.pilot.assumptions import Assumptions, Region
from pipeline.pilot.chance import Chance

ENROLLED = date(2019, 3, 1), date(2019, 5, 31)  # the deck: appointed in March, starting in June
NUMBER_CHANGE = date(2019, 9, 1)  # one clinic's ydernummer changes in mid-pilot
STOPPED_EARLY = date(2019, 7, 15), date(2019, 9, 30)
STOPPED_LATER = date(2019, 11, 11), date(2019, 12, 16)


@dataclass(frozen=True)
class Number:
    """A keyed ydernummer and the days it holds (``valid_to`` None: still)."""

    practice: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, eq=False)  # one object a clinic
class Clinic:
    """One enrolled clinic. ``weight``: how keen it is on video; ``hosts``: its doctors to the service."""

    clinic_id: str
    region: Region
    practice_type: str
    enrolled: date
    exposed_from: date
    stopped: date | None
    numbers: tuple[Number, ...]
    sor_code: str
    organisation: str
    hosts: tuple[str, ...]
    weight: int

    def practice_on(self, day: date) -> str:
        """The keyed ydernummer that held on ``day``."""
        return next(
            number.practice
            for number in self.numbers
            if number.valid_from <= day and (number.valid_to is None or day <= number.valid_to)
        )


def clinics(ours: Assumptions, start: date, seed: int) -> list[Clinic]:
    """All clinics, those of a region together. The raw numbers are drawn here and leave only keyed."""
    chance = Chance(seed, "practices")
    raw_numbers = chance.shuffled(range(7001, 96999, 13))
    made: list[Clinic] = []
    stopped_before = 0
    for region in ours.region:
        is_stopped = chance.dealt({True: region.stopped, False: region.practices - region.stopped})
        types = chance.dealt(
            {"specialist": region.specialists, "general": region.practices - region.specialists}
        )
        changing = next((index for index in range(region.practices) if not is_stopped[index]), None)
        for index in range(region.practices):
            is_ready = region.server_from <= start
            exposed = max(start, region.server_from) + timedelta(
                days=14 * chance.below(4) if is_ready and not is_stopped[index] else 0
            )
            stopped = None
            if is_stopped[index]:
                window = STOPPED_EARLY if is_ready and stopped_before % 2 == 0 else STOPPED_LATER
                stopped = chance.day(*window)
                stopped_before += 1
            has_change = region is ours.region[0] and index == changing
            made.append(
                Clinic(
                    clinic_id=_keyed("clinic", f"clinic {seed} {len(made)}"),
                    region=region,
                    practice_type=types[index],
                    enrolled=chance.day(*ENROLLED),
                    exposed_from=start if has_change else exposed,
                    stopped=stopped,
                    numbers=_numbers(start, raw_numbers, has_change),
                    sor_code=_keyed("organisation", _sor(chance)),
                    organisation=chance.service_pseudonym(),
                    hosts=tuple(chance.service_pseudonym() for _ in range(chance.between(1, 4))),
                    weight=12 if has_change else chance.choice((1, 2, 2, 3, 4, 6, 9)),
                )
            )
    return made


def _numbers(start: date, raw_numbers: list[int], has_change: bool) -> tuple[Number, ...]:
    def keyed() -> str:
        return _keyed("practice", f"{raw_numbers.pop():06d}")

    if not has_change:
        return (Number(keyed(), start, None),)
    before = Number(keyed(), start, NUMBER_CHANGE - timedelta(days=1))
    return before, Number(keyed(), NUMBER_CHANGE, None)


def _keyed(kind: str, raw: str) -> str:
    return pseudonym(kind, raw, demonstration_key())


def _sor(chance: Chance) -> str:
    """A SOR code as they are built: an item number, the namespace 1000016, and a check digit that fits."""
    stem = f"{chance.between(200_000, 999_999)}1000016"
    return next(code for digit in range(10) if (code := canonical_sor(f"{stem}{digit}")) is not None)
