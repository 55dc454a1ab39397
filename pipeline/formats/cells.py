"""One cell by its contract: text in, a typed value or a fault out. Every reader types its cells here."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.contract import CodeList, Column
from pipeline.formats import faults
from pipeline.formats.coded import coded
from pipeline.formats.dates import DateOrder, joined_order, parse_date, parse_timestamp
from pipeline.formats.faults import Fault
from pipeline.formats.numbers import DecimalMark, joined_mark, parse_decimal, parse_integer
from pipeline.formats.result import Reading
from pipeline.identifiers import (
    canonical_cpr,
    is_pseudonym,
    is_scientific,
    keyed,
    mask,
    points_to_person,
    pseudonym,
)

TRUE = frozenset({"ja", "j", "x", "1", "yes", "y", "true", "sand", "sandt"})
FALSE = frozenset({"nej", "n", "0", "no", "false", "falsk"})
TICKS = frozenset({"x", "1"})

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_FORCED_TEXT = re.compile(r'="((?:[^"]|"")*)"')
# A number of our own that Excel has shortened; without mark and sign it may be one as it should be.
_SPOILT_ID = re.compile(r"[0-9][.,][0-9]+E\+[0-9]{1,3}")
# What PowerShell writes for a value with parts of its own.
_LOST_LIST = re.compile(r"System\.(?:[A-Z]\w+\[\]|Collections\.\S+)")
# Cells that are their own value whatever the file and the key: most need no closer look.
# Of an id: it begins with a word, in which no number stands by itself; after a sign there are no six and no
# ten digits on end, which every CPR number has.
_HARMLESS_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*+(?:[A-Za-z_/-]|(?:[0-9]{1,5}|[0-9]{7,9})(?![0-9]))*")
_HARMLESS_TEXT = re.compile(r"(?!System\.)[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ .,;:!?()/'%&+-]*(?<! )")


@dataclass(frozen=True)
class Habits:
    """How one file writes what can be written in several ways.

    ``ticked`` says of a boolean column whether each filled cell is a tick; a column with none is not there.
    """

    date_order: DateOrder = "iso"
    decimal_mark: DecimalMark = "undecided"
    ticked: Mapping[str, bool] = field(default_factory=dict[str, bool])

    @staticmethod
    def joined(parts: Iterable["Habits"]) -> "Habits":
        """The habits of a file by those of its parts."""
        every = list(parts)
        ticked: dict[str, bool] = {}
        for part in every:
            for name, is_ticked in part.ticked.items():
                ticked[name] = ticked.get(name, True) and is_ticked
        return Habits(
            joined_order(part.date_order for part in every),
            joined_mark(part.decimal_mark for part in every),
            ticked,
        )


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
    is_harmless = _harmless(column, is_id=is_id)
    cells = coded(raws)
    if is_harmless is not None and all(map(is_harmless, cells.texts)):
        return Cells(cells.spread(list(cells.texts)))
    empty: object = None
    if column.type == "boolean":
        is_ticked = habits.ticked.get(column.name)
        empty = False if (only_ticks(cells.texts) if is_ticked is None else is_ticked) else None
    is_empty_fault = column.required and empty is None
    values: list[object] = []
    wrong: dict[int, Fault] = {}
    masked: dict[int, int] = {}
    for code, raw in enumerate(cells.texts):
        if is_harmless is not None and is_harmless(raw):
            values.append(raw)
            continue
        value, fault, count = _read(column, raw, parse, empty, is_empty_fault=is_empty_fault)
        values.append(value)
        if fault is not None:
            wrong[code] = fault
        if count:
            masked[code] = count
    made = Cells(cells.spread(values))
    if wrong:
        made.faults = {place: wrong[code] for place, code in enumerate(cells.codes) if code in wrong}
    if masked:
        made.masked = {place: masked[code] for place, code in enumerate(cells.codes) if code in masked}
    return made


def only_ticks(raws: Iterable[str]) -> bool | None:
    """Whether every filled cell is a tick; None when none is filled."""
    filled = {text.casefold() for raw in raws if (text := plain(raw))}
    return filled <= TICKS if filled else None


def _read(
    column: Column, raw: str, parse: Callable[[str], object], empty: object, *, is_empty_fault: bool
) -> tuple[object, Fault | None, int]:
    """Value, fault and number of masked numbers of one cell."""
    text = plain(raw)
    if not text or (text == "-" and not column.required):
        return empty, faults.missing() if is_empty_fault else None, 0
    if _CONTROL.search(text):
        return None, faults.control_characters(), 0
    if text.startswith("System.") and _LOST_LIST.fullmatch(text):
        return None, faults.lost_list(), 0
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
        return lambda text: _row_id(column, text, reading.key)
    return lambda text: _Masked(*mask(text))


def _harmless(column: Column, *, is_id: bool) -> Callable[[str], object] | None:
    """What finds cells of a text column that ``_parser`` would give back as they stand."""
    if column.identifier:
        return is_pseudonym
    if column.type != "string" or column.codes or column.stored_pattern:
        return None
    return (_HARMLESS_ID if is_id else _HARMLESS_TEXT).fullmatch


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
    if _SPOILT_ID.fullmatch(text):
        return faults.bad_identifier(column, is_scientific=True)
    told = column.description
    if told is None:
        return faults.fault("bad_form", text, f"formen {column.pattern}", f"the form {column.pattern}")
    return faults.fault("bad_form", text, _within(told.da), _within(told.en))


def _within(sentence: str) -> str:
    """A sentence as it stands within another: ``To cifre`` is ``to cifre``, and ``ÅÅUU`` stays."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _identifier(column: Column, text: str, key: bytes | None) -> object:
    """The pseudonym: as it is when already keyed, made with ``key`` when of the right shape, else a fault."""
    if is_pseudonym(text):
        return text
    made = keyed(column.identifier or "person", text, key)
    if made is None:
        return faults.bad_identifier(column, is_scientific=is_scientific(text))
    return made or faults.unkeyed_identifier()


def _row_id(column: Column, text: str, key: bytes | None) -> object:
    """A row's own number; one that points to a person is keyed, and so unique."""
    if is_pseudonym(text):
        return text
    if _SPOILT_ID.fullmatch(text):
        return faults.bad_identifier(column, is_scientific=True)
    if not points_to_person(text):
        return text
    if key is None:
        return faults.unkeyed_identifier()
    return _Masked(pseudonym("person", canonical_cpr(text) or text.casefold(), key), 1)
