"""One participant in the forwarding unit: what becomes of its packets, and what goes to it of the others'.

What is missing is asked for again, what was sent is kept and sent again, and reports are made in the numbers
that either side knows.
"""

import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    pack_remb_fci,
)

from pipeline.video.media import packets
from pipeline.video.media.packets import Rtp
from pipeline.video.media.streams import Incoming, Outgoing
from pipeline.video.media.transport import Agreed, Transport

PLI_AGAIN_S = 0.3


@dataclass
class Slot:
    """A subscriber's place for one other: its sound and its picture."""

    streams: Mapping[str, Outgoing]
    who: str | None = None


@dataclass
class Leg:
    """A participant in the unit; ``on_media`` and ``on_feedback`` lead to the room."""

    id: str
    on_media: Callable[["Leg", str, Rtp], None]
    on_feedback: Callable[["Leg", Any], None]
    transport: Transport = field(init=False)
    agreed: Agreed = field(default_factory=Agreed)
    slots: list[Slot] = field(default_factory=list[Slot])
    incoming: dict[str, Incoming] = field(default_factory=dict[str, Incoming])
    by_ssrc: dict[int, tuple[Slot, str]] = field(default_factory=dict[int, tuple[Slot, str]])
    own_ssrc: int = field(default_factory=lambda: secrets.randbits(31))
    pli_at: float = 0.0
    remb_bps: int = 0

    def __post_init__(self) -> None:
        self.transport = Transport(self._on_rtp, self._on_rtcp)

    async def answer(self, offer: str) -> str:
        """The answer to a browser's offer. Raises ValueError for what is no offer of ours."""
        self.agreed = await self.transport.answer(offer)
        for streams in self.agreed.places:
            slot = Slot(streams)
            self.slots.append(slot)
            for kind, stream in streams.items():
                self.by_ssrc[stream.ssrc] = (slot, kind)
        return self.agreed.answer

    def kind_of(self, ssrc: int) -> str | None:
        """Which of this participant's own streams has the number."""
        return next((kind for kind, stream in self.incoming.items() if stream.ssrc == ssrc), None)

    def slot_of(self, who: str) -> Slot | None:
        """The place that ``who`` has here."""
        return next((slot for slot in self.slots if slot.who == who), None)

    # --- in ---

    async def _on_rtp(self, data: bytes, arrival_time_ms: int) -> None:
        packet = packets.read(data)
        if packet is None:
            return
        kind = self.agreed.kinds.get(packet.payload_type)
        if kind is None:
            media_type = self.agreed.rtx.get(packet.payload_type)
            video = self.incoming.get("video")
            if media_type is None or video is None:
                return
            packet = packets.unwrap_rtx(packet, media_type, video.ssrc)
            if packet is None:
                return
            kind = "video"
        stream = self.incoming.get(kind)
        if stream is None or (stream.ssrc != packet.ssrc and packet.payload_type in self.agreed.kinds):
            stream = self.incoming[kind] = Incoming(packet.ssrc)
        if not stream.add(packet.seq):
            return
        if kind == "video" and (lost := stream.ask(arrival_time_ms / 1000)):
            asked = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self.own_ssrc, media_ssrc=stream.ssrc)
            asked.lost = sorted(lost)
            await self.transport.send_rtcp(bytes(asked))
        self.on_media(self, kind, packet)

    async def _on_rtcp(self, data: bytes) -> None:
        try:
            found = RtcpPacket.parse(data)
        except ValueError:
            return
        for packet in found:
            if isinstance(packet, RtcpSrPacket):
                kind = self.kind_of(packet.ssrc)
                if kind is not None:
                    stream = self.incoming[kind]
                    stream.sr_middle = packet.sender_info.ntp_timestamp >> 16 & 0xFFFFFFFF
                    stream.sr_at = time.monotonic()
            elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
                self._send_again(packet)
            self.on_feedback(self, packet)

    # --- out ---

    def send(self, who: str, kind: str, packet: Rtp, now_s: float) -> None:
        """A packet of ``who`` to this participant, if there is a place for it."""
        slot = self.slot_of(who)
        if slot is None:
            return
        stream = slot.streams[kind]
        seq, timestamp = stream.number(packet)
        extension_id = self.agreed.send_time_ids.get(kind)
        extension = packets.send_time(extension_id, now_s) if extension_id else b""
        data = packets.write(packet, stream.payload_type, seq, timestamp, stream.ssrc, extension)
        if kind == "video":
            stream.keep(seq, data)
        stream.packets += 1
        stream.octets += len(packet.body)
        self.transport.send(data)

    def _send_again(self, asked: RtcpRtpfbPacket) -> None:
        slot, kind = self.by_ssrc.get(asked.media_ssrc, (None, ""))
        if slot is None or kind != "video":
            return
        stream = slot.streams["video"]
        for seq in asked.lost:
            sent = stream.ring.get(seq)
            if sent is not None and stream.rtx_payload_type >= 0:
                stream.rtx_seq = (stream.rtx_seq + 1) % packets.MODULO
                self.transport.send(
                    packets.wrap_rtx(sent, stream.rtx_payload_type, stream.rtx_seq, stream.rtx_ssrc)
                )

    async def ask_picture(self) -> None:
        """Ask this publisher for a whole picture, not too often."""
        now, video = time.monotonic(), self.incoming.get("video")
        if video is not None and now - self.pli_at > PLI_AGAIN_S:
            self.pli_at = now
            asked = RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self.own_ssrc, media_ssrc=video.ssrc)
            await self.transport.send_rtcp(bytes(asked))

    async def limit(self, bits_per_s: int) -> None:
        """Tell this publisher how much its slowest subscriber takes."""
        video = self.incoming.get("video")
        if video is not None:
            fci = pack_remb_fci(bits_per_s, [video.ssrc])
            told = RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=self.own_ssrc, media_ssrc=0, fci=fci)
            await self.transport.send_rtcp(bytes(told))

    async def report(self) -> None:
        """A receiver report on what this participant sends."""
        now = time.monotonic()
        told: list[RtcpReceiverInfo] = []
        for stream in self.incoming.values():
            fraction, lost, highest = stream.report()
            told.append(
                RtcpReceiverInfo(
                    ssrc=stream.ssrc,
                    fraction_lost=fraction,
                    packets_lost=lost,
                    highest_sequence=highest,
                    jitter=0,
                    lsr=stream.sr_middle,
                    dlsr=int((now - stream.sr_at) * 65536) & 0xFFFFFFFF if stream.sr_middle else 0,
                )
            )
        if told:
            await self.transport.send_rtcp(bytes(RtcpRrPacket(ssrc=self.own_ssrc, reports=told)))

    async def pass_report(self, who: str, kind: str, info: RtcpSenderInfo) -> None:
        """A publisher's sender report, in the numbers of its place here."""
        slot = self.slot_of(who)
        if slot is None:
            return
        stream = slot.streams[kind]
        made = RtcpSenderInfo(
            ntp_timestamp=info.ntp_timestamp,
            rtp_timestamp=(info.rtp_timestamp + stream.time_shift) % (1 << 32),
            packet_count=stream.packets & 0xFFFFFFFF,
            octet_count=stream.octets & 0xFFFFFFFF,
        )
        await self.transport.send_rtcp(bytes(RtcpSrPacket(ssrc=stream.ssrc, sender_info=made)))

    async def close(self) -> None:
        """Stop at once; nothing more goes in or out."""
        await self.transport.close()


def is_picture_request(packet: Any) -> bool:
    """PLI or FIR."""
    return isinstance(packet, RtcpPsfbPacket) and packet.fmt in (RTCP_PSFB_PLI, 4)


def estimated_bps(packet: Any) -> int | None:
    """The bandwidth that a REMB tells of."""
    if not isinstance(packet, RtcpPsfbPacket) or packet.fmt != RTCP_PSFB_APP:
        return None
    if len(packet.fci) < 8 or packet.fci[:4] != b"REMB":
        return None
    (word,) = struct.unpack_from("!I", packet.fci, 4)
    return (word & 0x3FFFF) << (word >> 18 & 0x3F)
