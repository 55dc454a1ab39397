"""Domain 4, the patients' perspective: what those who answered the questionnaire said."""

from pipeline.mast.denominators import REGION
from pipeline.mast.metric import Codes, Columns, Metric, Unfed
from pipeline.text import Text

PATIENT = "patient"
ADVANTAGES = (
    "adv_none or adv_saves_travel_time or adv_saves_travel_money or adv_less_time_off_work "
    "or adv_avoids_physical_strain or adv_safer_at_home or adv_other"
)
DISADVANTAGES = (
    "dis_none or dis_too_impersonal or dis_hard_to_follow or dis_technology_too_cumbersome "
    "or dis_doctor_understands_less or dis_other"
)


def question(name: str, column: str, codes: str, title: Text, asked: Text) -> Metric:
    """The distribution of one question's answers, with and without "don't know" in the denominator."""
    return Metric(
        id=f"questionnaire.{name}",
        domain=PATIENT,
        title=title,
        definition=Text(
            f"Svarene på: {asked.da} »Ved ikke« er en svarmulighed for sig; den anden nævner er uden den.",
            f"The answers to: {asked.en} Don't know is an answer of its own; the second denominator leaves "
            f"it out.",
        ),
        kind="likert",
        table="responses",
        value=f"{column} = '{{item}}'",
        answered=f"{column} is not null",
        items=Codes(codes),
        per=("answer", "answer_known"),
        by=REGION,
    )


