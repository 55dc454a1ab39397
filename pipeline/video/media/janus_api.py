"""Janus's own language over its WebSocket: transactions, handles and what it tells by itself.

Source: Janus documentation, "RESTful, WebSockets, RabbitMQ, MQTT, Nanomsg and UnixSockets API".
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

ANSWER_S = 10.0
# Janus gives a session up after 60 s of silence.
KEEP_ALIVE_S = 20.0
PROTOCOL = "janus-protocol"


class JanusError(ConnectionError):
    """Janus refused, or is not there."""


class JanusSession:
    """One session; ``on_event(handle, message)`` hears what Janus says, ``on_gone()`` that it is gone."""

    def __init__(
        self, on_event: Callable[[int, Mapping[str, Any]], None], on_gone: Callable[[], None]
    ) -> None:
        self._on_event = on_event
        self._on_gone = on_gone
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._secret: str = ""
        self._id: int = 0
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_open(self) -> bool:
        return self._id != 0

    async def open(self, url: str, secret: str) -> None:
        """Connect and make the session. Raises JanusError."""
        self._secret = secret
        self._http = aiohttp.ClientSession()
        try:
            self._socket = await self._http.ws_connect(url, protocols=(PROTOCOL,), max_msg_size=1 << 20)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._http.close()
            raise JanusError("Janus svarer ikke · Janus does not answer") from error
        self._tasks = [asyncio.ensure_future(self._listen(self._socket))]
        made = await self._ask({"janus": "create"})
        self._id = int(made["data"]["id"])
        self._tasks.append(asyncio.ensure_future(self._keep_alive()))

    async def attach(self, plugin: str) -> int:
        """A handle of the plugin."""
        made = await self._ask({"janus": "attach", "plugin": plugin})
        return int(made["data"]["id"])

    async def detach(self, handle: int) -> None:
        """Give the handle up, with its media; one that is gone already is no error."""
        with contextlib.suppress(JanusError):
            await self._ask({"janus": "detach", "handle_id": handle})

    async def request(
        self, handle: int, body: Mapping[str, Any], jsep: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Ask the plugin: its ``data`` where it answers at once, else nothing, and an event follows.

        Raises JanusError, also for the plugin's own refusal.
        """
        message: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        answer = await self._ask(message)
        data: Mapping[str, Any] = (answer.get("plugindata") or {}).get("data") or {}
        if "error_code" in data:
            raise JanusError(f"{body.get('request')}: {data['error_code']}")
        return data

    async def trickle(self, handle: int, candidate: Mapping[str, Any]) -> None:
        await self._ask({"janus": "trickle", "handle_id": handle, "candidate": candidate})

    async def close(self) -> None:
        """Give the session up; Janus drops all its handles."""
        session, self._id = self._id, 0
        if session and self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json(self._signed({"janus": "destroy", "session_id": session}))
        for task in self._tasks:
            task.cancel()
        if self._http is not None:
            await self._http.close()

    async def _ask(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._socket is None or self._socket.closed:
            raise JanusError("Janus svarer ikke · Janus does not answer")
        number = str(next(self._numbers))
        said = self._signed({**message, "transaction": number})
        if self._id:
            said["session_id"] = self._id
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_json(said)
            answer = await asyncio.wait_for(future, ANSWER_S)
        except (ConnectionError, TimeoutError) as error:
            raise JanusError("Janus svarer ikke · Janus does not answer") from error
        finally:
            self._waiting.pop(number, None)
        if answer.get("janus") == "error":
            raise JanusError(f"{message['janus']}: {answer['error']['code']}")
        return answer

    def _signed(self, message: Mapping[str, Any]) -> dict[str, Any]:
        said = {"transaction": "0", **message}
        if self._secret:
            said["apisecret"] = self._secret
        return said

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for received in socket:
            if received.type is not aiohttp.WSMsgType.TEXT:
                break
            message: Mapping[str, Any] = received.json()
            waiting = self._waiting.get(str(message.get("transaction") or ""))
            # An "ack" or an answer ends the wait; an event is news, also when it bears a number of ours.
            if waiting is not None and not waiting.done() and message.get("janus") != "event":
                waiting.set_result(message)
            elif "sender" in message:
                self._on_event(int(message["sender"]), message)
        was_open, self._id = self._id, 0
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(JanusError("Janus er væk · Janus is gone"))
        if was_open:
            self._on_gone()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_S)
            with contextlib.suppress(JanusError):
                await self._ask({"janus": "keepalive"})
