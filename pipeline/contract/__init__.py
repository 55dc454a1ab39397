"""A schema file becomes DDL, expectations, templates, an upload check, a data dictionary and value labels."""

from pipeline.contract.headers import headers, normalise_header
from pipeline.contract.loader import load_contracts
from pipeline.contract.model import (
    CodeItem,
    CodeList,
    Column,
    ContractError,
    Contracts,
    ForeignKey,
    Rule,
    Table,
)

__all__ = [
    "CodeItem",
    "CodeList",
    "Column",
    "ContractError",
    "Contracts",
    "ForeignKey",
    "Rule",
    "Table",
    "headers",
    "load_contracts",
    "normalise_header",
]
