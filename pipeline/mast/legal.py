"""Domain 7, socio-cultural, ethical and legal aspects."""

from pipeline.mast.denominators import CONNECTED_RESPONSE, ENROLLED_PRACTICE
from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

DOMAIN = "legal"

METRICS = (
    Metric(
        "questionnaire.needed_help",
        DOMAIN,
        Text("Behøvede hjælp til at deltage", "Needed help to take part"),
        Text(
            "Besvarelser med kontakt, der fik hjælp af andre",
            "Responses with contact that had help from others",
        ),
        "responses",
        "proportion",
        where="got_contact = 'yes'",
        value="had_help = 'yes'",
        per=(CONNECTED_RESPONSE,),
        better="lower",
    ),
    Metric(
        "practices.without_server",
        DOMAIN,
        Text("Praksis uden adgang endnu", "Practices without access yet"),
        Text(
            "Tilmeldte praksis i regioner, hvis server ikke er installeret",
            "Enrolled practices in regions whose server is not installed",
        ),
        "clinics",
        "count",
        value="not is_server_ready",
        per=(ENROLLED_PRACTICE,),
        is_census=True,
        better="lower",
    ),
)

UNFED = (
    Unfed(
        "practices.stopped_ever_met",
        DOMAIN,
        Text(
            "Mødtes de stoppede praksis nogensinde på video?",
            "Did the practices that stopped ever meet on video?",
        ),
        Text("Ikke oplyst; udfyldes ikke", "Not known; not filled in"),
    ),
    Unfed(
        "patients.guardian",
        DOMAIN,
        Text(
            "Børn og borgere uden elektronisk identitet", "Children and citizens without electronic identity"
        ),
        Text("Loggen fra afprøvningen har ingen loginmetode", "The pilot's log has no login method"),
    ),
    Unfed(
        "patients.inequality",
        DOMAIN,
        Text("Forskelle efter alder, køn og afstand", "Differences by age, sex and distance"),
        Text("Spørgeskemaet har ingen af delene", "The questionnaire has none of them"),
    ),
)
