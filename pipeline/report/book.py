"""The codebook as the reports need it: what metrics, denominators, units and assumptions are called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pipeline.text import Language

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Metric:
    """A metric's words. ``pers`` are its denominators, the headline's first; ``items`` code to label."""

    id: str
    domain: str
    title: str
    definition: str
    kind: str
    unit: str
    pers: tuple[str, ...]
    by: tuple[str, ...]
    items: Mapping[str, str]
    table: str


@dataclass(frozen=True)
class Book:
    """The codebook; lists as they stand in the file, in its order."""

    metrics: Mapping[str, Metric]
    denominators: Mapping[str, str]
    unfed: Sequence[Entry] = ()
    columns: Sequence[Entry] = ()
    code_lists: Sequence[Entry] = ()
    rules: Sequence[Entry] = ()
    assumptions: Sequence[Entry] = ()
    raw: Entry = field(default_factory=dict[str, Any], repr=False)

    @property
    def pers(self) -> dict[str, tuple[str, ...]]:
        """Each metric's denominators, the headline's first.

        A count stands by itself, a share over its first denominator.
        """
        return {
            name: ("-", *metric.pers) if metric.kind == "count" else (*metric.pers, "-")
            for name, metric in self.metrics.items()
        }

    def title(self, metric: str) -> str:
        return self.metrics[metric].title if metric in self.metrics else metric

    def of_domain(self, domain: str) -> list[str]:
        """The ids of a domain's metrics, in the catalogue's order."""
        return [name for name, metric in self.metrics.items() if metric.domain == domain]


def load_book(path: Path, language: Language = "da") -> Book:
    """Read ``codebook.json``; metrics and denominators are named in ``language``."""
    raw = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    metrics = {entry["id"]: _metric(entry, language) for entry in raw["metrics"]}
    return Book(
        metrics=metrics,
        denominators={entry["id"]: text_of(entry, "label", language) for entry in raw["denominators"]},
        unfed=raw["unfed"],
        columns=raw["tables"],
        code_lists=raw["codes"],
        rules=raw["rules"],
        assumptions=raw["assumptions"],
        raw=raw,
    )


def text_of(entry: Entry, name: str, language: Language = "da") -> str:
    """The text of ``name``: ``{"name": {"da": …}}`` or ``{"name_da": …}``; empty without one."""
    text = entry.get(name)
    if isinstance(text, Mapping):
        return str(cast("Entry", text)[language])
    return str(entry.get(f"{name}_{language}") or "")


def _metric(entry: Entry, language: Language) -> Metric:
    return Metric(
        id=entry["id"],
        domain=entry["domain"],
        title=text_of(entry, "title", language),
        definition=text_of(entry, "definition", language),
        kind=entry["kind"],
        unit=text_of(entry, "unit", language),
        pers=tuple(entry["per"]),
        by=tuple(entry["by"]),
        items={
            item["code"]: text_of(item, "label", language) for item in cast("list[Entry]", entry["items"])
        },
        table=entry["table"],
    )
