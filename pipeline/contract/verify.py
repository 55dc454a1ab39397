"""What must hold between the parts of a contract, beyond each key being well formed."""

import re

from pipeline.contract.headers import accepted_headers
from pipeline.contract.model import Column, ContractError, Contracts, Table, normalise
from pipeline.text import Text

NAME = re.compile("[a-z][a-z0-9_]*")
NUMERIC = ("integer", "decimal")


def verify_columns(table: Table, file: str) -> None:
    """Names, keys and headers inside one table; raises ContractError."""

    def error(key: str, da: str, en: str) -> ContractError:
        return ContractError(file, key, Text(da, en))

    if not table.columns:
        raise error("columns", "tabellen har ingen kolonner", "the table has no columns")
    names = table.column_names
    for column in table.columns:
        place = f"columns[{column.name}]"
        if names.count(column.name) > 1:
            raise error(place, "kolonnen findes to gange", "the column stands twice")
        if not NAME.fullmatch(column.name):
            raise error(place, "navnet skal være a-z, 0-9 og _", "the name must be a-z, 0-9 and _")
        _verify_column(column, file, place)
        if column.required_for and table.discriminator is None:
            raise error(
                f"{place}.required_for", "tabellen har ingen discriminator", "the table has no discriminator"
            )
    for key in table.primary_key:
        if key not in names:
            raise error("primary_key", f"kolonnen {key} findes ikke", f"the column {key} does not exist")
        if not table.column(key).required:
            raise error(
                "primary_key", f"kolonnen {key} skal være required", f"the column {key} must be required"
            )
    for key, name in (
        ("occurred", table.occurred),
        ("known", table.known),
        ("discriminator", table.discriminator),
    ):
        if name and name not in names:
            raise error(key, f"kolonnen {name} findes ikke", f"the column {name} does not exist")
    seen: dict[str, str] = {}
    for column in table.columns:
        for header in accepted_headers(column):
            other = seen.setdefault(normalise(header), column.name)
            if other != column.name:
                raise error(
                    f"columns[{column.name}]",
                    f"overskriften »{header}« bruges også af {other}",
                    f"the header '{header}' is also used by {other}",
                )
    _verify_rules(table, file)


def _verify_column(column: Column, file: str, place: str) -> None:
    if column.pattern is not None:
        try:
            groups = re.compile(column.pattern).groups
        except re.error as error:
            raise ContractError(
                file,
                f"{place}.pattern",
                Text(f"ikke et regulært udtryk ({error})", f"not a regular expression ({error})"),
            ) from error
        if groups:
            raise ContractError(
                file, f"{place}.pattern", Text("skriv (?:…) i stedet for (…)", "write (?:…) instead of (…)")
            )
    for key, value in (
        ("pattern", column.pattern),
        ("codes", column.codes),
        ("identifier", column.identifier),
    ):
        if value is not None and column.type != "string":
            raise ContractError(file, f"{place}.{key}", Text("kun for tekst (string)", "only for a string"))
    for key, value in (("minimum", column.minimum), ("maximum", column.maximum)):
        if value is not None and column.type not in NUMERIC:
            raise ContractError(file, f"{place}.{key}", Text("kun for tal", "only for numbers"))


def _verify_rules(table: Table, file: str) -> None:
    ids = [rule.id for rule in table.rules]
    for rule in table.rules:
        place = f"rules[{rule.id}]"
        if ids.count(rule.id) > 1:
            raise ContractError(file, place, Text("reglen findes to gange", "the rule stands twice"))
        if not rule.id.startswith(f"{table.name}."):
            raise ContractError(
                file,
                place,
                Text(f"id skal begynde med {table.name}.", f"the id must begin with {table.name}."),
            )
        if not normalise(rule.sql).startswith(("select ", "with ")):
            raise ContractError(file, f"{place}.sql", Text("skal være en SELECT", "must be a SELECT"))


def verify_references(table: Table, contracts: Contracts) -> None:
    """Code lists and foreign keys name things that exist; raises ContractError."""
    file = f"{table.name}.toml"

    def error(key: str, da: str, en: str) -> ContractError:
        return ContractError(file, key, Text(da, en))

    for column in table.columns:
        place = f"columns[{column.name}]"
        if column.codes is not None and column.codes not in contracts.codes:
            raise error(
                f"{place}.codes",
                f"kodelisten {column.codes} findes ikke i codes.toml",
                f"the code list {column.codes} is not in codes.toml",
            )
    if table.discriminator is not None:
        codes = table.column(table.discriminator).codes
        if codes is None:
            raise error("discriminator", "kolonnen skal have en kodeliste", "the column needs a code list")
        for column in table.columns:
            for value in column.required_for:
                if value not in contracts.codes[codes].codes:
                    raise error(
                        f"columns[{column.name}].required_for",
                        f"»{value}« findes ikke i kodelisten {codes}",
                        f"'{value}' is not in the code list {codes}",
                    )
    for number, key in enumerate(table.foreign_keys, start=1):
        place = f"foreign_keys[{number}]"
        other = contracts.tables.get(key.table)
        if other is None:
            raise error(place, f"tabellen {key.table} findes ikke", f"the table {key.table} does not exist")
        if len(key.columns) != len(key.references):
            raise error(place, "lige mange kolonner på begge sider", "as many columns on both sides")
        for owner, names in ((table, key.columns), (other, key.references)):
            for name in names:
                if name not in owner.column_names:
                    raise error(
                        place,
                        f"kolonnen {owner.name}.{name} findes ikke",
                        f"the column {owner.name}.{name} does not exist",
                    )
