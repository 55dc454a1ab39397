"""The published figures as a delivery: which estimate each figure of the golden files is, by one table.

A share is written 0–1: »43 %« is 0.43 with two decimals. A count or a mean is an estimate's value and has no
named denominator (``-``); a count that is part of a share is its numerator, under the denominator's name.
*Implied* is what follows from published figures alone: 61 cards from 56 and 5, or a share of two such counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.pilot.registers import DECK, EVALUATION
from pipeline.pilot.targets import Targets
from pipeline.pilot.writers import Row
from pipeline.text import round_half_up

IMPLIED_DECIMALS = 4
DECK_PRACTICES = ("1083", 25)  # the deck: »Videokons – 25 praksis deltager« in Region Syddanmark
MOST = Decimal("0.5")  # »overvejende«, »tog ikke længere tid«
ITEMS = ("picture", "sound", "time_preparing", "time_waiting", "time_talking", "advantages", "disadvantages")


@dataclass(frozen=True)
class Book:
    """Writes the figures of one source at one cut-off."""

    as_of: date
    source: str

    def row(self, metric: str, statistic: str, figure: int | Decimal, **more: Any) -> Row:
        decimals = more.pop("decimals", 0)
        row = {
            "item": "-",
            "stratum_by": "all",
            "stratum": "all",
            "per": "-",
            "comparison": "eq",
            "basis": "published",
        }
        return {
            "metric": metric,
            **row,
            "as_of": self.as_of,
            "statistic": statistic,
            "figure": round_half_up(figure, decimals),
            "decimals": decimals,
            "source": self.source,
            **more,
        }

    def value(self, metric: str, figure: int | Decimal, **more: Any) -> Row:
        return self.row(metric, "value", figure, **more)

    def share(
        self, metric: str, numerator: int, denominator: int, per: str, basis: str = "published", **more: Any
    ) -> Iterator[Row]:
        """A share of which both counts are known: numerator as given, denominator and value follow."""
        yield self.row(metric, "numerator", numerator, per=per, basis=basis, **more)
        yield self.row(metric, "denominator", denominator, per=per, basis="implied", **more)
        value = Decimal(numerator) / Decimal(denominator)
        yield self.value(metric, value, decimals=IMPLIED_DECIMALS, per=per, basis="implied", **more)


def interim(targets: Targets) -> list[Row]:
    """What the status deck of October 2019 gives, and what follows from it."""
    found = targets.interim
    book = Book(targets.cut_offs[0], DECK)
    meetings, cards, asked = found["meetings"], found["postcards"], found["questionnaire"]
    usable = cards["held"] + cards["not_held"]
    rows = [
        book.value("meetings.held", meetings["total"]),
        book.value("meetings.held", meetings["nordjylland"], stratum_by="region", stratum="1081"),
        book.value("meetings.minutes", meetings["mean_minutes"], decimals=1),
        book.value("practices.regions", meetings["regions"]),
        book.value("practices.enrolled", DECK_PRACTICES[1], stratum_by="region", stratum=DECK_PRACTICES[0]),
        book.value("postcards.usable", usable, basis="implied"),
        book.row("questionnaire.connected", "numerator", asked["answered_quality_items"], per="response"),
        *book.share("postcards.response", usable, meetings["total"], "held_meeting", "implied"),
        *book.share("postcards.held", cards["held"], meetings["total"], "held_meeting"),
    ]
    for name in ("consultations", "conferences", "instant", "planned"):
        rows += book.share(f"meetings.{name}", meetings[name], meetings["total"], "held_meeting")
    for name in ("held", "not_held"):
        rows += book.share(f"postcards.{name}", cards[name], usable, "usable_card")
    for name in ("good_picture_and_sound", "poor_picture_and_sound"):
        rows += book.share(f"postcards.{name}", cards[name], cards["held"], "held_card")
    words = {"not_longer": cards["longer_than_usual"] == "no", "consultations": cards["mostly_consultations"]}
    for name, is_so in words.items():
        if is_so:
            rows.append(
                book.value(f"postcards.{name}", MOST, decimals=1, per="held_card", comparison="more_than")
            )
    for question in ITEMS:
        for code, (count, percent) in asked[question].items():
            more = {"item": code, "per": "answer"}
            metric = f"questionnaire.{question}"
            rows.append(book.row(metric, "numerator", count, **more))
            rows.append(book.row(metric, "denominator", asked["answered_quality_items"], **more))
            rows.append(book.value(metric, Decimal(percent) / 100, decimals=2, **more))
    return rows


def final(targets: Targets) -> list[Row]:
    """What the evaluation of March 2020 gives, and what follows from it."""
    found = targets.final
    book = Book(targets.cut_offs[1], EVALUATION)
    meetings, cards, asked = found["meetings"], found["postcards"], found["questionnaire"]
    practices, groups = found["practices"], found["interviews"]["groups"]
    good = cards["connected_with_good_picture_and_sound"]["more_than"]
    rows = [
        book.value("meetings.held", meetings["total"]),
        book.value("meetings.minutes_consultation", meetings["mean_minutes_consultation"]),
        book.value("meetings.minutes_conference", meetings["mean_minutes_conference"]),
        book.value("practices.enrolled", practices["enrolled"]),
        book.value("postcards.usable", cards["returned"]),
        book.value(
            "postcards.connected_and_good", good, decimals=2, per="usable_card", comparison="more_than"
        ),
        book.value("postcards.not_longer", cards["not_longer_than_usual"], decimals=2, per="answered_card"),
        *book.share("postcards.response", cards["returned"], meetings["total"], "held_meeting"),
        book.value("questionnaire.respondents", asked["respondents"]),
        *book.share("questionnaire.connected", asked["connected"], asked["respondents"], "response"),
        book.row("questionnaire.easy_agree", "numerator", asked["easy_to_use_agree"], per="answer"),
        book.row("questionnaire.would_use_again", "numerator", asked["would_use_again"], per="answer"),
        book.value("interviews.groups", groups),
    ]
    for metric, key in (
        ("general", "general_practice"),
        ("specialist", "specialist"),
        ("active", "active"),
        ("stopped_by_technology", "stopped_by_technology"),
    ):
        rows += book.share(f"practices.{metric}", practices[key], practices["enrolled"], "enrolled_practice")
    if not found["conclusion"]["recommended_as_tested"]:
        rows += book.share("interviews.recommends_as_tested", 0, groups, "interview_group")
    return rows
