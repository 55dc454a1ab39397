"""Take a TOML table apart key by key, so that a key nobody asked for is an error with its place."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

from pipeline.contract.model import ContractError
from pipeline.text import Text


def read_toml(file: Path) -> dict[str, Any]:
    """The file's content; ContractError when it is missing or not TOML."""
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError as error:
        raise ContractError(
            file.name, "", Text("filen mangler i schemas/", "the file is missing in schemas/")
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ContractError(
            file.name,
            "",
            Text(f"ikke gyldig TOML ({error})", f"not valid TOML ({error})"),
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(file.name, "", Text("filen skal være UTF-8", "the file must be UTF-8")) from error


# One of the allowed words of a key: a Literal of the model.
Word = TypeVar("Word", bound=str)


class Section:
    """One TOML table of a schema file: each key is taken once, ``done`` refuses what is left."""

    def __init__(self, file: str, place: str, content: dict[str, Any]) -> None:
        self.file = file
        self.place = place
        self._left = dict(content)

    def error(self, key: str, da: str, en: str) -> ContractError:
        place = f"{self.place}.{key}" if self.place and key else self.place or key
        return ContractError(self.file, place, Text(da, en))

    def done(self) -> None:
        """Refuse the keys that nobody took."""
        for key in self._left:
            raise self.error(key, "ukendt nøgle", "unknown key")

    def _take(self, key: str, type_: type, da: str, en: str, *, is_required: bool) -> Any:
        if key not in self._left:
            if is_required:
                raise self.error(key, f"mangler; her skal stå {da}", f"is missing; expected {en}")
            return None
        value = self._left.pop(key)
        if type(value) is not type_:
            raise self.error(key, f"her skal stå {da}", f"expected {en}")
        return value

    def string(self, key: str, *, is_empty_allowed: bool = False) -> str:
        value = self._take(key, str, "en tekst", "a string", is_required=True)
        if not value.strip() and not is_empty_allowed:
            raise self.error(key, "må ikke være tom", "must not be empty")
        return value

    def string_or_none(self, key: str) -> str | None:
        return self.string(key) if key in self._left else None

    def boolean(self, key: str) -> bool:
        value = self._take(key, bool, "true eller false", "true or false", is_required=False)
        return bool(value)

    def integer_or_none(self, key: str) -> int | None:
        return self._take(key, int, "et helt tal", "an integer", is_required=False)

    def choice(self, key: str, allowed: tuple[Word, ...]) -> Word:
        found = self.string(key)
        for word in allowed:
            if word == found:
                return word
        listed = ", ".join(allowed)
        raise self.error(
            key, f"»{found}« kendes ikke; tilladt: {listed}", f"'{found}' is unknown; allowed: {listed}"
        )

    def choice_or_none(self, key: str, allowed: tuple[Word, ...]) -> Word | None:
        return self.choice(key, allowed) if key in self._left else None

    def strings(self, key: str, *, is_required: bool = False) -> tuple[str, ...]:
        value = self._take(key, list, "en liste af tekster", "a list of strings", is_required=is_required)
        items = cast("list[object]", value or [])
        if not all(isinstance(item, str) for item in items) or (is_required and not items):
            raise self.error(key, "her skal stå en liste af tekster", "expected a list of strings")
        return tuple(cast("list[str]", items))

    def strings_or(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """As ``strings``, which may be empty; ``default`` where the key is not there."""
        return self.strings(key) if key in self._left else default

    def text(self, key: str) -> Text:
        """A text in both languages."""
        section = self.section(key)
        text = section.two_languages()
        section.done()
        return text

    def two_languages(self) -> Text:
        """The keys ``da`` and ``en`` of this table."""
        return Text(self.string("da"), self.string("en"))

    def text_or_none(self, key: str) -> Text | None:
        return self.text(key) if key in self._left else None

    def section(self, key: str) -> "Section":
        value = self._take(key, dict, "en tabel", "a table", is_required=True)
        return Section(self.file, f"{self.place}.{key}" if self.place else key, value)

    def sections(self, key: str, *, name: str = "name") -> "list[Section]":
        """An array of tables; each is placed by its ``name`` key where it has one."""
        value = self._take(key, list, "en liste af tabeller", "a list of tables", is_required=False)
        made: list[Section] = []
        for number, item in enumerate(cast("list[object]", value or []), start=1):
            if not isinstance(item, dict):
                raise self.error(key, "her skal stå en liste af tabeller", "expected a list of tables")
            content = cast("dict[str, Any]", item)
            made.append(Section(self.file, f"{key}[{content.get(name, number)}]", content))
        return made

    def all_sections(self) -> "Iterator[tuple[str, Section]]":
        """Every key of this table as a table of its own, in the file's order."""
        for key in tuple(self._left):
            yield key, self.section(key)
