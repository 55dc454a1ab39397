"""What happens in a room: pure steps from one room to the next, with the effects that the caller carries out.

A step takes the room and the time in milliseconds and gives ``(room, effects)``. Nothing here does I/O, so
that every order of joins, losses and leaves can be tried. Reasons are those of the contract's closed list.
"""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.video.parties import (
    IN_CALL,
    PRESENT,
    Close,
    Drop,
    Effect,
    Gather,
    Log,
    Party,
    Room,
    State,
    Tell,
)

P2P = "p2p"
PHONE = "converted_to_phone"
# A browser that lost its network may come back under the same participation for this long.
RESUME_MS = 60_000
Step = tuple[Room, tuple[Effect, ...]]


class NotAllowedError(Exception):
    """A step that the room's state does not allow; ``reason`` is a code of the closed list."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def join(room: Room, party: Party, now: int) -> Step:
    """A party who is logged in comes to the room: the host straight in, everybody else to wait.

    The same actor already here is one person on a second device or page: the earlier one goes.
    Raises NotAllowedError when the room is over or full.
    """
    if room.is_ended:
        raise NotAllowedError("link.expired")
    effects: list[Effect] = []
    for other in room.of(*PRESENT):
        if other.actor == party.actor:
            room, gone = leave(room, other.id, "signalling.duplicate", now)
            effects += gone
    if len(room.of(*PRESENT)) >= room.max_parties:
        raise NotAllowedError("booking.conflict")
    waiting = replace(party, state=State.WAITING, waiting_ms=now)
    room = _with(room, waiting)
    effects.append(Log("participant.waiting", _who(waiting)))
    if party.is_host:
        room, admitted = admit(room, party.id, now)
        effects += admitted
    return room, tuple(effects)


def admit(room: Room, who: str, now: int) -> Step:
    """Let one waiting person in, by name of participation. Raises NotAllowedError for anybody else."""
    party = _party(room, who)
    if party.state is not State.WAITING or room.is_ended:
        raise NotAllowedError("lobby.denied")
    wait_ms = max(0, now - (party.waiting_ms or now))
    admitted = replace(party, state=State.ADMITTED, admitted_ms=now)
    room = _with(room, admitted)
    room, gathering = _gather(room)
    effects: list[Effect] = [
        Log("participant.admitted", {**_who(party), "wait_ms": wait_ms}),
        Tell(who, {"t": "admitted"}),
        *gathering,
    ]
    return room, tuple(effects)


def deny(room: Room, who: str, now: int) -> Step:
    """Turn one waiting person away."""
    party = _party(room, who)
    if party.state is not State.WAITING:
        raise NotAllowedError("lobby.denied")
    room, gone = leave(room, who, "lobby.denied", now)
    said = Log("participant.denied", {**_who(party), "reason": "lobby.denied"})
    return room, (said, *gone)


def connected(room: Room, who: str, epoch: int, now: int, *, transport: str | None = None) -> Step:
    """Media run for this party. Only for those admitted, and only in the room's present epoch."""
    party = _party(room, who)
    if party.state not in IN_CALL or epoch != room.epoch or room.is_ended:
        return room, ()
    if party.state is State.CONNECTED:
        if not party.is_reconnecting:
            return room, ()
        return _with(room, replace(party, is_reconnecting=False)), (
            Log("participant.reconnected", _who(party)),
        )
    now_in = replace(party, state=State.CONNECTED, connected_ms=now, is_reconnecting=False)
    room = _count(_with(room, now_in), now)
    data = {
        **_who(party),
        "role": party.role,
        "engine": room.engine,
        "connect_ms": max(0, now - (party.admitted_ms or now)),
    }
    if transport in ("udp", "tcp", "relay"):
        data["transport"] = transport
    effects: list[Effect] = [Log("participant.connected", data)]
    if room.started_ms is None and len(room.of(State.CONNECTED)) >= 2:
        room = replace(room, started_ms=now)
        effects.append(Log("meeting.started", {}))
    return room, tuple(effects)


def media_lost(room: Room, who: str, epoch: int) -> Step:
    """Media stopped for this party; the participation goes on, and has a minute to come back."""
    party = _party(room, who)
    if party.state is not State.CONNECTED or party.is_reconnecting or epoch != room.epoch:
        return room, ()
    return _with(room, replace(party, is_reconnecting=True)), (Log("participant.reconnecting", _who(party)),)


def socket_lost(room: Room, who: str, now: int) -> Step:
    """Nothing is heard from this party. The wait goes on counting; `tick` gives up after ``RESUME_MS``."""
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT or party.lost_ms is not None:
        return room, ()
    return _with(room, replace(party, lost_ms=now)), ()


