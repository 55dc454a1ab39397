"""An XML document as it stands: names with their prefixes, attributes in their order, every text.

Nothing is interpreted, so what a program adds of its own goes out as it came in. Not kept: the XML
declaration, CDATA marks, and comments outside the root.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from pipeline.formats.safe_xml import feed

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A bare carriage return, and line breaks in an attribute, would be read as something else.
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = {**_IN_TEXT, **str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})}


@dataclass(frozen=True, slots=True)
class Markup:
    """A comment or processing instruction, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """An element. ``attributes``: each one's name, then its value, which holds a third less than pairs.

    ``content``: child elements, markup and texts; no text is empty or beside another.
    """

    name: str
    attributes: tuple[str, ...] = ()
    content: tuple["Node | Markup | str", ...] = ()

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def text(self) -> str:
        """The element's own texts."""
        return "".join(part for part in self.content if isinstance(part, str))

    def get(self, name: str) -> str:
        """The attribute's value, empty where it is missing."""
        return next((value for key, value in pairs(self.attributes) if key == name), "")

    def children(self, *names: str) -> Iterator["Node"]:
        """The child elements of these local names; all without a name."""
        for part in self.content:
            if isinstance(part, Node) and (not names or part.local in names):
                yield part

    def below(self, *names: str) -> Iterator["Node"]:
        """Every element of these local names below this one, in the order of the document."""
        for child in self.children():
            if child.local in names:
                yield child
            yield from child.below(*names)


def pairs(attributes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name and value of each."""
    return zip(attributes[::2], attributes[1::2], strict=True)


def parse_tree(content: bytes | IO[bytes]) -> Node:
    """The root element. Raises XmlError."""
    builder = _Builder()
    feed(content, builder, markup=builder.markup)
    return builder.made[0]


def tree_bytes(root: Node) -> bytes:
    """The document in UTF-8; the same tree, the same bytes. Raises ValueError for a sign that XML has not."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _write(root, parts)
    parts.append("\n")
    text = "".join(parts)
    if wrong := _NO_XML.search(text):
        raise ValueError(f"U+{ord(wrong[0]):04X} kan ikke stå i XML / cannot stand in XML")
    return text.encode()


class _Builder:
    def __init__(self) -> None:
        self.made: list[Node] = []
        self._open: list[tuple[tuple[str, ...], list[Node | Markup | str]]] = []
        self._texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - the end tells the name
        self._close_text()
        self._open.append((tuple(chain.from_iterable(attributes.items())), []))

    def end(self, name: str) -> None:
        self._close_text()
        attributes, content = self._open.pop()
        node = Node(name, attributes, tuple(content))
        (self._open[-1][1] if self._open else self.made).append(node)  # type: ignore[arg-type]

    def data(self, text: str) -> None:
        self._texts.append(text)

    def markup(self, text: str) -> None:
        if self._open:
            self._close_text()
            self._open[-1][1].append(Markup(text))

    def _close_text(self) -> None:
        if self._texts:
            self._open[-1][1].append("".join(self._texts))
            self._texts = []


def _write(node: Node, parts: list[str]) -> None:
    parts.append(f"<{node.name}")
    parts += [f' {name}="{value.translate(_IN_ATTRIBUTE)}"' for name, value in pairs(node.attributes)]
    if not node.content:
        parts.append("/>")
        return
    parts.append(">")
    for part in node.content:
        if isinstance(part, Node):
            _write(part, parts)
        else:
            parts.append(part.text if isinstance(part, Markup) else part.translate(_IN_TEXT))
    parts.append(f"</{node.name}>")
