"""The room's rules, in any order of joins, losses and leaves."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video import calls, rooms
from pipeline.video.parties import Drop, Effect, Gather, Log, NotAllowedError, Party, Room, State, Tell
from pipeline.video.telling import waiting_list

T0 = 1_580_000_000_000


def host(who: str = "h") -> Party:
    return Party(who, "host", "s_doctor", "host")


def guest(who: str, actor: str | None = None) -> Party:
    return Party(who, f"seat_{who}", actor or f"s_{who}", "guest")


def logged(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.type for effect in effects if isinstance(effect, Log)]


def in_call(*who: str, kind: str = "consultation") -> Room:
    """A host and guests, all connected."""
    room, _ = rooms.join(Room("m", kind), host(), T0)
    for one in who:
        room, _ = rooms.join(room, guest(one), T0)
        room, _ = rooms.admit(room, one, T0)
    for one in ("h", *who):
        room, _ = calls.connected(room, one, room.epoch, T0)
    return room


def test_a_consultation_from_waiting_to_end() -> None:
    room, effects = rooms.join(Room("m", "consultation"), guest("g"), T0)
    assert logged(effects) == ["participant.waiting"]
    room, effects = rooms.join(room, host(), T0 + 1000)
    assert logged(effects) == ["participant.waiting", "participant.admitted"]
    room, effects = rooms.admit(room, "g", T0 + 61_000)
    told = next(effect for effect in effects if isinstance(effect, Tell))
    assert (told.to, told.message["t"]) == ("g", "admitted")
    assert next(e for e in effects if isinstance(e, Log)).data["wait_ms"] == 61_000
    gather = next(effect for effect in effects if isinstance(effect, Gather))
    assert (gather.engine, set(gather.who)) == ("p2p", {"h", "g"})
    room, effects = calls.connected(room, "h", room.epoch, T0 + 62_000, transport="udp")
    assert logged(effects) == ["participant.connected"]
    room, effects = calls.connected(room, "g", room.epoch, T0 + 62_500)
    assert logged(effects) == ["participant.connected", "meeting.started"]
    room, effects = rooms.end(room, "session.host_ended", None, T0 + 722_500)
    assert logged(effects) == ["participant.left", "participant.left", "meeting.ended"]
    ended = next(e for e in effects if isinstance(e, Log) and e.type == "meeting.ended")
    assert ended.data == {
        "duration_ms": 660_000,
        "max_parties": 2,
        "outcome": "completed",
        "outcome_reason": "session.host_ended",
    }


def test_nobody_is_connected_before_being_admitted() -> None:
    room, _ = rooms.join(Room("m", "consultation"), guest("g"), T0)
    assert calls.connected(room, "g", room.epoch, T0) == (room, ())
    with pytest.raises(NotAllowedError):
        calls.connected(room, "stranger", room.epoch, T0)


def test_a_third_party_moves_all_to_the_forwarding_unit() -> None:
    room = in_call("a")
    assert room.engine == "p2p"
    room, _ = rooms.join(room, guest("b"), T0)
    room, effects = rooms.admit(room, "b", T0)
    gather = next(effect for effect in effects if isinstance(effect, Gather))
    assert (gather.engine, gather.previous, gather.epoch) == ("forwarding", "p2p", 2)
    assert "media.switched" in logged(effects)
    assert calls.connected(room, "a", 1, T0) == (room, ())  # the old epoch is void


def test_a_conference_never_goes_directly() -> None:
    assert in_call("a", kind="conference").engine == "forwarding"


def test_a_second_device_replaces_the_first() -> None:
    room = in_call("a")
    room, effects = rooms.join(room, guest("a2", actor="s_a"), T0 + 5)
    assert Drop("a", "signalling.duplicate") in effects
    assert room.parties["a"].state is State.GONE


def test_a_lost_network_keeps_the_wait_and_gives_up_after_a_minute() -> None:
    room, _ = rooms.join(Room("m", "consultation"), guest("g"), T0)
    room, _ = rooms.socket_lost(room, "g", T0 + 10_000)
    listed = waiting_list(room, [], T0 + 20_000)
    assert (listed[0]["state"], listed[0]["waited_s"]) == ("lost", 20)
    back, _ = rooms.resume(room, "g")
    assert back.parties["g"].waiting_ms == T0
    room, effects = rooms.tick(room, T0 + 69_999)
    assert effects == ()
    room, effects = rooms.tick(room, T0 + 70_000)
    assert logged(effects) == ["participant.left"]
    with pytest.raises(NotAllowedError):
        rooms.resume(room, "g")


def test_the_room_has_a_limit_and_an_end() -> None:
    room = Room("m", "conference", max_parties=3)
    for one in "abc":
        room, _ = rooms.join(room, guest(one), T0)
    with pytest.raises(NotAllowedError, match=r"booking\.conflict"):
        rooms.join(room, guest("d"), T0)
    room, _ = rooms.end(room, "session.host_ended", None, T0)
    with pytest.raises(NotAllowedError, match=r"link\.expired"):
        rooms.join(room, guest("a"), T0)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ("", "no_show_patient"),
        ("g", "no_show_host"),
        ("gh", "failed_waiting"),
        ("gha", "failed_connecting"),
        ("ghac", "completed"),
    ],
)
def test_how_it_went(steps: str, outcome: str) -> None:
    room = Room("m", "consultation")
    for step in steps:
        if step == "g":
            room, _ = rooms.join(room, guest("g"), T0)
        elif step == "h":
            room, _ = rooms.join(room, host(), T0)
        elif step == "a":
            room, _ = rooms.admit(room, "g", T0)
        else:
            for who in "hg":
                room, _ = calls.connected(room, who, room.epoch, T0)
    _, effects = rooms.end(room, "session.host_ended", None, T0)
    ended = next(e for e in effects if isinstance(e, Log) and e.type == "meeting.ended")
    assert ended.data["outcome"] == outcome


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "admit", "deny", "connect", "media", "socket", "resume", "leave", "tick", "end"]
        ),
        st.sampled_from("habcd"),
        st.integers(0, 40_000),
    ),
    max_size=60,
)


@given(ACTIONS, st.sampled_from(["consultation", "conference"]))
def test_whatever_happens_the_log_is_true(actions: list[tuple[str, str, int]], kind: str) -> None:
    room, now, log, joins = Room("m", kind), T0, list[tuple[int, Log]](), Counter[str]()
    for action, who, later in actions:
        now += later
        known = [party.id for party in room.parties.values() if party.actor == f"s_{who}"]
        latest = known[-1] if known else "nobody"
        try:
            match action:
                case "join":
                    joins[who] += 1
                    name = f"{who}{joins[who]}"
                    party = Party(name, who, f"s_{who}", "host" if who == "h" else "guest")
                    room, effects = rooms.join(room, party, now)
                case "admit":
                    room, effects = rooms.admit(room, latest, now)
                case "deny":
                    room, effects = rooms.deny(room, latest, now)
                case "connect":
                    room, effects = calls.connected(room, latest, room.epoch, now)
                case "media":
                    room, effects = calls.media_lost(room, latest, room.epoch)
                case "socket":
                    room, effects = rooms.socket_lost(room, latest, now)
                case "resume":
                    room, effects = rooms.resume(room, latest)
                case "leave":
                    room, effects = rooms.leave(room, latest, "session.peer_left", now)
                case "tick":
                    room, effects = rooms.tick(room, now)
                case _:
                    room, effects = rooms.end(room, "session.host_ended", None, now)
        except NotAllowedError:
            continue
        log += [(now, effect) for effect in effects if isinstance(effect, Log)]
        present = [
            party.actor
            for party in room.parties.values()
            if party.state in ("waiting", "admitted", "connected")
        ]
        assert len(present) == len(set(present)) <= room.max_parties
    room, effects = rooms.end(room, "session.host_ended", None, now)
    log += [(now, effect) for effect in effects if isinstance(effect, Log)]

    stays: dict[object, list[str]] = {}
    for _, event in log:
        if "participation_id" in event.data:
            stays.setdefault(event.data["participation_id"], []).append(event.type.split(".")[1])
    for told in stays.values():
        assert told[0] == "waiting"
        assert told[-1] == "left"
        assert told.count("left") == told.count("waiting") == 1
        if "connected" in told:
            assert told.index("admitted") < told.index("connected")
    assert sum(event.type == "meeting.ended" for _, event in log) == 1
    assert room.together_ms == overlap(log)


def overlap(log: list[tuple[int, Log]]) -> int:
    """Milliseconds with two or more connected, from the log alone."""
    inside, since, total = set[object](), 0, 0
    for at, event in log:
        before = len(inside)
        if event.type == "participant.connected":
            inside.add(event.data["participation_id"])
        elif event.type == "participant.left":
            inside.discard(event.data["participation_id"])
        if before < 2 <= len(inside):
            since = at
        elif len(inside) < 2 <= before:
            total += at - since
    return total
