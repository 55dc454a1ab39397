"""The objects of a JSON file, one at a time: JSON lines, an array of any length, or one document.

JSON is read strictly: a key that stands twice, NaN, Infinity and a number beyond a double are errors. A line
may hold an object or an array of objects. An array is read element by element; a document whose ``key`` is a
list is read as that list.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from pipeline.formats.decode import CodePage
from pipeline.formats.json_stream import JsonStream, StreamError
from pipeline.formats.result import Quarantined, Source, problem
from pipeline.formats.streamed import MAX_LINE_CHARS, Line, lines
from pipeline.text import Problem, Text

MAX_ITEM_CHARS = MAX_LINE_CHARS
MAX_WHOLE_CHARS = MAX_LINE_CHARS  # of a document that is held whole

BROKEN = ("broken_array", "torn_line")  # from here nothing more can be read

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
        stream = JsonStream(file.read, _DECODER, MAX_ITEM_CHARS)
        if stream.peek() == "[":
            yield from _streamed(stream, None)
            return
        file.seek(0)
        document = file.read(MAX_WHOLE_CHARS + 1)
        if len(document) <= MAX_WHOLE_CHARS and (value := _parsed(document)) is not _NOTHING:
            yield from _objects(value, first.number, key)
            return
        file.seek(0)
        found = _streamed(JsonStream(file.read, _DECODER, MAX_ITEM_CHARS), key)
        start = next(found, None)
        if start is not None and start.rule not in BROKEN:
            yield start
            yield from found
            return
    # not one document: lines of which the first is broken
    yield from _of_lines(source, page, key)


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


def _streamed(stream: JsonStream, key: str | None) -> Iterator[Item]:
    """The elements of an array, or of a document's array called ``key``, up to what cannot be read."""
    try:
        if key is None:
            yield from _of_array(stream)
            return
        for name in stream.members():
            if name == key and stream.peek() == "[":
                yield from _of_array(stream)
            else:
                stream.skip()
    except StreamError:
        yield Item(stream.line, {}, BROKEN[not stream.peek()])


def _of_array(stream: JsonStream) -> Iterator[Item]:
    for _ in stream.items():
        line = stream.line
        yield from _objects([stream.value()], line, "")


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
