"""Who comes into a room, is let in, and goes: pure steps from one room to the next.

A step takes the room and the time in milliseconds and gives ``(room, effects)``; the caller carries out the
effects. Nothing here or in `calls` does I/O, so that every order of joins, losses and leaves can be tried.
Reasons are those of the contract's closed list.
"""

from dataclasses import replace

from pipeline.video.calls import counted, gather, meeting_place
from pipeline.video.parties import (
    IN_CALL,
    PRESENT,
    Close,
    Drop,
    Effect,
    Log,
    NotAllowedError,
    Party,
    Room,
    State,
    Step,
    Tell,
)

PHONE = "converted_to_phone"
# A browser that lost its network may come back under the same participation for this long.
RESUME_MS = 60_000


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
    room = room.having(waiting)
    effects.append(Log("participant.waiting", waiting.named))
    if party.is_host:
        room, admitted = admit(room, party.id, now)
        effects += admitted
    return room, tuple(effects)


def admit(room: Room, who: str, now: int) -> Step:
    """Let one waiting person in, by name of participation. Raises NotAllowedError for anybody else."""
    party = room.party(who)
    if party.state is not State.WAITING or room.is_ended:
        raise NotAllowedError("lobby.denied")
    wait_ms = max(0, now - (party.waiting_ms or now))
    admitted = replace(party, state=State.ADMITTED, admitted_ms=now)
    room = room.having(admitted)
    room, gathering = gather(room)
    effects: list[Effect] = [
        Log("participant.admitted", {**party.named, "wait_ms": wait_ms}),
        Tell(who, {"t": "admitted"}),
        *gathering,
    ]
    return room, tuple(effects)


def deny(room: Room, who: str, now: int) -> Step:
    """Turn one waiting person away."""
    party = room.party(who)
    if party.state is not State.WAITING:
        raise NotAllowedError("lobby.denied")
    room, gone = leave(room, who, "lobby.denied", now)
    said = Log("participant.denied", {**party.named, "reason": "lobby.denied"})
    return room, (said, *gone)


def socket_lost(room: Room, who: str, now: int) -> Step:
    """Nothing is heard from this party. The wait goes on counting; `tick` gives up after ``RESUME_MS``."""
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT or party.lost_ms is not None:
        return room, ()
    return room.having(replace(party, lost_ms=now)), ()


def resume(room: Room, who: str) -> Step:
    """The same participation is heard from again, with its wait and its place.

    Raises NotAllowedError when it has been given up.
    """
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT or room.is_ended:
        raise NotAllowedError("link.expired")
    room = room.having(replace(party, lost_ms=None))
    if party.state in IN_CALL and room.engine:
        return room, (meeting_place(room),)
    return room, ()


def leave(room: Room, who: str, reason: str, now: int) -> Step:
    """A party goes, whoever wanted it, and the others hear of it; a second leave changes nothing."""
    party = room.parties.get(who)
    if party is None or party.state not in PRESENT:
        return room, ()
    room, gone = _go(room, party, reason, now)
    if party.state in IN_CALL and room.in_call and room.engine:
        return room, (*gone, meeting_place(room))
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
    for party in given_up(room, now):
        room, gone = leave(room, party.id, "session.network_lost", now)
        effects += gone
    return room, tuple(effects)


def given_up(room: Room, now: int) -> tuple[Party, ...]:
    """Those not heard of for so long that they have left."""
    return tuple(
        party for party in room.of(*PRESENT) if party.lost_ms is not None and now - party.lost_ms >= RESUME_MS
    )


def _go(room: Room, party: Party, reason: str, now: int, told: str = "") -> Step:
    """Note that the party is gone, and close its socket and media; it reads ``told``, else the reason."""
    room = counted(room.having(replace(party, state=State.GONE, lost_ms=None)), now)
    return room, (Log("participant.left", {**party.named, "reason": reason}), Drop(party.id, told or reason))


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
