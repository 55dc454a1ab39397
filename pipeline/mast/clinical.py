"""Domain 3, clinical effect: what video took the place of, and what the doctors say it suits."""

from pipeline.mast.metric import Codes, Metric, Unfed
from pipeline.text import Text

CLINICAL = "clinical"

METRICS = (
    Metric(
        id="postcards.replaced",
        domain=CLINICAL,
        title=Text("Hvad videomødet erstattede", "What the video meeting replaced"),
        definition=Text(
            "Kortets svar på, hvad der var sket uden video, blandt kort om gennemførte møder, der besvarede "
            "det.",
            "The card's answer on what would have happened without video, among cards on held meetings that "
            "answered.",
        ),
        kind="likert",
        table="cards",
        where="is_held",
        value="replaced = '{item}'",
        answered="replaced is not null",
        items=Codes("replaced"),
        per=("answered_card", "held_meeting"),
        by=("region", "practice_type", "kind", "use_type"),
    ),
    Metric(
        id="postcards.consultations",
        domain=CLINICAL,
        title=Text("Kort om videokonsultationer", "Cards on video consultations"),
        definition=Text(
            "Kort om gennemførte møder, hvor mødet var en konsultation med en borger.",
            "Cards on held meetings in which the meeting was a consultation with a citizen.",
        ),
        kind="proportion",
        table="cards",
        where="is_held",
        value="kind = 'consultation'",
        per=("held_card", "held_meeting", "enrolled_practice"),
        by=("region", "practice_type"),
    ),
)

UNFED = (
    Unfed(
        "clinical.suitability",
        CLINICAL,
        Text(
            "Egnethed mod fremmøde (bedre, samme, dårligere)",
            "Suitability against a visit (better, same, worse)",
        ),
        Text(
            "Kortet spørger ikke. Litteraturen giver et sammenligningstal, når den er leveret.",
            "The card does not ask. The literature gives a figure to compare with once it is delivered.",
        ),
    ),
    Unfed(
        "clinical.recontact",
        CLINICAL,
        Text("Ny kontakt inden for 14 dage", "New contact within 14 days"),
        Text(
            "Ydelseslinjerne kan ikke kobles til en patient eller en dag.",
            "The fee lines cannot be linked to a patient or a day.",
        ),
    ),
    Unfed(
        "clinical.health",
        CLINICAL,
        Text("Sygelighed, dødelighed og livskvalitet", "Morbidity, mortality and quality of life"),
        Text(
            "Piloten målte løsningen, ikke helbredet; ingen kilde rummer det.",
            "The pilot tried the solution, not health; no source holds it.",
        ),
    ),
)
