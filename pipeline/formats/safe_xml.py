"""XML from strangers: no document type, no entities, bounded depth and size."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from sys import getsizeof
from typing import IO, Protocol
from xml.parsers import expat

MAX_DEPTH = 100
# Bytes that a document may take of memory, which are more than it has: so many for an element, and so many
# for an attribute beside its value.
MAX_MEMORY = 128 * 1024 * 1024
ELEMENT, ATTRIBUTE = 144, 32


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


def refusing_parser(separator: str | None = None) -> expat.XMLParserType:
    """A parser that raises XmlError at a document type, and so at entities; ``separator`` as in ``feed``."""
    parser = expat.ParserCreate(namespace_separator=separator)

    def doctype(*_: object) -> None:
        raise XmlError("DOCTYPE er ikke tilladt / is not allowed", parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    return parser


def feed(
    content: bytes | IO[bytes],
    target: Target,
    *,
    separator: str | None = None,
    markup: Callable[[str], None] | None = None,
) -> None:
    """Tell ``target`` the document; ``markup`` takes comments and processing instructions as written.

    With ``separator`` a name is its namespace, the separator and the local name; without, as it is written.
    Raises XmlError.
    """
    parser = refusing_parser(separator)
    depth = memory = 0

    def hold(size: int) -> None:
        nonlocal memory
        memory += size
        if depth > MAX_DEPTH or memory > MAX_MEMORY:
            raise XmlError("for dybt eller for stort / too deep or too large", parser.CurrentLineNumber)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        hold(ELEMENT + sum(ATTRIBUTE + getsizeof(value) for value in attributes.values()))
        target.start(name, attributes)

    def data(text: str) -> None:
        hold(2 * getsizeof(text))  # once more when it is put together
        target.data(text)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        target.end(name)

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    if markup is not None:

        def mark(text: str) -> None:
            hold(ELEMENT + getsizeof(text))
            markup(text)

        parser.CommentHandler = lambda text: mark(f"<!--{text}-->")
        parser.ProcessingInstructionHandler = lambda name, text: mark(f"<?{name} {text}?>")
    try:
        if isinstance(content, bytes):
            parser.Parse(content, True)
        else:
            parser.ParseFile(content)
    except expat.ExpatError as error:
        raise XmlError(expat.ErrorString(error.code), error.lineno) from error
    except (LookupError, UnicodeError) as error:
        raise XmlError("ukendt tegnsæt / unknown encoding", 1) from error
