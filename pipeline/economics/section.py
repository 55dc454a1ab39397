"""A mapping of ``pipeline/params.yaml`` read key by key: the missing, unknown or wrong kind stops."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from pipeline import paths
from pipeline.text import Problem, ProblemError, Text


class AssumptionError(ProblemError):
    """An assumption that cannot be used; the line names the file and the key."""


def failure(key: str, da: str, en: str) -> AssumptionError:
    """The error about one key."""
    return AssumptionError(
        Problem(paths.relative(paths.PARAMS), None, key, "assumptions", Text(da, en), "critical")
    )


class Section:
    """The keys below ``where``; ``done`` raises on a key nobody asked for."""

    def __init__(self, where: str, content: object) -> None:
        if not isinstance(content, Mapping):
            raise failure(where, "skal være nøgler med værdier", "must be keys with values")
        self.where = where
        self.content = cast("Mapping[str, object]", content)
        self.asked: set[str] = set()

    def key(self, name: str) -> str:
        """The dotted key."""
        return f"{self.where}.{name}"

    def has(self, name: str) -> bool:
        """Whether the key stands in the file."""
        return name in self.content

    def raw(self, name: str) -> object:
        """The value as it stands; missing is an error."""
        self.asked.add(name)
        if name not in self.content:
            raise failure(self.key(name), "mangler", "is missing")
        return self.content[name]

    def section(self, name: str) -> "Section":
        """The keys below one key."""
        return Section(self.key(name), self.raw(name))

    def items(self, name: str) -> list[object]:
        """A list."""
        found = self.raw(name)
        if not isinstance(found, list):
            raise failure(
                self.key(name), f"skal være en liste, fandt {found!r}", f"must be a list, found {found!r}"
            )
        return cast("list[object]", found)

    def string(self, name: str, allowed: Iterable[str] = ()) -> str:
        """A non-empty text, one of ``allowed`` when they are given."""
        return as_string(self.key(name), self.raw(name), allowed)

    def strings(self, name: str, allowed: Iterable[str] = ()) -> tuple[str, ...]:
        """A list of texts."""
        known = tuple(allowed)
        return tuple(as_string(self.key(name), item, known) for item in self.items(name))

    def number(self, name: str) -> Decimal:
        """A number of any sign."""
        found = self.raw(name)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise failure(
                self.key(name), f"skal være et tal, fandt {found!r}", f"must be a number, found {found!r}"
            )
        value = Decimal(str(found))
        if not value.is_finite():
            raise failure(self.key(name), "skal være et endeligt tal", "must be a finite number")
        return value

    def whole(self, name: str) -> int:
        """A whole number."""
        value = self.number(name)
        if value != int(value):
            raise failure(
                self.key(name), f"skal være et helt tal, fandt {value}", f"must be whole, found {value}"
            )
        return int(value)

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = self.items(name)
        for item in found:
            if not isinstance(item, int) or isinstance(item, bool):
                raise failure(
                    self.key(name), f"skal være hele tal, fandt {item!r}", f"must be whole, found {item!r}"
                )
        return tuple(cast("list[int]", found))

    def day(self, name: str) -> date:
        """A date."""
        found = self.raw(name)
        if type(found) is not date:
            raise failure(
                self.key(name), f"skal være en dato, fandt {found!r}", f"must be a date, found {found!r}"
            )
        return found

    def boolean(self, name: str) -> bool:
        """True or false."""
        found = self.raw(name)
        if not isinstance(found, bool):
            raise failure(
                self.key(name),
                f"skal være true/false, fandt {found!r}",
                f"must be true/false, found {found!r}",
            )
        return found

    def text(self, name: str) -> Text:
        """A text in both languages."""
        part = self.section(name)
        text = Text(part.string("da"), part.string("en"))
        part.done()
        return text

    def done(self) -> None:
        """Raise on the first key that was not asked for."""
        for name in self.content:
            if name not in self.asked:
                known = ", ".join(sorted(self.asked))
                raise failure(
                    self.key(name), f"ukendt nøgle; kendte er {known}", f"unknown key; known are {known}"
                )


def as_string(key: str, found: object, allowed: Iterable[str] = ()) -> str:
    """``found`` as a text, or the error about ``key``."""
    if not isinstance(found, str) or not found.strip():
        raise failure(key, f"skal være en tekst, fandt {found!r}", f"must be a text, found {found!r}")
    known = tuple(allowed)
    if known and found not in known:
        listed = ", ".join(known)
        raise failure(
            key, f"'{found}' er ukendt; kendte er {listed}", f"'{found}' is unknown; known are {listed}"
        )
    return found
