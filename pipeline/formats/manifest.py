"""The manifest of a session log: which files, their hashes, and which sequence numbers they hold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pipeline.formats.faults import listed, shown
from pipeline.formats.result import Source, problem
from pipeline.text import Problem

MAX_BYTES = 8 * 1024 * 1024
KEYS = {"file": str, "sha256": str, "source": str, "first_seq": int, "last_seq": int}
OPTIONAL = {"events": int}


@dataclass(frozen=True)
class ManifestFile:
    """What the manifest says of one file of one source; sequence numbers are inclusive."""

    file: str
    sha256: str
    source: str
    first_seq: int
    last_seq: int


def read_manifest(
    manifests: Sequence[Source], logs: Sequence[Source]
) -> tuple[dict[str, ManifestFile], list[Problem]]:
    """File name → what the manifest says; problems where it is missing, bad or at odds with the files."""
    if not manifests:
        wrong = problem(
            logs[0],
            None,
            None,
            "missing_manifest",
            "leverancen har intet manifest.json; det kan ikke ses, om noget mangler",
            "the delivery has no manifest.json; whether anything is missing cannot be seen",
            "critical",
        )
        return {}, [wrong]
    found: dict[str, ManifestFile] = {}
    problems: list[Problem] = []
    for source in manifests:
        items = _items(source)
        if isinstance(items, Problem):
            problems.append(items)
            continue
        for item in items:
            found[item.file] = item
    names = {log.path.name for log in logs}
    problems += [_at_odds(manifests[0], name, is_told=True) for name in found if name not in names]
    problems += [_at_odds(manifests[0], name, is_told=False) for name in sorted(names - set(found))]
    return found, problems


def _items(source: Source) -> list[ManifestFile] | Problem:
    if not source.path.is_file():
        return problem(
            source, None, None, "missing_file", "filen findes ikke", "the file does not exist", "critical"
        )
    try:
        if source.path.stat().st_size > MAX_BYTES:
            return _bad(source, "filen er for stor", "the file is too large")
        content = json.loads(source.path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return _bad(source, "filen er ikke gyldig JSON", "the file is not valid JSON")
    files = cast("dict[str, Any]", content).get("files") if isinstance(content, dict) else None
    if not isinstance(files, list):
        return _bad(source, "forventet en liste »files«", "expected a list 'files'")
    made: list[ManifestFile] = []
    for place, item in enumerate(cast("list[Any]", files), 1):
        entry = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        wrong = [key for key, kind in KEYS.items() if type(entry.get(key)) is not kind]
        wrong += [shown(key) for key in entry if key not in KEYS and key not in OPTIONAL]
        if wrong:
            return _bad(
                source,
                f"fil nr. {place}: fejl i {listed(wrong)}; forventet {', '.join(KEYS)}",
                f"file no. {place}: wrong {listed(wrong)}; expected {', '.join(KEYS)}",
            )
        made.append(ManifestFile(**{key: entry[key] for key in KEYS}))
    return made


def _bad(source: Source, da: str, en: str) -> Problem:
    return problem(source, None, None, "bad_manifest", da, en, "critical")


def _at_odds(source: Source, name: str, *, is_told: bool) -> Problem:
    name = shown(name)
    if is_told:
        return problem(
            source,
            None,
            None,
            "missing_file",
            f"filen {name} står i manifestet, men er ikke i leverancen",
            f"the file {name} is in the manifest but not in the delivery",
            "critical",
        )
    return problem(
        source,
        None,
        None,
        "file_not_in_manifest",
        f"filen {name} er i leverancen, men står ikke i manifestet",
        f"the file {name} is in the delivery but not in the manifest",
    )
