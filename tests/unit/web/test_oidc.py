"""Signing in: what a provider vouches for is taken, the rest refused, and no more kept than is needed."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from pipeline.web.oidc import Begun, OidcClient, OidcError
from pipeline.web.test_idp import test_identity_provider as make_provider

CLIENT = "mast-video"


async def with_provider(app: web.Application, path: str, work: Callable[[str], Awaitable[None]]) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    base = f"http://localhost:{port}"
    root = web.Application()
    root.add_subapp(path, app)
    runner = web.AppRunner(root, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        await work(f"{base}{path}")
    finally:
        await runner.cleanup()


def client(issuer: str, **given: Any) -> OidcClient:
    back = f"{issuer.rsplit('/', 1)[0]}/back"
    return OidcClient(issuer, CLIENT, None, back, b"key", **given)


async def choose(begun: Begun, who: str) -> dict[str, str]:
    """The browser's way through the provider: the query it comes back with."""
    url = begun.url.replace("/authorize?", "/choose?") + f"&person={who}"
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def on_test_provider(work: Callable[[OidcClient], Awaitable[None]], **given: Any) -> None:
    async def main() -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        issuer = f"http://localhost:{port}/idp"
        root = web.Application()
        root.add_subapp("/idp", make_provider(issuer, {CLIENT}))
        runner = web.AppRunner(root, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            await work(client(issuer, **given))
        finally:
            await runner.cleanup()

    asyncio.run(main())


def test_a_pseudonym_and_a_level_are_all_that_is_kept() -> None:
    async def work(login: OidcClient) -> None:
        begun = await login.begin()
        first = await login.finish(begun, await choose(begun, "anne"))
        again = await login.begin()
        second = await login.finish(again, await choose(again, "anne"))
        other = await login.begin()
        third = await login.finish(other, await choose(other, "bo"))
        assert first == second != third
        assert first.subject.startswith("s_")
        assert "anne" not in repr(first)
        assert "NIN" not in repr(first)

    on_test_provider(work)


@pytest.mark.parametrize(("who", "reason"), [("lav", "loa_too_low"), ("fortryder", "cancelled")])
def test_a_sign_in_that_fails_says_why(who: str, reason: str) -> None:
    async def work(login: OidcClient) -> None:
        begun = await login.begin()
        with pytest.raises(OidcError, match=reason):
            await login.finish(begun, await choose(begun, who))

    on_test_provider(work)


def test_state_code_and_time_must_fit() -> None:
    now = [time.time()]

    async def work(login: OidcClient) -> None:
        begun = await login.begin()
        query = await choose(begun, "anne")
        for wrong in (
            {**query, "state": "x"},
            {**query, "code": "x"},
            {**query, "iss": "https://evil.example"},
        ):
            with pytest.raises(OidcError, match="forged"):
                await login.finish(begun, wrong)
        with pytest.raises(OidcError, match="forged"):
            # The code is another browser's: its verifier does not fit.
            await login.finish(Begun("", begun.state, begun.nonce, "other", begun.at), query)
        late = await login.begin()
        answer = await choose(late, "anne")
        now[0] += 3600
        with pytest.raises(OidcError, match="timeout"):
            await login.finish(late, answer)

    on_test_provider(work, clock=lambda: now[0])


def test_a_provider_that_is_down() -> None:
    async def main() -> None:
        with pytest.raises(OidcError, match="idp_down"):
            await client("http://localhost:9").begin()

    asyncio.run(main())


KEY = ECKey.generate_key("P-256", parameters={"kid": "1"})
OTHER = ECKey.generate_key("P-256", parameters={"kid": "1"})


def text(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def forged(change: str) -> Callable[[dict[str, Any]], str]:
    """A provider's token with one thing wrong."""

    def make(claims: dict[str, Any]) -> str:
        header = {"alg": "ES256", "kid": "1"}
        match change:
            case "nothing":
                return jwt.encode(header, claims, KEY)
            case "other key":
                return jwt.encode(header, claims, OTHER)
            case "none":
                body = jwt.encode(header, claims, KEY).split(".")[1]
                return f"eyJhbGciOiJub25lIn0.{body}."
            case "public key as secret":
                # By hand: the library itself would not sign with this.
                parts = [{"alg": "HS256", "kid": "1"}, claims]
                body = b".".join(text(json.dumps(part).encode()) for part in parts)
                mac = hmac.new(KEY.as_pem(private=False), body, hashlib.sha256).digest()
                return (body + b"." + text(mac)).decode()
            case "rsa of nobody":
                key = RSAKey.generate_key(2048, parameters={"kid": "1"})
                return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
            case "no token":
                return "x"
            case _:
                name, _, value = change.partition("=")
                changed = {**claims, name: int(value) if value.lstrip("-").isdigit() else value}
                return jwt.encode(header, {k: v for k, v in changed.items() if v != "gone"}, KEY)

    return make


@pytest.mark.parametrize(
    "change",
    ["other key", "none", "public key as secret", "rsa of nobody", "no token", "iss=https://evil.example",
     "aud=somebody-else", "exp=1", "nonce=other", "exp=gone", "iat=gone", "sub=gone", "aud=gone"],
)  # fmt: skip
def test_a_forged_token_is_refused(change: str) -> None:
    asyncio.run(_with_forger(change))


def test_the_same_provider_with_nothing_wrong() -> None:
    asyncio.run(_with_forger("nothing"))


async def _with_forger(change: str) -> None:
    app, seen = web.Application(), dict[str, str]()

    async def configuration(_: web.Request) -> web.Response:
        base = seen["issuer"]
        return web.json_response(
            {"issuer": base, "authorization_endpoint": f"{base}/a", "token_endpoint": f"{base}/t",
             "jwks_uri": f"{base}/j"}
        )  # fmt: skip

    async def token(_: web.Request) -> web.Response:
        now = int(time.time())
        claims = {"iss": seen["issuer"], "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60,
                  "nonce": seen["nonce"], "loa": "substantial"}  # fmt: skip
        return web.json_response({"id_token": forged(change)(claims)})

    async def keys(_: web.Request) -> web.Response:
        return web.json_response({"keys": [KEY.as_dict(private=False)]})

    app.add_routes([web.get("/.well-known/openid-configuration", configuration), web.post("/t", token)])
    app.router.add_get("/j", keys)

    async def work(issuer: str) -> None:
        seen["issuer"] = issuer
        login = client(issuer)
        begun = await login.begin()
        seen["nonce"] = begun.nonce
        query = {"state": begun.state, "code": "c"}
        if change == "nothing":
            assert (await login.finish(begun, query)).loa == "substantial"
        else:
            with pytest.raises(OidcError, match="forged"):
                await login.finish(begun, query)

    await with_provider(app, "/idp", work)
