"""XML from strangers: no document type, no entities, bounded depth and size."""

import xml.etree.ElementTree as ET
from xml.parsers import expat

MAX_DEPTH = 100
MAX_ELEMENTS = 2_000_000


class XmlError(ValueError):
    """The text is not XML as we accept it; ``line`` is where it stopped being so."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def parse_xml(content: bytes) -> ET.Element:
    """The root element, with names without their namespace. Raises XmlError."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise XmlError("for dybt eller for stort / too deep or too large", parser.CurrentLineNumber)
        builder.start(
            name.rpartition(" ")[2], {key.rpartition(" ")[2]: text for key, text in attributes.items()}
        )

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(" ")[2])

    def doctype(*_: object) -> None:
        raise XmlError("DOCTYPE er ikke tilladt / is not allowed", parser.CurrentLineNumber)

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlError(expat.ErrorString(error.code), error.lineno) from error
    except (LookupError, UnicodeError) as error:
        raise XmlError("ukendt tegnsæt / unknown encoding", 1) from error
    return builder.close()
