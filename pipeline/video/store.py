"""What a node must remember through a restart, in SQLite. The log is the record; this is what goes on now."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pipeline.video.parties import Party, State

T = TypeVar("T")
SCHEMA = """
create table if not exists meetings (
    meeting_id text primary key, short_id text not null unique,
    kind text not null, mode text not null,
    use_type text not null, region text not null, practice text not null, starts_ms integer not null,
    created_ms integer not null, opens_before_min integer not null,
    booked_by text not null,
    parties_expected integer not null, is_test integer not null, status text not null, external_id text
) strict;
create index if not exists by_start on meetings (practice, starts_ms);
create unique index if not exists by_external on meetings (external_id) where external_id is not null;
create table if not exists seats (
    link_hash text primary key, spoken_hash text not null unique,
    meeting_id text not null references meetings,
    seat text not null, role text not null, relation text not null, state text not null,
    actor text, is_sent integer not null, is_revoked integer not null
) strict;
create index if not exists seats_of on seats (meeting_id);
create table if not exists once_codes (code_hash text primary key, link_hash text not null) strict;
create table if not exists parties (
    id text primary key, meeting_id text not null, body text not null
) strict;
create index if not exists parties_of on parties (meeting_id);
create table if not exists rooms (meeting_id text primary key, body text not null) strict;
create table if not exists forms (
    id integer primary key, kind text not null, short_id text not null,
    at_ms integer not null, body text not null,
    unique (kind, short_id, id)
) strict;
create table if not exists pool (meeting_id text primary key, short_id text not null) strict;
"""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A booked meeting; times in milliseconds since the epoch. ``status``: pool, booked, cancelled, ended."""

    meeting_id: str
    short_id: str
    kind: str
    mode: str
    use_type: str
    region: str
    practice: str
    starts_ms: int
    created_ms: int
    opens_before_min: int
    booked_by: str
    parties_expected: int
    is_test: bool
    status: str
    external_id: str | None = None

    @property
    def subject(self) -> str:
        return f"meeting/{self.meeting_id}"


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a meeting that a link leads to. ``actor`` is bound by the first who logs in."""

    link_hash: str
    spoken_hash: str
    meeting_id: str
    seat: str
    role: str
    relation: str
    state: str = State.EXPECTED.value
    actor: str | None = None
    is_sent: bool = False
    is_revoked: bool = False


class Store:
    """Small typed questions to one SQLite file; every change is on disk when the call returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.row_factory = sqlite3.Row
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")
        self._base.executescript(SCHEMA)
        path.chmod(0o600)

    def close(self) -> None:
        self._base.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Changes inside take effect together."""
        self._base.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._base.execute("rollback")
            raise
        self._base.execute("commit")

    # --- meetings ---

    def add_meeting(self, meeting: Meeting, seats: Iterable[Seat] = ()) -> None:
        """Raises sqlite3.IntegrityError where the short id or the external id is taken."""
        with self.all_or_nothing():
            self._insert("meetings", meeting)
            for seat in seats:
                self._insert("seats", seat)

    def add_seat(self, seat: Seat) -> None:
        self._insert("seats", seat)

    def change_meeting(self, meeting: Meeting) -> None:
        self._update("meetings", "meeting_id", meeting)

    def meeting(self, meeting_id: str) -> Meeting | None:
        return self._one(Meeting, "select * from meetings where meeting_id = ?", meeting_id)

    def by_short_id(self, short_id: str) -> Meeting | None:
        return self._one(Meeting, "select * from meetings where short_id = ?", short_id)

    def by_external_id(self, external_id: str) -> Meeting | None:
        return self._one(Meeting, "select * from meetings where external_id = ?", external_id)

    def agenda(self, practice: str, from_ms: int, to_ms: int) -> list[Meeting]:
        """The practice's meetings that start in the interval and are not cancelled, first one first."""
        asked = """select * from meetings where practice = ? and starts_ms >= ? and starts_ms < ?
                   and status in ('booked', 'ended') and not is_test order by starts_ms, short_id"""
        return list(self._all(Meeting, asked, practice, from_ms, to_ms))

    def every_meeting(self) -> list[Meeting]:
        return list(self._all(Meeting, "select * from meetings order by created_ms, meeting_id"))

    def add_pool_room(self, meeting_id: str, short_id: str) -> None:
        self._base.execute("insert into pool values (?, ?)", (meeting_id, short_id))

    def pool_size(self) -> int:
        return int(self._base.execute("select count(*) from pool").fetchone()[0])

    def take_pool_room(self) -> tuple[str, str] | None:
        """A ready room's meeting id and short id, which nobody else gets."""
        asked = "delete from pool where rowid = (select min(rowid) from pool) returning meeting_id, short_id"
        row = self._base.execute(asked).fetchone()
        return (row["meeting_id"], row["short_id"]) if row else None

    # --- seats ---

    def seat(self, link_hash: str) -> Seat | None:
        return self._one(Seat, "select * from seats where link_hash = ?", link_hash)

    def seat_by_spoken(self, spoken_hash: str) -> Seat | None:
        return self._one(Seat, "select * from seats where spoken_hash = ?", spoken_hash)

    def seats(self, meeting_id: str) -> list[Seat]:
        return list(self._all(Seat, "select * from seats where meeting_id = ? order by rowid", meeting_id))

    def change_seat(self, seat: Seat) -> Seat:
        self._update("seats", "link_hash", seat)
        return seat

    def mark(self, seat: Seat, state: State) -> Seat:
        """How far the person of a seat has come."""
        return self.change_seat(replace(seat, state=state.value))

    def add_once_code(self, code_hash: str, link_hash: str) -> None:
        self._base.execute("insert or replace into once_codes values (?, ?)", (code_hash, link_hash))

    def use_once_code(self, code_hash: str, link_hash: str) -> bool:
        """Whether the code was there for this link; it is gone afterwards."""
        asked = "delete from once_codes where code_hash = ? and link_hash = ? returning 1"
        return self._base.execute(asked, (code_hash, link_hash)).fetchone() is not None

    # --- rooms in use ---

    def save_room(self, meeting_id: str, body: dict[str, Any], parties: Iterable[Party]) -> None:
        """The room as it stands, so that a restart finds it."""
        with self.all_or_nothing():
            self._base.execute("insert or replace into rooms values (?, ?)", (meeting_id, json.dumps(body)))
            for party in parties:
                self._base.execute(
                    "insert or replace into parties values (?, ?, ?)",
                    (party.id, meeting_id, json.dumps(asdict(party))),
                )

    def rooms(self) -> dict[str, tuple[dict[str, Any], list[Party]]]:
        """Rooms in use, by meeting."""
        made: dict[str, tuple[dict[str, Any], list[Party]]] = {}
        for row in self._base.execute("select meeting_id, body from rooms"):
            made[row["meeting_id"]] = (json.loads(row["body"]), [])
        for row in self._base.execute("select meeting_id, body from parties order by rowid"):
            if row["meeting_id"] in made:
                body = json.loads(row["body"])
                made[row["meeting_id"]][1].append(Party(**{**body, "state": State(body["state"])}))
        return made

    def forget_room(self, meeting_id: str) -> None:
        with self.all_or_nothing():
            self._base.execute("delete from rooms where meeting_id = ?", (meeting_id,))
            self._base.execute("delete from parties where meeting_id = ?", (meeting_id,))

    # --- forms ---

    def add_form(self, kind: str, short_id: str, at_ms: int, body: dict[str, Any]) -> None:
        values = (kind, short_id, at_ms, json.dumps(body, ensure_ascii=False))
        self._base.execute("insert into forms (kind, short_id, at_ms, body) values (?, ?, ?, ?)", values)

    def forms(self, kind: str) -> list[tuple[int, str, int, dict[str, Any]]]:
        """Answers of a kind: number, short id, time (ms) and fields, in the order they came."""
        asked = "select id, short_id, at_ms, body from forms where kind = ? order by id"
        return [
            (row["id"], row["short_id"], row["at_ms"], json.loads(row["body"]))
            for row in self._base.execute(asked, (kind,))
        ]

    # --- how rows are written and read ---

    def _insert(self, table: str, row: Any) -> None:
        names = [one.name for one in fields(row)]
        asked = f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"
        self._base.execute(asked, tuple(getattr(row, name) for name in names))

    def _update(self, table: str, key: str, row: Any) -> None:
        names = [one.name for one in fields(row) if one.name != key]
        asked = f"update {table} set {', '.join(f'{name} = ?' for name in names)} where {key} = ?"
        self._base.execute(asked, (*(getattr(row, name) for name in names), getattr(row, key)))

    def _all(self, kind: type[T], asked: str, *values: object) -> Iterator[T]:
        flags = {one.name for one in fields(kind) if one.type in (bool, "bool")}  # type: ignore[arg-type]
        for row in self._base.execute(asked, values):
            yield kind(**{name: bool(row[name]) if name in flags else row[name] for name in row.keys()})  # noqa: SIM118

    def _one(self, kind: type[T], asked: str, *values: object) -> T | None:
        return next(self._all(kind, asked, *values), None)
