"""A large JSON document read piece by piece, so that only the value at hand is in memory."""

import json
import re
from collections.abc import Callable, Iterator

BLOCK = 64 * 1024
MOST_VALUE_CHARS = 8 * 1024 * 1024
MOST_DEPTH = 100
_AFTER = frozenset(" \t\r\n,:]}")
_BLANK = re.compile(r"[ \t\r\n\ufeff]+")


class StreamError(ValueError):
    """The document is not JSON in its code page, is cut off, or a value of it is out of all proportion."""


class JsonStream:
    """Going through ``members`` or ``items``, take each value: as a whole, in pieces, or not (``skip``).

    ``read`` gives the next characters, none at the end; ``decoder`` says what JSON is.
    """

    def __init__(
        self,
        read: Callable[[int], str],
        decoder: json.JSONDecoder | None = None,
        most_chars: int = MOST_VALUE_CHARS,
    ) -> None:
        self._read = read
        self._scan = (decoder or json.JSONDecoder(parse_constant=_nothing)).raw_decode
        self._most_chars = most_chars
        self._text = ""
        self._place = 0
        self._is_all = False
        self._line, self._counted = 1, 0

    @property
    def line(self) -> int:
        """The line, from 1, of what comes next."""
        self._line += self._text.count("\n", self._counted, self._place)
        self._counted = self._place
        return self._line

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
            except ValueError:  # cut off by the end of what has been read, or wrong
                pass
            else:
                # a number may go on: 12 may be 123 or 12.5
                if not isinstance(made, int | float) or self._text[end : end + 1] in _AFTER:
                    self._place = end
                    return made
            if len(self._text) - self._place > self._most_chars or not self._fill(wanted):
                raise StreamError
            wanted *= 2

    def skip(self, depth: int = 0) -> None:
        """Read past the next value, however large. Raises StreamError."""
        sign = self.peek()
        if sign not in ("{", "["):
            self.value()
        elif depth == MOST_DEPTH:
            raise StreamError
        else:
            for _ in self.members() if sign == "{" else self.items():
                self.skip(depth + 1)

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
        try:
            more = self._read(size)
        except UnicodeError as error:
            raise StreamError from error
        self._is_all = not more
        _ = self.line  # of what is dropped
        self._text = self._text[self._place :] + more
        self._place = self._counted = 0
        return bool(more)


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON and no count: nothing was measured."""
