"""What a region's files are like, remembered: headers, spellings of codes, and deviations that were accepted.

It is applied by adding to the contract: a remembered header is one more alias, a remembered spelling one more
spelling of its code, so the readers need not know of it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pipeline.contract import Contracts, normalise_header
from pipeline.paths import write_json


@dataclass(frozen=True)
class Accepted:
    """A warning that a person accepted, and why; it is no news the next time."""

    rule: str
    column: str
    reason: str
    by: str


@dataclass(frozen=True)
class Memory:
    """Of one region and table: a file's header to our column; of a column, a text to its code."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    accepted: tuple[Accepted, ...] = ()

    def is_accepted(self, rule: str, column: str) -> bool:
        return any((one.rule, one.column) == (rule, column) for one in self.accepted)

    def with_header(self, header: str, column: str) -> "Memory":
        return replace(self, headers={**self.headers, normalise_header(header): column})

    def with_spelling(self, column: str, text: str, code: str) -> "Memory":
        told = {**self.spellings.get(column, {}), text: code}
        return replace(self, spellings={**self.spellings, column: told})

    def with_accepted(self, one: Accepted) -> "Memory":
        kept = [item for item in self.accepted if (item.rule, item.column) != (one.rule, one.column)]
        return replace(self, accepted=(*kept, one))

    def without(self, kind: str, name: str, text: str = "") -> "Memory":
        """Forget a header, a spelling (of column ``name``) or an accepted rule (in column ``text``)."""
        match kind:
            case "header":
                return replace(self, headers={key: to for key, to in self.headers.items() if key != name})
            case "word":
                told = {key: code for key, code in self.spellings.get(name, {}).items() if key != text}
                return replace(self, spellings={**self.spellings, name: told})
            case _:
                kept = tuple(one for one in self.accepted if (one.rule, one.column) != (name, text))
                return replace(self, accepted=kept)


def load_memory(path: Path) -> Memory:
    """The memory in ``path``; an empty one where there is none yet."""
    if not path.is_file():
        return Memory()
    raw = json.loads(path.read_text("utf-8"))
    return Memory(raw["headers"], raw["spellings"], tuple(Accepted(**one) for one in raw["accepted"]))


def save_memory(memory: Memory, path: Path) -> None:
    write_json(path, asdict(memory))


def remembered(contracts: Contracts, table: str, memory: Memory) -> Contracts:
    """The contracts, with what is remembered of this region's files of ``table``."""
    told = contracts.tables[table]
    aliases: dict[str, list[str]] = {}
    for header, column in memory.headers.items():
        aliases.setdefault(column, []).append(header)
    lists = dict(contracts.codes)
    columns = []
    for column in told.columns:
        changed = replace(column, aliases=(*column.aliases, *aliases.get(column.name, ())))
        spellings = memory.spellings.get(column.name)
        if spellings and column.codes:
            # A list of its own, so that one region's word in one column means nothing elsewhere.
            own = f"{column.codes}@{column.name}"
            known = contracts.codes[column.codes]
            items = tuple(
                replace(
                    item,
                    spellings=(
                        *item.spellings,
                        *(text for text, code in spellings.items() if code == item.code),
                    ),
                )
                for item in known.items
            )
            lists[own] = replace(known, items=items)
            changed = replace(changed, codes=own)
        columns.append(changed)
    tables = {**contracts.tables, table: replace(told, columns=tuple(columns))}
    return replace(contracts, tables=tables, codes=lists)
