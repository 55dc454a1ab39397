"""The wholes that shares are shares of, each named once."""

from pipeline.mast.metric import PLACES, PLACES_AND_KIND, REGION, Denominator
from pipeline.text import Text

USABLE_CARD = Denominator(
    "usable_card", Text("brugbare kort", "usable cards"), "cards", columns=PLACES_AND_KIND
)
HELD_CARD = Denominator(
    "held_card",
    Text("kort om gennemførte møder", "cards of held meetings"),
    "cards",
    "is_held",
    columns=PLACES_AND_KIND,
)
RATED_CARD = Denominator(
    "rated_card",
    Text("kort, der besvarede billede og lyd", "cards that answered picture and sound"),
    "cards",
    "is_held and picture_and_sound is not null",
    columns=PLACES_AND_KIND,
)
ANSWERED_CARD = Denominator(
    "answered_card",
    Text("kort, der besvarede tidsforbruget", "cards that answered the time used"),
    "cards",
    "is_held and longer_than_usual is not null",
    columns=PLACES_AND_KIND,
)
HELD_MEETING = Denominator(
    "held_meeting", Text("gennemførte møder", "held meetings"), "contacts", "is_held", columns=PLACES_AND_KIND
)
TRIED_MEETING = Denominator(
    "tried_meeting",
    Text("møder og forsøg", "meetings and attempts"),
    "contacts",
    "is_held or exclusion in ('never_connected', 'single_participant', 'no_overlap', 'under_one_second')",
    columns=PLACES_AND_KIND,
)
ENROLLED_PRACTICE = Denominator(
    "enrolled_practice", Text("tilmeldte praksis", "enrolled practices"), "clinics"
)
ACTIVE_PRACTICE = Denominator(
    "active_practice", Text("aktive praksis", "active practices"), "clinics", "is_active"
)
ACTIVE_MONTH = Denominator(
    "active_practice_month",
    Text("aktive praksismåneder", "active practice-months"),
    "clinics",
    "is_active",
    amount="sum(active_months)",
    columns=PLACES,
)
RESPONSE = Denominator("response", Text("besvarelser", "responses"), "responses", columns=(REGION,))
CONNECTED_RESPONSE = Denominator(
    "connected_response",
    Text("besvarelser med kontakt", "responses with contact"),
    "responses",
    "got_contact = 'yes'",
    columns=(REGION,),
)
GROUP = Denominator(
    "interview_group",
    Text("gruppeinterviews", "group interviews"),
    "coded_units",
    amount="count(distinct interview_group)",
    columns=(),
)


def answered(condition: str) -> Denominator:
    """Those who answered one question; ``condition`` says which responses did."""
    label = Text("besvarelser af spørgsmålet", "responses that answered the question")
    return Denominator(
        "answer", label, "responses", f"{CONNECTED_RESPONSE.where} and ({condition})", columns=(REGION,)
    )
