"""The cut at every date, and the join of what belongs together: one copy of each linked table per cut-off.

The reference programme is cut at its own date and only counted; nothing of it is in any other table.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipeline import paths, sql
from pipeline.contract import Contracts, Table, load_contracts
from pipeline.contract.checked import write_checked
from pipeline.contract.store import empty, read
from pipeline.engine import DuckEngine, Engine
from pipeline.params import Params, load
from pipeline.stages.run import run_stage

# What the session log became.
SESSIONS = ("participations", "meetings", "logins")
REFERENCE = "reference_counts"
ZONE = "Europe/Copenhagen"

# In this order: a query may read what one before it made.
STEPS = ("usable_cards", "placements")  # of no use later on
LINKED = ("contacts", "cards", "responses", "clinics", "coded_units", "themes", "flow")
# Delivered tables that go on as they are, but for the cut.
CARRIED = (
    "adverse_events",
    "cost_registrations",
    "dropout_reasons",
    "fee_lines",
    "invitations",
    "literature",
    "milestones",
    "regions",
    "support_tickets",
    "time_registrations",
)


def run(*, delivered: Path, sessions: Path, out: Path, params: Params) -> None:
    """Write every linked table below ``out``. Raises ProblemError when one of them breaks its contract."""
    contracts = load_contracts()
    # The session log itself is not linked: what counts of it stands in participations and meetings.
    tables = {
        name: read(delivered / f"{name}.parquet")
        for name, table in contracts.tables.items()
        if table.kind == "delivered" and name != "session_events"
    }
    for name in SESSIONS:
        tables[name] = read(sessions / f"{name}.parquet")
    quarantine = read(delivered / "quarantine.parquet")
    made = link(tables, quarantine, contracts, cut_offs=params.cut_offs, programme=params.programme)
    made[REFERENCE] = count_reference(
        tables, contracts, as_of=params.reference.as_of, programme=params.reference.programme
    )
    with paths.replacing_folder(out) as folder:
        write_checked(((contract(contracts, name), data) for name, data in made.items()), contracts, folder)


def contract(contracts: Contracts, name: str) -> Table:
    """The contract of a linked table: its own, or the delivered one with ``as_of`` before its key."""
    table = contracts.tables[name]
    return table.with_as_of() if name in CARRIED else table


def link(
    tables: Mapping[str, pa.Table],
    quarantine: pa.Table,
    contracts: Contracts,
    *,
    cut_offs: tuple[date, ...],
    programme: str,
) -> dict[str, pa.Table]:
    """The linked tables, one copy of the rows per cut-off date. A table that is not given counts as empty."""
    copies: dict[str, list[pa.Table]] = {name: [] for name in (*LINKED, *CARRIED)}
    with DuckEngine() as whole:
        for name, table in contracts.tables.items():
            whole.add(name, tables.get(name, empty(table)))
        whole.add("quarantine", quarantine)
        for as_of in cut_offs:
            with DuckEngine() as engine:
                for name, table in contracts.tables.items():
                    if "received_date" in table.column_names:
                        engine.add(name, whole.query(cut(table, as_of, programme)))
                engine.add("quarantined_cards", whole.query(_quarantined("postcards", as_of, programme)))
                for name, data in _linked(engine, contracts, as_of).items():
                    copies[name].append(data)
    return {name: pa.concat_tables(parts) for name, parts in copies.items()}


def count_reference(
    tables: Mapping[str, pa.Table], contracts: Contracts, *, as_of: date, programme: str
) -> pa.Table:
    """``reference_counts`` of one programme's meetings, stays, logins and regions that count at ``as_of``."""
    with DuckEngine() as whole, DuckEngine() as engine:
        for name in (*SESSIONS, "regions"):
            table = contracts.tables[name]
            whole.add(name, tables.get(name, empty(table)))
            engine.add(name, whole.query(cut(table, as_of, programme)))
        engine.add("settings", _settings(as_of))
        engine.add("region_codes", pa.table({"region": list(contracts.codes["region"].codes)}))
        return engine.query(sql.load(REFERENCE))


def cut(table: Table, as_of: date, programme: str) -> str:
    """The SELECT of a programme's rows that count at ``as_of``: known and occurred by then, both inclusive.

    A register's row (``valid_from``) counts from the day it is valid; a row without a date counts when known.
    """
    day = f"date '{as_of.isoformat()}'"
    conditions = [f"programme = '{programme}'", f"received_date <= {day}"]
    dated = [table.occurred] if table.occurred else []
    dated += [name for name in ("valid_from",) if name in table.column_names]
    for name in dated:
        column = table.column(name)
        local = f"cast(from_utc_timestamp({name}, '{ZONE}') as date)" if column.type == "timestamp" else name
        conditions.append(f"{local} <= {day}" if column.required else f"({name} is null or {local} <= {day})")
    return f"select * from {table.name} where {' and '.join(conditions)}"


def _linked(engine: Engine, contracts: Contracts, as_of: date) -> dict[str, pa.Table]:
    """Every linked table of one cut-off, ``as_of`` its first column. ``engine`` holds the cut tables."""
    engine.add("settings", _settings(as_of))
    engine.add("interview_themes", pa.table({"theme": list(contracts.codes["interview_theme"].codes)}))
    made: dict[str, pa.Table] = {}
    for name in (*STEPS, *LINKED):
        data = engine.query(sql.load(name))
        engine.add(name, data)
        if name in LINKED:
            made[name] = _at(engine, name)
    return made | {name: _at(engine, name) for name in CARRIED}


def _settings(as_of: date) -> pa.Table:
    return pa.table({"as_of": pa.array([as_of], pa.date32())})


def _at(engine: Engine, name: str) -> pa.Table:
    return engine.query(f"select settings.as_of, {name}.* from {name} cross join settings")


def _quarantined(table: str, as_of: date, programme: str) -> str:
    """The rows of a table that could not be used, each once, of the deliveries received by ``as_of``."""
    return (
        f'select distinct file, "row" from quarantine where "row" is not null '
        f"and \"table\" = '{table}' and programme = '{programme}' "
        f"and received_date <= date '{as_of.isoformat()}'"
    )


def main() -> None:
    run(delivered=paths.DELIVERED, sessions=paths.SESSIONS, out=paths.LINKED, params=load())


if __name__ == "__main__":
    run_stage(main)
