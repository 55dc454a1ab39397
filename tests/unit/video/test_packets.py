"""Packets and streams of the forwarding unit: by hand-made bytes, and nothing that arrives raises."""

import asyncio
import random
import struct
from importlib import import_module

import pytest
from aiortc import RTCPeerConnection, RTCRtpTransceiver
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video.media import packets, transport, turn
from pipeline.video.media.packets import Rtp
from pipeline.video.media.streams import MOST_ASKED, RING, Incoming, Outgoing


def rtp(
    seq: int = 7, *, ssrc: int = 9, payload: bytes = b"body", number: int = 111, timestamp: int = 48_000
) -> bytes:
    """A packet by RFC 3550, section 5.1: version 2, no extension."""
    return struct.pack("!BBHII", 0x80, number, seq, timestamp, ssrc) + payload


def test_a_packet_with_sources_and_an_extension_is_read() -> None:
    csrcs = struct.pack("!II", 1, 2)
    extension = struct.pack("!HH", 0xBEDE, 1) + b"\x51\x00\x00\x00"
    data = struct.pack("!BBHII", 0x92, 0x80 | 96, 5, 6, 7) + csrcs + extension + b"picture"
    assert packets.read(data) == Rtp(96, 0x80, 0, 5, 6, 7, b"picture")


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    found = packets.read(data)
    if found is not None:
        packets.unwrap_rtx(found, 96, 1)


def test_a_packet_goes_out_under_other_numbers_and_without_its_extensions() -> None:
    packet = packets.read(rtp())
    assert packet is not None
    extension = packets.send_time(3, 2.5)
    sent = packets.write(packet, 96, 1000, 5000, 42, extension)
    assert packets.read(sent) == Rtp(96, 0, 0, 1000, 5000, 42, b"body")
    # abs-send-time: 24 bits, 6 of them whole seconds (webrtc.org/experiments/rtp-hdrext/abs-send-time).
    assert extension == bytes.fromhex("bede0001") + bytes([0x32]) + int(2.5 * (1 << 18)).to_bytes(3, "big")


def test_a_retransmission_wraps_and_unwraps() -> None:
    """RFC 4588, section 4: the original sequence number stands before the payload."""
    sent = packets.write(Rtp(96, 0, 0, 7, 48_000, 9, b"body"), 96, 7, 48_000, 9, packets.send_time(3, 1.0))
    wrapped = packets.read(packets.wrap_rtx(sent, 97, 500, 10))
    assert wrapped is not None
    assert (wrapped.payload_type, wrapped.seq, wrapped.ssrc) == (97, 500, 10)
    assert wrapped.body == b"\x00\x07body"
    assert packets.unwrap_rtx(wrapped, 96, 9) == Rtp(96, 0, 0, 7, 48_000, 9, b"body")


@pytest.mark.parametrize(
    ("seq", "than", "is_newer"), [(1, 0, True), (0, 65_535, True), (65_535, 0, False), (5, 5, False)]
)
def test_numbers_go_round(seq: int, than: int, is_newer: bool) -> None:
    assert packets.is_newer(seq, than) is is_newer


def test_what_is_missing_is_asked_for_a_few_times() -> None:
    stream = Incoming(9)
    assert [stream.add(seq) for seq in (65_534, 65_535, 2, 2)] == [True, True, True, False]
    asked = [stream.ask(now) for now in (1.0, 1.01, 1.1, 1.2, 1.3, 1.4, 1.5)]
    assert asked[:2] == [[0, 1], []]
    assert sum(bool(numbers) for numbers in asked) == MOST_ASKED
    assert stream.add(0) is False  # asked for so often that it was given up


def test_a_report_counts_what_was_lost() -> None:
    """RFC 3550, section 6.4.1: 10 expected, 8 received: 2 lost, 51/256 of them since the last report."""
    stream = Incoming(9)
    for seq in (65_530, 65_531, 65_532, 65_533, 65_534, 1, 2, 3):
        stream.add(seq)
    assert stream.report() == (2 * 256 // 10, 2, (1 << 16) + 3)
    stream.add(4)
    assert stream.report()[:2] == (0, 2)


@given(st.lists(st.integers(0, 65_535), max_size=300))
def test_any_order_of_numbers_gives_a_report(numbers: list[int]) -> None:
    stream = Incoming(9)
    for seq in numbers:
        stream.add(seq)
        stream.ask(random.random() * 100)
    if numbers:
        fraction, lost, highest = stream.report()
        assert 0 <= fraction <= 255
        assert -(1 << 23) <= lost < 1 << 23
        assert 0 <= highest < 1 << 32


def test_a_place_that_somebody_else_takes_goes_on_counting() -> None:
    place = Outgoing(42, 96)
    first = [place.number(Rtp(96, 0, 0, seq, seq * 100, 9, b"")) for seq in (65_534, 65_535, 0)]
    second = [place.number(Rtp(96, 0, 0, seq, seq * 100, 10, b"")) for seq in (30_000, 30_001)]
    assert [seq for seq, _ in first + second] == [65_534, 65_535, 0, 1, 2]
    for seq in range(RING + 10):
        place.keep(seq, b"")
    assert min(place.ring) == 10


def test_what_aiortc_hides_is_still_there() -> None:
    async def a_place() -> RTCRtpTransceiver:
        return RTCPeerConnection().addTransceiver("video")

    place = asyncio.run(a_place())
    parts = {
        "Connection": import_module("aioice.ice").Connection,
        "RTCIceTransport": import_module("aiortc.rtcicetransport").RTCIceTransport,
        "RTCDtlsTransport": import_module("aiortc.rtcdtlstransport").RTCDtlsTransport,
        "RTCRtpSender": place.sender,
        "RTCRtpTransceiver": place,
    }
    for name, hidden in transport.PRIVATE.items():
        for attribute in hidden:
            # An attribute that is set in __init__ stands in its code.
            code = parts[name].__init__.__code__
            assert hasattr(parts[name], attribute) or attribute in code.co_names, f"{name}.{attribute}"


def test_credentials_that_coturn_takes() -> None:
    """draft-uberti-behave-turn-rest-00: base64 of HMAC-SHA-1 over ``<expiry>:<name>``; by openssl."""
    user, password = turn.credentials("p1", b"secret", expires_s=1_700_000_000)
    assert user == "1700000000:p1"
    assert password == "0eBzZq6Gbz8vtWCnJTCAn+awJQI="
    assert turn.ice_servers([], "p1", b"secret", expires_s=1) == []
