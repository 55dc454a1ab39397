"""Who is in a room and what may follow: the frozen facts that `rooms` and `calls` move between."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

# The engine's name where two browsers meet directly.
P2P = "p2p"


class NotAllowedError(Exception):
    """A step that the room's state does not allow; ``reason`` is a code of the closed list."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class State(StrEnum):
    """How far a party has come. Nobody reaches media before ADMITTED."""

    EXPECTED = "expected"
    OPENED = "opened"
    LOGGED_IN = "logged_in"
    WAITING = "waiting"
    ADMITTED = "admitted"
    CONNECTED = "connected"
    GONE = "gone"


IN_CALL = frozenset({State.ADMITTED, State.CONNECTED})
PRESENT = frozenset({State.WAITING, *IN_CALL})


@dataclass(frozen=True, slots=True)
class Party:
    """One participation. Times are milliseconds since the epoch.

    ``seat`` is the place the booking gave (``host``, ``patient``, ``nurse`` …): what a doctor reads, no name.
    ``waiting_ms`` is kept when the network is lost; ``lost_ms`` says since when nothing is heard.
    """

    id: str
    seat: str
    actor: str
    role: str
    state: State = State.LOGGED_IN
    waiting_ms: int | None = None
    admitted_ms: int | None = None
    connected_ms: int | None = None
    lost_ms: int | None = None
    is_reconnecting: bool = False
    device: str = ""

    @property
    def is_host(self) -> bool:
        return self.role == "host"

    @property
    def named(self) -> dict[str, object]:
        """How events name this participation."""
        return {"participation_id": self.id, "actor_pseudonym": self.actor}


@dataclass(frozen=True, slots=True)
class Room:
    """A meeting's room. ``engine`` and ``epoch`` name the media all in it use; an older epoch is void."""

    meeting_id: str
    kind: str
    max_parties: int = 6
    sfu: str = "forwarding"
    engine: str = ""
    epoch: int = 0
    parties: Mapping[str, Party] = field(default_factory=dict[str, Party])
    started_ms: int | None = None
    together_ms: int = 0
    together_since_ms: int | None = None
    most_connected: int = 0
    is_ended: bool = False

    def of(self, *states: State) -> tuple[Party, ...]:
        return tuple(party for party in self.parties.values() if party.state in states)

    def party(self, who: str) -> Party:
        """The participation of this name. Raises NotAllowedError where there is none."""
        party = self.parties.get(who)
        if party is None:
            raise NotAllowedError("lobby.denied")
        return party

    def having(self, party: Party) -> "Room":
        """The room with the party in it as it is now."""
        return replace(self, parties={**self.parties, party.id: party})

    @property
    def in_call(self) -> tuple[Party, ...]:
        return self.of(*IN_CALL)

    @property
    def is_in_engine(self) -> bool:
        """Whether media go through an engine: not before a call, nor between two who meet directly."""
        return self.engine not in ("", P2P)

    @property
    def is_host_here(self) -> bool:
        return any(party.is_host and party.state in PRESENT for party in self.parties.values())


@dataclass(frozen=True, slots=True)
class Log:
    """Write an event; ``type`` without prefix and version."""

    type: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a message to one participation."""

    to: str
    message: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Drop:
    """Close a participation's socket and stop its media."""

    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gather:
    """All in the call meet in ``engine`` at ``epoch``; ``previous`` engine's room closes."""

    engine: str
    epoch: int
    who: tuple[str, ...]
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """The meeting is over: nothing of it may keep running."""

    engine: str


Effect = Log | Tell | Drop | Gather | Close
Step = tuple[Room, tuple[Effect, ...]]
