"""The cost ledger: every krone of both scenarios once per account, of which every table is a sum.

Signs are the technology's effect on the account: a cost of the scenario with it is negative, a cost of the
scenario without it is saved and positive. A transfer is two rows, payer and receiver, that cancel. What
society adds to factor prices to reach consumer prices is rows of its own on the account ``society``, so that
society's result is the sum of all rows and each other perspective's is the sum of its account.
"""

from dataclasses import dataclass
from decimal import Decimal

from pipeline.economics.discounting import in_force
from pipeline.economics.model import Activity, Costs, Perspective
from pipeline.economics.scenarios import Volumes, volumes
from pipeline.text import Text, round_half_up

MINUTES_PER_HOUR = 60
OERE_PER_KRONE = 100
DECIMALS = 9  # of a quantity, as it is stored
SOCIETY = "society"


@dataclass(frozen=True)
class LedgerRow:
    """One amount on one account in one year. ``amount_oere`` is quantity × unit cost, rounded once."""

    row_id: str
    use_type: str
    activity: str
    title: Text
    scenario: str
    resource: str
    unit: str
    quantity: Decimal
    unit_cost_oere: int
    amount_oere: int
    present_value_oere: int
    year: int
    price_year: int
    account: str
    payer: str
    receiver: str | None
    benefit_class: str
    assumptions: tuple[str, ...]

    def concerns(self, perspective: Perspective) -> bool:
        """Whether the row counts in the perspective."""
        return perspective == SOCIETY or self.account == perspective


def ledger(costs: Costs) -> tuple[LedgerRow, ...]:
    """All rows, ordered by year, activity and use; an activity with nothing of it that year has no row."""
    schedule = in_force(costs.schedules, costs.decision_date)
    rows: list[LedgerRow] = []
    for year, volume in enumerate(volumes(costs)):
        factor = schedule.factor(year)
        for activity in costs.activities:
            for use in activity.uses:
                rows += _rows(costs, activity, use, year, volume, factor)
    return tuple(rows)


def _rows(
    costs: Costs, activity: Activity, use: str, year: int, volume: Volumes, factor: Decimal
) -> list[LedgerRow]:
    quantity, unit = _quantity(costs, activity, volume.of(use, activity.per))
    if quantity == 0:
        return []
    price = int(round_half_up(costs.value(activity.unit_cost) * OERE_PER_KRONE))
    sign = -1 if activity.scenario == "with" else 1
    parties = [(activity.payer, sign * price)]
    if activity.receiver is not None:
        parties.append((activity.receiver, -sign * price))
    if activity.is_factor_price:
        tax = round_half_up((costs.value(costs.roles.net_tax_factor) - 1) * price)
        parties.append((SOCIETY, sign * int(tax)))
    made: list[LedgerRow] = []
    for account, signed in parties:
        amount = int(round_half_up(quantity * signed))
        is_tax = account == SOCIETY
        made.append(
            LedgerRow(
                row_id=f"{use}/{activity.name}/{year}/{account}",
                use_type=use,
                activity=activity.name,
                title=activity.title,
                scenario=activity.scenario,
                resource=costs.roles.net_tax_factor if is_tax else activity.unit_cost,
                unit=unit,
                quantity=quantity,
                unit_cost_oere=signed,
                amount_oere=amount,
                present_value_oere=int(round_half_up(amount * factor)),
                year=year,
                price_year=costs.price_year,
                account=account,
                payer=activity.payer,
                receiver=activity.receiver,
                benefit_class=activity.benefit_class,
                assumptions=(*activity.keys, costs.roles.net_tax_factor) if is_tax else activity.keys,
            )
        )
    return made


def _quantity(costs: Costs, activity: Activity, units: Decimal) -> tuple[Decimal, str]:
    quantity, unit = units, "antal"
    for key in activity.quantity:
        quantity *= costs.value(key)
        match costs.inputs[key].unit:
            case "min":
                quantity, unit = quantity / MINUTES_PER_HOUR, "timer"
            case "timer" | "km" as found:
                unit = found
            case _:
                pass
    return round_half_up(quantity, DECIMALS), unit
