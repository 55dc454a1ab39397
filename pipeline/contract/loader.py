"""Read ``schemas/``: a TOML file per table, ``codes.toml``, ``provenance.toml``. Nothing is ignored."""

from functools import cache
from pathlib import Path
from typing import get_args

from pipeline import paths
from pipeline.contract.model import (
    PLAIN,
    CodeItem,
    CodeList,
    Column,
    ColumnType,
    Contracts,
    ForeignKey,
    Identifier,
    Kind,
    Rule,
    Table,
    normalise,
)
from pipeline.contract.section import Section, read_toml
from pipeline.contract.verify import verify_columns, verify_references

CODES_FILE = "codes.toml"
PROVENANCE_FILE = "provenance.toml"

TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
IDENTIFIERS: tuple[Identifier, ...] = get_args(Identifier)
KINDS: tuple[Kind, ...] = get_args(Kind)


@cache
def load_contracts(folder: Path = paths.SCHEMAS) -> Contracts:
    """Every contract in ``folder``; raises ContractError naming file and key at the first thing wrong."""
    codes = _codes(Section(CODES_FILE, "", read_toml(folder / CODES_FILE)))
    section = Section(PROVENANCE_FILE, "", read_toml(folder / PROVENANCE_FILE))
    provenance = tuple(_column(column) for column in section.sections("columns"))
    name_headers = frozenset(normalise(header) for header in section.strings("name_headers"))
    section.done()
    tables: dict[str, Table] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name not in (CODES_FILE, PROVENANCE_FILE):
            section = Section(file.name, "", read_toml(file))
            table = _table(section, provenance)
            tables[table.name] = table
    contracts = Contracts(tables, codes, name_headers)
    for table in tables.values():
        verify_references(table, contracts)
    return contracts


def _codes(section: Section) -> dict[str, CodeList]:
    lists: dict[str, CodeList] = {}
    for name, part in section.all_sections():
        title = part.text("title")
        note = part.text_or_none("note")
        items: list[CodeItem] = []
        owners: dict[str, str] = {}
        for code, entry in part.section("items").all_sections():
            item = _code_item(code, entry)
            for spelling in (item.code, item.label.da, item.label.en, *item.spellings):
                other = owners.setdefault(normalise(spelling), code)
                if other != code:
                    raise entry.error(
                        "", f"»{spelling}« betyder allerede {other}", f"'{spelling}' already means {other}"
                    )
            items.append(item)
        part.done()
        if not items:
            raise part.error("items", "listen er tom", "the list is empty")
        lists[name] = CodeList(name, title, tuple(items), note)
    return lists


def _code_item(code: str, section: Section) -> CodeItem:
    label = section.two_languages()
    item = CodeItem(code, label, section.strings("spellings"), section.boolean("is_invented"))
    section.done()
    return item


def _column(section: Section) -> Column:
    column = Column(
        name=section.string("name"),
        type=section.choice("type", TYPES),
        label=section.text("label"),
        description=section.text_or_none("description"),
        required=section.boolean("required"),
        codes=section.string_or_none("codes"),
        minimum=section.integer_or_none("minimum"),
        maximum=section.integer_or_none("maximum"),
        pattern=section.string_or_none("pattern"),
        unit=section.string_or_none("unit"),
        identifier=section.choice_or_none("identifier", IDENTIFIERS),
        aliases=section.strings("aliases"),
        required_for=section.strings("required_for"),
        is_computed=section.boolean("is_computed"),
        source=section.text_or_none("source"),
    )
    section.done()
    return column


def _foreign_key(section: Section) -> ForeignKey:
    key = ForeignKey(
        section.strings("columns", is_required=True),
        section.string("table"),
        section.strings("references", is_required=True),
    )
    section.done()
    return key


def _rule(section: Section) -> Rule:
    rule = Rule(
        section.string("id"),
        section.choice("severity", ("critical", "warning", "note")),
        section.text("message"),
        section.string("sql").strip(),
    )
    section.done()
    return rule


def _table(section: Section, provenance: tuple[Column, ...]) -> Table:
    name = section.string("name")
    stem = section.file.removesuffix(".toml")
    if name != stem:
        raise section.error("name", f"skal være filens navn, {stem}", f"must be the file's name, {stem}")
    kind: Kind = section.choice("kind", KINDS)
    is_delivered = kind == "delivered"
    own = tuple(_column(column) for column in section.sections("columns"))
    table = Table(
        name=name,
        title=section.text("title"),
        description=section.text_or_none("description"),
        kind=kind,
        primary_key=section.strings("primary_key", is_required=True),
        occurred=section.string("occurred", is_empty_allowed=True),
        known=section.string("known") if is_delivered else "",
        columns=own + provenance if is_delivered else own,
        foreign_keys=tuple(_foreign_key(key) for key in section.sections("foreign_keys")),
        rules=tuple(_rule(rule) for rule in section.sections("rules", name="id")),
        discriminator=section.string_or_none("discriminator"),
        provenance=tuple(column.name for column in provenance) if is_delivered else (),
        delivered_as=section.strings_or("delivered_as", (PLAIN,) if is_delivered else ()),
        is_internal=section.boolean("is_internal"),
    )
    section.done()
    verify_columns(table, section.file)
    return table
