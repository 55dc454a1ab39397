"""What the ledger comes to: net present values and yearly budgets of every case, each a sum over its rows.

A use *stands alone* when it bears all shared costs, is *incremental* when it comes last to the others, and
*contributes* what it brings before shared costs. Shared costs and the risk pool are blocks of their own,
counted once in the sum.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.economics.accounts import Perspective
from pipeline.economics.cost_ledger import LedgerRow, counted, ledger
from pipeline.economics.model import EVERYWHERE, RISK, SHARED, SUM, USES, Costs
from pipeline.economics.program import MAIN, Case, Program, case, uses_of
from pipeline.text import round_half_up

Measure = Literal["npv", "amount", "nominal", "fixed_frame", "stand_alone", "incremental"]
FEE = "fee"


@dataclass(frozen=True)
class Result:
    """A net amount in øre, the sum of ``rows`` rows of the ledger.

    ``measure``: *npv* present value over all years (``year`` None); *amount* that year's, undiscounted, in
    fixed prices; *nominal* the same in the year's own prices; *fixed_frame* the present value when the
    economic frame binds, so that fees move nothing; *stand_alone* and *incremental* as above.
    """

    case: str
    alternative: str
    use_type: str
    perspective: str
    measure: Measure
    year: int | None
    amount_oere: int
    rows: int
    region: str = EVERYWHERE

    def sql(self, costs: Costs) -> str:
        """The SELECT over ``cost_ledger`` that gives the amount."""
        column = "amount_oere" if self.measure in ("amount", "nominal") else "present_value_oere"
        signed, cases_summed = column, [self.case]
        if self.measure == "stand_alone":
            cases_summed = [f"alone:{self.use_type}"]
        elif self.measure == "incremental":
            cases_summed = [MAIN, f"without:{self.use_type}"]
            signed = f"case when \"case\" = '{MAIN}' then {column} else -{column} end"
        total = f"coalesce(sum({signed}), 0)"
        if self.measure == "nominal":
            total = f"round({total} * power({1 + costs.settings['price_growth']}, {self.year}))"
        if self.region != EVERYWHERE:
            share = next(item.share for item in costs.regions if item.code == self.region)
            total = f"round({total} * {costs.value(share)})"
        conditions = [
            f'"case" in ({_listed(cases_summed)})',
            f"alternative = '{self.alternative}'",
            *_conditions(costs.perspective(self.perspective)),
        ]
        if self.use_type == USES:
            conditions.append(f"use_type not in ({_listed((SHARED, RISK))})")
        elif self.use_type != SUM and self.measure not in ("stand_alone", "incremental"):
            conditions.append(f"use_type = '{self.use_type}'")
        if self.measure == "fixed_frame":
            fees = [item.name for item in costs.activities if item.kind == FEE]
            conditions += ["receiver is null", f"activity not in ({_listed(fees)})"]
        if self.year is not None:
            conditions.append(f"year = {self.year}")
        return f"select {total} as amount_oere from cost_ledger where {' and '.join(conditions)}"


def _conditions(perspective: Perspective) -> list[str]:
    made = [
        f"account in ({_listed(perspective.accounts)})",
        f"benefit_class in ({_listed(perspective.classes)})",
    ]
    return [*made, f"kind not in ({_listed(perspective.excludes)})"] if perspective.excludes else made


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "''"


def cases(costs: Costs) -> tuple[Case, ...]:
    """Every case that has a ledger: the alternatives as the decision has them, in each other context and
    path, and for the headline alternative each use alone and all without it."""
    decision = costs.decision
    made = [case(costs, item.name) for item in costs.alternatives]
    for item in costs.contexts:
        if item.name != decision.context:
            made += [
                case(costs, one.name, name=f"context:{item.name}", context=item.name)
                for one in costs.alternatives
            ]
    for item in costs.paths:
        if item.name != decision.path:
            made += [
                case(costs, one.name, name=f"path:{item.name}", path=item.name) for one in costs.alternatives
            ]
    uses = uses_of(costs, costs.alternative(decision.headline))
    for use in uses:
        others = tuple(one for one in uses if one != use)
        made += [
            case(costs, name=f"alone:{use}", uses=(use,)),
            case(costs, name=f"without:{use}", uses=others),
        ]
    return tuple(made)


def ledgers(costs: Costs, program: Program) -> dict[tuple[str, str], tuple[LedgerRow, ...]]:
    """The ledger of every case, by its name and alternative."""
    return {(item.name, item.alternative.name): ledger(costs, program, item) for item in cases(costs)}


def results(costs: Costs, found: dict[tuple[str, str], tuple[LedgerRow, ...]]) -> list[Result]:
    """Every figure of every case, in the order of the cases; the blocks of the decision's own cases one by
    one.
    """
    made: list[Result] = []
    for (name, alternative), rows in found.items():
        if name.startswith(("alone:", "without:")):
            continue
        blocks = (*(use.code for use in costs.uses), SHARED, RISK, SUM) if name == MAIN else (SUM,)
        for perspective in costs.perspectives:
            for block in blocks:
                made += _of(costs, name, alternative, block, perspective.name, rows)
    headline = costs.decision.headline
    for (name, alternative), rows in found.items():
        if alternative == headline and (name == MAIN or name.startswith("path:")):
            made += _regional(
                costs, name, alternative, [row for row in rows if row.use_type not in (SHARED, RISK)]
            )
    for use in uses_of(costs, costs.alternative(headline)):
        for perspective in costs.perspectives:
            alone = _present(costs, found[f"alone:{use}", headline], perspective.name)
            whole = _present(costs, found[MAIN, headline], perspective.name)
            rest = _present(costs, found[f"without:{use}", headline], perspective.name)
            place = (headline, use, perspective.name)
            made.append(Result(MAIN, *place, "stand_alone", None, alone[0], alone[1]))
            made.append(Result(MAIN, *place, "incremental", None, whole[0] - rest[0], whole[1] + rest[1]))
    return made


def _of(
    costs: Costs, name: str, alternative: str, block: str, perspective: str, rows: Iterable[LedgerRow]
) -> Iterator[Result]:
    chosen = counted(costs, rows, perspective, SUM if block == USES else block)
    place = (name, alternative, block, perspective)
    yield Result(*place, "npv", None, sum(row.present_value_oere for row in chosen), len(chosen))
    fees = {item.name for item in costs.activities if item.kind == FEE}
    free = [row for row in chosen if row.activity not in fees and row.receiver is None]
    yield Result(*place, "fixed_frame", None, sum(row.present_value_oere for row in free), len(free))
    growth = 1 + costs.settings["price_growth"]
    by_year: dict[int, list[int]] = {year: [] for year in costs.years}
    for row in chosen:
        by_year[row.year].append(row.amount_oere)
    for year, amounts in by_year.items():
        yield Result(*place, "amount", year, sum(amounts), len(amounts))
        yield Result(*place, "nominal", year, int(round_half_up(sum(amounts) * growth**year)), len(amounts))


def _regional(costs: Costs, name: str, alternative: str, rows: Iterable[LedgerRow]) -> Iterator[Result]:
    """Each region's part of what the uses bring; shared costs are national and not shared out."""
    kept = tuple(rows)
    for perspective in costs.perspectives:
        place = (name, alternative, USES, perspective.name)
        for whole in _of(costs, *place, kept):
            if whole.measure not in ("npv", "amount"):
                continue
            yield whole
            for region in costs.regions:
                part = int(round_half_up(whole.amount_oere * costs.value(region.share)))
                yield replace(whole, amount_oere=part, region=region.code)


def _present(costs: Costs, rows: Iterable[LedgerRow], perspective: str) -> tuple[int, int]:
    chosen = counted(costs, rows, perspective)
    return sum(row.present_value_oere for row in chosen), len(chosen)


@dataclass(frozen=True)
class Sourced:
    """How much of the case rests on sources: kroner of present value either way, and inputs."""

    sourced_oere: int
    total_oere: int
    sourced_inputs: int
    inputs: int

    @property
    def share(self) -> float:
        """The part of the kroner that rests on sources alone."""
        return self.sourced_oere / self.total_oere if self.total_oere else 0.0


def sourced(costs: Costs, rows: Iterable[LedgerRow]) -> Sourced:
    """A row rests on sources when every input behind it does; costs and benefits both count, as amounts."""
    kept = tuple(rows)
    total = sum(abs(row.present_value_oere) for row in kept)
    on_sources = sum(
        abs(row.present_value_oere)
        for row in kept
        if not any(costs.inputs[key].is_assumption for key in row.assumptions)
    )
    known = sum(not item.is_assumption for item in costs.inputs.values())
    return Sourced(on_sources, total, known, len(costs.inputs))
