"""The objects of a JSON file, one at a time: JSON lines, an array of any length, or one document.

JSON is read strictly: a key that stands twice, NaN, Infinity and a number beyond a double are errors. A line
may hold an object or an array of objects. An array is read element by element; a document whose ``key`` is a
list is read as that list.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from pipeline.formats.decode import CodePage
from pipeline.formats.result import Quarantined, Source, problem
from pipeline.formats.streamed import MAX_LINE_CHARS, Line, lines
from pipeline.text import Problem, Text

MAX_ITEM_CHARS = MAX_LINE_CHARS
MAX_DOCUMENT_CHARS = 16 * 1024 * 1024
BLOCK_CHARS = 64 * 1024

Json = dict[str, Any]

_NOTHING = object()  # what cannot be read, which null is not


@dataclass(frozen=True)
class Item:
    """An object and the line it begins at, or the rule that hinders it."""

    line: int
    value: Json
    rule: str | None = None


def items(source: Source, page: CodePage, key: str = "objects") -> Iterator[Item]:
    """Every object of the file; what is none is an Item with a rule of ``TEXTS``."""
    first = next((line for line in lines(source, page) if line.text.strip() or line.is_long), None)
    if first is None:
        return
    if not first.is_long and _parsed(first.text) is not _NOTHING:
        yield from _of_lines(source, page, key)
        return
    with source.path.open(encoding=page.codec, errors=page.lenient) as file:
        text = _Text(file.read)
        sign = text.sign()
        if sign == "[":
            yield from _of_array(text)
            return
        whole = text.rest(MAX_DOCUMENT_CHARS) if sign == "{" else None
    document = _parsed(whole) if whole is not None else _NOTHING
    if document is _NOTHING:
        # not one document: lines of which the first is broken
        yield from _of_lines(source, page, key)
    else:
        yield from _objects(document, first.number, key)


def _of_lines(source: Source, page: CodePage, key: str) -> Iterator[Item]:
    held: Line | None = None
    for line in lines(source, page):
        if held is not None:
            yield from _of_line(held, key, is_last=False)
        held = line
    if held is not None:
        yield from _of_line(held, key, is_last=True)


def _of_line(line: Line, key: str, *, is_last: bool) -> Iterator[Item]:
    if line.is_long:
        yield Item(line.number, {}, "long_line")
    elif line.text.strip():
        value = _parsed(line.text)
        if value is _NOTHING:
            yield Item(line.number, {}, "torn_line" if is_last else "bad_json")
        else:
            yield from _objects(value, line.number, key)


def _objects(value: object, line: int, key: str) -> Iterator[Item]:
    """The objects that one parsed value holds."""
    held: object = cast("Json", value).get(key) if isinstance(value, dict) else value
    for item in cast("list[object]", held if isinstance(held, list) else [value]):
        if isinstance(item, dict):
            yield Item(line, cast("Json", item))
        else:
            yield Item(line, {}, "no_object")


def _of_array(text: "_Text") -> Iterator[Item]:
    """The elements up to the closing bracket, or to the first that cannot be read."""
    text.take(1)
    while (sign := text.sign()) not in ("", "]"):
        if sign == ",":
            text.take(1)
            continue
        line = text.line
        value = text.value()
        if value is _NOTHING:
            yield Item(line, {}, "broken_array")
            return
        yield from _objects([value], line, "")
    if sign != "]":
        yield Item(text.line, {}, "torn_line")


class _Text:
    """Text that is read a block at a time."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._held = ""
        self.line = 1

    def _more(self) -> bool:
        block = self._read(BLOCK_CHARS)
        self._held += block
        return bool(block)

    def sign(self) -> str:
        """The next sign that is no blank; empty at the end."""
        while True:
            bare = self._held.lstrip(" \t\r\n\ufeff")
            self.take(len(self._held) - len(bare))
            if self._held or not self._more():
                return self._held[:1]

    def take(self, count: int) -> None:
        self.line += self._held.count("\n", 0, count)
        self._held = self._held[count:]

    def rest(self, limit: int) -> str | None:
        """Everything that is left, None when it is more than ``limit`` characters."""
        while len(self._held) <= limit and self._more():
            pass
        return self._held if len(self._held) <= limit else None

    def value(self) -> object:
        """The value that begins here, ``_NOTHING`` when there is none of at most ``MAX_ITEM_CHARS``."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held)
            except (ValueError, RecursionError):
                value, end = _NOTHING, len(self._held)
            # a number at the end of the block may go on in the next
            if value is not _NOTHING and end < len(self._held):
                self.take(end)
                return value
            if len(self._held) > MAX_ITEM_CHARS or not self._more():
                self.take(end if value is not _NOTHING else 0)
                return value


def _parsed(text: str) -> object:
    """The value that ``text`` is, ``_NOTHING`` when it is none."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)

TEXTS = {
    "long_line": Text("linjen er alt for lang", "the line is far too long"),
    "bad_json": Text(
        "linjen er ikke gyldig JSON, eller en nøgle står to gange",
        "the line is not valid JSON, or a key stands twice",
    ),
    "torn_line": Text(
        "den sidste linje er afbrudt; overfør filen igen", "the last line is torn; transfer the file again"
    ),
    "no_object": Text("forventet et JSON-objekt", "expected a JSON object"),
    "broken_array": Text(
        "listen kan ikke læses herfra: ikke gyldig JSON; overfør filen igen",
        "the array cannot be read from here: not valid JSON; transfer the file again",
    ),
}


def refused(source: Source, table: str, item: Item) -> tuple[Problem, Quarantined]:
    """What is said of an Item that has a rule."""
    return refused_row(source, table, item.line, item.rule or "", TEXTS[item.rule or ""])


def refused_row(source: Source, table: str, row: int, rule: str, text: Text) -> tuple[Problem, Quarantined]:
    """A row that cannot be used, as a problem and for quarantine; nothing of it is shown."""
    return (
        problem(source, row, None, rule, text.da, text.en),
        Quarantined(table, source.name, row, None, rule, text),
    )
