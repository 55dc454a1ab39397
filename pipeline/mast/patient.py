"""Domain 4, the patient's perspective: the questionnaire."""

from pipeline.mast.denominators import CONNECTED_RESPONSE, RESPONSE, answered
from pipeline.mast.items import of_codes, of_ticks
from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

DOMAIN = "patient"
CONNECTED = CONNECTED_RESPONSE.where


def _asked(name: str, da: str, en: str) -> Metric:
    """An item of the questionnaire, each answer apart, "don't know" too; asked of those who got contact."""
    return Metric(
        f"questionnaire.{name}",
        DOMAIN,
        Text(da, en),
        Text(
            f"Svar fra dem, der fik kontakt: {da.lower()}", f"Answers of those who got contact: {en.lower()}"
        ),
        "responses",
        "likert",
        where=CONNECTED,
        per=(answered(f"{name} is not null"),),
        items=of_codes("responses", name),
    )


def _ticked(name: str, prefix: str, da: str, en: str) -> Metric:
    """A question with several answers allowed, so that the shares sum to more than one."""
    items = of_ticks("responses", prefix)
    ticked = " or ".join(item.value for item in items)
    return Metric(
        f"questionnaire.{name}",
        DOMAIN,
        Text(da, en),
        Text(f"{da}; flere svar er tilladt", f"{en}; several answers allowed"),
        "responses",
        "likert",
        where=CONNECTED,
        per=(answered(ticked),),
        items=items,
    )


METRICS = (
    Metric(
        "questionnaire.respondents",
        DOMAIN,
        Text("Besvarede spørgeskemaer", "Questionnaires answered"),
        Text("Besvarelser, herunder delvise", "Responses, partial ones included"),
        "responses",
        "count",
    ),
    Metric(
        "questionnaire.connected",
        DOMAIN,
        Text("Fik kontakt til lægen", "Got contact with the doctor"),
        Text("Besvarelser, der siger, at det lykkedes at få kontakt", "Responses that say contact was made"),
        "responses",
        "proportion",
        value=CONNECTED,
        per=(RESPONSE,),
        better="higher",
    ),
    _asked("picture", "Billedets kvalitet", "Quality of the picture"),
    _asked("sound", "Lydens kvalitet", "Quality of the sound"),
    _asked("other_problems", "Andre tekniske problemer", "Other technical problems"),
    _asked("easy_to_use", "Nemt at anvende", "Easy to use"),
    Metric(
        "questionnaire.easy_agree",
        DOMAIN,
        Text("Enige i, at det er nemt", "Agree that it is easy"),
        Text(
            "Svarer enig eller meget enig i, at videokonsultation er nem at anvende",
            "Agree or strongly agree that a video consultation is easy to use",
        ),
        "responses",
        "proportion",
        value="easy_to_use in ('strongly_agree', 'agree')",
        per=(answered("easy_to_use is not null"), RESPONSE),
        better="higher",
    ),
    _asked("had_help", "Fik hjælp af andre", "Had help from others"),
    _asked("time_preparing", "Tid til at forberede sig", "Time to prepare"),
    _asked("time_waiting", "Tid til at vente på lægen", "Time waiting for the doctor"),
    _asked("time_talking", "Tid til at tale med lægen", "Time talking with the doctor"),
    _ticked("advantages", "adv_", "Fordele ved videokonsultation", "Advantages of a video consultation"),
    _ticked(
        "disadvantages", "dis_", "Ulemper ved videokonsultation", "Disadvantages of a video consultation"
    ),
    _asked("would_recommend", "Vil anbefale andre at anvende det", "Would recommend it to others"),
    Metric(
        "questionnaire.would_use_again",
        DOMAIN,
        Text("Vil anvende video igen", "Would use video again"),
        Text(
            "Besvarelser, der siger ja til at anvende video igen; vores formulering",
            "Responses that say yes to using video again; our wording",
        ),
        "responses",
        "proportion",
        value="would_use_again = 'yes'",
        per=(answered("would_use_again is not null"), RESPONSE),
        better="higher",
    ),
    Metric(
        "questionnaire.contradictory",
        DOMAIN,
        Text("Selvmodsigende svar", "Contradictory answers"),
        Text(
            "'Ingen' er krydset af sammen med en fordel eller ulempe",
            "'None' is ticked together with an advantage or a disadvantage",
        ),
        "responses",
        "count",
        value="is_contradictory",
        per=(RESPONSE,),
        better="lower",
    ),
)

UNFED = (
    Unfed(
        "questionnaire.response_rate",
        DOMAIN,
        Text("Svarprocent på spørgeskemaet", "Response rate of the questionnaire"),
        Text(
            "Antallet af udsendte spørgeskemaer er ikke oplyst",
            "The number of questionnaires sent is not known",
        ),
    ),
    Unfed(
        "questionnaire.scales",
        DOMAIN,
        Text("SUS, TUQ og SUTAQ", "SUS, TUQ and SUTAQ"),
        Text("Afprøvningen brugte sit eget skema", "The pilot used a form of its own"),
    ),
    Unfed(
        "patients.kilometres_saved",
        DOMAIN,
        Text("Sparet transport i kilometer og minutter", "Transport saved in kilometres and minutes"),
        Text("Patientens bopæl er ikke leveret", "Where patients live is not delivered"),
    ),
)
