"""One participant's connection to the forwarding unit: aiortc makes ICE, DTLS and SRTP, and no more.

aiortc's own senders and receivers would decode and encode; here they are never started, and the transport's
two entrances for decrypted packets lead to the unit instead. A test watches the private parts that this uses.
"""

import secrets
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
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

SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
KINDS = ("audio", "video")
MOST_SDP_CHARS = 60_000
SLOTS = 5
PLI_AGAIN_S = 0.3
# What aiortc hides and this module uses; a test sees whether it is still there.
PRIVATE = {
    "RTCDtlsTransport": ("_handle_rtp_data", "_handle_rtcp_data", "_send_rtp", "_tx_srtp"),
    "RTCRtpSender": ("_ssrc", "_rtx_ssrc", "_stream_id"),
    "RTCRtpTransceiver": ("_codecs", "_headerExtensions"),
}


@dataclass
class Slot:
    """A subscriber's place for one other: its sound and its picture."""

    streams: dict[str, Outgoing]
    who: str | None = None


@dataclass
class Leg:
    """A participant in the unit; ``on_media`` and ``on_feedback`` lead to the room."""

    id: str
    on_media: Callable[["Leg", str, Rtp], None]
    on_feedback: Callable[["Leg", Any], None]
    pc: RTCPeerConnection = field(init=False)
    dtls: Any = None
    slots: list[Slot] = field(default_factory=list[Slot])
    incoming: dict[str, Incoming] = field(default_factory=dict[str, Incoming])
    kinds: dict[int, str] = field(default_factory=dict[int, str])
    rtx: dict[int, int] = field(default_factory=dict[int, int])
    by_ssrc: dict[int, tuple[Slot, str]] = field(default_factory=dict[int, tuple[Slot, str]])
    send_time_ids: dict[str, int] = field(default_factory=dict[str, int])
    own_ssrc: int = field(default_factory=lambda: secrets.randbits(31))
    pli_at: float = 0.0
    remb_bps: int = 0
    is_open: bool = False

    def __post_init__(self) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))

    async def answer(self, offer: str) -> str:
        """The answer to a browser's offer. Raises ValueError for what is no offer of ours."""
        if len(offer) > MOST_SDP_CHARS:
            raise ValueError("the offer is too long")
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        # aiortc notes the directions as they are seen from here.
        every = self.pc.getTransceivers()
        received = [one for one in every if one._offerDirection in ("recvonly", "sendrecv")]
        places = [one for one in every if one._offerDirection == "sendonly"]
        if not received or len(places) > 2 * SLOTS or len(received) > 2:
            raise ValueError("the offer has other places than ours")
        for one in places:
            one.direction = "sendonly"
        for one in self.pc.getTransceivers():
            _silence(one)
        pairs = [[one for one in places if one.kind == kind] for kind in KINDS]
        for audio, video in zip(*pairs, strict=True):
            # One stream id for both: the browser keeps lips and voice together.
            video.sender._stream_id = audio.sender._stream_id
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        self._learn(received, pairs)
        self.dtls = self.pc.getTransceivers()[0].receiver.transport
        self.dtls._handle_rtp_data = self._on_rtp
        self.dtls._handle_rtcp_data = self._on_rtcp
        self.is_open = True
        return self.pc.localDescription.sdp

    def _learn(
        self, received: Sequence[RTCRtpTransceiver], pairs: Sequence[Sequence[RTCRtpTransceiver]]
    ) -> None:
        for one in received:
            for codec in one._codecs:
                name = codec.mimeType.lower()
                if name.endswith("/rtx"):
                    self.rtx[codec.payloadType] = int(codec.parameters["apt"])
                elif name in ("audio/opus", "video/vp8"):
                    self.kinds[codec.payloadType] = one.kind
        for audio, video in zip(*pairs, strict=True):
            slot = Slot({"audio": _outgoing(audio), "video": _outgoing(video)})
            for kind, stream in slot.streams.items():
                self.by_ssrc[stream.ssrc] = (slot, kind)
            self.slots.append(slot)
        for kind, places in zip(KINDS, pairs, strict=True):
            for place in places[:1]:
                for one in place._headerExtensions:
                    if one.uri == SEND_TIME:
                        self.send_time_ids[kind] = one.id

    # --- in ---

    async def _on_rtp(self, data: bytes, arrival_time_ms: int) -> None:
        packet = packets.read(data)
        if packet is None:
            return
        kind = self.kinds.get(packet.payload_type)
        if kind is None:
            media_type = self.rtx.get(packet.payload_type)
            video = self.incoming.get("video")
            if media_type is None or video is None:
                return
            packet = packets.unwrap_rtx(packet, media_type, video.ssrc)
            if packet is None:
                return
            kind = "video"
        stream = self.incoming.get(kind)
        if stream is None or (stream.ssrc != packet.ssrc and packet.payload_type in self.kinds):
            stream = self.incoming[kind] = Incoming(packet.ssrc)
        if not stream.add(packet.seq):
            return
        if kind == "video" and (lost := stream.ask(arrival_time_ms / 1000)):
            asked = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self.own_ssrc, media_ssrc=stream.ssrc)
            asked.lost = sorted(lost)
            await self.send_rtcp(asked)
        self.on_media(self, kind, packet)

    async def _on_rtcp(self, data: bytes) -> None:
        from aiortc.rtp import RtcpPacket

        try:
            found = RtcpPacket.parse(data)
        except ValueError:
            return
        for packet in found:
            if isinstance(packet, RtcpSrPacket):
                for kind in KINDS:
                    stream = self.incoming.get(kind)
                    if stream is not None and stream.ssrc == packet.ssrc:
                        stream.sr_middle = packet.sender_info.ntp_timestamp >> 16 & 0xFFFFFFFF
                        stream.sr_at = time.monotonic()
            elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
                self._send_again(packet)
            self.on_feedback(self, packet)

    # --- out ---

    def send(self, who: str, kind: str, packet: Rtp, now_s: float) -> None:
        """A packet of ``who`` to this participant, if there is a place for it."""
        slot = next((one for one in self.slots if one.who == who), None)
        if slot is None or not self.is_open:
            return
        stream = slot.streams[kind]
        seq, timestamp = stream.number(packet)
        extension_id = self.send_time_ids.get(kind)
        extension = packets.send_time(extension_id, now_s) if extension_id else b""
        data = packets.write(packet, stream.payload_type, seq, timestamp, stream.ssrc, extension)
        if kind == "video":
            stream.keep(seq, data)
        stream.packets += 1
        stream.octets += len(packet.body)
        self._write(data)

    def _send_again(self, asked: RtcpRtpfbPacket) -> None:
        slot, kind = self.by_ssrc.get(asked.media_ssrc, (None, ""))
        if slot is None or kind != "video":
            return
        stream = slot.streams["video"]
        for seq in asked.lost:
            sent = stream.ring.get(seq)
            if sent is not None and stream.rtx_payload_type >= 0:
                stream.rtx_seq = (stream.rtx_seq + 1) % packets.MODULO
                self._write(packets.wrap_rtx(sent, stream.rtx_payload_type, stream.rtx_seq, stream.rtx_ssrc))

    def _write(self, data: bytes) -> None:
        """Encrypt and send without waiting: a packet that cannot go now is lost, as on any network."""
        session, pair = self.dtls._tx_srtp, self.dtls.transport._connection._nominated.get(1)
        if session is not None and pair is not None:
            pair.protocol.transport.sendto(session.protect(data), pair.remote_addr)

    async def send_rtcp(self, *made: Any) -> None:
        """Feedback or reports to this participant."""
        if self.is_open and self.dtls.state == "connected":
            try:
                await self.dtls._send_rtp(b"".join(bytes(one) for one in made))
            except ConnectionError:
                return

    async def ask_picture(self) -> None:
        """Ask this publisher for a whole picture, not too often."""
        now, video = time.monotonic(), self.incoming.get("video")
        if video is not None and now - self.pli_at > PLI_AGAIN_S:
            self.pli_at = now
            await self.send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self.own_ssrc, media_ssrc=video.ssrc))

    async def limit(self, bits_per_s: int) -> None:
        """Tell this publisher how much its slowest subscriber takes."""
        video = self.incoming.get("video")
        if video is not None:
            fci = pack_remb_fci(bits_per_s, [video.ssrc])
            await self.send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=self.own_ssrc, media_ssrc=0, fci=fci))

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
            await self.send_rtcp(RtcpRrPacket(ssrc=self.own_ssrc, reports=told))

    async def pass_report(self, who: str, kind: str, info: RtcpSenderInfo) -> None:
        """A publisher's sender report, in the numbers of its place here."""
        slot = next((one for one in self.slots if one.who == who), None)
        if slot is None:
            return
        stream = slot.streams[kind]
        made = RtcpSenderInfo(
            ntp_timestamp=info.ntp_timestamp,
            rtp_timestamp=(info.rtp_timestamp + stream.time_shift) % (1 << 32),
            packet_count=stream.packets & 0xFFFFFFFF,
            octet_count=stream.octets & 0xFFFFFFFF,
        )
        await self.send_rtcp(RtcpSrPacket(ssrc=stream.ssrc, sender_info=made))

    async def close(self) -> None:
        """Stop at once; nothing more goes in or out."""
        self.is_open = False
        await self.pc.close()


def _outgoing(place: RTCRtpTransceiver) -> Outgoing:
    types = {codec.mimeType.lower(): codec for codec in reversed(place._codecs)}
    wanted = types.get("audio/opus") or types.get("video/vp8")
    if wanted is None:
        raise ValueError("neither Opus nor VP8")
    made = Outgoing(place.sender._ssrc, wanted.payloadType, place.sender._rtx_ssrc)
    for codec in place._codecs:
        if codec.mimeType.lower().endswith("/rtx") and codec.parameters.get("apt") == wanted.payloadType:
            made.rtx_payload_type = codec.payloadType
    return made


def _silence(one: RTCRtpTransceiver) -> None:
    """Keep aiortc from starting its own sender and receiver: no decoder, no encoder, no thread."""

    async def nothing(_: object) -> None: ...

    one.sender.send = nothing  # type: ignore[method-assign]
    one.receiver.receive = nothing  # type: ignore[method-assign]


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
