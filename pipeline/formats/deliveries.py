"""The delivery index ``deliveries.toml``: what was received when, its hashes, and whether it counts."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, cast

from pipeline.formats.readers import READERS
from pipeline.paths import relative, write_bytes
from pipeline.text import Problem, ProblemError, Text

STATUSES = ("accepted", "superseded", "withdrawn")

_REQUIRED = (
    "id",
    "programme",
    "format",
    "files",
    "sha256",
    "received_date",
    "rows",
    "status",
    "is_reconstructed",
)
_OPTIONAL = (
    "table",
    "tables",
    "region",
    "superseded_on",
    "supersedes",
    "is_fictitious",
    "note",
    "encoding",
    "key_id",
)


@dataclass(frozen=True)
class Delivery:
    """One entry. ``files`` are relative to the index's folder; ``sha256`` is in the same order.

    ``key_id`` is the fingerprint of the key that its identifiers were keyed with, where they came keyed.
    ``is_reconstructed``: made to fit published totals. ``is_fictitious``: observed, but of persons and
    clinics that do not exist, as in a trial of the service.
    """

    id: str
    programme: str
    tables: tuple[str, ...]  # one or more
    format: str
    files: tuple[str, ...]
    sha256: tuple[str, ...]
    received_date: date
    rows: int
    status: str
    is_reconstructed: bool
    region: str | None = None
    superseded_on: date | None = None
    supersedes: str | None = None
    note: str | None = None
    encoding: str | None = None
    is_fictitious: bool = False
    key_id: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether its rows are read: accepted, or superseded on a known date and so still addressable."""
        return self.status == "accepted" or self.superseded_on is not None


def read_index(path: Path) -> tuple[Delivery, ...]:
    """Every entry in the order of the file. Raises ProblemError naming each key that is wrong."""
    name = relative(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProblemError(_problem(name, None, "filen findes ikke", "the file does not exist")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(
            _problem(
                name, None, f"filen er ikke gyldig TOML: {error}", f"the file is not valid TOML: {error}"
            )
        ) from error
    problems = [
        _problem(name, key, "ukendt nøgle; forventet [[delivery]]", "unknown key; expected [[delivery]]")
        for key in content
        if key != "delivery" or not isinstance(content[key], list)
    ]
    entries = content.get("delivery", [])
    made: list[Delivery] = []
    for place, entry in enumerate(cast("list[Any]", entries) if isinstance(entries, list) else [], 1):
        values = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        label = f"delivery {values.get('id', place)}"
        wrong = [_problem(name, f"{label}.{key}", da, en) for key, da, en in _faults(values)]
        problems += wrong
        if not wrong:
            made.append(_delivery(values))
    ids = [item.id for item in made]
    problems += [
        _problem(name, f"delivery {twice}", "id'et findes to gange", "the id stands twice")
        for twice in sorted({item for item in ids if ids.count(item) > 1})
    ]
    if problems:
        raise ProblemError(problems)
    return tuple(made)


def write_index(path: Path, deliveries: Iterable[Delivery], comment: str = "") -> None:
    """Write the index whole or not at all; the same entries are the same bytes."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    write_bytes(path, "\n".join([head, *(_entry(item) for item in deliveries)]).lstrip("\n").encode())


def index_comment(index: Path) -> str:
    """The lines that stand above the first entry."""
    if not index.is_file():
        return ""
    head: list[str] = []
    for line in index.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        head.append(line.removeprefix("#").strip())
    return "\n".join(head)


def _entry(item: Delivery) -> str:
    is_one = len(item.tables) == 1
    values: dict[str, object] = {
        "id": item.id,
        "programme": item.programme,
        "table" if is_one else "tables": item.tables[0] if is_one else item.tables,
        "format": item.format,
        "region": item.region,
        "files": item.files,
        "received_date": item.received_date,
        "rows": item.rows,
        "sha256": item.sha256,
        "status": item.status,
        "superseded_on": item.superseded_on,
        "supersedes": item.supersedes,
        "is_reconstructed": item.is_reconstructed,
        "is_fictitious": item.is_fictitious or None,
        "encoding": item.encoding,
        "key_id": item.key_id,
        "note": item.note,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]
    return "[[delivery]]\n" + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in cast("tuple[object, ...]", value)) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in text) + '"'


def _faults(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Key, what is wrong in Danish and in English, for each key of one entry."""
    found = [(key, "nøglen mangler", "the key is missing") for key in _REQUIRED if key not in values]
    if ("table" in values) == ("tables" in values):
        found.append(("table", "forventet enten table eller tables", "expected either table or tables"))
    known = ", ".join((*_REQUIRED, *_OPTIONAL))
    for key, value in values.items():
        if key not in _REQUIRED and key not in _OPTIONAL:
            found.append((key, f"ukendt nøgle; kendte er {known}", f"unknown key; known are {known}"))
        elif expected := _expected(key, value):
            found.append((key, f"forventet {expected[0]}", f"expected {expected[1]}"))
    files, hashes = values.get("files"), values.get("sha256")
    counts = {len(cast("list[Any]", item)) for item in (files, hashes) if isinstance(item, list)}
    if len(counts) > 1:
        found.append(("sha256", "forventet én for hver fil", "expected one for each file"))
    return found


def _expected(key: str, value: object) -> tuple[str, str] | None:
    """What ``key`` should have been, or None when ``value`` fits."""
    if key in ("files", "sha256", "tables"):
        items = cast("list[object]", value) if isinstance(value, list) else []
        texts = [item for item in items if isinstance(item, str) and item]
        if not texts or len(texts) != len(items):
            return "en liste af tekster", "a list of texts"
        if key == "files" and any(_is_outside(item) for item in texts):
            return "stier inden for indeksets mappe", "paths within the index's folder"
        return None
    if key in ("received_date", "superseded_on"):
        return None if _date(value) else ("en dato som åååå-mm-dd", "a date as yyyy-mm-dd")
    if key == "rows":
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return None if is_count else ("et antal", "a count")
    if key in ("is_reconstructed", "is_fictitious"):
        return None if isinstance(value, bool) else ("true eller false", "true or false")
    if not isinstance(value, str) or not value:
        return "en tekst", "a text"
    allowed = {"format": tuple(READERS), "status": STATUSES}.get(key)
    if allowed and value not in allowed:
        return f"en af: {', '.join(allowed)}", f"one of: {', '.join(allowed)}"
    return None


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name


def _date(value: object) -> date | None:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _delivery(values: Mapping[str, Any]) -> Delivery:
    received = _date(values["received_date"])
    assert received is not None  # checked by _faults
    texts = {key: values.get(key) for key in ("region", "supersedes", "note", "encoding", "key_id")}
    return Delivery(
        id=values["id"],
        programme=values["programme"],
        tables=tuple(values["tables"]) if "tables" in values else (values["table"],),
        format=values["format"],
        files=tuple(values["files"]),
        sha256=tuple(values["sha256"]),
        received_date=received,
        rows=values["rows"],
        status=values["status"],
        is_reconstructed=values["is_reconstructed"],
        superseded_on=_date(values.get("superseded_on")),
        is_fictitious=values.get("is_fictitious", False),
        **texts,
    )


def _problem(file: str, key: str | None, da: str, en: str) -> Problem:
    return Problem(file, None, key, "delivery_index", Text(da, en), "critical")
