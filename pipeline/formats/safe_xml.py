"""XML from strangers: no document type, no entities, bounded depth and size."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

MAX_DEPTH = 100
MAX_PARTS = 1_600_000  # elements and attributes, up to 200 bytes of memory each


class XmlError(ValueError):
    """The text is not XML as we accept it; ``line`` is where it stopped being so."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class Target(Protocol):
    """What is told of a document in its order."""

    def start(self, name: str, attributes: dict[str, str]) -> object: ...

    def end(self, name: str) -> object: ...

    def data(self, text: str, /) -> object: ...


class _Local(ET.TreeBuilder):
    """A tree of names without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> ET.Element:  # type: ignore[override]
        known = {key.rpartition(" ")[2]: text for key, text in attributes.items()}
        return super().start(name.rpartition(" ")[2], known)

    def end(self, name: str) -> ET.Element:  # type: ignore[override]
        return super().end(name.rpartition(" ")[2])


def parse_xml(content: bytes) -> ET.Element:
    """The root element, with names without their namespace. Raises XmlError."""
    builder = _Local()
    feed(content, builder, separator=" ")
    return builder.close()


def feed(
    content: bytes,
    target: Target,
    *,
    separator: str | None = None,
    markup: Callable[[str], None] | None = None,
) -> None:
    """Tell ``target`` the document; ``markup`` takes comments and processing instructions as written.

    With ``separator`` a name is its namespace, the separator and the local name; without, as it is written.
    Raises XmlError.
    """
    parser = expat.ParserCreate(namespace_separator=separator)
    depth = parts = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, parts
        depth += 1
        parts += 1 + len(attributes)
        if depth > MAX_DEPTH or parts > MAX_PARTS:
            raise XmlError("for dybt eller for stort / too deep or too large", parser.CurrentLineNumber)
        target.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        target.end(name)

    def doctype(*_: object) -> None:
        raise XmlError("DOCTYPE er ikke tilladt / is not allowed", parser.CurrentLineNumber)

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = target.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    if markup is not None:
        parser.CommentHandler = lambda text: markup(f"<!--{text}-->")
        parser.ProcessingInstructionHandler = lambda name, text: markup(f"<?{name} {text}?>")
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlError(expat.ErrorString(error.code), error.lineno) from error
    except (LookupError, UnicodeError) as error:
        raise XmlError("ukendt tegnsæt / unknown encoding", 1) from error
