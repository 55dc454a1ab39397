"""What a number may be per, and what it may be split by: the only place where either is defined."""

from dataclasses import dataclass

from pipeline.text import Text


@dataclass(frozen=True)
class Denominator:
    """A named denominator: the rows of ``table`` where ``where`` holds.

    ``distinct`` names a column whose different values are counted instead of rows, in the numerator too: per
    enrolled practice, cards become "practices with at least one such card". ``amount`` is summed instead of
    counting. ``{answered}`` is the metric's own predicate of having answered, ``{unsure}`` of "don't know".
    """

    name: str
    title: Text
    table: str
    where: str = ""
    distinct: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Stratum:
    """A way to split: ``expression`` over ``column``, which a table must have for the split to make sense."""

    name: str
    title: Text
    column: str
    expression: str


ATTEMPT = "is_held or exclusion in ('single_participant', 'no_overlap', 'under_one_second')"

_DENOMINATORS = (
    Denominator(
        "held_meeting",
        Text("gennemførte møder", "held meetings"),
        "contacts",
        "is_held",
    ),
    Denominator(
        "attempt",
        Text("møder, hvor mindst én blev forbundet", "meetings in which somebody connected"),
        "contacts",
        ATTEMPT,
    ),
    Denominator(
        "booked_meeting",
        Text(
            "møder i loggen, også testopkald og aflyste",
            "meetings in the log, test calls and cancelled included",
        ),
        "contacts",
    ),
    Denominator("usable_card", Text("anvendelige postkort", "usable cards"), "cards"),
    Denominator(
        "held_card", Text("postkort om gennemførte møder", "cards on held meetings"), "cards", "is_held"
    ),
    Denominator(
        "failed_card",
        Text("postkort om ikke gennemførte møder", "cards on meetings not held"),
        "cards",
        "not is_held",
    ),
    Denominator(
        "answered_card",
        Text(
            "postkort om gennemførte møder, der besvarede spørgsmålet", "cards on held meetings that answered"
        ),
        "cards",
        "is_held and {answered}",
    ),
    Denominator("response", Text("patientsvar", "patient responses"), "responses"),
    Denominator(
        "connected_response",
        Text("patientsvar med kontakt til lægen", "patient responses with contact to the doctor"),
        "responses",
        "got_contact = 'yes'",
    ),
    Denominator(
        "answer",
        Text(
            "patienter, der besvarede spørgsmålet, »ved ikke« medregnet",
            "patients who answered, don't know included",
        ),
        "responses",
        "{answered}",
    ),
    Denominator(
        "answer_known",
        Text(
            "patienter, der besvarede spørgsmålet, uden »ved ikke«",
            "patients who answered, without don't know",
        ),
        "responses",
        "{answered} and not {unsure}",
    ),
    Denominator(
        "enrolled_practice", Text("tilmeldte praksis", "enrolled practices"), "clinics", distinct="clinic_id"
    ),
    Denominator(
        "active_practice",
        Text("aktive praksis", "active practices"),
        "clinics",
        "is_active",
        distinct="clinic_id",
    ),
    Denominator(
        "stopped_practice",
        Text("praksis, der stoppede", "practices that stopped"),
        "clinics",
        "not is_active",
        distinct="clinic_id",
    ),
    Denominator(
        "active_practice_month",
        Text("aktive praksis gange måneder med adgang", "active practices times months of access"),
        "clinics",
        "is_active",
        amount="active_months",
    ),
    Denominator(
        "interview_group", Text("interviewgrupper", "interview groups"), "themes", distinct="interview_group"
    ),
    Denominator("milestone", Text("milepæle", "milestones"), "milestones"),
    Denominator(
        "milestone_due",
        Text("milepæle, hvis måned er begyndt", "milestones whose month has begun"),
        "milestones",
        "planned_month <= as_of",
    ),
    Denominator(
        "invited_patient",
        Text("inviterede patienter", "invited patients"),
        "invitations",
        "recipient = 'patient'",
    ),
    Denominator("support_ticket", Text("supporthenvendelser", "support tickets"), "support_tickets"),
)
DENOMINATORS = {item.name: item for item in _DENOMINATORS}

ALL = Stratum("all", Text("i alt", "in all"), "as_of", "'all'")
_STRATA = (
    ALL,
    Stratum("region", Text("region", "region"), "region", "region"),
    Stratum("practice_type", Text("praksistype", "practice type"), "practice_type", "practice_type"),
    Stratum("kind", Text("mødetype", "kind of meeting"), "kind", "kind"),
    Stratum("use_type", Text("anvendelse", "use"), "use_type", "use_type"),
    Stratum("month", Text("måned", "month"), "meeting_date", "substr(cast(meeting_date as string), 1, 7)"),
    Stratum(
        "interview_group",
        Text("interviewgruppe", "interview group"),
        "interview_group",
        "cast(interview_group as string)",
    ),
)
STRATA = {item.name: item for item in _STRATA}

# Usual splits, so that the domains say them alike.
REGION = ("region",)
PRACTICE = ("region", "practice_type")
MEETING = ("region", "practice_type", "kind")
USE = ("region", "practice_type", "kind", "use_type")
