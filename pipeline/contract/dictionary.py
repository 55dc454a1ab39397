"""A contract as the entries of a data dictionary: plain values that go into JSON as they are."""

from typing import Any

from pipeline.contract.model import CodeList, Column, Contracts, Table
from pipeline.text import Text


def entries(contracts: Contracts) -> list[dict[str, Any]]:
    """One entry per column of every table, in the order of the schema files.

    Keys: table, table_title, table_kind, column, type, label, description, source, unit, codes (the list's
    name), allowed, minimum, maximum, pattern, identifier, is_required, is_key, is_provenance, is_computed,
    required_for. Texts are ``{"da", "en"}`` or None; ``allowed`` lists the codes with their labels.
    """
    return [
        _entry(table, column, contracts) for table in contracts.tables.values() for column in table.columns
    ]


def code_lists(contracts: Contracts) -> list[dict[str, Any]]:
    """One entry per code list: name, title, note, and its items with labels, spellings and is_invented."""
    return [
        {
            "name": codes.name,
            "title": _text(codes.title),
            "note": _text(codes.note),
            "items": [
                {
                    "code": item.code,
                    "label": _text(item.label),
                    "spellings": list(item.spellings),
                    "is_invented": item.is_invented,
                }
                for item in codes.items
            ],
        }
        for codes in contracts.codes.values()
    ]


def rules(contracts: Contracts) -> list[dict[str, Any]]:
    """One entry per cross-table rule: id, table, severity, message and its SQL."""
    return [
        {
            "id": rule.id,
            "table": table.name,
            "severity": rule.severity,
            "message": _text(rule.message),
            "sql": rule.sql,
        }
        for table in contracts.tables.values()
        for rule in table.rules
    ]


def _entry(table: Table, column: Column, contracts: Contracts) -> dict[str, Any]:
    codes: CodeList | None = contracts.codes[column.codes] if column.codes is not None else None
    return {
        "table": table.name,
        "table_title": _text(table.title),
        "table_kind": table.kind,
        "column": column.name,
        "type": column.type,
        "label": _text(column.label),
        "description": _text(column.description),
        "source": _text(column.source),
        "unit": column.unit,
        "codes": column.codes,
        "allowed": [{"code": item.code, "label": _text(item.label)} for item in codes.items] if codes else [],
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.stored_pattern,
        "identifier": column.identifier,
        "is_required": column.required,
        "is_key": column.name in table.primary_key,
        "is_provenance": column.name in table.provenance,
        "is_computed": column.is_computed,
        "required_for": list(column.required_for),
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"da": text.da, "en": text.en}
