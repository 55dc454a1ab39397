"""Hold rows against a contract with SQL: the same conditions as the DDL, counted instead of refused."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.contract.ddl import conditions, quote_name
from pipeline.contract.given import execute_given
from pipeline.contract.model import CodeList, Column, Table
from pipeline.text import Problem, Severity, Text

if TYPE_CHECKING:
    import duckdb

SAMPLE = 100
PERSONAL_DIGITS = 6  # a value with this many digits may be a date of birth or a personal number


@dataclass(frozen=True)
class Condition:
    """One thing the contract asks of a table's rows; ``predicate`` is false where it is broken."""

    rule: str
    column: str
    severity: Severity
    message: Text
    predicate: str

    @property
    def broken(self) -> str:
        """An SQL predicate that is true where the condition is broken; a null breaks nothing but NOT NULL."""
        return f"NOT coalesce({self.predicate}, true)"


def check(
    table: Table,
    codes: Mapping[str, CodeList],
    data: pa.Table,
    *,
    file: str | None = None,
    sample: int = SAMPLE,
    connection: "duckdb.DuckDBPyConnection | None" = None,
) -> list[Problem]:
    """What in ``data`` (in the contract's types) breaks the contract; ``sample`` rows a condition.

    ``row`` is source_row where the table has one, else the 1-based position. Values are shown only where they
    cannot be a personal identifier. An empty list means the rows could be inserted into the table's DDL.
    With a ``connection`` of the caller's, ``data`` is a part of its rows, and keys are not looked at.
    """
    import duckdb

    name = file or table.name
    if connection is not None:
        return _broken(table, codes, data, name, sample, connection)
    with duckdb.connect(":memory:", config={"threads": "1"}) as own:
        found = _broken(table, codes, data, name, sample, own)
        keys = ", ".join(quote_name(key) for key in table.unique_key)
        doubled = own.execute(
            f"SELECT {_place(table)} FROM (SELECT *, row_number() OVER"
            f" (PARTITION BY {keys} ORDER BY position) AS nth FROM checked) AS numbered"
            f" WHERE nth > 1 ORDER BY position LIMIT {sample}"
        ).fetchall()
    return [*found, *(doubled_key(table, name, row) for (row,) in doubled)]


def _broken(
    table: Table,
    codes: Mapping[str, CodeList],
    data: pa.Table,
    name: str,
    sample: int,
    connection: "duckdb.DuckDBPyConnection",
) -> list[Problem]:
    """What breaks a column's conditions; the rows stand in ``checked`` afterwards."""
    numbered = "SELECT *, row_number() OVER () AS position FROM given"
    execute_given(connection, data, f"CREATE OR REPLACE TEMP TABLE checked AS {numbered}")
    asked = table_conditions(table, codes)
    # One pass counts every condition; only what is broken is looked at row by row.
    counts = connection.execute(
        "SELECT " + ", ".join(f"count(*) FILTER (WHERE {item.broken})" for item in asked) + " FROM checked"
    ).fetchall()[0]
    found: list[Problem] = []
    for item in (item for item, count in zip(asked, counts, strict=True) if count):
        rows = connection.execute(
            f"SELECT {_place(table)}, CAST({quote_name(item.column)} AS VARCHAR) FROM checked "
            f"WHERE {item.broken} ORDER BY position LIMIT {sample}"
        ).fetchall()
        column = table.column(item.column)
        found.extend(
            Problem(name, row, column.name, item.rule, _said(item.message, column, value), item.severity)
            for row, value in rows
        )
    return found


def _place(table: Table) -> str:
    return '"source_row"' if "source_row" in table.column_names else "position"


def doubled_key(table: Table, file: str, row: int | None) -> Problem:
    """What is said of a row whose key an earlier one has."""
    message = Text(
        "nøglen findes allerede; den skal være entydig", "the key stands already; it must be unique"
    )
    return Problem(file, row, ", ".join(table.primary_key), "primary_key", message, "critical")


def table_conditions(table: Table, codes: Mapping[str, CodeList]) -> list[Condition]:
    """Every column condition of the contract, with the message a clerk reads."""
    return [
        Condition(kind, column.name, "critical", _expected(kind, column, codes), predicate)
        for column in table.columns
        for kind, predicate in conditions(table, column, codes)
    ]


def _expected(kind: str, column: Column, codes: Mapping[str, CodeList]) -> Text:
    if kind == "not_null":
        return Text("skal være udfyldt", "must be filled in")
    if kind == "required_for":
        return Text("skal være udfyldt for denne type række", "must be filled in for this type of row")
    if kind == "codes":
        items = codes[column.codes or ""].items
        return Text(
            "tilladt er " + ", ".join(item.label.da for item in items),
            "allowed are " + ", ".join(item.label.en for item in items),
        )
    if kind == "minimum":
        return Text(f"skal være mindst {column.minimum}", f"must be at least {column.minimum}")
    if kind == "maximum":
        return Text(f"må højst være {column.maximum}", f"must be at most {column.maximum}")
    if column.identifier is not None:
        return Text("skal være en nøgle på formen p_…", "must be a key of the form p_…")
    return Text(f"skal have formen {column.pattern}", f"must have the form {column.pattern}")


def _said(expected: Text, column: Column, value: str | None) -> Text:
    """``expected`` with what was found, unless that may point to a person (a shifted cell may)."""
    is_shown = column.codes is not None or column.type in ("integer", "decimal")
    if value is None or not is_shown or sum(sign.isdigit() for sign in value) >= PERSONAL_DIGITS:
        return expected
    found = value if len(value) <= 40 else value[:37] + "..."
    return Text(f"fundet »{found}«; {expected.da}", f"found '{found}'; {expected.en}")
