"""The session log becomes participations, meetings, quality windows and logins, after it is proved whole.

What a held meeting is stands in ``pipeline/sql/meetings.sql``, what good quality is in
``pipeline/sql/quality_windows.sql``. Each programme's log is taken by itself: a node of one may have the name
of another's, and nothing of one moves a row of another.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import paths, sql
from pipeline.contract import CodeList, Contracts, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import conform, empty, read
from pipeline.engine import DuckEngine, Engine
from pipeline.params import Params, Quality, Sessions, load
from pipeline.stages.run import run_stage
from pipeline.text import Problem, ProblemError, Text

# In this order: a query may read what one before it made.
STEPS = ("quality_windows", "stay_quality", "participations", "meetings", "logins")
DERIVED = ("quality_windows", "participations", "meetings", "logins")


def run(*, delivered: Path, out: Path, params: Params) -> None:
    """Write a Parquet file for each of ``DERIVED`` below ``out``.

    Raises ProblemError when a sequence number of a source is missing, or when a derived table breaks its
    contract.
    """
    contracts = load_contracts()
    events = read(delivered / "session_events.parquet")
    problems: list[Problem] = []
    parts = {name: [conform(contracts.tables[name], empty(contracts.tables[name]))] for name in DERIVED}
    for programme in sorted(set(events.column("programme").to_pylist())):
        log = events.filter(pc.call_function("equal", [events.column("programme"), pa.scalar(programme)]))
        with DuckEngine() as engine:
            problems += missing_events(engine, log)
            if not problems:
                for name, data in derive(engine, log, contracts, params.sessions).items():
                    parts[name].append(conform(contracts.tables[name], data))
    if problems:
        raise ProblemError(problems)
    with paths.replacing_folder(out) as folder:
        write_checked(
            ((contracts.tables[name], pa.concat_tables(made)) for name, made in parts.items()),
            contracts,
            folder,
        )


def missing_events(engine: Engine, events: pa.Table) -> list[Problem]:
    """One problem for each hole in a source's sequence numbers, which the service writes without holes."""
    engine.add("session_events", events)
    return [
        Problem(
            file=hole["source_file"],
            row=hole["source_row"],
            column="seq",
            rule="session_events.sequence_gap",
            message=Text(
                f"hændelser mangler fra kilden '{hole['source']}': "
                f"løbenummer {_span(hole)} findes ikke i nogen leverance",
                f"events are missing from source '{hole['source']}': "
                f"sequence number {_span(hole)} is in no delivery",
            ),
            severity="critical",
        )
        for hole in engine.query(sql.load("missing_events")).to_pylist()
    ]


def derive(engine: Engine, events: pa.Table, contracts: Contracts, rules: Sessions) -> dict[str, pa.Table]:
    """The ``DERIVED`` tables of one programme's events, whatever the order of its rows."""
    engine.add("session_events", events)
    engine.add("end_reasons", _spellings(contracts.codes["end_reason"]))
    engine.add("settings", pa.table({"min_overlap_s": [rules.min_overlap_s]}))
    engine.add("quality_limits", _limits(rules.quality))
    made: dict[str, pa.Table] = {}
    for name in STEPS:
        made[name] = engine.query(sql.load(name))
        engine.add(name, made[name])
    return {name: made[name] for name in DERIVED}


def _limits(quality: Quality) -> pa.Table:
    """One row: ``<measure>_degraded`` and ``<measure>_poor`` of a window, and the rules of a stay."""
    row: dict[str, float] = {
        "min_share_of_stay": quality.min_share_of_stay,
        "min_connected_s": quality.min_connected_s,
    }
    for name in ("delay_s", "loss_share", "concealed_share", "frozen_share", "frames_per_second"):
        limits = getattr(quality, name)
        row |= {f"{name}_degraded": limits.degraded, f"{name}_poor": limits.poor}
    return pa.table({name: [value] for name, value in row.items()})


def _spellings(codes: CodeList) -> pa.Table:
    """How a node may write a reason (the code or an accepted spelling), and the code it stands for."""
    pairs: Iterable[tuple[str, str]] = (
        (spelling, item.code) for item in codes.items for spelling in (item.code, *item.spellings)
    )
    spelling, code = zip(*pairs, strict=True)
    return pa.table({"spelling": list(spelling), "code": list(code)})


def _span(hole: dict[str, int]) -> str:
    first, last = hole["first_missing"], hole["last_missing"]
    return str(first) if first == last else f"{first}–{last}"


def main() -> None:
    run(delivered=paths.DELIVERED, out=paths.SESSIONS, params=load())


if __name__ == "__main__":
    run_stage(main)
