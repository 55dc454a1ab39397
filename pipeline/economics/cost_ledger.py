"""The cost ledger: every krone of an alternative once per account and year, of which every table is a sum.

Signs are the technology's effect on the account: a cost with it is negative, a cost without it is saved and
positive. A transfer is two rows, payer and receiver, that cancel. What society adds to reach consumer prices
and for the distortion of taxes is rows of its own on the account ``society``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.economics.expression import Value, evaluate, names
from pipeline.economics.model import SUM, Costs
from pipeline.economics.program import Case, Formula, Line, Program, environment
from pipeline.text import Text, round_half_up

OERE_PER_KRONE = 100
DECIMALS = 9  # of a quantity, as it is stored


@dataclass(frozen=True)
class LedgerRow:
    """One amount on one account in one year. ``amount_oere`` is quantity × unit cost, rounded once.

    ``formula`` is the quantity's expression tree as JSON, ``assumptions`` the inputs that the row rests on.
    """

    row_id: str
    case: str
    alternative: str
    use_type: str
    activity: str
    title: Text
    side: str
    resource: str
    unit: str
    quantity: Decimal
    unit_cost_oere: int
    amount_oere: int
    present_value_oere: int
    year: int
    realised_year: int
    price_year: int
    price_basis: str
    has_vat: bool
    account: str
    payer: str
    receiver: str | None
    kind: str
    benefit_class: str
    owner: Text
    formula: str
    assumptions: tuple[str, ...]
    source: str


def ledger(costs: Costs, program: Program, chosen: Case) -> tuple[LedgerRow, ...]:
    """All rows of a case, ordered by year and line; a line with nothing of it that year has no row."""
    found = environment(costs, program, chosen, {})
    rests_on = _rests_on(costs, program, chosen)
    lines = [_priced(costs, chosen, line, found) for line in program.lines if chosen.counts(line)]
    rows: list[LedgerRow] = []
    for year in costs.years:
        factor = costs.schedule.factor(year)
        for item in lines:
            exact = float(found[item.line.volume_key(year)]) * item.each * item.weight
            quantity = round_half_up(Decimal(repr(exact)), DECIMALS)
            if quantity == 0:
                continue
            inputs: dict[str, None] = {}
            formula = program.formulas[item.line.key, year]
            for name in (*formula.names, item.line.unit_cost):
                inputs |= rests_on[name]
            rows.append(_row(costs, chosen, item, year, quantity, factor, formula, tuple(inputs)))
    return tuple(rows)


@dataclass(frozen=True)
class _Priced:
    """What of a line is the same in every year: its quantity is volume × ``each`` × ``weight``, as
    ``Line.quantity`` has it.
    """

    line: Line
    each: float
    weight: float
    resource: str
    unit_cost_oere: int


def _priced(costs: Costs, chosen: Case, line: Line, found: Mapping[str, Value]) -> _Priced:
    bound = chosen.bindings.get(line.unit_cost, line.unit_cost)
    price = line.sign * int(round_half_up(costs.value(bound) * OERE_PER_KRONE))
    return _Priced(line, float(evaluate(line.each, found)), float(evaluate(line.weight, found)), bound, price)


def _row(
    costs: Costs,
    chosen: Case,
    item: _Priced,
    year: int,
    quantity: Decimal,
    factor: Decimal,
    formula: Formula,
    assumptions: tuple[str, ...],
) -> LedgerRow:
    line = item.line
    amount = int(round_half_up(quantity * item.unit_cost_oere))
    return LedgerRow(
        row_id=f"{chosen.name}/{chosen.alternative.name}/{line.key}/{year}",
        case=chosen.name,
        alternative=chosen.alternative.name,
        use_type=line.block,
        activity=line.activity,
        title=line.title,
        side=line.side,
        resource=item.resource,
        unit=line.unit,
        quantity=quantity,
        unit_cost_oere=item.unit_cost_oere,
        amount_oere=amount,
        present_value_oere=int(round_half_up(amount * factor)),
        year=year,
        realised_year=year + line.lag,
        price_year=costs.price_year,
        price_basis=line.price_basis,
        has_vat=line.has_vat,
        account=line.account,
        payer=line.payer,
        receiver=line.receiver,
        kind=line.kind,
        benefit_class=line.benefit_class,
        owner=line.owner,
        formula=formula.text,
        assumptions=assumptions,
        source=costs.inputs[item.resource].source,
    )


def _rests_on(costs: Costs, program: Program, chosen: Case) -> dict[str, dict[str, None]]:
    """The inputs behind every name, in the order in which its formula names them."""
    bindings = chosen.bindings
    found = {key: {bindings.get(key, key): None} for key in costs.inputs}
    for item in program.definitions:
        keys: dict[str, None] = {}
        for name in names(item.tree):
            keys |= found[name]
        found[item.key] = keys
    return found


def npv(costs: Costs, rows: Iterable[LedgerRow], perspective: str, use_type: str = SUM) -> int:
    """The net present value in øre."""
    return sum(row.present_value_oere for row in counted(costs, rows, perspective, use_type))


def counted(
    costs: Costs,
    rows: Iterable[LedgerRow],
    perspective: str,
    use_type: str = SUM,
    without: tuple[str, ...] = (),
) -> list[LedgerRow]:
    """The rows that a perspective counts, of one block or of all; ``without`` leaves kinds out besides."""
    chosen = costs.perspective(perspective)
    return [
        row
        for row in rows
        if use_type in (SUM, row.use_type)
        and row.kind not in without
        and chosen.counts(row.account, row.benefit_class, row.kind)
    ]
