"""RTP packets as bytes: read what is needed, write what differs, copy the rest (RFC 3550, 4588, 8285)."""

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")
ONE_BYTE_EXTENSIONS = 0xBEDE
MODULO = 1 << 16


@dataclass(frozen=True, slots=True)
class Rtp:
    """The fields of one packet; ``body`` is what follows header and extensions, padding included."""

    payload_type: int
    marker: int
    padding: int
    seq: int
    timestamp: int
    ssrc: int
    body: bytes


def read(data: bytes) -> Rtp | None:
    """A packet; None for what is none."""
    if len(data) < 12 or data[0] >> 6 != 2:
        return None
    first, second, seq, timestamp, ssrc = _HEADER.unpack_from(data)
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if len(data) < start:
        return None
    return Rtp(second & 0x7F, second & 0x80, first & 0x20, seq, timestamp, ssrc, data[start:])


def write(packet: Rtp, payload_type: int, seq: int, timestamp: int, ssrc: int, extension: bytes) -> bytes:
    """The packet under other numbers; ``extension`` is a whole extension block or empty.

    The sender's own extensions are left out: their numbers are another negotiation's.
    """
    first = 0x80 | packet.padding | (0x10 if extension else 0)
    header = _HEADER.pack(first, packet.marker | payload_type, seq, timestamp, ssrc)
    return b"".join((header, extension, packet.body))


def send_time(extension_id: int, now_s: float) -> bytes:
    """The extension block with ``abs-send-time`` alone: 24 bits, 6.18 seconds."""
    value = int(now_s * (1 << 18)) & 0xFFFFFF
    return struct.pack("!HHB", ONE_BYTE_EXTENSIONS, 1, extension_id << 4 | 2) + value.to_bytes(3, "big")


def unwrap_rtx(packet: Rtp, payload_type: int, ssrc: int) -> Rtp | None:
    """The packet that a retransmission carries; None for an empty one, which only probes the way."""
    if len(packet.body) < 2 or packet.padding:
        return None
    original = int.from_bytes(packet.body[:2], "big")
    return Rtp(payload_type, packet.marker, 0, original, packet.timestamp, ssrc, packet.body[2:])


def wrap_rtx(sent: bytes, payload_type: int, seq: int, ssrc: int) -> bytes:
    """A packet that was sent, as its retransmission."""
    start = 12 + (4 + 4 * int.from_bytes(sent[14:16], "big") if sent[0] & 0x10 else 0)
    header = bytes([sent[0], sent[1] & 0x80 | payload_type]) + seq.to_bytes(2, "big") + sent[4:8]
    return b"".join((header, ssrc.to_bytes(4, "big"), sent[12:start], sent[2:4], sent[start:]))


def is_newer(seq: int, than: int) -> bool:
    """Whether a sequence number comes after another, around the end of its 16 bits."""
    return 0 < (seq - than) % MODULO < MODULO // 2
