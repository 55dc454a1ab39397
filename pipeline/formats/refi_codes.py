"""The codes of a REFI-QDA project or codebook, and which of our themes each stands for."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.contract import CodeList
from pipeline.formats.refi_tree import Node


@dataclass(frozen=True)
class Code:
    """One code; ``names`` is its own name and those of the codes above it, the nearest first."""

    guid: str
    names: tuple[str, ...]
    is_codable: bool = True

    @property
    def name(self) -> str:
        return self.names[0]

    def theme(self, themes: CodeList) -> str | None:
        """The theme that it, or the nearest code above it, is named after."""
        return next((theme for name in self.names if (theme := themes.decode(name)) is not None), None)


def guid_key(raw: str) -> str:
    """A GUID as GUIDs are compared: braces and letter case do not count."""
    return raw.strip().strip("{}").casefold()


def codes_of(root: Node) -> Mapping[str, Code]:
    """Every code of a Project or CodeBook by its guid, a code without one by its place."""
    books = [root] if root.local == "CodeBook" else list(root.children("CodeBook"))
    found: dict[str, Code] = {}
    for book in books:
        for codes in book.children("Codes"):
            _collect(codes, (), found)
    return found


def _collect(parent: Node, above: tuple[str, ...], found: dict[str, Code]) -> None:
    for node in parent.children("Code"):
        names = (node.get("name"), *above)
        guid = guid_key(node.get("guid")) or f"code-{len(found) + 1}"
        found.setdefault(guid, Code(guid, names, node.get("isCodable").casefold() not in ("false", "0")))
        _collect(node, names, found)
