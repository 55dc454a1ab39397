"""Sign-in sessions: a random cookie, what it stands for in memory, and the token that guards its posts."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from pipeline.web.tokens import hash_token, new_token

IDLE_S = 4 * 3600.0
MOST_SESSIONS = 50_000


@dataclass
class Session:
    """What is known of a browser that signed in, or is about to."""

    csrf: str = field(default_factory=new_token)
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    used_at: float = 0.0


@dataclass
class Sessions:
    """Sessions of one service; ``name`` is the cookie's."""

    name: str
    is_https: bool
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, Session] = field(default_factory=dict[str, Session], repr=False)

    @property
    def cookie(self) -> str:
        return f"__Host-{self.name}" if self.is_https else self.name

    def get(self, request: web.Request) -> Session | None:
        """The browser's session, kept alive; None where there is none or it has been idle too long."""
        key = hash_token(request.cookies.get(self.cookie, ""))
        session = self._known.get(key)
        if session is None:
            return None
        if self.clock() - session.used_at > IDLE_S:
            del self._known[key]
            return None
        session.used_at = self.clock()
        return session

    def begin(self, answer: web.StreamResponse, session: Session | None = None) -> Session:
        """A new cookie for ``session``: at sign-in, so that an earlier cookie is worth nothing."""
        made = session or Session()
        made.used_at = self.clock()
        token = new_token()
        self._known = {key: one for key, one in self._known.items() if one is not session}
        if len(self._known) >= MOST_SESSIONS:
            oldest = min(self._known, key=lambda key: self._known[key].used_at)
            del self._known[oldest]
        self._known[hash_token(token)] = made
        answer.set_cookie(
            self.cookie,
            token,
            httponly=True,
            secure=self.is_https,
            samesite="Lax",
            path="/",
            max_age=int(IDLE_S),
        )
        return made

    def end(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Forget the browser."""
        self._known.pop(hash_token(request.cookies.get(self.cookie, "")), None)
        answer.del_cookie(self.cookie, path="/")


def is_own_form(session: Session | None, given: object) -> bool:
    """Whether a posted form came from a page that this session was shown."""
    return session is not None and isinstance(given, str) and hmac.compare_digest(session.csrf, given)
