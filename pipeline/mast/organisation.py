"""Domain 6, organisation: who did the work, how much of it came back on cards, and what the doctors said."""

from pipeline.mast.denominators import MEETING, REGION
from pipeline.mast.metric import Codes, Metric, Unfed
from pipeline.text import Text

ORGANISATION = "organisation"

METRICS = (
    Metric(
        id="meetings.booked_by",
        domain=ORGANISATION,
        title=Text("Hvem bookede mødet", "Who booked the meeting"),
        definition=Text(
            "Gennemførte møder efter, hvem i klinikken der bookede dem.",
            "Held meetings by who in the clinic booked them.",
        ),
        kind="likert",
        table="contacts",
        where="is_held",
        value="booked_by = '{item}'",
        items=Codes("booked_by"),
        per=("held_meeting",),
        by=MEETING,
        is_census=True,
    ),
    Metric(
        id="postcards.usable",
        domain=ORGANISATION,
        title=Text("Anvendelige postkort", "Usable cards"),
        definition=Text(
            "Postkort, der kunne læses, det senest modtagne, når to omtaler samme møde; kort uden booking "
            "tæller med.",
            "Cards that could be read, the later received where two name one meeting; cards without a "
            "booking count.",
        ),
        kind="count",
        table="cards",
        by=MEETING,
        unit="count",
        is_census=True,
    ),
    Metric(
        id="postcards.without_meeting",
        domain=ORGANISATION,
        title=Text("Postkort uden møde i loggen", "Cards without a meeting in the log"),
        definition=Text(
            "Anvendelige postkort, hvis møde ikke kan genfindes, fordi bookingnummeret mangler eller er "
            "ukendt.",
            "Usable cards whose meeting cannot be found, because the booking number is missing or unknown.",
        ),
        kind="proportion",
        table="cards",
        value="not has_meeting",
        per=("usable_card",),
        by=REGION,
        is_census=True,
        better="lower",
    ),
    Metric(
        id="postcards.response",
        domain=ORGANISATION,
        title=Text("Postkort pr. gennemført møde", "Cards per held meeting"),
        definition=Text(
            "Anvendelige postkort, gennemført eller ej, delt med gennemførte møder, som evalueringen selv "
            "regnede det; "
            "pr. praksis: klinikker med mindst ét kort.",
            "Usable cards, held or not, over held meetings, as the evaluation itself did; "
            "per practice: clinics with at least one card.",
        ),
        kind="proportion",
        table="cards",
        per=("held_meeting", "enrolled_practice"),
        by=MEETING,
        is_census=True,
        better="higher",
    ),
    Metric(
        id="meetings.with_card",
        domain=ORGANISATION,
        title=Text("Gennemførte møder med postkort", "Held meetings with a card"),
        definition=Text(
            "Gennemførte møder i loggen, som der findes et anvendeligt postkort om.",
            "Held meetings in the log of which there is a usable card.",
        ),
        kind="proportion",
        table="contacts",
        where="is_held",
        value="has_card",
        per=("held_meeting", "enrolled_practice"),
        by=MEETING,
        is_census=True,
        better="higher",
    ),
    Metric(
        id="interviews.groups",
        domain=ORGANISATION,
        title=Text("Gruppeinterviews", "Group interviews"),
        definition=Text(
            "Antal gruppeinterviews med læger, der er kodet.",
            "Number of coded group interviews with doctors.",
        ),
        kind="count",
        table="themes",
        distinct="interview_group",
        unit="count",
        is_census=True,
        is_open=True,
    ),
    Metric(
        id="interviews.theme",
        domain=ORGANISATION,
        title=Text("Temaer i interviewene", "Themes in the interviews"),
        definition=Text(
            "Grupper, hvor mindst én koder har fundet temaet.",
            "Groups in which at least one coder found the theme.",
        ),
        kind="theme",
        table="themes",
        where="theme = '{item}'",
        value="units_coded > 0",
        items=Codes("interview_theme"),
        per=("interview_group",),
        by=("interview_group",),
        is_census=True,
        is_open=True,
    ),
    Metric(
        id="interviews.recommends_as_tested",
        domain=ORGANISATION,
        title=Text("Vil anbefale løsningen som afprøvet", "Would recommend the solution as tested"),
        definition=Text(
            "Grupper, hvor mindst én koder har fundet, at lægerne vil anbefale løsningen, som den blev "
            "afprøvet.",
            "Groups in which at least one coder found that the doctors would recommend the solution as "
            "tested.",
        ),
        kind="theme",
        table="themes",
        where="theme = 'would_recommend_as_tested'",
        value="units_coded > 0",
        per=("interview_group",),
        is_census=True,
        better="higher",
        is_open=True,
    ),
    Metric(
        id="interviews.agreement",
        domain=ORGANISATION,
        title=Text(
            "Enighed mellem kodere (Krippendorffs alfa)", "Agreement between coders (Krippendorff's alpha)"
        ),
        definition=Text(
            "Krippendorffs alfa, nominal, over alle interviewets replikker: kodet eller ikke kodet med "
            "temaet. "
            "Uden værdi, når ingen koder har brugt temaet.",
            "Krippendorff's alpha, nominal, over all turns of the interviews: coded with the theme or not. "
            "Without a value when no coder used the theme.",
        ),
        kind="agreement",
        table="coded_units",
        where="theme = '{item}'",
        value="is_coded",
        items=Codes("interview_theme"),
        unit="coefficient",
        better="higher",
        decimals=2,
        is_open=True,
    ),
    Metric(
        id="interviews.units_agreed",
        domain=ORGANISATION,
        title=Text("Replikker, koderne er enige om", "Turns the coders agree on"),
        definition=Text(
            "Andelen af replikker, hvor alle kodere enten har kodet temaet eller ladet være.",
            "The share of turns in which all coders either coded the theme or did not.",
        ),
        kind="agreement",
        table="coded_units",
        where="theme = '{item}'",
        value="is_coded",
        items=Codes("interview_theme"),
        unit="share",
        better="higher",
        is_open=True,
    ),
    Metric(
        id="milestones.met",
        domain=ORGANISATION,
        title=Text("Nåede milepæle", "Milestones met"),
        definition=Text(
            "Milepæle, der er meldt nået; om de øvrige blev nået, er for nogles vedkommende ikke oplyst.",
            "Milestones reported as met; for some of the others it is not stated whether they were.",
        ),
        kind="proportion",
        table="milestones",
        value="status = 'met'",
        per=("milestone", "milestone_due"),
        is_census=True,
        better="higher",
        is_open=True,
    ),
    Metric(
        id="support.resolved",
        domain=ORGANISATION,
        title=Text("Løste supporthenvendelser", "Support tickets resolved"),
        definition=Text("Henvendelser til support, der er løst.", "Support tickets that are resolved."),
        kind="proportion",
        table="support_tickets",
        value="is_resolved",
        per=("support_ticket",),
        by=REGION,
        is_census=True,
        better="higher",
    ),
)

UNFED = (
    Unfed(
        "organisation.room_readiness",
        ORGANISATION,
        Text("Lokale og udstyr klar til mødet", "Room and equipment ready for the meeting"),
        Text("Ingen kilde rummer det.", "No source holds it."),
    ),
    Unfed(
        "organisation.task_shift",
        ORGANISATION,
        Text("Opgaver flyttet til sekretæren", "Tasks moved to the secretary"),
        Text(
            "Kun hvem der bookede, er kendt; tidsregistreringer er ikke leveret.",
            "Only who booked is known; time registrations were not delivered.",
        ),
    ),
)
