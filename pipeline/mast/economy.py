"""Domain 5, economy: the time a meeting takes, the fees it is counted by, and what was registered of cost."""

from pipeline.mast.denominators import MEETING, PRACTICE, REGION, USE
from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

ECONOMY = "economy"

METRICS = (
    Metric(
        id="meetings.minutes",
        domain=ECONOMY,
        title=Text("Mødets varighed, gennemsnit", "Duration of a meeting, mean"),
        definition=Text(
            "Gennemsnittet af den tid, to eller flere var forbundet samtidig, over alle gennemførte møder.",
            "The mean of the time in which two or more were connected at once, over all held meetings.",
        ),
        kind="mean",
        table="contacts",
        where="is_held",
        value="duration_s",
        by=USE,
        unit="minutes",
        scale=60,
        is_census=True,
        decimals=1,
    ),
    Metric(
        id="meetings.minutes_median",
        domain=ECONOMY,
        title=Text("Mødets varighed, median", "Duration of a meeting, median"),
        definition=Text(
            "Medianen af den tid, to eller flere var forbundet samtidig, over alle gennemførte møder.",
            "The median of the time in which two or more were connected at once, over all held meetings.",
        ),
        kind="median",
        table="contacts",
        where="is_held",
        value="duration_s",
        by=USE,
        unit="minutes",
        scale=60,
        is_census=True,
        decimals=1,
    ),
    Metric(
        id="meetings.minutes_consultation",
        domain=ECONOMY,
        title=Text("Videokonsultationens varighed, gennemsnit", "Duration of a video consultation, mean"),
        definition=Text(
            "Gennemsnitlig varighed af gennemførte videokonsultationer.",
            "Mean duration of held video consultations.",
        ),
        kind="mean",
        table="contacts",
        where="is_held and kind = 'consultation'",
        value="duration_s",
        by=PRACTICE,
        unit="minutes",
        scale=60,
        is_census=True,
        decimals=1,
    ),
    Metric(
        id="meetings.minutes_conference",
        domain=ECONOMY,
        title=Text("Videokonferencens varighed, gennemsnit", "Duration of a video conference, mean"),
        definition=Text(
            "Gennemsnitlig varighed af gennemførte videokonferencer.",
            "Mean duration of held video conferences.",
        ),
        kind="mean",
        table="contacts",
        where="is_held and kind = 'conference'",
        value="duration_s",
        by=PRACTICE,
        unit="minutes",
        scale=60,
        is_census=True,
        decimals=1,
    ),
    Metric(
        id="postcards.not_longer",
        domain=ECONOMY,
        title=Text("Ikke længere tid end vanligt", "Not longer than usual"),
        definition=Text(
            "Kort om gennemførte møder, der melder, at mødet ikke tog længere tid end den vanlige kontakt.",
            "Cards on held meetings that report that the meeting took no longer than the usual contact.",
        ),
        kind="proportion",
        table="cards",
        where="is_held",
        value="longer_than_usual = 'no'",
        answered="longer_than_usual is not null",
        per=("answered_card", "held_card", "held_meeting", "enrolled_practice"),
        by=MEETING,
        better="higher",
    ),
    Metric(
        id="fees.lines",
        domain=ECONOMY,
        title=Text("Afregnede ydelseslinjer", "Fee lines billed"),
        definition=Text(
            "Summen af pilotens nulkoder i afregningen, tilbageførsler trukket fra.",
            "The sum of the pilot's zero codes in the billing, reversals deducted.",
        ),
        kind="count",
        table="fee_lines",
        value="lines",
        by=REGION,
        unit="count",
        is_census=True,
    ),
    Metric(
        id="fees.lines_per_meeting",
        domain=ECONOMY,
        title=Text("Ydelseslinjer pr. gennemført møde", "Fee lines per held meeting"),
        definition=Text(
            "Afregnede nulkoder delt med gennemførte møder i loggen: 1 når alt er afregnet og intet to "
            "gange.",
            "Zero codes billed over held meetings in the log: 1 when all is billed and nothing twice.",
        ),
        kind="rate",
        table="fee_lines",
        value="lines",
        per=("held_meeting",),
        by=REGION,
        unit="lines_per_meeting",
        is_census=True,
        decimals=2,
    ),
    Metric(
        id="economy.registered_minutes",
        domain=ECONOMY,
        title=Text("Registreret tid i klinikken, gennemsnit", "Registered time in the clinic, mean"),
        definition=Text(
            "Gennemsnittet af de minutter, klinikkerne har registreret pr. aktivitet.",
            "The mean of the minutes clinics registered per activity.",
        ),
        kind="mean",
        table="time_registrations",
        value="minutes",
        unit="minutes",
        decimals=1,
    ),
    Metric(
        id="economy.registered_cost",
        domain=ECONOMY,
        title=Text("Registrerede udgifter", "Registered expenditure"),
        definition=Text(
            "Summen af de udgifter til drift, udstyr og undervisning, der er registreret.",
            "The sum of the registered expenditure on operation, equipment and training.",
        ),
        kind="count",
        table="cost_registrations",
        value="amount_oere",
        by=REGION,
        unit="kroner",
        scale=100,
        is_census=True,
    ),
)

UNFED = (
    Unfed(
        "economy.fee_difference",
        ECONOMY,
        Text("Forskel i honorar pr. erstattet kontakt", "Difference in fee per substituted contact"),
        Text(
            "Pilotens koder var uden honorar; forskellen regnes i omkostningsmodellen.",
            "The pilot's codes carried no fee; the difference is computed in the cost model.",
        ),
    ),
    Unfed(
        "economy.booking_minutes",
        ECONOMY,
        Text("Minutter brugt på booking", "Minutes spent on booking"),
        Text(
            "Pilotens log har ingen tider for bookingen, og klinikkerne har ikke registreret dem.",
            "The pilot's log has no booking times, and the clinics did not register them.",
        ),
    ),
    Unfed(
        "economy.transport",
        ECONOMY,
        Text("Sparet transport i km og minutter", "Transport saved in km and minutes"),
        Text(
            "Spørgeskemaet har intet postnummer; forudsætningen står i omkostningsmodellen.",
            "The questionnaire has no postcode; the assumption stands in the cost model.",
        ),
    ),
)
