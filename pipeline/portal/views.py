"""The portal's pages, and a contract's column as a clerk reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from pipeline.contract import CodeList, Column
from pipeline.contract.templates import EXPECTED as EXPECTED_BOTH
from pipeline.portal.receipt import Receipt
from pipeline.text import date_da, month_da, number_da
from pipeline.web.page import Pages

PAGES = Pages("pipeline.portal", "MAST-leverancer", ("/static/base.css", "/static/portal.css"))
EXPECTED = {kind: text.split(" · ")[0] for kind, text in EXPECTED_BOTH.items()}


STATES = {
    "read": "ikke bekræftet endnu",
    "confirmed": "bekræftet",
    "accepted": "taget i brug",
    "superseded": "erstattet af en senere",
    "withdrawn": "trukket tilbage",
}


# What a rule finds, as the heading of it; a rule that is not here stands by its own name.
KINDS = {
    "missing_value": "Tomt felt",
    "required_for": "Tomt felt",
    "bad_form": "Forkert form",
    "bad_identifier": "Forkert nummer",
    "scientific_identifier": "Ødelagt nummer",
    "unkeyed_identifier": "Nummer uden nøgle",
    "unknown_code": "Ukendt værdi",
    "bad_date": "Forkert dato",
    "ambiguous_date": "Tvetydig dato",
    "bad_timestamp": "Forkert tidspunkt",
    "ambiguous_hour": "Tvetydigt klokkeslæt",
    "no_such_hour": "Klokkeslæt, der ikke findes",
    "bad_week": "Forkert uge",
    "bad_integer": "Forkert tal",
    "bad_number": "Forkert tal",
    "ambiguous_number": "Tvetydigt tal",
    "below_minimum": "For lavt tal",
    "above_maximum": "For højt tal",
    "bad_boolean": "Hverken Ja eller Nej",
    "control_character": "Styretegn",
    "too_many_cells": "For mange felter",
    "too_few_cells": "For få felter",
    "open_quote": "Åbent anførselstegn",
    "long_line": "For lang linje",
    "primary_key": "Nøglen går igen",
    "unknown_column": "Ukendt kolonne",
    "doubled_column": "Samme kolonne to gange",
    "missing_column": "Kolonne mangler",
    "absent_column": "Kolonner, der ikke er med",
    "left_out_subtotal": "Sumlinje",
    "left_out_footnote": "Fodnote",
    "masked": "Maskeret i fritekst",
    "no_header": "Ingen overskrift",
    "no_rows": "Ingen rækker",
    "empty_file": "Tom fil",
    "not_text": "Ikke en tekstfil",
    "not_a_workbook": "Ikke et regneark",
    "wrong_encoding": "Ukendt tegnsæt",
    "too_large": "For stor fil",
    "too_many_columns": "For mange kolonner",
    "titles_above": "Linjer over overskriften",
    "double_encoded": "Bogstaver er rettet",
    "lost_letters": "Bogstaver er tabt",
    "lost_list": "Indholdet er tabt",
    "wrong_cell_count": "Forkert antal felter",
    "name_column": "Kolonne med navne",
    "other_tables": "Rækker til andre tabeller",
    "not_one_file": "Flere filer",
    "not_a_zip_file": "Ødelagt zip-fil",
    "code_contradicts": "Speciale og ydelse modsiger hinanden",
    "lost_zeros": "Tabte nuller er sat på",
    "missing_file": "Fil mangler",
    "too_many_files": "For mange filer",
    "unused_file": "Fil, der ikke er brugt",
    "missing_structure": "Struktur mangler",
    "bad_xml": "Forkert XML",
    "bad_json": "Forkert JSON",
    "torn_line": "Afbrudt linje",
    "broken_array": "Afbrudt liste",
    "bad_choices": "Forkerte svarmuligheder",
    "branching_ignored": "Betingede spørgsmål",
    "repeated_record": "Besvarelsen går igen",
    "broken_record": "Ødelagt besvarelse",
    "partial_response": "Delvis besvarelse",
    "left_out_not_started": "Ikke begyndt",
    "unknown_status": "Ukendt status",
    "unread_identifier": "Personhenførbar variabel",
    "ambiguous_variable": "Tvetydig variabel",
    "shared_name": "Variable med samme navn",
    "mixed_decimal_marks": "Både komma og punktum",
    "bad_tick": "Hverken valgt eller ikke",
    "unknown_word": "Ukendt ord",
    "no_booking": "Ingen booking",
    "no_unit": "Kodning uden replik",
    "no_project": "Intet projekt",
    "not_refi_qda": "Ikke et REFI-QDA-projekt",
}


def show(template: str, tab: str, /, **given: Any) -> web.Response:
    """A page; every template can write numbers, times, months and the state of a delivery."""
    return PAGES.show(
        template,
        tab,
        number=number_da,
        rows=rows,
        since=since,
        at=at,
        month=month,
        told=told,
        states=STATES,
        kinds=KINDS,
        **given,
    )


@dataclass(frozen=True)
class Described:
    """One column on a table's page."""

    label: str
    expected: str
    text: str
    is_required: bool
    also: tuple[str, ...]


def described(column: Column, codes: Mapping[str, CodeList]) -> Described:
    """A column's name, what is expected in it, and which other headers are recognised."""
    expected = EXPECTED[column.type]
    if column.codes:
        expected = " / ".join(item.label.da for item in codes[column.codes].items)
    elif column.identifier:
        expected = {
            "person": "CPR-nummer eller nøgle (p_…); gemmes kun som nøgle",
            "practice": "ydernummer eller nøgle (p_…); gemmes kun som nøgle",
            "organisation": "SOR-kode eller nøgle (p_…)",
        }[column.identifier]
    text = column.description.da if column.description else ""
    return Described(column.label.da, expected, text, column.required, column.aliases)


def since(receipt: Receipt | None) -> str:
    """``9. oktober 2019 kl. 14.05``; empty where there is none."""
    if receipt is None:
        return ""
    return at(receipt.received_at)


def told(receipt: Receipt) -> str:
    """The state of a delivery; one without rows that can be used has no way on."""
    if receipt.state == "read" and not receipt.is_usable:
        return "kan ikke bruges"
    return STATES[receipt.state]


def rows(count: int) -> str:
    """``1 række``, ``1.234 rækker``."""
    return f"{number_da(count)} {'række' if count == 1 else 'rækker'}"


def at(moment: str) -> str:
    """An ISO time as ``9. oktober 2019 kl. 14.05``."""
    told = datetime.fromisoformat(moment)
    return f"{date_da(told.date())} kl. {told:%H.%M}"


def month(text: str) -> str:
    """``2019-10`` as ``oktober 2019``."""
    return month_da(date.fromisoformat(f"{text}-01"))