METRICS = (
    Metric(
        id="questionnaire.respondents",
        domain=PATIENT,
        title=Text("Patientsvar", "Patient responses"),
        definition=Text("Modtagne besvarelser af patientspørgeskemaet.", "Patient questionnaires received."),
        kind="count",
        table="responses",
        by=REGION,
        unit="count",
        is_census=True,
    ),
    Metric(
        id="questionnaire.response",
        domain=PATIENT,
        title=Text("Besvarelsesprocent", "Response rate"),
        definition=Text(
            "Inviterede patienter, der har svaret. Invitationerne er ikke leveret, så andelen kan ikke "
            "siges.",
            "Invited patients who answered. The invitations were not delivered, so the share cannot be said.",
        ),
        kind="proportion",
        table="invitations",
        where="recipient = 'patient'",
        value="answered_date is not null",
        per=("invited_patient",),
        better="higher",
    ),
    Metric(
        id="questionnaire.connected",
        domain=PATIENT,
        title=Text("Fik kontakt til lægen", "Got contact with the doctor"),
        definition=Text(
            "Patienter, det lykkedes at få kontakt til lægen, blandt alle, der svarede.",
            "Patients who got contact with the doctor, among all who answered.",
        ),
        kind="proportion",
        table="responses",
        value="got_contact = 'yes'",
        per=("response",),
        by=REGION,
        better="higher",
    ),
    question(
        "picture",
        "picture",
        "quality_answer",
        Text("Billedets kvalitet", "Quality of the picture"),
        Text("Hvordan oplevede du billedets kvalitet?", "How was the quality of the picture?"),
    ),
    question(
        "sound",
        "sound",
        "quality_answer",
        Text("Lydens kvalitet", "Quality of the sound"),
        Text("Hvordan oplevede du lydens kvalitet?", "How was the quality of the sound?"),
    ),
    question(
        "other_problems",
        "other_problems",
        "yes_no_answer",
        Text("Andre tekniske problemer", "Other technical problems"),
        Text("Har du oplevet andre tekniske problemer?", "Did you have other technical problems?"),
    ),
    question(
        "easy_to_use",
        "easy_to_use",
        "agreement",
        Text("Nem at anvende", "Easy to use"),
        Text(
            "Videokonsultation med lægen er nemt at anvende.",
            "Video consultation with the doctor is easy to use.",
        ),
    ),
    question(
        "time_preparing",
        "time_preparing",
        "time_answer",
        Text("Tid til forberedelse mod et almindeligt besøg", "Time preparing against an ordinary visit"),
        Text(
            "Tid brugt på at forberede sig på konsultationen?", "Time spent preparing for the consultation?"
        ),
    ),
    question(
        "time_waiting",
        "time_waiting",
        "time_answer",
        Text("Tid til at vente mod et almindeligt besøg", "Time waiting against an ordinary visit"),
        Text("Tid brugt på at vente på lægen?", "Time spent waiting for the doctor?"),
    ),
    question(
        "time_talking",
        "time_talking",
        "time_answer",
        Text("Tid til samtale mod et almindeligt besøg", "Time talking against an ordinary visit"),
        Text("Tid brugt på at tale med lægen?", "Time spent talking with the doctor?"),
    ),
    question(
        "would_recommend",
        "would_recommend",
        "agreement",
        Text("Vil anbefale andre at bruge video", "Would recommend video to others"),
        Text(
            "Jeg vil anbefale andre at anvende videokonsultation med lægen.",
            "I would recommend others to use video consultation.",
        ),
    ),
    Metric(
        id="questionnaire.easy_agree",
        domain=PATIENT,
        title=Text("Enige i, at video er nemt at anvende", "Agree that video is easy to use"),
        definition=Text(
            "Patienter, der er enige eller meget enige i, at videokonsultation er nemt at anvende.",
            "Patients who agree or strongly agree that video consultation is easy to use.",
        ),
        kind="proportion",
        table="responses",
        value="easy_to_use in ('agree', 'strongly_agree')",
        answered="easy_to_use is not null",
        per=("answer", "response"),
        by=REGION,
        better="higher",
    ),
    Metric(
        id="questionnaire.would_use_again",
        domain=PATIENT,
        title=Text("Vil bruge video igen", "Would use video again"),
        definition=Text(
            "Patienter, der svarer ja til at bruge video igen. Ordlyden er vores; den oprindelige er ikke "
            "offentliggjort.",
            "Patients who answer yes to using video again. The wording is ours; the original is not "
            "published.",
        ),
        kind="proportion",
        table="responses",
        value="would_use_again = 'yes'",
        answered="would_use_again is not null",
        per=("answer", "response"),
        by=REGION,
        better="higher",
    ),
    Metric(
        id="questionnaire.advantages",
        domain=PATIENT,
        title=Text("Fordele ved videokonsultation", "Advantages of video consultation"),
        definition=Text(
            "Patienter, der har sat kryds ved fordelen; flere kryds er tilladt, så andelene kan give over "
            "100 %.",
            "Patients who ticked the advantage; several ticks are allowed, so shares may sum to more than "
            "100 %.",
        ),
        kind="proportion",
        table="responses",
        value="adv_{item}",
        answered=ADVANTAGES,
        items=Columns("adv_"),
        per=("answer",),
        by=REGION,
    ),
    Metric(
        id="questionnaire.disadvantages",
        domain=PATIENT,
        title=Text("Ulemper ved videokonsultation", "Disadvantages of video consultation"),
        definition=Text(
            "Patienter, der har sat kryds ved ulempen; flere kryds er tilladt.",
            "Patients who ticked the disadvantage; several ticks are allowed.",
        ),
        kind="proportion",
        table="responses",
        value="dis_{item}",
        answered=DISADVANTAGES,
        items=Columns("dis_"),
        per=("answer",),
        by=REGION,
    ),
    Metric(
        id="questionnaire.contradictory",
        domain=PATIENT,
        title=Text("Modstridende svar", "Contradictory answers"),
        definition=Text(
            "Patienter, der har sat kryds ved »ingen« fordele eller ulemper og samtidig ved en af dem. De "
            "tæller med.",
            "Patients who ticked none together with an advantage or a disadvantage. They are not left out.",
        ),
        kind="proportion",
        table="responses",
        value="is_contradictory",
        per=("response",),
        by=REGION,
        is_census=True,
        better="lower",
    ),
)

UNFED = (
    Unfed(
        "patient.scales",
        PATIENT,
        Text("Standardskemaer: SUS, TUQ og SUTAQ", "Standard scales: SUS, TUQ and SUTAQ"),
        Text(
            "Piloten brugte sit eget spørgeskema; ingen af skalaerne indgår i det.",
            "The pilot used a questionnaire of its own; none of the scales is in it.",
        ),
    ),
    Unfed(
        "patient.work_absence",
        PATIENT,
        Text("Sparet fravær fra arbejde i timer", "Hours of absence from work avoided"),
        Text(
            "Spørgeskemaet har kun et kryds for mindre fravær, ingen timer.",
            "The questionnaire has a tick for less absence only, no hours.",
        ),
    ),
)