def resume(room: Room, who: str) -> Step:
    """The same participation is heard from again, with its wait and its place.

    Raises NotAllowedError when it has been given up.
    """
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT or room.is_ended:
        raise NotAllowedError("link.expired")
    room = _with(room, replace(party, lost_ms=None))
    if party.state in IN_CALL and room.engine:
        ids = tuple(item.id for item in room.in_call)
        return room, (Gather(room.engine, room.epoch, ids),)
    return room, ()


def leave(room: Room, who: str, reason: str, now: int) -> Step:
    """A party goes, whoever wanted it, and the others hear of it; a second leave changes nothing."""
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT:
        return room, ()
    room, gone = _go(room, party, reason, now)
    left = tuple(item.id for item in room.in_call)
    if party.state in IN_CALL and left and room.engine:
        return room, (*gone, Gather(room.engine, room.epoch, left))
    return room, gone


def end(room: Room, reason: str, outcome: str | None, now: int) -> Step:
    """The meeting is over for all; ``outcome`` None is judged from what happened."""
    if room.is_ended:
        return room, ()
    effects: list[Effect] = []
    here = room.of(*PRESENT)
    for party in here:
        room, gone = _go(room, party, reason, now, told="phone" if outcome == PHONE else reason)
        effects += gone
    room = replace(room, is_ended=True)
    judged = outcome or _outcome(room)
    data = {
        "duration_ms": room.together_ms,
        "max_parties": room.most_connected,
        "outcome": judged,
        "outcome_reason": reason,
    }
    effects += [Log("meeting.ended", data), Close(room.engine)]
    return room, tuple(effects)


def tick(room: Room, now: int) -> Step:
    """What time alone does: those not heard of for a minute have left."""
    effects: list[Effect] = []
    for party in room.of(*PRESENT):
        if party.lost_ms is not None and now - party.lost_ms >= RESUME_MS:
            room, gone = leave(room, party.id, "session.network_lost", now)
            effects += gone
    return room, tuple(effects)


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


def gather_again(room: Room) -> Step:
    """The engine lost the room: all in the call meet in it anew, in an epoch of its own."""
    if room.is_ended or room.engine in ("", P2P):
        return room, ()
    lost: list[Effect] = []
    for party in room.of(State.CONNECTED):
        room, said = media_lost(room, party.id, room.epoch)
        lost += said
    room = replace(room, epoch=room.epoch + 1)
    members = tuple(party.id for party in room.in_call)
    return room, (*lost, Gather(room.engine, room.epoch, members, room.engine))


def _go(room: Room, party: Party, reason: str, now: int, told: str = "") -> Step:
    """Note that the party is gone, and close its socket and media; it reads ``told``, else the reason."""
    room = _count(_with(room, replace(party, state=State.GONE, lost_ms=None)), now)
    return room, (Log("participant.left", {**_who(party), "reason": reason}), Drop(party.id, told or reason))


def _gather(room: Room) -> Step:
    """Choose the engine for those in the call: two in a consultation meet directly, all else in the unit."""
    members = tuple(party.id for party in room.in_call)
    wanted = (
        P2P if room.kind == "consultation" and len(members) <= 2 and room.engine in ("", P2P) else room.sfu
    )
    if wanted == room.engine:
        return room, (Gather(wanted, room.epoch, members),)
    previous, epoch = room.engine, room.epoch + 1
    room = replace(room, engine=wanted, epoch=epoch)
    switched: tuple[Effect, ...] = ()
    if previous and room.started_ms is not None:
        switched = (Log("media.switched", {"engine": wanted}),)
    return room, (*switched, Gather(wanted, epoch, members, previous))


def _count(room: Room, now: int) -> Room:
    """Keep the time in which two or more are connected."""
    together = len({party.actor for party in room.of(State.CONNECTED)})
    room = replace(room, most_connected=max(room.most_connected, together))
    if together >= 2 and room.together_since_ms is None:
        return replace(room, together_since_ms=now)
    if together < 2 and room.together_since_ms is not None:
        spent = max(0, now - room.together_since_ms)
        return replace(room, together_ms=room.together_ms + spent, together_since_ms=None)
    return room


def _outcome(room: Room) -> str:
    if room.started_ms is not None:
        return "completed"
    guests = [party for party in room.parties.values() if not party.is_host]
    if not guests:
        return "no_show_patient"
    if not any(party.is_host for party in room.parties.values()):
        return "no_show_host"
    if any(party.admitted_ms is not None for party in guests):
        return "failed_connecting"
    return "failed_waiting"


def _party(room: Room, who: str) -> Party:
    party = room.parties.get(who)
    if party is None:
        raise NotAllowedError("lobby.denied")
    return party


def _with(room: Room, party: Party) -> Room:
    return replace(room, parties={**room.parties, party.id: party})


def _who(party: Party) -> dict[str, object]:
    return {"participation_id": party.id, "actor_pseudonym": party.actor}
