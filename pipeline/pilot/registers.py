"""The small registers: clinics, regions, exposure, dropouts, milestones, fee codes and literature.

What stands here with a source is from that source; all else is in ``assumptions.toml`` or drawn.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pipeline.pilot.assumptions import Region
from pipeline.pilot.practices import Clinic
from pipeline.pilot.writers import Row

DECK = "statusoplægget, oktober 2019"
END = "pilotperiodens udløb"
EVALUATION = "den offentliggjorte evaluering, marts 2020"
INVENTED = "opfundet; pilotens koder er ikke offentliggjort"
OK22_ITSELF = "PLO's vejledning til OK22"
OK22 = "PLO's vejledning til OK22; gyldighed før pilotens start er ikke undersøgt"
PLANNED_PRACTICES = 7, 10  # the deck: »7-10 … fra hver region«

# id, Danish, English, planned, met (None: not stated), status, source
MILESTONES = (
    ("M1", "Patientautentificering er udviklet og testet", "Patient authentication is developed and tested",
     date(2018, 12, 1), None, "not_stated", DECK),
    ("M2", "0-koder etableret", "Zero-fee codes established", date(2019, 2, 1), None, "not_stated", DECK),
    ("M3", "Pilotpraksis udpeget", "Pilot practices appointed", date(2019, 3, 1), None, "not_stated", DECK),
    ("M4", "Pilotperiode og monitorering starter op", "Pilot period and monitoring start",
     date(2019, 6, 1), date(2019, 6, 1), "met", DECK),
    ("M5", "Pilotperiode og monitorering gennemført", "Pilot period and monitoring completed",
     date(2020, 1, 1), date(2020, 1, 31), "met", END),
    ("M6", "Business case og evalueringsrapport godkendt af MedComs styregruppe",
     "Business case and evaluation report approved by MedCom's steering group",
     date(2020, 3, 1), None, "planned", DECK),
)  # fmt: skip

# code, valid from, valid to, Danish, English, kind, source, invented
FEE_CODES = (
    ("PILOT-VK", date(2019, 6, 1), date(2020, 1, 31), "0-kode: videokonsultation i piloten",
     "Zero code: video consultation in the pilot", "consultation", INVENTED, True),
    ("PILOT-VF", date(2019, 6, 1), date(2020, 1, 31), "0-kode: videokonference i piloten",
     "Zero code: video conference in the pilot", "conference", INVENTED, True),
    ("0101", date(2019, 6, 1), None, "Konsultation", "Consultation", None, OK22, False),
    ("0105", date(2019, 6, 1), None, "E-konsultation", "E-consultation", None, OK22, False),
    ("0201", date(2019, 6, 1), None, "Telefonkonsultation", "Phone consultation", None, OK22, False),
    ("0125", date(2022, 1, 1), None, "Videokonsultation", "Video consultation",
     "consultation", OK22_ITSELF, False),
    ("0126", date(2022, 1, 1), None, "Videokonference med mindst tre parter",
     "Video conference of at least three parties", "conference", OK22_ITSELF, False),
)  # fmt: skip

JOHNSEN = ("johnsen-2021", "Johnsen m.fl., Journal of Medical Internet Research 2021",
           "Spørgeskemaundersøgelse", "3.484 videokonsultationer i norsk almen praksis",
           "Fremmøde")  # fmt: skip
COPD = ("kol-2017", "Business case for telemedicin til borgere med KOL, Digitaliseringsstyrelsen, marts 2017",
        "Business case", "Borgere med KOL, hele landet", "Sædvanligt tilbud")  # fmt: skip
# study, outcome, estimate, low, high, unit
LITERATURE = {
    "kol": (
        (COPD, "Økonomisk gevinst over fem år; spændet er andre målgrupper", "483", "141", "619", "mio. kr."),
        (COPD, "Årlig gevinst ved fuld indfasning", "202", None, None, "mio. kr."),
    ),
    "norge": (
        (JOHNSEN, "Teknikken meget tilfredsstillende", "41.1", None, None, "procent"),
        (JOHNSEN, "Teknikken tilfredsstillende", "48.4", None, None, "procent"),
        (JOHNSEN, "Teknikken utilfredsstillende", "7.8", None, None, "procent"),
        (JOHNSEN, "Konsultationen afbrudt", "2.4", None, None, "procent"),
        (JOHNSEN, "Lige så egnet eller bedre end fremmøde", "50.7", None, None, "procent"),
        (JOHNSEN, "Lige så egnet eller bedre, kendt patient", "57", None, None, "procent"),
        (JOHNSEN, "Lige så egnet eller bedre, ukendt patient", "32", None, None, "procent"),
        (JOHNSEN, "Lige så egnet eller bedre, opfølgning", "61", None, None, "procent"),
        (JOHNSEN, "Lige så egnet eller bedre, nyt problem", "35", None, None, "procent"),
    ),
}  # fmt: skip


def practices(clinics: Iterable[Clinic]) -> list[Row]:
    """The clinic register: a row per ydernummer, so two for a clinic whose number changed."""
    return [
        {
            "practice": number.practice,
            "clinic_id": clinic.clinic_id,
            "region": clinic.region.code,
            "practice_type": clinic.practice_type,
            "enrolled_date": clinic.enrolled,
            "valid_from": number.valid_from,
            "valid_to": number.valid_to,
        }
        for clinic in clinics
        for number in clinic.numbers
    ]


def regions(made: Iterable[Region]) -> list[Row]:
    low, high = PLANNED_PRACTICES
    return [
        {
            "region": region.code,
            "server_from": region.server_from,
            "practices_expected_min": low,
            "practices_expected_max": high,
        }
        for region in sorted(made, key=lambda region: region.code)
    ]


def exposure(clinics: Iterable[Clinic], first: date, last: date) -> list[Row]:
    """Since when each clinic could meet, for those that began after ``first`` and by ``last``."""
    return [
        {
            "clinic_id": clinic.clinic_id,
            "exposed_from": clinic.exposed_from,
            "exposed_to": None,  # nobody has left
            "server_ready_from": clinic.region.server_from,
        }
        for clinic in clinics
        if first < clinic.exposed_from <= last
    ]


def dropouts(clinics: Iterable[Clinic], first: date, last: date) -> list[Row]:
    """The clinics that stopped after ``first`` and by ``last``, for the published reason."""
    return [
        {"clinic_id": clinic.clinic_id, "stopped_date": clinic.stopped, "reason": "technology"}
        for clinic in clinics
        if clinic.stopped is not None and first < clinic.stopped <= last
    ]


def milestones(*, is_final: bool) -> list[Row]:
    """The milestones as the deck has them, or those that the end of the pilot adds."""
    names = ("milestone_id", "title_da", "title_en", "planned_month", "met_date", "status", "source")
    rows: list[Row] = [dict(zip(names, entry, strict=True)) for entry in MILESTONES]
    return [row for row in rows if (row["source"] == END) == is_final]


def fee_codes() -> list[Row]:
    names = (
        "fee_code",
        "valid_from",
        "valid_to",
        "meaning_da",
        "meaning_en",
        "kind",
        "source",
        "is_invented",
    )
    return [{**dict(zip(names, entry, strict=True)), "region": "DK"} for entry in FEE_CODES]


def literature(name: str) -> list[Row]:
    """One study's results; nobody has assessed its risk of bias or its certainty for this evaluation."""
    return [
        {
            "study_id": study[0],
            "study": study[1],
            "design": study[2],
            "population": study[3],
            "comparator": study[4],
            "outcome": outcome,
            "estimate": Decimal(estimate),
            "low": Decimal(low) if low else None,
            "high": Decimal(high) if high else None,
            "unit": unit,
            "risk_of_bias": "not_assessed",
            "grade_certainty": "not_assessed",
            "source": study[1],
        }
        for study, outcome, estimate, low, high, unit in LITERATURE[name]
    ]
