"""What may be said of a camera or microphone that was asked for (https://www.w3.org/TR/mediacapture-streams/)."""

STATES = {
    "ok": "ok",
    "NotAllowedError": "NotAllowedError",
    "NotFoundError": "NotFoundError",
    "NotReadableError": "NotReadableError",
    "insecure_context": "insecure_context",
    "unsupported": "unsupported",
    # the names that browsers gave before 2018
    "PermissionDeniedError": "NotAllowedError",
    "DevicesNotFoundError": "NotFoundError",
    "TrackStartError": "NotReadableError",
}


def device_state(said: object) -> str:
    """The state in our words; ``other`` for what no browser is known to say."""
    return STATES.get(str(said), "other")
