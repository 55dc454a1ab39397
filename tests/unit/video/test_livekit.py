"""LiveKit's formats, against LiveKit's own library: what a token grants, which webhooks are believed."""

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from livekit import api

from pipeline.text import ProblemError
from pipeline.video.config import load_config
from pipeline.video.media.engine import MediaEvent
from pipeline.video.media.livekit import LiveKitEngine, hall_name
from pipeline.video.process import free_port

KEY, SECRET = "devkey", "secret-of-at-least-thirty-two-characters"


def webhook(body: str, secret: str = SECRET, told: str | None = None) -> str:
    """LiveKit's signature of a webhook: a token with the body's SHA-256 (docs.livekit.io, "Webhooks")."""
    digest = base64.b64encode(hashlib.sha256((told or body).encode()).digest()).decode()
    return api.AccessToken(KEY, secret).with_sha256(digest).to_jwt()


async def with_rooms(work: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Run ``work(engine)`` against a server that speaks LiveKit's Twirp: what it was asked."""
    asked: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    async def answer(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = api.TokenVerifier(KEY, SECRET).verify(token)
        method = request.match_info["method"]
        kind = {
            "CreateRoom": api.CreateRoomRequest,
            "DeleteRoom": api.DeleteRoomRequest,
            "RemoveParticipant": api.RoomParticipantIdentity,
        }[method]
        message = kind.FromString(await request.read())
        given = {one.name: value for one, value in message.ListFields()}
        asked.append((method, given, {"admin": claims.video.room_admin if claims.video else None}))
        return web.Response(body=b"", content_type="application/protobuf")

    app = web.Application()
    app.router.add_post("/twirp/livekit.RoomService/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    engine = LiveKitEngine(f"ws://127.0.0.1:{port}", KEY, SECRET, most_parties=4)
    try:
        await work(engine)
    finally:
        await engine.close()
        await runner.cleanup()
    return asked


def test_a_token_opens_one_room_and_no_more() -> None:
    token = LiveKitEngine("wss://media.example", KEY, SECRET).token("m1", 2, "participation")
    claims = api.TokenVerifier(KEY, SECRET).verify(token)
    assert claims.identity == "participation"
    assert claims.name == ""
    assert claims.video is not None
    granted = {name for name, value in vars(claims.video).items() if value}
    assert granted == {"room_join", "room", "can_publish", "can_subscribe", "can_publish_sources"}
    assert claims.video.room == "m1-2"
    with pytest.raises(Exception, match="ignature"):
        api.TokenVerifier(KEY, SECRET + "x").verify(token)


def test_rooms_are_opened_kicked_and_closed() -> None:
    heard: list[MediaEvent] = []

    async def work(engine: LiveKitEngine) -> None:
        await engine.open_room("m1", 1)
        await engine.open_room("m1", 1)
        with pytest.raises(PermissionError):
            await engine.signal("m1", "p1", {"type": "join"})
        await engine.grant("m1", "p1")
        with pytest.raises(ValueError, match="ours"):
            await engine.signal("m1", "p1", {"type": "offer", "sdp": ""})
        await engine.signal("m1", "p1", {"type": "join"})
        heard.append(await anext(engine.events()))
        await engine.kick("m1", "p1")
        with pytest.raises(PermissionError):
            await engine.signal("m1", "p1", {"type": "join"})
        await engine.open_room("m1", 2)

    asked = asyncio.run(with_rooms(work))
    assert [(method, given.get("name") or given["room"]) for method, given, _ in asked] == [
        ("CreateRoom", "m1-1"),
        ("RemoveParticipant", "m1-1"),
        ("DeleteRoom", "m1-1"),
        ("CreateRoom", "m1-2"),
        ("DeleteRoom", "m1-2"),
    ]
    assert asked[0][1]["max_participants"] == 4
    (told,) = heard
    assert (told.participation, told.kind, told.data["type"]) == ("p1", "message", "join")


def test_a_room_that_livekit_ended_is_gathered_anew() -> None:
    heard: list[MediaEvent] = []

    async def work(engine: LiveKitEngine) -> None:
        await engine.open_room("m1", 1)
        for name in ("another-1", hall_name("m1", 0), hall_name("m1", 1)):
            body = json.dumps({"event": "room_finished", "id": "EV_1", "room": {"name": name}})
            engine.hear(body, webhook(body))
        heard.append(await anext(engine.events()))

    asyncio.run(with_rooms(work))
    assert heard == [MediaEvent("m1", "", "failed")]


def test_webhooks_that_livekit_did_not_sign() -> None:
    engine = LiveKitEngine("wss://media.example", KEY, SECRET)
    body = json.dumps({"event": "room_finished", "room": {"name": "m1-1"}})
    forged = webhook(body, "another-secret-of-thirty-two-characters")
    for given in ("", "nonsense", forged, webhook(body, told=body + " ")):
        with pytest.raises(PermissionError):
            engine.hear(body, given)


def test_no_livekit_is_a_connection_error() -> None:
    async def main() -> None:
        engine = LiveKitEngine(f"ws://127.0.0.1:{free_port()}", KEY, SECRET)
        with pytest.raises(ConnectionError):
            await engine.open_room("m1", 1)
        await engine.close()

    asyncio.run(main())


@pytest.mark.parametrize(("line", "key"), [('livekit_url = "https://x"', "media.livekit_url"),
                                          ('livekit_url = "wss://x"', "media.livekit_client")])  # fmt: skip
def test_what_the_configuration_must_say(tmp_path: Path, line: str, key: str) -> None:
    path = tmp_path / "node.toml"
    path.write_text(f'[media]\nengine = "livekit"\n{line}\n', encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load_config(path)
    assert [problem.column for problem in refused.value.problems] == [key]
