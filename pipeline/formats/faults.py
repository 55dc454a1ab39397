"""A cell that cannot be used, and how it is said: what was found (never an identifier), what is expected."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.contract import CodeList, Column
from pipeline.identifiers import is_pseudonym, mask
from pipeline.text import Text

SHOWN_CHARS = 40
SHOWN_CODES = 12


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be used."""

    rule: str
    message: Text


def shown(raw: str) -> str:
    """``raw`` as it may stand in a message: one short line, control characters visible, numbers masked."""
    text = visible(mask(" ".join(raw.split()))[0])
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"


def fault(rule: str, raw: str | None, da: str, en: str) -> Fault:
    """A fault with what was found (None: it may not be shown) and what is expected."""
    if raw is None:
        return Fault(rule, Text(f"forventet {da}", f"expected {en}"))
    found = shown(raw)
    return Fault(rule, Text(f"fundet »{found}«; forventet {da}", f"found '{found}'; expected {en}"))


def missing() -> Fault:
    return Fault("missing_value", Text("feltet er tomt; det skal udfyldes", "empty; it must be filled in"))


def control_characters() -> Fault:
    return Fault(
        "control_character",
        Text("feltet indeholder styretegn; forventet tekst", "holds control characters; expected text"),
    )


def lost_list() -> Fault:
    return Fault(
        "lost_list",
        Text(
            "PowerShell har skrevet en listes navn i stedet for dens indhold, som er tabt; forventet værdien"
            " selv (brug ConvertTo-Json, eller saml listen med -join)",
            "PowerShell has written a list's name in place of its contents, which are lost; expected the"
            " value itself (use ConvertTo-Json, or join the list with -join)",
        ),
    )


def unknown_code(raw: str, codes: CodeList) -> Fault:
    items = codes.items[:SHOWN_CODES]
    more = " …" if len(codes.items) > len(items) else ""
    return fault(
        "unknown_code",
        raw,
        "en af: " + ", ".join(item.label.da for item in items) + more,
        "one of: " + ", ".join(item.label.en for item in items) + more,
    )


def bad_identifier(column: Column, *, is_scientific: bool) -> Fault:
    """An identifier that is none; what was found is never shown."""
    if is_scientific:
        return Fault(
            "scientific_identifier",
            Text(
                "Excel har skrevet nummeret som 1,2E+14, og cifre er tabt; formatér kolonnen som tekst",
                "Excel has written the number as 1.2E+14 and digits are lost; format the column as text",
            ),
        )
    names = {
        "practice": ("et ydernummer (6 cifre) eller p_…", "a provider number (6 digits) or p_…"),
        "person": ("et CPR-nummer eller p_…", "a CPR number or p_…"),
        "organisation": ("en SOR-kode eller p_…", "a SOR code or p_…"),
    }
    da, en = names[column.identifier or "person"]
    return fault("bad_identifier", None, da, en)


def unkeyed_identifier() -> Fault:
    return Fault(
        "unkeyed_identifier",
        Text("nummeret er ikke nøglet, og der er ingen nøgle", "the number is not keyed and there is no key"),
    )


def masked_cell(column: Column | None, raw: str) -> str:
    """``raw`` as quarantine may keep it."""
    if column is not None and column.identifier is not None:
        return raw if is_pseudonym(raw) or not raw else "***"
    if column is not None and column.pattern and re.fullmatch(column.pattern, raw):
        return raw  # a number of our own, whose digits may look like somebody's
    return visible(mask(raw)[0])


def masked_cells(column: Column | None, cells: Sequence[str]) -> list[str]:
    """Every one of a column's ``cells`` so; what they have in common is masked once."""
    kept = {cell: masked_cell(column, cell) for cell in set(cells)}
    return [kept[cell] for cell in cells]


def visible(text: str) -> str:
    """``text`` with a mark for every sign that cannot be written or seen."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def listed(names: Iterable[str], limit: int = 8) -> str:
    """``names`` for a message: at most ``limit``, then how many more."""
    every = list(names)
    rest = f" (+{len(every) - limit})" if len(every) > limit else ""
    return ", ".join(every[:limit]) + rest
