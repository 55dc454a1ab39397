"""Domain 3, clinical effectiveness: what video replaced, and what can be said of its effect."""

from pipeline.mast.denominators import HELD_CARD, HELD_MEETING
from pipeline.mast.items import of_codes
from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

DOMAIN = "clinical"

METRICS = (
    Metric(
        "postcards.replaced",
        DOMAIN,
        Text("Hvad mødet erstattede", "What the meeting replaced"),
        Text(
            "Kortets svar på, hvad der ville være sket uden video",
            "The card's answer to what would have happened without video",
        ),
        "cards",
        "likert",
        where="is_held",
        per=(HELD_CARD,),
        items=of_codes("cards", "replaced"),
    ),
    Metric(
        "meetings.use_type",
        DOMAIN,
        Text("Mødernes anvendelse", "What the meetings were used for"),
        Text("Anvendelsen, som den er booket", "The use as it was booked"),
        "contacts",
        "likert",
        where="is_held",
        per=(HELD_MEETING,),
        items=of_codes("contacts", "use_type"),
        is_census=True,
    ),
)

UNFED = (
    Unfed(
        "contacts.suitability",
        DOMAIN,
        Text("Egnethed sammenlignet med fremmøde", "Suitability against a visit"),
        Text(
            "Kortet spørger ikke; gruppeinterviewene beskriver det som temaer",
            "The card does not ask; the group interviews describe it as themes",
        ),
    ),
    Unfed(
        "contacts.recontact_14_days",
        DOMAIN,
        Text("Ny kontakt inden 14 dage", "Renewed contact within 14 days"),
        Text(
            "Patienten kan ikke følges: 0-koderne bærer ingen patient",
            "Patients cannot be followed: the zero codes carry none",
        ),
    ),
    Unfed(
        "patients.outcomes",
        DOMAIN,
        Text("Sygelighed, dødelighed og livskvalitet", "Morbidity, mortality and quality of life"),
        Text("Afprøvningen målte ingen kliniske udfald", "The pilot measured no clinical outcome"),
    ),
)
