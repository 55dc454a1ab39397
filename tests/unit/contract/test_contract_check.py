"""DDL, check in SQL and the Great Expectations suite hold the same: one contract, three evaluators."""

import random
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from contract_rows import row, table_of

from pipeline.contract import Table, load_contracts
from pipeline.contract.check import check
from pipeline.contract.ddl import create_table
from pipeline.contract.expectations import failing_columns
from pipeline.contract.store import arrow_schema

CONTRACTS = load_contracts()
SEED = 20190601


def bad_values(table: Table) -> list[tuple[str, Any]]:
    """(column, value that breaks it) for every condition a contract can put."""
    found: list[tuple[str, Any]] = []
    for column in table.columns:
        if column.required or column.required_for:
            found.append((column.name, None))
        if column.codes is not None:
            found.append((column.name, "no such code"))
        elif column.stored_pattern is not None:
            found += [(column.name, "!"), (column.name, "0123456789ab\n"), (column.name, "")]
        if column.minimum is not None:
            found.append((column.name, column.minimum - 1))
        if column.maximum is not None:
            found.append((column.name, column.maximum + 1))
    return found


@pytest.mark.parametrize(
    "name", ["bookings", "postcards", "questionnaires", "session_events", "fee_lines", "practices"]
)
def test_check_and_suite_find_the_same_columns(name: str) -> None:
    table = CONTRACTS.tables[name]
    pick = random.Random(SEED)
    rows = [keyed(table, number) for number in range(1, 41)]
    columns = set[str]()
    for column, value in pick.sample(bad_values(table), k=min(8, len(bad_values(table)))):
        if column not in table.primary_key:
            pick.choice(rows)[column] = value
            columns.add(column)
    if table.discriminator is not None:
        rows[0] |= {table.discriminator: "dk.medvideo.participant.left.v1", "actor_pseudonym": None}
        columns.add("actor_pseudonym")
    rows[-1] |= {key: rows[0][key] for key in table.primary_key}
    data = table_of(table, rows)
    by_sql = {problem.column for problem in check(table, CONTRACTS.codes, data)}
    assert by_sql == set(failing_columns(table, CONTRACTS.codes, data))
    assert columns | {", ".join(table.primary_key)} >= by_sql
    assert len(by_sql) > 1


def keyed(table: Table, number: int) -> dict[str, Any]:
    made = row(table, CONTRACTS, source_row=number)
    for key in table.primary_key:
        column = table.column(key)
        if column.type == "integer":
            made[key] = number
        elif key == "short_id":
            made[key] = f"{number:012d}"
        elif column.type == "string" and column.codes is None:
            made[key] = f"p_{number}"
    return made


@pytest.mark.parametrize("name", sorted(CONTRACTS.tables))
def test_what_check_finds_the_table_refuses(name: str) -> None:
    table = CONTRACTS.tables[name]
    broken = bad_values(table)
    rows: list[dict[str, Any]] = []
    for column, value in broken:
        bad = row(table, CONTRACTS)
        if value is None and not table.column(column).required and table.discriminator is not None:
            bad[table.discriminator] = table.column(column).required_for[0]
        rows.append(bad | {column: value})
    with duckdb.connect() as connection:
        connection.execute(create_table(table, CONTRACTS.codes))
        for data in rows:
            connection.register("rows", table_of(table, [data]))
            with pytest.raises(duckdb.ConstraintException):
                connection.execute(f'insert into "{name}" select * from rows')
    for (column, _), data in list(zip(broken, rows, strict=True))[:3]:
        (problem,) = check(table, CONTRACTS.codes, table_of(table, [data]))
        assert problem.column == column
    found = {problem.column for problem in check(table, CONTRACTS.codes, table_of(table, rows))}
    assert found >= {column for column, _ in broken}


def test_a_valid_table_has_no_problems() -> None:
    for table in CONTRACTS.tables.values():
        assert check(table, CONTRACTS.codes, table_of(table, [row(table, CONTRACTS)])) == []
        assert check(table, CONTRACTS.codes, arrow_schema(table).empty_table()) == []


def test_a_problem_names_line_column_found_and_expected() -> None:
    table = CONTRACTS.tables["bookings"]
    data = table_of(table, [row(table, CONTRACTS, status="maybe", source_row=7)])
    (problem,) = check(table, CONTRACTS.codes, data, file="bookings.csv")
    assert problem.line() == (
        "bookings.csv, linje 7, kolonne status: fundet »maybe«; tilladt er Booket, Aflyst"
        " · found 'maybe'; allowed are Booked, Cancelled"
    )
    assert problem.severity == "critical"


def test_a_problem_never_shows_what_may_be_a_person() -> None:
    table = CONTRACTS.tables["bookings"]
    number = "010190-1234"
    for column in ("practice", "region", "status"):
        data = table_of(table, [row(table, CONTRACTS, **{column: number})])
        (problem,) = check(table, CONTRACTS.codes, data)
        assert number not in problem.line()


def test_the_same_key_twice_is_found() -> None:
    table = CONTRACTS.tables["themes"]
    twice = table_of(table, [row(table, CONTRACTS), row(table, CONTRACTS, units_coded=2)])
    (problem,) = check(table, CONTRACTS.codes, twice)
    assert (problem.rule, problem.row) == ("primary_key", 2)


def test_decimals_have_room_for_money_in_kroner() -> None:
    table = CONTRACTS.tables["estimates"]
    data = table_of(table, [row(table, CONTRACTS, value=Decimal("999999999.123456789"))])
    assert check(table, CONTRACTS.codes, data) == []
