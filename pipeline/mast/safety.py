"""Domain 2, safety: clinical and technical; the meetings that failed, and why."""

from pipeline.mast.denominators import (
    ENROLLED_PRACTICE,
    HELD_CARD,
    HELD_MEETING,
    RATED_CARD,
    TRIED_MEETING,
    USABLE_CARD,
)
from pipeline.mast.items import of_codes
from pipeline.mast.metric import PLACES_AND_KIND, Metric, Unfed
from pipeline.text import Text

DOMAIN = "safety"

METRICS = (
    Metric(
        "postcards.held",
        DOMAIN,
        Text("Kort: mødet blev gennemført", "Cards: the meeting was held"),
        Text(
            "Brugbare kort, der siger, at mødet blev gennemført", "Usable cards that say the meeting was held"
        ),
        "cards",
        "count",
        value="is_held",
        per=(USABLE_CARD, HELD_MEETING),
        by=PLACES_AND_KIND,
    ),
    Metric(
        "postcards.not_held",
        DOMAIN,
        Text("Kort: mødet blev ikke gennemført", "Cards: the meeting was not held"),
        Text(
            "Brugbare kort, der siger, at mødet ikke blev gennemført. Mislykkede møder sender sjældnere kort",
            "Usable cards that say the meeting was not held. Failed meetings return cards more rarely",
        ),
        "cards",
        "proportion",
        value="not is_held",
        per=(USABLE_CARD,),
        by=PLACES_AND_KIND,
        better="lower",
    ),
    Metric(
        "meetings.failed",
        DOMAIN,
        Text("Log: forsøg, der ikke blev til møder", "Log: attempts that became no meeting"),
        Text(
            "Rum, hvor to deltagere aldrig var forbundet samtidig",
            "Rooms in which two participants were never connected at once",
        ),
        "contacts",
        "count",
        where=TRIED_MEETING.where,
        value="not is_held",
        per=(TRIED_MEETING,),
        by=PLACES_AND_KIND,
        is_census=True,
        better="lower",
    ),
    Metric(
        "postcards.not_held_reason",
        DOMAIN,
        Text("Hvorfor mødet ikke blev gennemført", "Why the meeting was not held"),
        Text(
            "Årsagen på kort om møder, der ikke blev gennemført",
            "The reason on cards of meetings that were not held",
        ),
        "cards",
        "likert",
        where="not is_held",
        per=(USABLE_CARD,),
        items=of_codes("cards", "not_held_reason"),
    ),
    Metric(
        "postcards.good_picture_and_sound",
        DOMAIN,
        Text("Godt billede og god lyd", "Good picture and sound"),
        Text(
            "Kort om gennemførte møder med godt billede og god lyd",
            "Cards of held meetings with good picture and sound",
        ),
        "cards",
        "count",
        where="is_held",
        value="picture_and_sound = 'good'",
        per=(RATED_CARD, HELD_CARD, HELD_MEETING),
        by=PLACES_AND_KIND,
        better="higher",
    ),
    Metric(
        "postcards.poor_picture_and_sound",
        DOMAIN,
        Text("Dårligt billede eller dårlig lyd", "Poor picture or sound"),
        Text(
            "Kort om gennemførte møder med dårligt billede eller dårlig lyd",
            "Cards of held meetings with poor picture or sound",
        ),
        "cards",
        "count",
        where="is_held",
        value="picture_and_sound = 'poor'",
        per=(RATED_CARD, HELD_CARD),
        by=PLACES_AND_KIND,
        better="lower",
    ),
    Metric(
        "postcards.connected_and_good",
        DOMAIN,
        Text("Forbindelse med godt billede og god lyd", "Connected with good picture and sound"),
        Text(
            "Kort om gennemførte møder med godt billede og god lyd, af alle brugbare kort",
            "Cards of held meetings with good picture and sound, of all usable cards",
        ),
        "cards",
        "proportion",
        value="is_held and picture_and_sound = 'good'",
        per=(USABLE_CARD, TRIED_MEETING, ENROLLED_PRACTICE),
        by=PLACES_AND_KIND,
        better="higher",
    ),
    Metric(
        "meetings.quality",
        DOMAIN,
        Text("Kvalitetsklasse i loggen", "Quality class in the log"),
        Text(
            "Den dårligste kvalitetsklasse blandt mødets deltagere",
            "The worst quality class among a meeting's participants",
        ),
        "contacts",
        "likert",
        where="is_held",
        per=(HELD_MEETING,),
        items=of_codes("contacts", "quality_class"),
        is_census=True,
    ),
    Metric(
        "adverse_events.reported",
        DOMAIN,
        Text("Utilsigtede hændelser", "Adverse events"),
        Text("Indberettede utilsigtede hændelser", "Adverse events reported"),
        "adverse_events",
        "count",
        better="lower",
    ),
)

UNFED = (
    Unfed(
        "participations.ice_failure",
        DOMAIN,
        Text("Fejlet medieforbindelse og andel via relæ", "ICE failures and relay share"),
        Text(
            "Ikke målt: afprøvningens log har ingen 10-sekunders vinduer",
            "Not measured: the pilot's log has no 10-second windows",
        ),
    ),
    Unfed(
        "meetings.converted",
        DOMAIN,
        Text("Omlagt til telefon eller fremmøde samme dag", "Converted to phone or visit the same day"),
        Text("Afregningen kendes pr. uge, ikke pr. dag", "Settlement is known by week, not by day"),
    ),
)
