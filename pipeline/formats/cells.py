"""One cell by its contract: text in, a typed value or a fault out. Every reader types its cells here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.contract import CodeList, Column
from pipeline.formats import faults
from pipeline.formats.dates import DateOrder, parse_date, parse_timestamp
from pipeline.formats.faults import Fault
from pipeline.formats.numbers import DecimalMark, parse_decimal, parse_integer
from pipeline.formats.result import Reading
from pipeline.identifiers import (
    canonical_cpr,
    canonical_sor,
    canonical_yder,
    holds_cpr,
    is_pseudonym,
    is_scientific,
    mask,
    pseudonym,
)

TRUE = frozenset({"ja", "j", "x", "1", "yes", "y", "true", "sand", "sandt"})
FALSE = frozenset({"nej", "n", "0", "no", "false", "falsk"})
TICKS = frozenset({"x", "1"})
MEMO_CELLS = 65_536

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORCED_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_CANONICAL: dict[str, Callable[[str], str | None]] = {
    "practice": canonical_yder,
    "person": canonical_cpr,
    "organisation": canonical_sor,
}


@dataclass(frozen=True)
class Habits:
    """How one file writes what can be written in several ways."""

    date_order: DateOrder = "iso"
    decimal_mark: DecimalMark = "undecided"


@dataclass
class Cells:
    """One column's cells: a value for each (None: empty or unusable), and what was wrong by position."""

    values: list[object]
    faults: dict[int, Fault] = field(default_factory=dict[int, Fault])
    masked: dict[int, int] = field(default_factory=dict[int, int])


def plain(raw: str) -> str:
    """A cell without outer blanks and without Excel's ``="…"`` that keeps it text."""
    text = raw.strip()
    if text.startswith("="):
        forced = _FORCED_TEXT.fullmatch(text)
        if forced:
            return forced[1].replace('""', '"').strip()
    return text


def read_column(
    column: Column, raws: Sequence[str], reading: Reading, habits: Habits, *, is_id: bool = False
) -> Cells:
    """Type every cell of ``column``. ``is_id`` says that it names a row, and is no free text.

    An empty cell of a required column is a fault, but for ticks: a boolean column in which every filled cell
    is a tick (X or 1) says no where it is empty. ``-`` is empty where the column may be.
    """
    codes = reading.contracts.codes[column.codes] if column.codes else None
    parse = _parser(column, codes, reading, habits, is_id=is_id)
    empty: object = None
    if column.type == "boolean":
        filled = {text.casefold() for raw in raws if (text := plain(raw))}
        empty = False if filled and filled <= TICKS else None
    is_empty_fault = column.required and empty is None
    made = Cells([None] * len(raws))
    memo: dict[str, tuple[object, Fault | None, int]] = {}
    for place, raw in enumerate(raws):
        known = memo.get(raw)
        if known is None:
            known = _read(column, raw, parse, empty, is_empty_fault=is_empty_fault)
            if len(memo) < MEMO_CELLS:
                memo[raw] = known
        value, wrong, count = known
        made.values[place] = value
        if wrong is not None:
            made.faults[place] = wrong
        if count:
            made.masked[place] = count
    return made


def _read(
    column: Column, raw: str, parse: Callable[[str], object], empty: object, *, is_empty_fault: bool
) -> tuple[object, Fault | None, int]:
    """Value, fault and number of masked numbers of one cell."""
    text = plain(raw)
    if not text or (text == "-" and not column.required):
        return empty, faults.missing() if is_empty_fault else None, 0
    if _CONTROL.search(text):
        return None, faults.control_characters(), 0
    value = parse(text)
    if isinstance(value, Fault):
        return None, value, 0
    if isinstance(value, _Masked):
        return value.text, None, value.count
    return value, None, 0


@dataclass(frozen=True)
class _Masked:
    text: str
    count: int


def _parser(
    column: Column, codes: CodeList | None, reading: Reading, habits: Habits, *, is_id: bool
) -> Callable[[str], object]:
    """The function that types a filled cell of ``column``; it returns a Fault where it cannot."""
    if column.identifier is not None:
        return lambda text: _identifier(column, text, reading.key)
    if codes is not None:
        return lambda text: codes.decode(text) or faults.unknown_code(text, codes)
    if column.type == "boolean":
        return _boolean
    if column.type == "date":
        return lambda text: parse_date(text, habits.date_order)
    if column.type == "timestamp":
        return lambda text: parse_timestamp(text, habits.date_order)
    if column.type == "integer":
        return lambda text: _bounded(column, text, parse_integer(text, habits.decimal_mark))
    if column.type == "decimal":
        return lambda text: _bounded(column, text, parse_decimal(text, habits.decimal_mark))
    pattern = re.compile(column.stored_pattern) if column.stored_pattern else None
    if pattern is not None:
        return lambda text: text if pattern.fullmatch(text) else _bad_form(column, text)
    if is_id:
        return lambda text: _row_id(text, reading.key)
    return lambda text: _Masked(*mask(text))


def _boolean(text: str) -> object:
    folded = text.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    return faults.fault("bad_boolean", text, "Ja eller Nej", "Ja or Nej (yes or no)")


def _bounded(column: Column, text: str, value: object) -> object:
    if isinstance(value, Fault):
        return value
    number: int = value  # type: ignore[assignment]  # int or Decimal, which compare alike
    if column.minimum is not None and number < column.minimum:
        return faults.fault("below_minimum", text, f"mindst {column.minimum}", f"at least {column.minimum}")
    if column.maximum is not None and number > column.maximum:
        return faults.fault("above_maximum", text, f"højst {column.maximum}", f"at most {column.maximum}")
    return value


def _bad_form(column: Column, text: str) -> Fault:
    return faults.fault("bad_form", text, f"formen {column.pattern}", f"the form {column.pattern}")


def _identifier(column: Column, text: str, key: bytes | None) -> object:
    """The pseudonym: as it is when already keyed, made with ``key`` when of the right shape, else a fault."""
    if is_pseudonym(text):
        return text
    if is_scientific(text):
        return faults.bad_identifier(column, is_scientific=True)
    kind = column.identifier or "person"
    canonical = _CANONICAL[kind](text)
    if canonical is None:
        return faults.bad_identifier(column, is_scientific=False)
    return pseudonym(kind, canonical, key) if key is not None else faults.unkeyed_identifier()


def _row_id(text: str, key: bytes | None) -> object:
    """A row's own number; one that holds a CPR number or an e-mail address is keyed, and so unique."""
    if is_pseudonym(text):
        return text
    canonical = canonical_cpr(text)
    if canonical is None and "@" not in text and not holds_cpr(text):
        return text
    if key is None:
        return faults.unkeyed_identifier()
    return _Masked(pseudonym("person", canonical or text.casefold(), key), 1)
