"""Postcards as each region's Excel writes them, and what the video service thought of the same meetings."""

from collections.abc import Iterator
from typing import Any

from pipeline.pilot.assumptions import Assumptions, Region
from pipeline.pilot.calibrate import EARLY, LATER
from pipeline.pilot.chance import Chance
from pipeline.pilot.meetings import Meeting
from pipeline.pilot.postcards import Card
from pipeline.pilot.writers import Raw, Row, Style

SPELLINGS = {
    "is_held": {True: ("Ja", "Ja", "ja", "J", "X"), False: ("Nej", "Nej", "nej", "N")},
    "longer_than_usual": {"yes": ("Ja", "ja", "X"), "no": ("Nej", "Nej", "nej", "N")},
    "picture_and_sound": {
        "good": ("Godt billede / god lyd", "God", "god", "G"),
        "poor": ("Dårligt billede / dårlig lyd", "Dårlig"),
    },
    "kind": {
        "consultation": ("Videokonsultation", "konsultation", "K"),
        "conference": ("Videokonference", "VK"),
    },
}
SCIENTIFIC = "2,65161E+14"  # what Excel makes of a SOR code
FOOTNOTE = "* Kort uden bookingnummer er udfyldt i hånden og tastet af sekretæren"
MARKS = {
    "syddanmark": "SYD",
    "hovedstaden": "HOV",
    "sjaelland": "SJ",
    "midtjylland": "MID",
    "nordjylland": "NOR",
}
EXTRA_FIELDS = ("delivery", "clinic", "meeting", "spoilt")


def files(cards: list[Card], ours: Assumptions, seed: int) -> Iterator[tuple[int, Region, list[Row], Style]]:
    """Delivery, region, rows and style of every file of postcards; a region without cards sends none."""
    chance = Chance(seed, "cards")
    numbers = dict.fromkeys(MARKS, 0)
    for delivery in (EARLY, LATER):
        for region in ours.region:
            own = [card for card in cards if card.delivery == delivery and card.clinic.region == region]
            rows: list[Row] = []
            for card in own:
                numbers[region.name] += 1
                rows.append(_row(card, f"{MARKS[region.name]}-{numbers[region.name]:03d}", chance))
            if delivery == EARLY and region is ours.region[0]:
                rows[len(rows) // 2] = {**rows[len(rows) // 2], "sor_code": Raw(SCIENTIFIC)}
            if rows:
                yield delivery, region, rows, _style(region, len(rows))


def quality(cards: list[Card], meetings: list[Meeting], seed: int) -> dict[str, str]:
    """The worst quality class of each meeting, by its id: where a card says poor, the log mostly agrees."""
    chance = Chance(seed, "quality")
    poor = {card.meeting.meeting_id for card in cards if card.meeting and card.picture_and_sound == "poor"}
    ordinary, bad = {"good": 86, "degraded": 11, "poor": 3}, {"poor": 5, "degraded": 3, "good": 1}
    return {
        meeting.meeting_id: chance.weighted(bad if meeting.meeting_id in poor else ordinary)
        for meeting in meetings
    }


def _row(card: Card, card_id: str, chance: Chance) -> Row:
    cells: dict[str, Any] = {name: value for name, value in vars(card).items() if name not in EXTRA_FIELDS}
    cells |= {
        "card_id": card_id,
        "practice": card.clinic.practice_on(card.meeting_date),
        "sor_code": card.clinic.sor_code if chance.below(4) else None,
        "region": card.clinic.region.code,
    }
    for name, spellings in SPELLINGS.items():
        if cells[name] is not None:
            cells[name] = Raw(chance.choice(spellings[cells[name]]))
    if card.spoilt:
        column, cell = card.spoilt
        cells[column] = Raw(cell)
    return cells


def _style(region: Region, count: int) -> Style:
    endings: list[str] = []
    if "subtotal" in region.sins:
        endings.append(f"I alt;{count}")
    if "footnote" in region.sins:
        endings += ["", FOOTNOTE]
    return Style(
        encoding=region.encoding,
        headings=region.headings,
        nothing="-" if "dash" in region.sins else "",
        is_trailing="trailing" in region.sins,
        has_separator_line="separator" in region.sins,
        endings=tuple(endings),
    )
