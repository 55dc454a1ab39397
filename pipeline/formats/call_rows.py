"""A dump's calls as rows of the session log's table, under names that say nothing of who or where."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from pipeline.contract import Column
from pipeline.formats.browser_calls import Call, Happening
from pipeline.formats.json_cells import cell_text
from pipeline.formats.result import Decisions, Read, Reading, Source, problem
from pipeline.formats.rows import RawRows, type_rows
from pipeline.paths import sha256
from pipeline.text import Problem

TABLE = "session_events"
PREFIX, VERSION = "dk.medvideo.", ".v1"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Dump:
    """A dump's own name, made of its content: the same bytes are the same dump. ``form`` is its format."""

    form: str
    digest: str

    @classmethod
    def of(cls, form: str, source: Source) -> "Dump":
        return cls(form, sha256(source.path))

    @property
    def source(self) -> str:
        return f"/dump/{self.form}/{self.digest[:12]}"

    @property
    def actor(self) -> str:
        return f"s_{self.digest[:20]}"

    def meeting(self, told: object, number: int) -> str:
        """The meeting's own id when the dump tells it; else one that no other call has."""
        if isinstance(told, str) and _UUID.fullmatch(told.lower()):
            return told.lower()
        return str(uuid5(NAMESPACE_OID, f"{self.digest}-{number}"))

    def participation(self, number: int) -> str:
        return f"{self.digest[:12]}-{number}"


def typed_calls(
    source: Source, dump: Dump, calls: Sequence[Call], reading: Reading, meeting: object = None
) -> Read:
    """Every call's events as rows of one source, numbered without gaps; what was left out is said."""
    table = reading.contracts.tables[TABLE]
    told = [(number, one) for number, call in enumerate(calls, 1) for one in call.finish()]
    bounds = {column.name: column for column in table.columns if column.minimum is not None or column.maximum}
    beyond = 0
    rows: list[dict[str, str]] = []
    for seq, (number, one) in enumerate(told):
        kept = {name: value for name, value in one.cells.items() if _is_within(bounds.get(name), value)}
        beyond += len(one.cells) - len(kept)
        rows.append(_cells(dump, seq, number, one, kept, dump.meeting(meeting, number)))
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    made = type_rows(
        table,
        RawRows(source, columns, [one.line for _, one in told], {name: name for name in names}),
        reading,
    )
    return replace(
        made,
        problems=(*_left_out(source, calls, beyond), *made.problems),
        decisions=Decisions(encoding="utf-8", date_order="iso"),
    )


def _cells(
    dump: Dump, seq: int, number: int, one: Happening, kept: dict[str, object], meeting: str
) -> dict[str, str]:
    at = datetime.fromtimestamp(one.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {name: cell_text(value) for name, value in kept.items()} | {
        "source": dump.source,
        "seq": str(seq),
        "event_id": f"{dump.digest[:12]}-e{seq}",
        "type": f"{PREFIX}{one.kind}{VERSION}",
        "time": at.replace("+00:00", "Z"),
        "meeting_id": meeting,
        "participation_id": dump.participation(number),
        "actor_pseudonym": dump.actor,
    }


def _is_within(column: Column | None, value: object) -> bool:
    """Whether a counter is one that the table can hold; a browser may say anything."""
    if column is None or not isinstance(value, int | float) or isinstance(value, bool):
        return True
    low, high = column.minimum, column.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def _left_out(source: Source, calls: Iterable[Call], beyond: int) -> list[Problem]:
    every = list(calls)
    gaps, resting = sum(call.gaps for call in every), sum(call.resting for call in every)
    found: list[Problem] = []
    if not any(call.happenings for call in every):
        found.append(
            problem(
                source, None, None, "no_call", "filen fortæller ikke om nogen samtale",
                "the file tells of no call",
            )
        )  # fmt: skip
    if gaps:
        found.append(
            problem(
                source, None, None, "gap_in_statistics",
                f"{gaps} gange går der over 30 sekunder mellem to målinger; intet vindue dækker dem",
                f"{gaps} times more than 30 seconds pass between two samples; no window covers them", "note",
            )
        )  # fmt: skip
    if resting:
        found.append(
            problem(
                source, None, None, "resting_connection",
                f"{resting} vinduer er udeladt: forbindelsen hvilede, mens en anden bar samtalen",
                f"{resting} windows are left out: the connection rested while another carried the call",
                "note",
            )
        )  # fmt: skip
    if beyond:
        found.append(
            problem(
                source, None, None, "implausible_counter",
                f"{beyond} målinger ligger uden for, hvad der er muligt, og er udeladt",
                f"{beyond} measurements lie beyond what is possible and are left out",
            )
        )  # fmt: skip
    if connections := sum(call.left_out for call in every):
        found.append(
            problem(
                source, None, None, "too_many_connections",
                f"filen har for mange forbindelser; {connections} linjer om de sidste er ikke brugt",
                f"the file has too many connections; {connections} lines on the last of them are not used",
            )
        )  # fmt: skip
    if events := sum(call.dropped for call in every):
        found.append(
            problem(
                source, None, None, "too_many_events",
                f"filen giver for mange hændelser; de sidste {events} er ikke brugt",
                f"the file makes too many events; the last {events} are not used",
            )
        )  # fmt: skip
    return found
