"""Domain 7, legal, social and ethical aspects: who could not get in, and what cannot be told of it."""

from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

LEGAL = "legal"

METRICS = (
    Metric(
        id="postcards.login_failed",
        domain=LEGAL,
        title=Text("Møder, der strandede på log ind", "Meetings that failed at login"),
        definition=Text(
            "Kort om ikke gennemførte møder, hvor log ind er årsagen.",
            "Cards on meetings not held that give login as the reason.",
        ),
        kind="proportion",
        table="cards",
        where="not is_held",
        value="not_held_reason = 'login'",
        per=("failed_card", "usable_card"),
        by=("kind",),
        better="lower",
    ),
    Metric(
        id="questionnaire.had_help",
        domain=LEGAL,
        title=Text("Fik hjælp fra andre", "Had help from others"),
        definition=Text(
            "Patientens svar på, om andre hjalp med at bruge videokonsultationen; det tætteste på brug af "
            "værge "
            "eller pårørende, som kilderne har.",
            "The patient's answer on whether others helped; the nearest the sources come to guardians and "
            "relatives.",
        ),
        kind="proportion",
        table="responses",
        value="had_help = 'yes'",
        answered="had_help is not null",
        per=("answer", "response"),
        by=("region",),
    ),
)

UNFED = (
    Unfed(
        "legal.guardians",
        LEGAL,
        Text("Borgere med værge, børn under 15 år uden NemID", "Citizens with a guardian, children under 15"),
        Text(
            "Hverken kort eller spørgeskema spørger om alder, værge eller NemID.",
            "Neither card nor questionnaire asks for age, guardian or electronic identity.",
        ),
    ),
    Unfed(
        "legal.equity",
        LEGAL,
        Text("Forskelle efter alder, køn og afstand", "Differences by age, sex and distance"),
        Text(
            "Spørgeskemaet spørger ikke om alder, køn eller afstand; kun regionen kendes.",
            "The questionnaire does not ask for age, sex or distance; only the region is known.",
        ),
    ),
    Unfed(
        "legal.data_protection",
        LEGAL,
        Text("Databeskyttelse pr. kilde", "Data protection per source"),
        Text(
            "Hjemmel, konsekvensanalyse og sletning står i aftaler, ikke i en leverance.",
            "Legal basis, impact assessment and retention stand in agreements, not in a delivery.",
        ),
    ),
)
