"""The session log becomes participations and meetings, after it is proved that no event is missing.

What a held meeting is stands in ``pipeline/sql/meetings.sql``.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from pipeline import paths, sql
from pipeline.contract import CodeList, Contracts, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import read
from pipeline.engine import DuckEngine, Engine
from pipeline.params import Params, load
from pipeline.stages.run import run_stage
from pipeline.text import Problem, ProblemError, Text


def run(*, delivered: Path, out: Path, params: Params) -> None:
    """Write ``participations.parquet`` and ``meetings.parquet`` below ``out``.

    Raises ProblemError when a sequence number of a source is missing, or when a derived table breaks its
    contract.
    """
    contracts = load_contracts()
    events = read(delivered / "session_events.parquet")
    with DuckEngine() as engine:
        problems = missing_events(engine, events)
        if problems:
            raise ProblemError(problems)
        derived = derive(engine, events, contracts, min_overlap_s=params.sessions.min_overlap_s)
    with paths.replacing_folder(out) as folder:
        write_checked([(contracts.tables[name], data) for name, data in derived.items()], contracts, folder)


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


def derive(
    engine: Engine, events: pa.Table, contracts: Contracts, *, min_overlap_s: int
) -> dict[str, pa.Table]:
    """``participations`` and ``meetings`` of an events table, whatever the order of its rows."""
    engine.add("session_events", events)
    engine.add("end_reasons", _spellings(contracts.codes["end_reason"]))
    engine.add("settings", pa.table({"min_overlap_s": [min_overlap_s]}))
    derived: dict[str, pa.Table] = {}
    for name in ("participations", "meetings"):
        derived[name] = engine.query(sql.load(name))
        engine.add(name, derived[name])
    return derived


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
