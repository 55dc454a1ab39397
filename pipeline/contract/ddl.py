"""A contract as DuckDB DDL: types, NOT NULL, CHECK and PRIMARY KEY; references stand as comments."""

from collections.abc import Mapping

from pipeline.contract.model import CodeList, Column, ColumnType, Contracts, Table

SQL_TYPES: dict[ColumnType, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 9)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}


def quote(value: str) -> str:
    """``value`` as an SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def conditions(table: Table, column: Column, codes: Mapping[str, CodeList]) -> list[tuple[str, str]]:
    """What a row must satisfy in ``column``, as (kind of check, SQL predicate that is false when it breaks).

    Kinds: not_null, required_for, codes, minimum, maximum, pattern. A null satisfies all but the first two.
    """
    name = quote_name(column.name)
    found: list[tuple[str, str]] = []
    if column.required:
        found.append(("not_null", f"{name} IS NOT NULL"))
    if column.required_for and table.discriminator is not None:
        listed = ", ".join(quote(value) for value in column.required_for)
        found.append(
            ("required_for", f"{name} IS NOT NULL OR {quote_name(table.discriminator)} NOT IN ({listed})")
        )
    if column.codes is not None:
        listed = ", ".join(quote(code) for code in codes[column.codes].codes)
        found.append(("codes", f"{name} IN ({listed})"))
    if column.minimum is not None:
        found.append(("minimum", f"{name} >= {column.minimum}"))
    if column.maximum is not None:
        found.append(("maximum", f"{name} <= {column.maximum}"))
    if column.stored_pattern is not None:
        found.append(("pattern", f"regexp_full_match({name}, {quote(column.stored_pattern)})"))
    return found


def create_table(table: Table, codes: Mapping[str, CodeList]) -> str:
    """The CREATE TABLE statement. A row the contract refuses cannot be inserted; a null key is one."""
    lines: list[str] = []
    for column in table.columns:
        parts = [quote_name(column.name), SQL_TYPES[column.type]]
        for kind, predicate in conditions(table, column, codes):
            parts.append("NOT NULL" if kind == "not_null" else f"CHECK ({predicate})")
        lines.append(" ".join(parts))
    lines.append(f"PRIMARY KEY ({', '.join(quote_name(key) for key in table.unique_key)})")
    references = "".join(
        f"-- ({', '.join(key.columns)}) refers to {key.table} ({', '.join(key.references)})\n"
        for key in table.foreign_keys
    )
    body = ",\n  ".join(lines)
    head = f"-- {table.title.da} · {table.title.en}\n{references}"
    return f"{head}CREATE TABLE {quote_name(table.name)} (\n  {body}\n);\n"


def create_all(contracts: Contracts) -> str:
    """The DDL of every table, in the order of their names."""
    return "\n".join(create_table(table, contracts.codes) for table in contracts.tables.values())
