"""aiortc as a bare transport: ICE, DTLS and SRTP for a browser's offer, and no more.

aiortc's own senders and receivers would decode and encode; here they are never started, and the two
entrances for decrypted packets lead to the caller instead. A test watches the private parts that this uses.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from pipeline.video.media.engine import MOST_SDP_CHARS
from pipeline.video.media.streams import Outgoing

SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
KINDS = ("audio", "video")
SLOTS = 5
# What aiortc and its aioice hide and this module uses; a test sees whether it is still there.
PRIVATE = {
    "Connection": ("_nominated",),
    "RTCDtlsTransport": ("_handle_rtp_data", "_handle_rtcp_data", "_send_rtp", "_tx_srtp"),
    "RTCIceTransport": ("_connection",),
    "RTCRtpSender": ("_ssrc", "_rtx_ssrc", "_stream_id"),
    "RTCRtpTransceiver": ("_codecs", "_headerExtensions", "_offerDirection"),
}


@dataclass(frozen=True)
class Agreed:
    """What an offer and its answer settled; empty before that.

    ``kinds`` are the payload types of media, ``rtx`` those of retransmissions, each with the type that it
    repeats. ``places`` are the streams, by kind, for one other participant each. ``send_time_ids`` are the
    numbers of the extension ``abs-send-time``, by kind.
    """

    answer: str = ""
    kinds: Mapping[int, str] = field(default_factory=dict[int, str])
    rtx: Mapping[int, int] = field(default_factory=dict[int, int])
    places: Sequence[Mapping[str, Outgoing]] = ()
    send_time_ids: Mapping[str, int] = field(default_factory=dict[str, int])


class OnRtp(Protocol):
    """Hears a decrypted packet; aiortc gives the time of arrival by this name."""

    def __call__(self, data: bytes, arrival_time_ms: int) -> Awaitable[None]: ...


class Transport:
    """One browser's connection; ``on_rtp`` and ``on_rtcp`` hear what arrives, once an offer is answered."""

    def __init__(self, on_rtp: OnRtp, on_rtcp: Callable[[bytes], Awaitable[None]]) -> None:
        self._on_rtp, self._on_rtcp = on_rtp, on_rtcp
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._dtls: Any = None  # there while packets may go out

    async def answer(self, offer: str) -> Agreed:
        """The answer to a browser's offer. Raises ValueError for what is no offer of ours."""
        if len(offer) > MOST_SDP_CHARS:
            raise ValueError("the offer is too long")
        await self._pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        # aiortc notes the directions as they are seen from here.
        every = self._pc.getTransceivers()
        received = [one for one in every if one._offerDirection in ("recvonly", "sendrecv")]
        places = [one for one in every if one._offerDirection == "sendonly"]
        if not received or len(places) > 2 * SLOTS or len(received) > 2:
            raise ValueError("the offer has other places than ours")
        for one in places:
            one.direction = "sendonly"
        for one in every:
            silence(one)
        pairs = [[one for one in places if one.kind == kind] for kind in KINDS]
        for audio, video in zip(*pairs, strict=True):
            # One stream id for both: the browser keeps lips and voice together.
            video.sender._stream_id = audio.sender._stream_id
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        agreed = _agreed(self._pc.localDescription.sdp, received, pairs)
        self._dtls = every[0].receiver.transport
        self._dtls._handle_rtp_data = self._on_rtp
        self._dtls._handle_rtcp_data = self._on_rtcp
        return agreed

    def send(self, data: bytes) -> None:
        """Encrypt and send without waiting: a packet that cannot go now is lost, as on any network."""
        if self._dtls is None:
            return
        session, pair = self._dtls._tx_srtp, self._dtls.transport._connection._nominated.get(1)
        if session is not None and pair is not None:
            pair.protocol.transport.sendto(session.protect(data), pair.remote_addr)

    async def send_rtcp(self, data: bytes) -> None:
        """Send feedback or reports; they too may be lost."""
        if self._dtls is not None and self._dtls.state == "connected":
            try:
                await self._dtls._send_rtp(data)
            except ConnectionError:
                return

    async def close(self) -> None:
        """Stop at once; nothing more goes in or out."""
        self._dtls = None
        await self._pc.close()


def silence(one: RTCRtpTransceiver) -> None:
    """Keep aiortc from starting its own sender and receiver: no decoder, no encoder, no thread."""

    async def nothing(_: object) -> None: ...

    one.sender.send = nothing  # type: ignore[method-assign]
    one.receiver.receive = nothing  # type: ignore[method-assign]


def _agreed(
    answer: str, received: Sequence[RTCRtpTransceiver], pairs: Sequence[Sequence[RTCRtpTransceiver]]
) -> Agreed:
    kinds: dict[int, str] = {}
    rtx: dict[int, int] = {}
    for one in received:
        for codec in one._codecs:
            name, number, of = codec.mimeType.lower(), codec.payloadType, codec.parameters.get("apt")
            if number is not None and name.endswith("/rtx") and isinstance(of, int):
                rtx[number] = of
            elif number is not None and name in ("audio/opus", "video/vp8"):
                kinds[number] = one.kind
    places = [
        {"audio": _outgoing(audio), "video": _outgoing(video)} for audio, video in zip(*pairs, strict=True)
    ]
    send_time_ids = {
        kind: extension.id
        for kind, of_kind in zip(KINDS, pairs, strict=True)
        for place in of_kind[:1]
        for extension in place._headerExtensions
        if extension.uri == SEND_TIME
    }
    return Agreed(answer, kinds, rtx, places, send_time_ids)


def _outgoing(place: RTCRtpTransceiver) -> Outgoing:
    types = {codec.mimeType.lower(): codec for codec in reversed(place._codecs)}
    wanted = types.get("audio/opus") or types.get("video/vp8")
    if wanted is None or wanted.payloadType is None:
        raise ValueError("neither Opus nor VP8")
    made = Outgoing(place.sender._ssrc, wanted.payloadType, place.sender._rtx_ssrc)
    for codec in place._codecs:
        is_its = codec.parameters.get("apt") == wanted.payloadType
        if codec.mimeType.lower().endswith("/rtx") and is_its and codec.payloadType is not None:
            made.rtx_payload_type = codec.payloadType
    return made
