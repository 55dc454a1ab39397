"""Domain 6, organisational aspects: who books, what it took, and what the doctors said."""

from pipeline.mast.denominators import GROUP, HELD_MEETING
from pipeline.mast.items import of_codes
from pipeline.mast.metric import PLACES, Metric, Unfed
from pipeline.text import Text

DOMAIN = "organisation"
GROUPS = "count(distinct interview_group)"
THEMES = of_codes("coded_units", "theme")

METRICS = (
    Metric(
        "meetings.booked_by",
        DOMAIN,
        Text("Hvem der bookede", "Who booked"),
        Text("Hvem der oprettede de gennemførte møder", "Who made the held meetings"),
        "contacts",
        "likert",
        where="is_held",
        per=(HELD_MEETING,),
        items=of_codes("contacts", "booked_by"),
        is_census=True,
    ),
    Metric(
        "meetings.wait_minutes",
        DOMAIN,
        Text("Ventetid i møderummet", "Wait in the meeting room"),
        Text(
            "Gennemsnitlig ventetid, før et gennemført møde begyndte", "Mean wait before a held meeting began"
        ),
        "contacts",
        "mean",
        where="is_held",
        value="cast(wait_s as decimal(18, 9)) / 60",
        by=PLACES,
        is_census=True,
        unit=Text("minutter", "minutes"),
        better="lower",
    ),
    Metric(
        "meetings.three_or_more",
        DOMAIN,
        Text("Møder med mindst tre deltagere", "Meetings of at least three"),
        Text(
            "Gennemførte møder med tre eller flere deltagere", "Held meetings with three or more participants"
        ),
        "contacts",
        "count",
        where="is_held",
        value="actors >= 3",
        per=(HELD_MEETING,),
        by=PLACES,
        is_census=True,
    ),
    Metric(
        "interviews.groups",
        DOMAIN,
        Text("Gruppeinterviews", "Group interviews"),
        Text("Gruppeinterviews, der er kodet", "Group interviews that are coded"),
        "coded_units",
        "count",
        amount=GROUPS,
        is_census=True,
    ),
    Metric(
        "interviews.theme",
        DOMAIN,
        Text("Temaer i interviewene", "Themes of the interviews"),
        Text(
            "Gruppeinterviews, hvor mindst én koder fandt temaet",
            "Group interviews in which at least one coder found the theme",
        ),
        "coded_units",
        "theme",
        where="is_coded",
        amount=GROUPS,
        per=(GROUP,),
        items=THEMES,
        is_census=True,
    ),
    Metric(
        "interviews.recommends_as_tested",
        DOMAIN,
        Text(
            "Grupper, der ville anbefale løsningen som afprøvet",
            "Groups that would recommend the solution as tested",
        ),
        Text(
            "Gruppeinterviews, hvor mindst én koder fandt, at lægerne ville anbefale løsningen som afprøvet",
            "Group interviews where at least one coder found that they would recommend it as tested",
        ),
        "coded_units",
        "count",
        where="is_coded",
        value="theme = 'would_recommend_as_tested'",
        amount=GROUPS,
        per=(GROUP,),
        is_census=True,
    ),
    Metric(
        "interviews.agreement",
        DOMAIN,
        Text("Enighed mellem koderne", "Agreement between the coders"),
        Text(
            "Krippendorffs alfa, nominal, pr. tema; enheden er en replik",
            "Krippendorff's alpha, nominal, per theme; the unit is a turn",
        ),
        "coded_units",
        "agreement",
        items=THEMES,
        is_census=True,
        unit=Text("alfa", "alpha"),
    ),
    Metric(
        "support.tickets",
        DOMAIN,
        Text("Henvendelser til support", "Support tickets"),
        Text("Henvendelser til teknisk support", "Tickets to technical support"),
        "support_tickets",
        "count",
    ),
)

UNFED = (
    Unfed(
        "bookings.minutes",
        DOMAIN,
        Text("Tid brugt på booking", "Time spent on booking"),
        Text(
            "Afprøvningens booking blev ikke tidsmålt; lægerne nævner, at den er tung",
            "Booking was not timed in the pilot; the doctors say it is cumbersome",
        ),
    ),
)
