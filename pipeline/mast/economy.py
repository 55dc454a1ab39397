"""Domain 5, economic aspects: what the sources say of time and settlement; costs are in ``economics``."""

from pipeline.mast.denominators import ANSWERED_CARD, HELD_CARD, HELD_MEETING
from pipeline.mast.metric import PLACES_AND_KIND, REGION, Metric, Unfed
from pipeline.text import Text

DOMAIN = "economy"

METRICS = (
    Metric(
        "postcards.not_longer",
        DOMAIN,
        Text("Tog ikke længere tid end vanligt", "Took no longer than usual"),
        Text(
            "Kort om gennemførte møder, der svarer nej til, at mødet tog længere tid end vanligt",
            "Cards of held meetings that say the meeting took no longer than usual",
        ),
        "cards",
        "proportion",
        where="is_held",
        value="longer_than_usual = 'no'",
        per=(ANSWERED_CARD, HELD_CARD, HELD_MEETING),
        by=PLACES_AND_KIND,
        better="higher",
    ),
    Metric(
        "fees.zero_code_lines",
        DOMAIN,
        Text("Ydelser med pilotens 0-koder", "Lines with the pilot's zero codes"),
        Text(
            "Antal ydelser på 0 kroner, talt i afregningsuger",
            "Number of services at zero kroner, counted in settlement weeks",
        ),
        "fee_lines",
        "count",
        value="amount_oere = 0",
        amount="coalesce(sum(lines), 0)",
        per=(HELD_MEETING,),
        by=(REGION,),
        is_census=True,
    ),
    Metric(
        "time.registered_minutes",
        DOMAIN,
        Text("Registreret personaletid", "Registered staff time"),
        Text("Gennemsnitlige minutter pr. tidsregistrering", "Mean minutes per time registration"),
        "time_registrations",
        "mean",
        value="minutes",
        unit=Text("minutter", "minutes"),
    ),
    Metric(
        "costs.registered",
        DOMAIN,
        Text("Registrerede udgifter", "Registered costs"),
        Text("Antal udgiftsregistreringer", "Number of cost registrations"),
        "cost_registrations",
        "count",
    ),
)

UNFED = (
    Unfed(
        "fees.delta",
        DOMAIN,
        Text("Ændring i honorarer", "Change in fees"),
        Text(
            "0-koderne har intet beløb; honorarer er antagelser i business casen",
            "The zero codes carry no amount; fees are assumptions of the business case",
        ),
    ),
)
