"""Columns of settlement lines and of a fee table, as cells that the contracts read."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.formats import fee_cells
from pipeline.formats.cells import Habits, read_column
from pipeline.formats.coded import Coded, coded
from pipeline.formats.numbers import DecimalMark
from pipeline.formats.result import Reading
from pipeline.identifiers import is_pseudonym

Cells = dict[str, Sequence[str]]
# How many lines there have been by region, week and service, and then by practice.
Seen = defaultdict[str, dict[str, int]]


@dataclass(frozen=True)
class Filled:
    """The columns; the places of lines that contradict themselves; how many codes got their zeros back."""

    cells: Cells
    contradicted: frozenset[int] = frozenset()
    padded: int = 0


def line_columns(
    cells: Mapping[str, Coded],
    reading: Reading,
    seen: Seen,
    mark: DecimalMark | None,
) -> Filled:
    """Settlement lines; ``seen`` goes on counting over a delivery's files.

    ``mark`` is the decimal mark of amounts in kroner, None where they are in øre."""
    made: Cells = dict(cells)
    nothing = Coded(("",), bytes(len(cells["billing_week"])))
    told = [*zip(cells.get("specialty", nothing), cells.get("fee_code", nothing), strict=True)]
    places = {pair: place for place, pair in enumerate(dict.fromkeys(told))}
    services = [fee_cells.service(*pair) for pair in places]
    codes = [places[pair] for pair in told]
    made["specialty"] = Coded([one.specialty for one in services], codes)
    made["fee_code"] = Coded([one.code for one in services], codes)
    made["billing_week"] = cells["billing_week"].changed(fee_cells.week)
    made["practice"] = _keyed(cells["practice"], reading)
    _amounts(made, mark)
    if "fee_line_id" not in made:
        made["fee_line_id"] = _line_ids(made, reading, seen)
    contradicted = (place for place, code in enumerate(codes) if services[code].is_contradicted)
    return Filled(made, frozenset(contradicted), sum(services[code].is_padded for code in codes))


def code_columns(
    cells: Mapping[str, Sequence[str]], reading: Reading, file: str, count: int, mark: DecimalMark | None
) -> Filled:
    """The dated fee table. ``file`` is the source of a row that names none; ``mark`` as of lines."""
    made: Cells = dict(cells)
    made["fee_code"] = [fee_cells.general_code(cell) for cell in cells["fee_code"]]
    regions = reading.contracts.codes["region"]
    made["region"] = [
        fee_cells.region(cell, regions) for cell in cells.get("region", [fee_cells.NATIONAL] * count)
    ]
    if "price_level" in made:
        made["price_level"] = [fee_cells.price_level(cell) for cell in cells["price_level"]]
    _amounts(made, mark)
    made["meaning_en"] = [
        english or danish
        for english, danish in zip(cells.get("meaning_en", [""] * count), cells["meaning_da"], strict=True)
    ]
    made["source"] = [cell or file for cell in cells.get("source", [""] * count)]
    made["is_invented"] = [cell or "Nej" for cell in cells.get("is_invented", [""] * count)]
    return Filled(made)


def _amounts(made: Cells, mark: DecimalMark | None) -> None:
    if mark is not None and "amount_oere" in made:
        made["amount_oere"] = coded(made["amount_oere"]).changed(
            lambda cell: fee_cells.oere(cell, mark) if cell else ""
        )


def _keyed(practices: Coded, reading: Reading) -> Coded:
    """The practices by their pseudonyms; one that has none as it stands, for the contract to refuse."""
    column = reading.contracts.tables["fee_lines"].column("practice")
    keyed = read_column(column, practices.texts, reading, Habits()).values
    made = [str(one or text) for one, text in zip(keyed, practices.texts, strict=True)]
    return Coded(made, practices.codes)


def _line_ids(made: Cells, reading: Reading, seen: Seen) -> list[str]:
    """A number for every line, of what it is and its place among its like.

    Number and amount are no part of it: a week that is delivered again, corrected, supersedes.
    """
    # What has no pseudonym may be a person's number, which no hash may be of.
    practices = coded(made["practice"]).changed(lambda cell: cell if is_pseudonym(cell) else "None")
    codes = reading.contracts.codes["region"]
    regions = coded(made["region"]).changed(lambda cell: codes.decode(cell) or cell)
    rest = zip(regions, *(made[name] for name in ("billing_week", "specialty", "fee_code")), strict=True)
    numbers: list[str] = []
    for who, what in zip(practices, map("\n".join, rest), strict=True):
        like = seen[what]
        like[who] = nth = like.get(who, 0) + 1
        digest = hashlib.sha256(f"{who}\n{what}\n{nth}".encode())
        numbers.append(f"S{digest.hexdigest()[:20]}")
    return numbers
