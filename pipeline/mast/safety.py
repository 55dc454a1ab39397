"""Domain 2, safety: whether the connection came about and held, seen by the cards and by the log."""

from pipeline.mast.denominators import ATTEMPT, MEETING, REGION
from pipeline.mast.metric import Codes, Metric, Unfed
from pipeline.text import Text

SAFETY = "safety"

METRICS = (
    Metric(
        id="postcards.held",
        domain=SAFETY,
        title=Text("Gennemførte møder ifølge kortene", "Held meetings by the cards"),
        definition=Text(
            "Anvendelige postkort, der melder et gennemført møde.", "Usable cards that report a held meeting."
        ),
        kind="proportion",
        table="cards",
        value="is_held",
        per=("usable_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="higher",
    ),
    Metric(
        id="postcards.not_held",
        domain=SAFETY,
        title=Text("Ikke gennemførte møder ifølge kortene", "Meetings not held by the cards"),
        definition=Text(
            "Anvendelige postkort, der melder, at mødet ikke blev gennemført. Mislykkede møder får sjældnere "
            "et kort.",
            "Usable cards that report a meeting not held. Failed meetings return a card less often.",
        ),
        kind="proportion",
        table="cards",
        value="not is_held",
        per=("usable_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="lower",
    ),
    Metric(
        id="postcards.failure_reasons",
        domain=SAFETY,
        title=Text("Årsager til ikke gennemførte møder", "Reasons for meetings not held"),
        definition=Text(
            "Kortets årsag, blandt kort om ikke gennemførte møder.",
            "The card's reason, among cards on meetings not held.",
        ),
        kind="likert",
        table="cards",
        where="not is_held",
        value="not_held_reason = '{item}'",
        items=Codes("not_held_reason"),
        per=("failed_card",),
        by=("kind",),
    ),
    Metric(
        id="meetings.failed",
        domain=SAFETY,
        title=Text("Mislykkede møder ifølge loggen", "Failed meetings by the log"),
        definition=Text(
            "Møder, hvor mindst én blev forbundet, men aldrig to samtidig: det andet skøn over mislykkede "
            "opkald.",
            "Meetings in which somebody connected but never two at once: the second estimate of failed "
            "calls.",
        ),
        kind="proportion",
        table="contacts",
        where=ATTEMPT,
        value="not is_held",
        per=("attempt", "enrolled_practice"),
        by=MEETING,
        is_census=True,
        better="lower",
    ),
    Metric(
        id="postcards.good_picture_and_sound",
        domain=SAFETY,
        title=Text("Godt billede og god lyd", "Good picture and sound"),
        definition=Text(
            "Kort om gennemførte møder, der melder godt billede og god lyd.",
            "Cards on held meetings that report good picture and sound.",
        ),
        kind="proportion",
        table="cards",
        where="is_held",
        value="picture_and_sound = 'good'",
        per=("held_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="higher",
    ),
    Metric(
        id="postcards.poor_picture_and_sound",
        domain=SAFETY,
        title=Text("Dårligt billede eller dårlig lyd", "Poor picture or sound"),
        definition=Text(
            "Kort om gennemførte møder, der melder dårligt billede eller dårlig lyd.",
            "Cards on held meetings that report poor picture or sound.",
        ),
        kind="proportion",
        table="cards",
        where="is_held",
        value="picture_and_sound = 'poor'",
        per=("held_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="lower",
    ),
    Metric(
        id="postcards.connected_and_good",
        domain=SAFETY,
        title=Text("Forbindelse med godt billede og god lyd", "Connected with good picture and sound"),
        definition=Text(
            "Anvendelige postkort, gennemført eller ej, der melder et gennemført møde med godt billede og "
            "god lyd.",
            "Usable cards, held or not, that report a held meeting with good picture and sound.",
        ),
        kind="proportion",
        table="cards",
        value="is_held and picture_and_sound = 'good'",
        per=("usable_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="higher",
    ),
    Metric(
        id="meetings.quality",
        domain=SAFETY,
        title=Text("Målt kvalitet", "Measured quality"),
        definition=Text(
            "Gennemførte møder efter kvalitetsklassen hos den dårligst stillede deltager.",
            "Held meetings by the quality class of the participant who had it worst.",
        ),
        kind="likert",
        table="contacts",
        where="is_held",
        value="quality_class = '{item}'",
        items=Codes("quality_class"),
        per=("held_meeting",),
        by=MEETING,
        is_census=True,
    ),
    Metric(
        id="meetings.reconnected",
        domain=SAFETY,
        title=Text("Møder med genopkobling", "Meetings with a reconnection"),
        definition=Text(
            "Gennemførte møder, hvor mindst én deltager mistede forbindelsen og kom på igen.",
            "Held meetings in which at least one participant lost the connection and came back.",
        ),
        kind="proportion",
        table="contacts",
        where="is_held",
        value="reconnects > 0",
        per=("held_meeting", "enrolled_practice"),
        by=MEETING,
        is_census=True,
        better="lower",
    ),
    Metric(
        id="meetings.wait_median",
        domain=SAFETY,
        title=Text("Ventetid i venterummet, median", "Time in the waiting room, median"),
        definition=Text(
            "Medianen af den længste ventetid pr. gennemført møde, hvor nogen ventede.",
            "The median of the longest wait per held meeting in which somebody waited.",
        ),
        kind="median",
        table="contacts",
        where="is_held",
        value="wait_s",
        by=MEETING,
        unit="seconds",
        is_census=True,
        better="lower",
    ),
    Metric(
        id="safety.adverse_events",
        domain=SAFETY,
        title=Text("Utilsigtede hændelser", "Adverse events"),
        definition=Text(
            "Indberettede utilsigtede hændelser i forbindelse med et videomøde.",
            "Reported adverse events in connection with a video meeting.",
        ),
        kind="count",
        table="adverse_events",
        by=REGION,
        unit="count",
        is_census=True,
        better="lower",
    ),
)

UNFED = (
    Unfed(
        "sessions.ice_failure",
        SAFETY,
        Text("Opkobling mislykket og trafik via mellemled", "Failed connecting and relayed traffic"),
        Text(
            "Ikke målt i piloten: loggen har livsforløb og kvalitetsklasse, men ingen 10-sekunders målinger.",
            "Not measured in the pilot: its log has life-cycle events and a quality class, no 10-second "
            "windows.",
        ),
    ),
    Unfed(
        "sessions.loss_and_delay",
        SAFETY,
        Text("Pakketab, forsinkelse og frosset billede", "Packet loss, delay and frozen picture"),
        Text(
            "Ikke målt i piloten: det kræver 10-sekunders målinger.",
            "Not measured in the pilot: it takes 10-second windows.",
        ),
    ),
    Unfed(
        "meetings.converted",
        SAFETY,
        Text("Uplanlagt skift til telefon eller fremmøde", "Unplanned conversion to phone or visit"),
        Text(
            "Ydelseslinjerne rummer kun pilotens nulkoder, og afregningsugen er ikke mødets dag.",
            "The fee lines hold the pilot's zero codes only, and the billing week is not the meeting's day.",
        ),
    ),
    Unfed(
        "safety.clinical_flags",
        SAFETY,
        Text("Kliniske advarselstegn (»kunne ikke vurdere«)", 'Clinical flags ("could not assess")'),
        Text(
            "Kortets fritekst er ikke kodet; interviewtemaerne om uegnethed står under klinisk effekt.",
            "The card's free text is not coded; interview themes on what video does not suit stand under "
            "clinical effect.",
        ),
    ),
)
