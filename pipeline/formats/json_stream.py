"""A large JSON document read piece by piece, so that only the value at hand is in memory."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 64 * 1024
MOST_VALUE_CHARS = 8 * 1024 * 1024
_AFTER = frozenset(" \t\r\n,:]}")
_BLANK = re.compile(r"[ \t\r\n]+")


class StreamError(ValueError):
    """The document is not JSON in UTF-8, is cut off, or one value of it is out of all proportion."""


class JsonStream:
    """Going through ``members`` or ``items``, take each value: whole (``value``) or in pieces again."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._scan = json.JSONDecoder(parse_constant=_nothing).raw_decode
        self._text = ""
        self._place = 0
        self._is_all = False

    def peek(self) -> str:
        """The next sign that is no blank; empty at the end."""
        while True:
            if blank := _BLANK.match(self._text, self._place):
                self._place = blank.end()
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._fill(BLOCK):
                return ""

    def value(self) -> object:
        """The next value as a whole. Raises StreamError."""
        self.peek()
        wanted = BLOCK
        while True:
            try:
                made, end = self._scan(self._text, self._place)
            except RecursionError as error:
                raise StreamError from error
            except ValueError:
                made, end = None, len(self._text)  # cut off by the end of what has been read, or wrong
            if self._text[end : end + 1] in _AFTER:  # else it may go on: 12 may be 123 or 12.5
                self._place = end
                return made
            if len(self._text) - self._place > MOST_VALUE_CHARS or not self._fill(wanted):
                raise StreamError
            wanted *= 2

    def members(self) -> Iterator[str]:
        """The names of an object's members, one by one."""
        self._take("{")
        while self.peek() != "}":
            name = self.value()
            if not isinstance(name, str):
                raise StreamError
            self._take(":")
            yield name
            if self.peek() == ",":
                self._take(",")
            elif self.peek() != "}":
                raise StreamError
        self._take("}")

    def items(self) -> Iterator[int]:
        """The places of an array's items, one by one."""
        self._take("[")
        place = 0
        while self.peek() != "]":
            yield place
            place += 1
            if self.peek() == ",":
                self._take(",")
            elif self.peek() != "]":
                raise StreamError
        self._take("]")

    def _take(self, sign: str) -> None:
        if self.peek() != sign:
            raise StreamError
        self._place += 1

    def _fill(self, size: int) -> bool:
        """Read on; False at the end of the file."""
        if self._is_all:
            return False
        content = self._file.read(size)
        self._is_all = not content
        try:
            more = self._decode(content, self._is_all)
        except UnicodeDecodeError as error:
            raise StreamError from error
        self._text = self._text[self._place :] + more
        self._place = 0
        return bool(content)


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON and no count: nothing was measured."""
