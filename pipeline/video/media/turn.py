"""Time-limited credentials for coturn's ``use-auth-secret`` (draft-uberti-behave-turn-rest-00)."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def credentials(participation: str, secret: bytes, *, expires_s: int) -> tuple[str, str]:
    """User name and password for one participation until ``expires_s`` (seconds since the epoch)."""
    user = f"{expires_s}:{participation}"
    return user, base64.b64encode(hmac.new(secret, user.encode(), hashlib.sha1).digest()).decode()


def ice_servers(
    urls: Sequence[str], participation: str, secret: bytes, *, expires_s: int
) -> list[dict[str, object]]:
    """What a browser's RTCPeerConnection takes; nothing without addresses."""
    if not urls:
        return []
    user, password = credentials(participation, secret, expires_s=expires_s)
    return [{"urls": list(urls), "username": user, "credential": password}]
