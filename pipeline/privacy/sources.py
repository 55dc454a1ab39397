"""``schemas/privacy/sources.toml``: what the law asks about each source of data. Nothing in it is ignored."""

from dataclasses import dataclass
from pathlib import Path

from pipeline import paths
from pipeline.contract import Contracts
from pipeline.contract.section import Section, read_toml

SOURCES = paths.SCHEMAS / "privacy" / "sources.toml"
OPEN = "[udfyldes af den dataansvarlige]"


@dataclass(frozen=True)
class DataSource:
    """Where data come from, and on what footing. A text with ``OPEN`` in it waits for the controller."""

    name: str
    title: str
    tables: tuple[str, ...]
    controller: str
    processor: str
    purpose: str
    legal_basis: str
    data_subjects: str
    recipients: str
    retention: str
    is_health_data: bool
    has_withdrawal: bool


def load_sources(contracts: Contracts, file: Path = SOURCES) -> tuple[DataSource, ...]:
    """Every source. Raises ContractError for an unknown key, and for a delivered table not covered once."""
    section = Section(file.name, "", read_toml(file))
    made: list[DataSource] = []
    owner: dict[str, str] = {}
    delivered = {name for name, table in contracts.tables.items() if table.kind == "delivered"}
    for part in section.sections("sources"):
        source = _source(part)
        for table in source.tables:
            if table not in delivered:
                raise part.error("tables", f"{table} leveres ikke", f"{table} is not delivered")
            if table in owner:
                raise part.error(
                    "tables", f"{table} står allerede under {owner[table]}", f"{table} stands already"
                )
            owner[table] = source.name
        part.done()
        made.append(source)
    section.done()
    for table in sorted(delivered - owner.keys()):
        raise section.error("sources", f"tabellen {table} mangler en kilde", f"no source covers {table}")
    return tuple(made)


def _source(part: Section) -> DataSource:
    return DataSource(
        name=part.string("name"),
        title=part.string("title"),
        tables=part.strings("tables", is_required=True),
        controller=part.string("controller"),
        processor=part.string("processor"),
        purpose=part.string("purpose"),
        legal_basis=part.string("legal_basis"),
        data_subjects=part.string("data_subjects"),
        recipients=part.string("recipients"),
        retention=part.string("retention"),
        is_health_data=part.boolean("is_health_data"),
        has_withdrawal=part.boolean("has_withdrawal"),
    )
