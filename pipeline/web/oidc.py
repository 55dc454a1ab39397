"""Signing in with an OpenID Connect provider: authorization code with PKCE, as a MitID broker offers it.

Of what the provider tells, a pseudonym and the assurance level are kept, nothing else. Sources: OpenID
Connect Core 1.0, RFC 7636 (PKCE), RFC 9700 (OAuth 2.0 Security Best Current Practice).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["ES256", "RS256", "PS256"]
LEVELS = ("low", "substantial", "high")
TIMEOUT_S = 10.0
LEEWAY_S = 60
# How long a person may take at the provider.
BEGUN_S = 600.0


class OidcError(Exception):
    """``reason`` is ``cancelled``, ``timeout``, ``idp_down``, ``loa_too_low`` or ``forged``; no claim."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Begun:
    """A sign-in under way; it stays with the browser's session."""

    url: str
    state: str
    nonce: str
    verifier: str = field(repr=False)
    at: float = 0.0


@dataclass(frozen=True)
class Identity:
    """Who signed in, as far as we keep it. ``roles`` are the provider's, for staff."""

    subject: str
    loa: str
    roles: tuple[str, ...] = ()


@dataclass
class OidcClient:
    """One provider. ``key`` makes the pseudonyms; ``address``: where it answers us, if not ``issuer``."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    key: bytes = field(repr=False)
    least_loa: str = "substantial"
    address: str = ""
    clock: Callable[[], float] = time.time
    _found: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    async def begin(self) -> Begun:
        """Where to send the browser. Raises OidcError."""
        found = await self._discover()
        verifier = secrets.token_urlsafe(48)
        state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "acr_values": self.least_loa,
        }
        url = f"{found['authorization_endpoint']}?{urlencode(asked)}"
        return Begun(url, state, nonce, verifier, self.clock())

    async def finish(self, begun: Begun, query: Mapping[str, str]) -> Identity:
        """The identity that the provider vouches for. Raises OidcError."""
        if not hmac.compare_digest(query.get("state", ""), begun.state):
            raise OidcError("forged")
        if self.clock() - begun.at > BEGUN_S:
            raise OidcError("timeout")
        if "error" in query:
            raise OidcError("cancelled" if query["error"] == "access_denied" else "idp_down")
        found = await self._discover()
        if query.get("iss", self.issuer) != self.issuer:
            raise OidcError("forged")
        asked = {
            "grant_type": "authorization_code",
            "code": query.get("code", ""),
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": begun.verifier,
        }
        if self.client_secret:
            asked["client_secret"] = self.client_secret
        answer = await self._ask("POST", str(found["token_endpoint"]), asked)
        claims = self._verified(str(answer.get("id_token", "")), await self._keys(found))
        if not hmac.compare_digest(str(claims.get("nonce", "")), begun.nonce):
            raise OidcError("forged")
        loa = str(claims.get("loa") or claims.get("acr") or "").rsplit("/", 1)[-1].lower()
        if loa not in LEVELS or LEVELS.index(loa) < LEVELS.index(self.least_loa):
            raise OidcError("loa_too_low")
        roles = claims.get("roles", ())
        kept = tuple(str(role) for role in roles) if isinstance(roles, list) else ()
        return Identity(self._pseudonym(str(claims["sub"])), loa, kept)

    def _pseudonym(self, subject: str) -> str:
        digest = hmac.new(self.key, f"{self.issuer}|{subject}".encode(), hashlib.sha256).digest()
        return "s_" + base64.b32encode(digest).decode().lower()[:20]

    def _verified(self, token: str, keys: KeySet) -> dict[str, Any]:
        now = int(self.clock())
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError("forged") from error
        return dict(claims)

    async def _discover(self) -> dict[str, Any]:
        if not self._found:
            base = (self.address or self.issuer).rstrip("/")
            found = await self._ask("GET", f"{base}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise OidcError("forged")
            self._found = found
        return self._found

    async def _keys(self, found: Mapping[str, Any]) -> KeySet:
        # Asked for each sign-in: a provider may change its keys at any time, and sign-ins are few.
        try:
            return KeySet.import_key_set(await self._ask("GET", str(found["jwks_uri"])))  # type: ignore[arg-type]
        except (ValueError, JoseError) as error:
            raise OidcError("idp_down") from error

    async def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        if self.address and url.startswith(self.issuer):
            url = self.address + url[len(self.issuer) :]
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, url, data=form, allow_redirects=False) as answer,
            ):
                if answer.status == 400:
                    raise OidcError("forged")
                if answer.status != 200:
                    raise OidcError("idp_down")
                made = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OidcError("idp_down") from error
        if not isinstance(made, dict):
            raise OidcError("idp_down")
        return made
