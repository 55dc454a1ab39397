"""Domain 1, technology: the health problem and the application, who used it and how much."""

from functools import partial

from pipeline.mast.denominators import (
    ACTIVE_MONTH,
    ACTIVE_PRACTICE,
    ENROLLED_PRACTICE,
    HELD_CARD,
    HELD_MEETING,
    TRIED_MEETING,
)
from pipeline.mast.metric import PLACES, PLACES_AND_KIND, REGION, Metric, Unfed
from pipeline.text import Text

DOMAIN = "technology"
MINUTES = Text("minutter", "minutes")

# What recurs: shares of the enrolled practices, shares of the held meetings, and how long held meetings last.
of_enrolled = partial(
    Metric, domain=DOMAIN, table="clinics", kind="count", per=(ENROLLED_PRACTICE,), is_census=True
)
of_held = partial(
    Metric,
    domain=DOMAIN,
    table="contacts",
    kind="count",
    where="is_held",
    per=(HELD_MEETING,),
    is_census=True,
)
minutes_of_held = partial(
    Metric,
    domain=DOMAIN,
    table="contacts",
    value="cast(duration_s as decimal(18, 9)) / 60",
    is_census=True,
    unit=MINUTES,
)

METRICS = (
    Metric(
        "practices.enrolled",
        DOMAIN,
        Text("Tilmeldte praksis", "Enrolled practices"),
        Text("Praksis i klinikregistret", "Practices in the clinic register"),
        "clinics",
        "count",
        by=PLACES,
        is_census=True,
    ),
    Metric(
        "practices.regions",
        DOMAIN,
        Text("Regioner med tilmeldte praksis", "Regions with enrolled practices"),
        Text(
            "Antal regioner, hvor mindst én praksis er tilmeldt",
            "Number of regions in which at least one practice is enrolled",
        ),
        "clinics",
        "count",
        amount="count(distinct region)",
        is_census=True,
    ),
    of_enrolled(
        "practices.general",
        title=Text("Almen praksis", "General practices"),
        definition=Text("Tilmeldte praksis i almen praksis", "Enrolled practices that are general practices"),
        value="practice_type = 'general'",
        by=(REGION,),
    ),
    of_enrolled(
        "practices.specialist",
        title=Text("Speciallægepraksis", "Specialist practices"),
        definition=Text("Tilmeldte speciallægepraksis", "Enrolled specialist practices"),
        value="practice_type = 'specialist'",
        by=(REGION,),
    ),
    of_enrolled(
        "practices.active",
        title=Text("Aktive praksis", "Active practices"),
        definition=Text(
            "Tilmeldte praksis, der ikke er stoppet ved skæringsdatoen",
            "Enrolled practices that have not stopped by the cut-off",
        ),
        value="is_active",
        by=PLACES,
        better="higher",
    ),
    of_enrolled(
        "practices.server_ready",
        title=Text("Praksis med regionens server på plads", "Practices whose region's server is installed"),
        definition=Text(
            "Tilmeldte praksis i en region, hvis server er installeret ved skæringsdatoen",
            "Enrolled practices in a region whose server is installed by the cut-off",
        ),
        value="is_server_ready",
        by=(REGION,),
    ),
    of_enrolled(
        "practices.stopped_by_technology",
        title=Text("Stoppet af teknikken", "Stopped by the technology"),
        definition=Text(
            "Praksis, der stoppede på grund af for mange tekniske problemer",
            "Practices that stopped because of too many technical problems",
        ),
        value="dropout_reason = 'technology'",
        by=PLACES,
        better="lower",
    ),
    Metric(
        "meetings.held",
        DOMAIN,
        Text("Gennemførte videomøder", "Held video meetings"),
        Text(
            "Mindst to forskellige deltagere forbundet samtidig i mindst ét sekund; prøvekald tæller ikke",
            "At least two people connected at once for at least one second; test calls do not count",
        ),
        "contacts",
        "count",
        value="is_held",
        per=(ACTIVE_PRACTICE, ENROLLED_PRACTICE),
        by=PLACES,
        is_census=True,
    ),
    of_held(
        "meetings.consultations",
        title=Text("Videokonsultationer", "Video consultations"),
        definition=Text(
            "Gennemførte møder mellem praksis og patient", "Held meetings between practice and patient"
        ),
        value="kind = 'consultation'",
        by=PLACES,
    ),
    of_held(
        "meetings.conferences",
        title=Text("Videokonferencer", "Video conferences"),
        definition=Text(
            "Gennemførte møder mellem fagfolk på tværs af sektorer",
            "Held meetings between professionals across sectors",
        ),
        value="kind = 'conference'",
        by=PLACES,
    ),
    of_held(
        "meetings.instant",
        title=Text("Straksmøder", "Instant meetings"),
        definition=Text(
            "Gennemførte møder, der blev oprettet og holdt straks",
            "Held meetings that were made and held at once",
        ),
        value="mode = 'instant'",
        by=PLACES_AND_KIND,
    ),
    of_held(
        "meetings.planned",
        title=Text("Planlagte møder", "Planned meetings"),
        definition=Text(
            "Gennemførte møder, der var booket i forvejen", "Held meetings that were booked beforehand"
        ),
        value="mode = 'planned'",
        by=PLACES_AND_KIND,
    ),
    minutes_of_held(
        "meetings.minutes",
        title=Text("Gennemsnitlig varighed", "Mean duration"),
        definition=Text(
            "Tiden, hvor mindst to deltagere er forbundet, over alle gennemførte møder",
            "Time in which at least two participants are connected, over all held meetings",
        ),
        kind="mean",
        where="is_held",
        by=PLACES_AND_KIND,
    ),
    minutes_of_held(
        "meetings.minutes_median",
        title=Text("Median varighed", "Median duration"),
        definition=Text(
            "Den midterste varighed af alle gennemførte møder", "The middle duration of all held meetings"
        ),
        kind="median",
        where="is_held",
        by=PLACES_AND_KIND,
    ),
    minutes_of_held(
        "meetings.minutes_consultation",
        title=Text("Gennemsnitlig varighed af konsultationer", "Mean duration of consultations"),
        definition=Text(
            "Som gennemsnitlig varighed, for videokonsultationer", "As mean duration, for video consultations"
        ),
        kind="mean",
        where="is_held and kind = 'consultation'",
        by=PLACES,
    ),
    minutes_of_held(
        "meetings.minutes_conference",
        title=Text("Gennemsnitlig varighed af konferencer", "Mean duration of conferences"),
        definition=Text(
            "Som gennemsnitlig varighed, for videokonferencer", "As mean duration, for video conferences"
        ),
        kind="mean",
        where="is_held and kind = 'conference'",
        by=PLACES,
    ),
    Metric(
        "meetings.per_active_month",
        DOMAIN,
        Text("Møder pr. aktiv praksismåned", "Meetings per active practice-month"),
        Text(
            "Gennemførte møder over de måneder, de aktive praksis har kunnet bruge video",
            "Held meetings over the months in which the active practices could use video",
        ),
        "contacts",
        "rate",
        value="is_held",
        per=(ACTIVE_MONTH,),
        by=PLACES,
        is_census=True,
        unit=Text("møder pr. måned", "meetings per month"),
    ),
    Metric(
        "meetings.per_practice_median",
        DOMAIN,
        Text("Median antal møder pr. aktiv praksis", "Median meetings per active practice"),
        Text(
            "Det midterste antal gennemførte møder; stoppede praksis kendes ikke og indgår ikke",
            "The middle number of held meetings; of stopped practices it is not known, and they are left out",
        ),
        "clinics",
        "median",
        where="is_active",
        value="meetings_held",
        is_census=True,
    ),
    Metric(
        "meetings.per_practice_gini",
        DOMAIN,
        Text("Skævhed i brugen mellem praksis", "Unevenness of use between practices"),
        Text(
            "Gini-koefficienten for møder pr. aktiv praksis: 0 når alle bruger video lige meget",
            "Gini coefficient of meetings per active practice: 0 when all use video equally",
        ),
        "clinics",
        "gini",
        where="is_active",
        value="meetings_held",
        is_census=True,
        unit=Text("0–1", "0–1"),
    ),
    Metric(
        "practices.days_to_third_meeting",
        DOMAIN,
        Text("Dage fra første til tredje møde", "Days from first to third meeting"),
        Text(
            "Median over praksis med mindst tre gennemførte møder",
            "Median over practices with at least three held meetings",
        ),
        "clinics",
        "median",
        where="third_meeting_date is not null",
        value="third_meeting_date - first_meeting_date",
        is_census=True,
        unit=Text("dage", "days"),
    ),
    Metric(
        "meetings.excluded",
        DOMAIN,
        Text("Ikke talt som møder", "Not counted as meetings"),
        Text(
            "Prøvekald, aflyste og forsøg uden samtidige deltagere",
            "Test calls, cancelled ones, and attempts without two at once",
        ),
        "contacts",
        "count",
        value="not is_held",
        is_census=True,
    ),
    of_held(
        "meetings.reconnected",
        title=Text("Møder med genopkobling", "Meetings with a reconnection"),
        definition=Text(
            "Gennemførte møder, hvor en deltager mistede og genfandt forbindelsen",
            "Held meetings in which a participant lost and regained the connection",
        ),
        value="reconnects > 0",
        by=PLACES_AND_KIND,
        better="lower",
    ),
    Metric(
        "postcards.usable",
        DOMAIN,
        Text("Brugbare postkort", "Usable postcards"),
        Text(
            "Kort, der kunne læses; af to kort om samme møde det senest modtagne",
            "Cards that could be read; of two for one meeting the later received",
        ),
        "cards",
        "count",
        per=(TRIED_MEETING,),
        by=PLACES_AND_KIND,
    ),
    Metric(
        "postcards.consultations",
        DOMAIN,
        Text("Kort om konsultationer", "Cards of consultations"),
        Text(
            "Kort om gennemførte møder, der var videokonsultationer",
            "Cards of held meetings that were video consultations",
        ),
        "cards",
        "proportion",
        where="is_held",
        value="kind = 'consultation'",
        per=(HELD_CARD,),
        by=PLACES,
    ),
    Metric(
        "postcards.response",
        DOMAIN,
        Text("Svarprocent på postkort", "Response of postcards"),
        Text(
            "Brugbare kort over gennemførte møder, som det er offentliggjort",
            "Usable cards over held meetings, as published",
        ),
        "cards",
        "count",
        per=(HELD_MEETING,),
        by=PLACES_AND_KIND,
        is_census=True,
    ),
)

UNFED = (
    Unfed(
        "meetings.icpc",
        DOMAIN,
        Text("Henvendelsesårsag (ICPC-2-kapitel)", "Contact reason (ICPC-2 chapter)"),
        Text(
            "Kortet spørger ikke, og journaldata er ikke leveret",
            "The card does not ask, and record data are not delivered",
        ),
    ),
    Unfed(
        "meetings.known_patient",
        DOMAIN,
        Text("Ny eller kendt patient", "New or known patient"),
        Text("Kortet spørger ikke", "The card does not ask"),
    ),
)
