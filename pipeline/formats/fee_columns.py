"""Columns of settlement lines and of a fee table, as cells that the contracts read."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.formats import fee_cells
from pipeline.formats.cells import Habits, read_column
from pipeline.formats.numbers import DecimalMark
from pipeline.formats.result import Reading

Cells = dict[str, list[str]]


@dataclass(frozen=True)
class Filled:
    """The columns; the places of lines that contradict themselves; how many codes got their zeros back."""

    cells: Cells
    contradicted: frozenset[int] = frozenset()
    padded: int = 0


def line_columns(
    cells: Mapping[str, list[str]],
    reading: Reading,
    seen: Counter[int],
    mark: DecimalMark | None,
) -> Filled:
    """Settlement lines. ``seen`` counts lines of one practice, week and service over a delivery's files.

    ``mark`` is the decimal mark of amounts in kroner, None where they are in øre."""
    made = dict(cells)
    nothing = [""] * len(cells["billing_week"])
    services = [
        fee_cells.service(specialty, code)
        for specialty, code in zip(
            cells.get("specialty", nothing), cells.get("fee_code", nothing), strict=True
        )
    ]
    contradicted = frozenset(place for place, one in enumerate(services) if one.is_contradicted)
    made["specialty"] = [one.specialty for one in services]
    made["fee_code"] = [one.code for one in services]
    made["billing_week"] = [fee_cells.week(cell) for cell in cells["billing_week"]]
    _amounts(made, mark)
    if "fee_line_id" not in made:
        made["fee_line_id"] = _line_ids(made, reading, seen)
    return Filled(made, contradicted, sum(one.is_padded for one in services))


def code_columns(
    cells: Mapping[str, list[str]], reading: Reading, file: str, count: int, mark: DecimalMark | None
) -> Filled:
    """The dated fee table. ``file`` is the source of a row that names none; ``mark`` as of lines."""
    made = dict(cells)
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
        made["amount_oere"] = [fee_cells.oere(cell, mark) if cell else "" for cell in made["amount_oere"]]


def _line_ids(made: Cells, reading: Reading, seen: Counter[int]) -> list[str]:
    """A number for every line, of what it is and its place among its like.

    Number and amount are no part of it: a week that is delivered again, corrected, supersedes.
    """
    practice = reading.contracts.tables["fee_lines"].column("practice")
    keyed = read_column(practice, made["practice"], reading, Habits()).values
    codes = reading.contracts.codes["region"]
    regions = {cell: codes.decode(cell) or cell for cell in set(made["region"])}
    rest = (made[name] for name in ("billing_week", "specialty", "fee_code"))
    numbers: list[str] = []
    for who, region, *others in zip(keyed, made["region"], *rest, strict=True):
        digest = hashlib.sha256("\n".join((str(who), regions[region], *others)).encode())
        # Millions of lines are told apart by eight bytes each.
        line = int.from_bytes(digest.digest()[:8])
        seen[line] += 1
        digest.update(f"\n{seen[line]}".encode())
        numbers.append(f"S{digest.hexdigest()[:20]}")
    return numbers
