"""What a tagged PDF says of itself: its structure elements in reading order, its pages' text."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Element:
    """A structure element: its kind (``H1``, ``TR``), its page (from 1), and what is in it and around it."""

    kind: str
    page: int
    children: tuple[str, ...]
    around: tuple["Element", ...]

    def stands_in(self, *kinds: str) -> bool:
        """Whether it, or what it stands in, is of one of ``kinds``."""
        return any(element.kind in kinds for element in (*self.around, self))


def shell(*command: str | Path) -> str:
    """What a command prints."""
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout


def page_texts(file: Path) -> list[str]:
    """The text of every page, laid out as it stands."""
    return shell("pdftotext", "-layout", file, "-").split("\f")[:-1]


def elements(file: Path) -> list[Element]:
    """Every element of the structure tree."""
    library: Any = import_module("pikepdf")
    with library.open(file) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return list(_below(pdf.Root.StructTreeRoot, (), numbers))


def last_of_pages(file: Path) -> dict[int, Element]:
    """The element that each page ends with."""
    return {element.page: element for element in elements(file) if not element.children}


def _below(parent: Any, around: tuple[Element, ...], numbers: Mapping[Any, int]) -> Iterator[Element]:
    for child in _kids(parent):
        page = numbers[child.Pg.objgen] if "/Pg" in child else around[-1].page if around else 1
        kinds = tuple(_kind(kid) for kid in _kids(child))
        made = Element(_kind(child), page, kinds, around)
        yield made
        yield from _below(child, (*around, made), numbers)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", ())
    return [
        kid for kid in (kids if hasattr(kids, "append") else [kids]) if hasattr(kid, "keys") and "/S" in kid
    ]


def _kind(element: Any) -> str:
    return str(element.S).removeprefix("/")
