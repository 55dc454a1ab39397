"""What the people in a room are told: their place in the queue, the host's list, whom to meet and how."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.video.parties import PRESENT, Gather, Room, State
from pipeline.video.store import Meeting
from pipeline.video.words import seat_label

Told = tuple[str, dict[str, object]]


def told(
    room: Room, meeting: Meeting | None, expected: Sequence[tuple[str, State]], now: int
) -> Iterator[Told]:
    """To everybody who waits: how long, and how many before them. To the host: who is expected and here."""
    waiting = sorted(room.of(State.WAITING), key=lambda party: party.waiting_ms or 0)
    minutes = None
    if meeting is not None:
        minutes = max(0, -(-(meeting.starts_ms - now) // 60_000)) or None
    for place, party in enumerate(waiting):
        yield party.id, {"t": "wait", "minutes": minutes, "ahead": place, "host_here": room.is_host_here}
    rows = waiting_list(room, expected, now)
    for row in rows:
        row["label"] = seat_label(str(row["seat"]))
    for party in room.parties.values():
        if party.is_host and party.state in PRESENT:
            yield party.id, {"t": "list", "rows": rows}


def waiting_list(room: Room, expected: Iterable[tuple[str, State]], now: int) -> list[dict[str, object]]:
    """What the host reads: everybody expected or here, how far they are and since when they wait (s)."""
    rows: list[dict[str, object]] = []
    here = [party for party in room.parties.values() if not party.is_host]
    shown = {party.seat for party in here if party.state in PRESENT}
    for party in here:
        if party.state is State.GONE and party.seat in shown:
            continue
        waited = None if party.waiting_ms is None else max(0, now - party.waiting_ms) // 1000
        rows.append(
            {
                "id": party.id,
                "seat": party.seat,
                "state": "lost" if party.lost_ms is not None else party.state.value,
                "waited_s": waited if party.state is State.WAITING else None,
                "device": party.device,
            }
        )
        shown.add(party.seat)
    rows += [
        {"id": "", "seat": seat, "state": state.value, "waited_s": None, "device": ""}
        for seat, state in expected
        if seat not in shown
    ]
    return rows


def gathering(
    room: Room, gather: Gather, who: str, ice: list[dict[str, object]], *, is_relay_only: bool
) -> dict[str, object]:
    """Whom this one meets and through what. The one named later is polite: it lets the other offer."""
    order = gather.who
    peers = [
        {
            "id": other,
            "label": seat_label(room.parties[other].seat),
            "polite": order.index(who) > order.index(other),
        }
        for other in order
        if other != who
    ]
    return {
        "t": "gather",
        "engine": gather.engine,
        "epoch": gather.epoch,
        "peers": peers,
        "ice": ice,
        "relay_only": is_relay_only,
    }
