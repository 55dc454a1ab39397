"""An identity provider for trying things out: it asks nobody anything, and says so on its page.

Its tokens carry a name and a number as a broker's do, so that tests can see them dropped.
"""

import asyncio
import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey
from markupsafe import Markup

from pipeline.web.oidc import OidcClient
from pipeline.web.page import page
from pipeline.web.settings import Provider, Site

__test__ = False  # a provider for tests, no tests
SLOW_S = 3.0
TEST_LOGIN = "/testlogin"


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as; ``does`` is what happens instead of a sign-in."""

    id: str
    label: str
    loa: str = "substantial"
    roles: tuple[str, ...] = ()
    does: str = ""


PEOPLE = (
    Person("anne", "Voksen borger (Anne)"),
    Person("bo", "En anden voksen (Bo)"),
    Person("forælder", "Forælder til et barn"),
    Person("fagperson", "Fagperson uden for klinikken"),
    Person("lav", "Borger med lav sikring", loa="low"),
    Person("fortryder", "Fortryder undervejs", does="cancel"),
    Person("langsom", "Er længe om det", does="slow"),
    Person("læge", "Læge i klinikken", roles=("doctor",)),
    Person("sekretær", "Sekretær i klinikken", roles=("secretary",)),
    Person("syd", "Medarbejder i Region Syddanmark", roles=("region:1083",)),
    Person("midt", "Medarbejder i Region Midtjylland", roles=("region:1082",)),
    Person("cimt", "Analytiker hos CIMT", roles=("cimt",)),
)


def login_at(site: Site, provider: Provider, client_id: str, back: str, key: bytes) -> OidcClient:
    """The client of ``provider``, or, where none is named, of the test login that the site itself has."""
    is_test = not provider.issuer
    return OidcClient(
        issuer=f"{site.url}{TEST_LOGIN}" if is_test else provider.issuer,
        client_id=client_id if is_test else provider.client_id,
        client_secret=provider.secret,
        redirect_uri=f"{site.url}{back}",
        key=key,
        least_loa=provider.loa,
        # Behind a proxy the service asks its own test login directly.
        address=f"{site.inner_url}{TEST_LOGIN}" if is_test and site.inner_url else "",
    )


def test_identity_provider(issuer: str, clients: set[str]) -> web.Application:
    """An application to mount at the path of ``issuer``; ``clients`` are the client ids it serves."""
    key: ECKey = ECKey.generate_key(
        "P-256", parameters={"kid": secrets.token_hex(4), "use": "sig", "alg": "ES256"}
    )
    codes: dict[str, dict[str, Any]] = {}

    async def configuration(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def jwks(_: web.Request) -> web.Response:
        return web.json_response({"keys": [key.as_dict(private=False)]})

    async def authorize(request: web.Request) -> web.Response:
        asked = request.query
        if (
            asked.get("client_id") not in clients
            or asked.get("code_challenge_method") != "S256"
            or not asked.get("redirect_uri", "").startswith(issuer.rsplit("/", 1)[0])
        ):
            raise web.HTTPBadRequest
        rows = Markup().join(
            Markup('<li><a class="button" href="{}">{}</a></li>').format(
                f"{issuer}/choose?{urlencode({**asked, 'person': one.id})}", one.label
            )
            for one in PEOPLE
        )
        body = Markup(
            '<main id="main" class="narrow"><h1>Testlogin – ikke MitID</h1>'
            "<p>Her kan du prøve tjenesten uden rigtig identitet. Hvem vil du være?</p>"
            '<ul class="plain">{}</ul></main>'
        )
        return web.Response(
            text=page("Testlogin", body.format(rows), name="Testlogin"), content_type="text/html"
        )

    async def choose(request: web.Request) -> web.Response:
        asked = request.query
        person = next((one for one in PEOPLE if one.id == asked.get("person")), None)
        if person is None or not asked.get("redirect_uri", "").startswith(issuer.rsplit("/", 1)[0]):
            raise web.HTTPBadRequest
        answer = {"state": asked.get("state", ""), "iss": issuer}
        if person.does == "cancel":
            answer["error"] = "access_denied"
        else:
            if person.does == "slow":
                await asyncio.sleep(SLOW_S)
            answer["code"] = secrets.token_urlsafe(16)
            codes[answer["code"]] = {**asked, "who": person}
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(answer)}")

    async def token(request: web.Request) -> web.Response:
        form = await request.post()
        asked = codes.pop(str(form.get("code")), None)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["client_id"] != form.get("client_id")
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        person: Person = asked["who"]
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": asked["client_id"],
            "sub": f"test-{person.id}",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "acr": f"https://data.gov.dk/concept/core/nsis/{person.loa.capitalize()}",
            "loa": person.loa,
            "roles": list(person.roles),
            "name": f"Test Person {person.id}",
            "nin": "TEST-NIN-NOT-A-NUMBER",
        }
        made = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
        return web.json_response(
            {"id_token": made, "access_token": secrets.token_urlsafe(8), "token_type": "Bearer"}
        )

    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", configuration),
            web.get("/jwks", jwks),
            web.get("/authorize", authorize),
            web.get("/choose", choose),
            web.post("/token", token),
        ]
    )
    return app
