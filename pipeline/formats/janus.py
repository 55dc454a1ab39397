"""Janus' events become events of ours: JSON lines, each an event or a batch of them, in any order.

A stay is a participant of the VideoRoom plugin: waiting when joined, connected when the first of the
participant's peer connections is up, gone with ``leaving`` or with the handle or session. A room that is
emptied and filled again is another meeting. What a participant receives is read from the reports of the
handles that subscribe (``private_id`` tells whose they are). ``pages/janus.md`` says what is carried.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import cast

from pipeline.formats.decode import CodePage
from pipeline.formats.heard import Heard
from pipeline.formats.janus_rooms import COUNTED, SUBSCRIBING, SYSTEM, Handle, Happened, Rooms
from pipeline.formats.json_items import TEXTS, Json, items
from pipeline.formats.platform_log import EPOCH, Event, Refused, event_pieces, since_epoch, without_key
from pipeline.formats.result import Decisions, Read, Reading, Source, gathered
from pipeline.formats.scratch import scratch
from pipeline.formats.streamed import encoding_of
from pipeline.text import Text

SESSION, HANDLE, EXTERNAL, JSEP, WEBRTC, MEDIA, PLUGIN, TRANSPORT, CORE = (1, 2, 4, 8, 16, 32, 64, 128, 256)
TYPES = {
    SESSION: "session", HANDLE: "handle", EXTERNAL: "external", JSEP: "jsep", WEBRTC: "webrtc",
    MEDIA: "media", PLUGIN: "plugin", TRANSPORT: "transport", CORE: "core",
}  # fmt: skip
# What tells the events of these types apart: the first of the keys that the event has.
WEBRTC_KEYS = {
    "ice": "ice", "local-candidate": "local-candidate", "remote-candidate": "remote-candidate",
    "selected-pair": "selected-pair", "dtls": "dtls",
}  # fmt: skip
MEDIA_KEYS = {
    "receiving": "receiving",
    "slow_link": "slow_link",
    "lost": "stats",
    "packets-received": "stats",
}
NUMBERS = ("packets-sent", "lost-by-remote", "jitter-remote", "rtt")


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery by itself: a file is a server's log of some time."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece: the rows of each file, then what is said of it."""
    for file in files:
        yield from _file_pieces(file, reading)


def _file_pieces(source: Source, reading: Reading) -> Iterator[Read]:
    """One log. It is sorted by time, so what matters of it is held, beside memory where it is much."""
    if reading.key is None:
        yield without_key(source)
        return
    page = encoding_of(source)
    if isinstance(page, Read):
        yield page
        return
    heard = Heard(SYSTEM, COUNTED)
    with scratch(_Log.TABLE) as database:
        log = _Log(heard, database)
        found = chain(log.refused(source, page), Rooms(reading.key, heard).events(log.in_order()))
        yield from event_pieces(source, found, reading, heard, Decisions(page.name, date_order="iso"))


class _Log:
    """One file's events: those that matter, held, and those that are none."""

    TABLE = "happened (at INTEGER, word TEXT, handle TEXT, told TEXT, numbers TEXT, line INTEGER)"

    def __init__(self, heard: Heard, database: sqlite3.Connection) -> None:
        self._heard = heard
        self._database = database

    def refused(self, source: Source, page: CodePage) -> Iterator[Event | Refused]:
        """Read the file whole, and say which of its lines cannot be used."""
        for item in items(source, page, "events"):
            self._heard.records += 1
            if item.rule:
                yield Refused(item.line, item.rule, TEXTS[item.rule])
                continue
            self._heard.see(item.value)
            made = self._made(item.line, item.value)
            if isinstance(made, Refused):
                yield made
            elif made is not None:
                self._database.execute("INSERT INTO happened VALUES (?, ?, ?, ?, ?, ?)", made)

    def in_order(self) -> Iterator[Happened]:
        """What matters, by time, each once."""
        order = "SELECT * FROM happened ORDER BY at, word, handle, told, line"
        before: tuple[object, ...] | None = None
        for row in self._database.execute(order):
            if row[:4] == before:
                self._heard.counts["rows_again"] += 1
                continue
            before = row[:4]
            at, word, handle, told, numbers, line = row
            time = EPOCH + timedelta(microseconds=at)
            who: Handle = (*json.loads(handle),)
            yield Happened(time, word, who, (*json.loads(told),), json.loads(numbers), line)

    def _made(self, line: int, record: Json) -> tuple[int | str, ...] | Refused | None:
        """A row of ``happened``; nothing when it does not matter."""
        time, number = since_epoch(record.get("timestamp"), 10**6), record.get("type")
        if time is None or not isinstance(number, int) or isinstance(number, bool):
            return Refused(line, "bad_envelope", _NO_EVENT)
        told = _object(record.get("event"))
        data = _object(told.get("data")) if number == PLUGIN else told
        word = _word(number, told, data)
        if self._heard.code("event", word) is None and word not in SUBSCRIBING:
            return None
        handle = [_name(record.get(name)) for name in ("emitter", "session_id", "handle_id")]
        names = ("room", "id", "private_id") if number == PLUGIN else ("mid", "media", "reason")
        texts = [_name(data.get(name)) for name in names]
        numbers = [_number(data.get(name)) for name in NUMBERS] if number == MEDIA else []
        at = (time - EPOCH) // timedelta(microseconds=1)
        return at, word, json.dumps(handle), json.dumps(texts), json.dumps(numbers), line


def _word(number: int, told: Json, data: Json) -> str:
    """What happened, as the vocabulary writes it."""
    kind = TYPES.get(number)
    if kind is None:
        return f"type {number}" if 0 <= number < 10**6 else "type"
    if kind in ("session", "handle"):
        return f"{kind}.{_name(told.get('name'))}"
    if kind == "plugin":
        return f"plugin.{_name(data.get('event'))}"
    if kind == "webrtc":
        connection = _name(told.get("connection"))
        part = connection or next((WEBRTC_KEYS[key] for key in WEBRTC_KEYS if key in told), "")
        return f"webrtc.{part}"
    if kind == "media":
        return f"media.{next((MEDIA_KEYS[key] for key in MEDIA_KEYS if key in told), '')}"
    return kind


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _name(value: object) -> str:
    """An id or a word as text; empty when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value < 2**53 else None


_NO_EVENT = Text(
    "linjen er ingen hændelse; forventet type og timestamp i mikrosekunder",
    "the line is no event; expected type and timestamp in microseconds",
)
