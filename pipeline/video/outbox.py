"""How a message leaves the service: into a folder, as an e-mail, or to a gateway over HTTP."""

import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from pipeline.paths import write_bytes
from pipeline.video.message import Message

TIMEOUT_S = 10


class SendFailedError(Exception):
    """The message did not leave. Says nothing about to whom it was."""


class Delivery(Protocol):
    """A way out. ``to`` is used for the sending and kept nowhere."""

    channel: str

    async def send(self, to: str | None, message: Message, name: str) -> None:
        """Raises SendFailedError."""
        ...


class FileOutbox:
    """One text file per message, which only its owner may read; the recipient stands nowhere."""

    channel = "file"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, to: str | None, message: Message, name: str) -> None:  # noqa: ARG002
        path = self.folder / f"{name}.txt"
        try:
            await asyncio.to_thread(write_bytes, path, f"{message.text}\n".encode())
            path.chmod(0o600)
        except OSError as error:
            raise SendFailedError from error


class SmtpDelivery:
    """An e-mail through ``smtp://host:port``."""

    channel = "smtp"

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.host, self.port, self.sender = parts.hostname or "localhost", parts.port or 25, sender

    async def send(self, to: str | None, message: Message, name: str) -> None:  # noqa: ARG002
        if not to or "@" not in to or any(letter in to for letter in "\r\n"):
            raise SendFailedError
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, "Videomøde"
        mail.set_content(message.text)
        try:
            await asyncio.to_thread(self._send, mail)
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailedError from error

    def _send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S) as server:
            server.send_message(mail)


class HttpDelivery:
    """A gateway that takes ``{"to", "text"}`` as JSON."""

    channel = "http"

    def __init__(self, url: str) -> None:
        self.url = url

    async def send(self, to: str | None, message: Message, name: str) -> None:  # noqa: ARG002
        if not to:
            raise SendFailedError
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.url, json={"to": to, "text": message.text}) as answer,
            ):
                if answer.status >= 300:
                    raise SendFailedError
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendFailedError from error
