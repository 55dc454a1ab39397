"""Where those in a call meet, and who is connected there: steps of a room, as in `rooms`.

Two in a consultation meet directly, all else through the engine. Whatever moves them all begins a new epoch,
and what is said of an older one is void.
"""

from dataclasses import replace

from pipeline.video.parties import IN_CALL, P2P, Effect, Gather, Log, Room, State, Step


def connected(room: Room, who: str, epoch: int, now: int, *, transport: str | None = None) -> Step:
    """Media run for this party. Only for those admitted, and only in the room's present epoch."""
    party = room.party(who)
    if party.state not in IN_CALL or epoch != room.epoch or room.is_ended:
        return room, ()
    if party.state is State.CONNECTED:
        if not party.is_reconnecting:
            return room, ()
        return room.having(replace(party, is_reconnecting=False)), (
            Log("participant.reconnected", party.named),
        )
    now_in = replace(party, state=State.CONNECTED, connected_ms=now, is_reconnecting=False)
    room = counted(room.having(now_in), now)
    data = {
        **party.named,
        "role": party.role,
        "engine": room.engine,
        "connect_ms": max(0, now - (party.admitted_ms or now)),
    }
    if transport is not None:
        data["transport"] = transport
    effects: list[Effect] = [Log("participant.connected", data)]
    if room.started_ms is None and len(room.of(State.CONNECTED)) >= 2:
        room = replace(room, started_ms=now)
        effects.append(Log("meeting.started", {}))
    return room, tuple(effects)


def media_lost(room: Room, who: str, epoch: int) -> Step:
    """Media stopped for this party; the participation goes on, and has a minute to come back."""
    party = room.party(who)
    if party.state is not State.CONNECTED or party.is_reconnecting or epoch != room.epoch:
        return room, ()
    return room.having(replace(party, is_reconnecting=True)), (Log("participant.reconnecting", party.named),)


def gather(room: Room) -> Step:
    """Choose the engine for those in the call: two in a consultation meet directly, all else in the unit."""
    are_two = room.kind == "consultation" and len(room.in_call) <= 2
    wanted = P2P if are_two and not room.is_in_engine else room.sfu
    if wanted == room.engine:
        return room, (meeting_place(room),)
    previous = room.engine
    room = replace(room, engine=wanted, epoch=room.epoch + 1)
    switched: tuple[Effect, ...] = ()
    if previous and room.started_ms is not None:
        switched = (Log("media.switched", {"engine": wanted}),)
    return room, (*switched, meeting_place(room, previous))


def gather_again(room: Room) -> Step:
    """The engine lost the room: all in the call meet in it anew, in an epoch of its own."""
    if room.is_ended or not room.is_in_engine:
        return room, ()
    lost: list[Effect] = []
    for party in room.of(State.CONNECTED):
        room, said = media_lost(room, party.id, room.epoch)
        lost += said
    room = replace(room, epoch=room.epoch + 1)
    return room, (*lost, meeting_place(room, room.engine))


def meeting_place(room: Room, previous: str = "") -> Gather:
    """All in the call meet where the room is; the ``previous`` engine's room closes."""
    return Gather(room.engine, room.epoch, tuple(party.id for party in room.in_call), previous)


def counted(room: Room, now: int) -> Room:
    """Keep the time in which two or more are connected."""
    together = len({party.actor for party in room.of(State.CONNECTED)})
    room = replace(room, most_connected=max(room.most_connected, together))
    if together >= 2 and room.together_since_ms is None:
        return replace(room, together_since_ms=now)
    if together < 2 and room.together_since_ms is not None:
        spent = max(0, now - room.together_since_ms)
        return replace(room, together_ms=room.together_ms + spent, together_since_ms=None)
    return room
