"""rtcstats dumps (Jitsi): one browser's calls and statistics, one entry a line; see ``rtcstats_lines``.

Times are those of the entries: the first line (``connectionInfo``) and ``identity`` are written by a server,
and may be later. Addresses, candidates, device labels, user agents and names of rooms are read past.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.formats.browser_calls import Call
from pipeline.formats.call_rows import TABLE, Dump, typed_calls
from pipeline.formats.decode import not_text
from pipeline.formats.result import Quarantined, Read, Reading, Source, gathered, problem, unreadable
from pipeline.formats.rtcstats_lines import (
    BadLine,
    Entry,
    Inflater,
    fields,
    is_direct,
    read_entries,
    time_ms,
)
from pipeline.text import Problem, Text
from pipeline.webrtc.reports import WANTED

MOST_BAD_LINES = 1_000
UNTIMED = frozenset({"connectionInfo", "identity"})


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every dump of a delivery; each is one participation."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` dump by dump."""
    return (_read(file, reading) for file in files)


def _read(source: Source, reading: Reading) -> Read:
    if not source.path.is_file():
        return unreadable(source, "missing_file", "filen findes ikke", "the file does not exist")
    if wrong := not_text(source):
        return Read(problems=(wrong,))
    told = _Told()
    for one in read_entries(source):
        if isinstance(one, Entry):
            told.take(one)
        elif not told.lose(source, one):
            break
    if not told.entries:
        return replace(unreadable(source, "not_rtcstats", *_NO_DUMP), quarantine=tuple(told.lost))
    made = typed_calls(source, Dump.of("rtcstats", source), [told.call], reading, told.meeting)
    return replace(
        made,
        problems=(*told.problems, *_untimed(source, told.untimed), *made.problems),
        quarantine=(*told.lost, *made.quarantine),
        rows_read=made.rows_read + len(told.lost),
    )


class _Told:
    """What has been read of a dump."""

    def __init__(self) -> None:
        self.call = Call()
        self.entries = 0
        self.untimed = 0
        self.meeting: object = None
        self.problems: list[Problem] = []
        self.lost: list[Quarantined] = []
        self._inflaters: dict[str, Inflater] = {}

    def lose(self, source: Source, bad: BadLine) -> bool:
        """Put a line aside; False when they are so many that the rest is not read."""
        text = _LINE_TEXTS[bad.rule]
        if len(self.lost) >= MOST_BAD_LINES:
            self.problems.append(
                problem(
                    source, bad.line, None, "too_many_bad_lines",
                    f"over {MOST_BAD_LINES} linjer kan ikke læses; resten af filen er ikke læst",
                    f"more than {MOST_BAD_LINES} lines cannot be read; the rest of the file was not read",
                )
            )  # fmt: skip
            return False
        self.problems.append(Problem(source.name, bad.line, None, bad.rule, text))
        self.lost.append(Quarantined(TABLE, source.name, bad.line, None, bad.rule, text))
        return True

    def take(self, entry: Entry) -> None:
        """One entry; what needs a time and has none is counted."""
        self.entries += 1
        if entry.kind == "identity":
            self.meeting = self.meeting or fields(entry.value).get("meetingUniqueId")
        if entry.kind in UNTIMED:
            return
        if entry.at_ms is None:
            self.untimed += 1
            return
        self.call.line = entry.line
        self.call.seen(entry.at_ms)
        if entry.kind.endswith("getUserMedia"):
            self.call.asked_devices(entry.value)
        elif entry.kind.endswith("getUserMediaOnSuccess"):
            self.call.got_devices(entry.at_ms)
        elif entry.kind.endswith("getUserMediaOnFailure"):
            self.call.got_devices(entry.at_ms, fields(entry.value).get("name", entry.value) or "")
        elif entry.connection is not None:
            self._connection(entry.connection, entry, entry.at_ms)

    def _connection(self, name: str, entry: Entry, at_ms: int) -> None:
        match entry.kind:
            case "create":
                self._inflaters.pop(name, None)
                self.call.begin(name)
            case "onconnectionstatechange":
                self.call.state(name, at_ms, entry.value)
            case "oniceconnectionstatechange":
                self.call.state(name, at_ms, entry.value, is_ice=True)
            case "close":
                self.call.state(name, at_ms, "closed")
            case "ondtlsstatechange" if entry.value == "failed":
                self.call.encryption_failed(name)
            case "constraints":
                if (told := is_direct(entry.value)) is not None and self.call.knows(name):
                    self.call.engines[name] = "p2p" if told else "sfu"
            case "getstats" | "getStats":
                self._statistics(name, entry, at_ms)
            case _:
                pass

    def _statistics(self, name: str, entry: Entry, at_ms: int) -> None:
        said = fields(entry.value)
        inflater = self._inflaters.get(name)
        if inflater is None:
            if not self.call.knows(name):
                return
            inflater = self._inflaters[name] = Inflater(WANTED)
        self.call.report(name, time_ms(said.get("timestamp")) or at_ms, inflater.add(said))


_NO_DUMP = (
    'filen er ikke et rtcstats-dump; forventet linjer som ["getstats", "PC_0", {…}, tidspunkt]',
    'the file is no rtcstats dump; expected lines as ["getstats", "PC_0", {…}, timestamp]',
)
_LINE_TEXTS = {
    "torn_line": Text("den sidste linje er afbrudt", "the last line is torn"),
    "long_line": Text("linjen er alt for lang", "the line is far too long"),
    "bad_entry": Text(
        "linjen er ikke gyldig; forventet JSON i UTF-8 som [type, forbindelse, værdi, tidspunkt]",
        "the line is not valid; expected JSON in UTF-8 as [type, connection, value, timestamp]",
    ),
}


def _untimed(source: Source, count: int) -> list[Problem]:
    if not count:
        return []
    return [
        problem(
            source, None, None, "no_time",
            f"{count} linjer uden brugbart tidspunkt er ikke brugt; forventet millisekunder siden 1970",
            f"{count} lines without a usable time are not used; expected milliseconds since 1970",
        )
    ]  # fmt: skip
