"""The message and the ways it leaves by; the ways are tried against real servers of their kind."""

import asyncio
import socket
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video.message import MessageError, measured, render
from pipeline.video.outbox import FileOutbox, HttpDelivery, SendFailedError, SmtpDelivery
from pipeline.video.process import free_port

LINK = "https://video.dk/m/0123456789abcdef"
AT = datetime(2020, 1, 31, 9, 5)  # noqa: DTZ001 Danish time, as people read it


def test_the_link_is_the_first_line_and_all_is_one_segment() -> None:
    message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
    assert message.text.splitlines()[0] == LINK
    assert message.link_end_offset == len(LINK)
    assert "31. januar kl. 09:05" in message.text
    assert "tast 1234-5678 på video.dk" in message.text
    assert (message.encoding, message.segments) == ("GSM-7", 1)
    assert message.chars == len(message.text) <= 160


@pytest.mark.parametrize("clinic", ["Lægerne »Åen«", "x" * 200, "医院"])
def test_a_clinics_name_that_would_cost_a_segment_is_left_out(clinic: str) -> None:
    message = render(LINK, "video.dk", "1234-5678", None, clinic)
    assert clinic not in message.text
    assert (message.encoding, message.segments) == ("GSM-7", 1)


@pytest.mark.parametrize("link", ["https://" + "x" * 60, "https://v.dk/m/ab cd"])
def test_a_link_that_would_break_is_refused(link: str) -> None:
    with pytest.raises(MessageError):
        render(link, "video.dk", "1234-5678", AT, "Klinikken")


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("æøå", "GSM-7", 1),
        ("”", "UCS-2", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 81, "GSM-7", 2),
        ("”" * 71, "UCS-2", 2),
    ],
)
def test_segments_are_those_of_the_standard(text: str, encoding: str, segments: int) -> None:
    """3GPP TS 23.038: 160 and 153 septets, 70 and 67 units, an extension character counts twice."""
    made = measured(text, 0)
    assert (made.encoding, made.segments) == (encoding, segments)


@given(st.text(max_size=400))
def test_any_clinic_gets_a_whole_message(clinic: str) -> None:
    assert render(LINK, "video.dk", "1234-5678", AT, clinic).segments == 1


def test_a_file_holds_the_text_and_not_to_whom(tmp_path: Path) -> None:
    message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
    asyncio.run(FileOutbox(tmp_path).send("+45 12 34 56 78", message, "abc-patient"))
    path = tmp_path / "abc-patient.txt"
    assert path.read_text("utf-8") == message.text + "\n"
    assert path.stat().st_mode & 0o077 == 0


def test_an_e_mail_leaves_by_smtp() -> None:
    """Against a server that speaks the few words of RFC 5321 which a message takes."""
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client, client.makefile("rwb") as line:
                line.write(b"220 test\r\n")
                line.flush()
                is_body = False
                for raw in line:
                    text = raw.decode().rstrip("\r\n")
                    word = text.lower()
                    said.append(text)
                    if is_body and text != ".":
                        continue
                    answer = b"354 go on" if word == "data" else b"221 bye" if word == "quit" else b"250 ok"
                    is_body = word == "data"
                    line.write(answer + b"\r\n")
                    line.flush()
                    if word == "quit":
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
        delivery = SmtpDelivery(f"smtp://127.0.0.1:{server.getsockname()[1]}", "klinik@example.dk")
        asyncio.run(delivery.send("a@example.dk", message, "x"))
        thread.join(5)
    assert "rcpt TO:<a@example.dk>" in said
    assert any(LINK in text.replace("=3D", "=") for text in said)


@pytest.mark.parametrize("to", [None, "", "nobody", "a@b.dk\r\nBcc: c@d.dk"])
def test_an_address_that_is_none_is_refused(to: str | None) -> None:
    message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
    with pytest.raises(SendFailedError):
        asyncio.run(SmtpDelivery("smtp://127.0.0.1:1", "klinik@example.dk").send(to, message, "x"))


@pytest.mark.parametrize(("status", "is_sent"), [(200, True), (202, True), (404, False), (500, False)])
def test_a_gateway_over_http(status: int, is_sent: bool) -> None:
    got: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response(status=status)

    async def main() -> None:
        app = web.Application()
        app.router.add_post("/send", take)
        runner, port = web.AppRunner(app), free_port()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
        sending = HttpDelivery(f"http://127.0.0.1:{port}/send").send("12345678", message, "x")
        try:
            if is_sent:
                await sending
            else:
                with pytest.raises(SendFailedError):
                    await sending
        finally:
            await runner.cleanup()
        assert got == [{"to": "12345678", "text": message.text}]

    asyncio.run(main())


def test_a_gateway_that_is_not_there() -> None:
    message = render(LINK, "video.dk", "1234-5678", AT, "Klinikken")
    with pytest.raises(SendFailedError):
        asyncio.run(HttpDelivery(f"http://127.0.0.1:{free_port()}/").send("12345678", message, "x"))
