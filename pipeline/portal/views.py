"""The portal's pages, and a contract's column as a clerk reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.contract import CodeList, Column
from pipeline.contract.templates import EXPECTED as EXPECTED_BOTH
from pipeline.portal.receipt import Receipt
from pipeline.text import date_da
from pipeline.web.page import Pages

PAGES = Pages("pipeline.portal", "MAST-leverancer", ("/static/base.css", "/static/portal.css"))
show = PAGES.show
EXPECTED = {kind: text.split(" · ")[0] for kind, text in EXPECTED_BOTH.items()}


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
    at = datetime.fromisoformat(receipt.received_at)
    return f"{date_da(at.date())} kl. {at:%H.%M}"
