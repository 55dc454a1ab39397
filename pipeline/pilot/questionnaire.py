"""The patients' questionnaire as a survey system exports it: coded answers, labels, questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.contract import Contracts
from pipeline.identifiers import demonstration_key, pseudonym
from pipeline.pilot.assumptions import Answers, Assumptions
from pipeline.pilot.calibrate import EARLY, LATER, Plan
from pipeline.pilot.chance import Chance
from pipeline.pilot.writers import plain_csv

# Variable (at most eight characters, as the system cuts them), type, contract column.
VARIABLES = (
    ("respnr", "tekst", "response_id"),
    ("noegle", "tekst", "respondent"),
    ("region", "enkelt", "region"),
    ("svardato", "dato", "answered_date"),
    ("kontakt", "enkelt", "got_contact"),
    ("kval_1", "enkelt", "picture"),
    ("kval_2", "enkelt", "sound"),
    ("andprob", "enkelt", "other_problems"),
    ("nemt", "enkelt", "easy_to_use"),
    ("hjaelp", "enkelt", "had_help"),
    ("tid_1", "enkelt", "time_preparing"),
    ("tid_2", "enkelt", "time_waiting"),
    ("tid_3", "enkelt", "time_talking"),
    ("ford_1", "flere", "adv_none"),
    ("ford_2", "flere", "adv_saves_travel_time"),
    ("ford_3", "flere", "adv_saves_travel_money"),
    ("ford_4", "flere", "adv_less_time_off_work"),
    ("ford_5", "flere", "adv_avoids_physical_strain"),
    ("ford_6", "flere", "adv_safer_at_home"),
    ("ford_7", "flere", "adv_other"),
    ("ulem_1", "flere", "dis_none"),
    ("ulem_2", "flere", "dis_too_impersonal"),
    ("ulem_3", "flere", "dis_hard_to_follow"),
    ("ulem_4", "flere", "dis_technology_too_cumbersome"),
    ("ulem_5", "flere", "dis_doctor_understands_less"),
    ("ulem_6", "flere", "dis_other"),
    ("anbefal", "enkelt", "would_recommend"),
    ("igen", "enkelt", "would_use_again"),
    ("tekst", "tekst", "comment"),
)
STATUS = ("stato", "system", "Besvarelsens status")  # the system's own: 4 is finished
FINISHED = 4
ADVANTAGES = "Fordele ved videokonsultation med lægen"
DISADVANTAGES = "Ulemper ved videokonsultation med lægen"
TICKS = {"advantages": "adv", "disadvantages": "dis"}


@dataclass
class Response:
    """One patient's answers, by contract column; a tick is True."""

    response_id: str
    respondent: str
    region: str
    answered: date
    got_contact: bool
    answers: dict[str, str] = field(default_factory=dict)
    ticks: set[str] = field(default_factory=set)


def responses(plan: Plan, ours: Assumptions, seed: int) -> tuple[list[Response], list[Response]]:
    """The responses of the two deliveries, in the order in which they came in."""
    chance = Chance(seed, "questionnaire")
    return _period(EARLY, 0, plan, ours, chance), _period(LATER, plan.respondents[EARLY], plan, ours, chance)


def files(responses_: Sequence[Response], contracts: Contracts, stem: str) -> dict[str, bytes]:
    """The three files of one export, by path; ``stem`` is what their names begin with."""
    dataset = [[name for name, _, _ in VARIABLES] + [STATUS[0]]]
    dataset += [_coded(response, contracts) for response in responses_]
    structure = [["variabel", "type", "spørgsmål", "svarmulighed"]]
    labels = [["variabel", "værdi", "tekst"]]
    table = contracts.tables["questionnaires"]
    for name, kind, column_name in VARIABLES:
        column = table.column(column_name)
        group = {"adv_": ADVANTAGES, "dis_": DISADVANTAGES}.get(column_name[:4])
        grid = column.description.da.partition(":")[0] if column.description and name[-2] == "_" else None
        question = group or grid
        structure.append([name, kind, question or column.label.da, column.label.da if question else ""])
        for number, item in enumerate(contracts.codes[column.codes].items if column.codes else (), start=1):
            labels.append([name, str(number), item.label.da])
    structure.append([STATUS[0], STATUS[1], STATUS[2], ""])
    labels.append([STATUS[0], str(FINISHED), "Gennemført"])
    return {
        f"{stem}dataset.csv": plain_csv(dataset),
        f"{stem}labels.csv": plain_csv(labels),
        f"{stem}structure.csv": plain_csv(structure),
    }


def _period(period: int, before: int, plan: Plan, ours: Assumptions, chance: Chance) -> list[Response]:
    connected, count = plan.connected[period], plan.respondents[period]
    first, last = _window(period, plan)
    is_connected = chance.dealt({True: connected, False: count - connected})
    regions = {region.code: region.weight for region in ours.region if region.server_from <= first}
    days = sorted(chance.day(first, last) for _ in range(count))
    made = [
        Response(
            response_id=f"{before + index + 1:04d}",
            respondent=pseudonym("person", f"respondent {chance.uuid()}", demonstration_key()),
            region=chance.weighted(regions),
            answered=day,
            got_contact=got_contact,
        )
        for index, (day, got_contact) in enumerate(zip(days, is_connected, strict=True))
    ]
    asked = chance.shuffled([response for response in made if response.got_contact])
    for name, counts in plan.answers[period].items():
        if name in TICKS:
            _tick(chance.shuffled(asked), TICKS[name], counts)
        else:
            for response, answer in zip(asked, chance.dealt(counts), strict=True):
                response.answers[name] = answer
    if period == LATER:
        content = [response for response in asked if "dis_none" in response.ticks]
        for response in content[: ours.questionnaire.contradictory]:
            response.ticks.add("dis_technology_too_cumbersome")
    return made


def _window(period: int, plan: Plan) -> tuple[date, date]:
    """Patients answer from the second month on; none answers on the very day an export is made."""
    first, last = plan.cut_offs
    if period == EARLY:
        return plan.start + timedelta(days=30), first - timedelta(days=1)
    return first + timedelta(days=2), last - timedelta(days=1)


def _tick(asked: Sequence[Response], group: str, counts: Answers) -> None:
    """Give the ticks out in turn, so that each has some; whoever sees none ticks nothing else."""
    none = counts["none"]
    for response in asked[:none]:
        response.ticks.add(f"{group}_none")
    others = asked[none:] if none < len(asked) else []
    turn = 0
    for item, count in counts.items():
        for _ in range(count if item != "none" else 0):
            others[turn % len(others)].ticks.add(f"{group}_{item}")
            turn += 1


def _coded(response: Response, contracts: Contracts) -> list[str]:
    """A response as codes: 1, 2, 3 … in the code list's order, 1 and 0 for ticks, empty when not asked."""
    table = contracts.tables["questionnaires"]
    plain = {
        "response_id": response.response_id,
        "respondent": response.respondent,
        "answered_date": f"{response.answered:%d-%m-%Y}",
    }
    codes = {
        "region": response.region,
        "got_contact": "yes" if response.got_contact else "no",
        **response.answers,
    }
    cells: list[str] = []
    for _, kind, name in VARIABLES:
        column = table.column(name)
        if name in plain:
            cells.append(plain[name])
        elif kind == "flere":
            cells.append(str(int(name in response.ticks)) if response.got_contact else "")
        elif column.codes and name in codes:
            cells.append(str(contracts.codes[column.codes].codes.index(codes[name]) + 1))
        else:
            cells.append("")
    return [*cells, str(FINISHED)]
