"""What is kept of a stream on its way through: what is missing upstream, what was sent downstream."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.video.media.packets import MODULO, Rtp, is_newer

# How far back a lost packet is asked for, how often, and how long what was sent is kept.
MOST_MISSING, MOST_ASKED, RING = 64, 4, 1024
ASK_AGAIN_S = 0.04


@dataclass
class Incoming:
    """One publisher's stream of a kind, as the unit receives it."""

    ssrc: int
    last: int = -1
    cycles: int = 0
    first: int = -1
    received: int = 0
    expected_before: int = 0
    received_before: int = 0
    missing: dict[int, int] = field(default_factory=dict[int, int])
    asked_at: float = 0.0
    sr_middle: int = 0
    sr_at: float = 0.0

    def add(self, seq: int) -> bool:
        """Count a packet; True for one that has not been seen before."""
        if self.last < 0:
            self.first = self.last = seq
        elif seq == self.last:
            return False
        elif is_newer(seq, self.last):
            gap = (seq - self.last) % MODULO
            if gap <= MOST_MISSING:
                for lost in range(1, gap):
                    self.missing[(self.last + lost) % MODULO] = 0
            else:
                self.missing.clear()
            if seq < self.last:
                self.cycles += 1
            self.last = seq
        elif self.missing.pop(seq, None) is None:
            return False
        self.received += 1
        return True

    def ask(self, now: float) -> list[int]:
        """Packets to ask for again now."""
        if not self.missing or now - self.asked_at < ASK_AGAIN_S:
            return []
        self.asked_at = now
        for seq, times in list(self.missing.items()):
            if times >= MOST_ASKED or (self.last - seq) % MODULO > MOST_MISSING * 2:
                del self.missing[seq]
            else:
                self.missing[seq] = times + 1
        return list(self.missing)

    def report(self) -> tuple[int, int, int]:
        """Fraction lost since the last report (of 256), packets lost in all, and the highest number."""
        highest = self.cycles * MODULO + self.last
        expected = highest - self.first + 1
        lost = expected - self.received
        since, got = expected - self.expected_before, self.received - self.received_before
        self.expected_before, self.received_before = expected, self.received
        fraction = min(255, max(0, (since - got) * 256 // since)) if since > 0 else 0
        return fraction, max(-(1 << 23), min(lost, (1 << 23) - 1)), highest & 0xFFFFFFFF


@dataclass
class Outgoing:
    """One place of a subscriber for a kind: its numbers go on when somebody else takes the place."""

    ssrc: int
    payload_type: int
    rtx_ssrc: int = 0
    rtx_payload_type: int = -1
    source: int = -1
    seq_shift: int = 0
    time_shift: int = 0
    last_seq: int = 0
    last_time: int = 0
    rtx_seq: int = 0
    packets: int = 0
    octets: int = 0
    ring: dict[int, bytes] = field(default_factory=dict[int, bytes])

    def number(self, packet: Rtp) -> tuple[int, int]:
        """The sequence number and timestamp under which a packet goes out."""
        if packet.ssrc != self.source:
            if self.source >= 0:
                self.seq_shift = (self.last_seq + 1 - packet.seq) % MODULO
                self.time_shift = (self.last_time + 3000 - packet.timestamp) % (1 << 32)
            self.source = packet.ssrc
            self.last_seq = (packet.seq + self.seq_shift - 1) % MODULO
        seq = (packet.seq + self.seq_shift) % MODULO
        timestamp = (packet.timestamp + self.time_shift) % (1 << 32)
        if is_newer(seq, self.last_seq):
            self.last_seq, self.last_time = seq, timestamp
        return seq, timestamp

    def keep(self, seq: int, sent: bytes) -> None:
        """Keep what was sent, so that it can be sent again."""
        self.ring[seq] = sent
        if len(self.ring) > RING:
            for old in self._oldest(len(self.ring) - RING):
                del self.ring[old]

    def _oldest(self, count: int) -> list[int]:
        made: Iterator[int] = iter(self.ring)
        return [next(made) for _ in range(count)]
