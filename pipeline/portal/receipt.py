"""The receipt of one delivery: how its file was read, what was used, and what is wrong, counted by kind."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SHOWN_LINES = 20


@dataclass(frozen=True)
class Found:
    """One kind of problem in one column: how often, in which lines first, and the messages of those."""

    rule: str
    column: str
    severity: str
    count: int
    lines: tuple[int, ...]
    messages: tuple[str, ...]
    is_accepted: bool = False


@dataclass(frozen=True)
class Difference:
    """Rows against the region's previous delivery of the table, by primary key."""

    previous: str
    new: int
    changed: int
    gone: int
    same: int


@dataclass(frozen=True)
class Receipt:
    """What a clerk reads, and what is kept of a delivery. Hashes are of the file as it was sent.

    ``format`` is its reader; ``columns`` are our label of each column found, and its header in the file.
    ``key_id`` is the fingerprint of the key that identifiers were keyed with.
    ``state`` is read, confirmed, accepted, superseded or withdrawn.
    """

    id: str
    region: str
    table: str
    file: str
    sha256: str
    size_bytes: int
    received_at: str
    rows_read: int
    rows_accepted: int
    rows_refused: int
    rows_warned: int
    masked: int
    decisions: Mapping[str, str | None]
    columns: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    found: tuple[Found, ...]
    memory: str
    months: tuple[str, ...] = ()
    difference: Difference | None = None
    state: str = "read"
    replaces: str = ""
    by: str = ""
    confirmed_at: str = ""
    key_id: str = ""
    format: str = ""
    has_workbook: bool = False
    history: tuple[str, ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        """Whether there is something to confirm."""
        return self.rows_accepted > 0


def to_json(receipt: Receipt) -> dict[str, Any]:
    return asdict(receipt)


def from_json(raw: Mapping[str, Any]) -> Receipt:
    """The receipt that ``to_json`` wrote."""
    found = tuple(
        Found(**{**one, "lines": tuple(one["lines"]), "messages": tuple(one["messages"])})
        for one in raw["found"]
    )
    difference = Difference(**raw["difference"]) if raw["difference"] else None
    lists = {name: tuple(raw[name]) for name in ("unknown", "missing", "months", "history")}
    columns = tuple((header, label) for header, label in raw["columns"])
    return Receipt(**{**raw, **lists, "columns": columns, "found": found, "difference": difference})
