"""What the service says to people: `words.toml`, and what follows after a meeting."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.video.store import Meeting

AFTER = {
    "session.host_ended": "bye_host_ended",
    "session.peer_left": "bye_left",
    "lobby.gave_up_waiting": "bye_left",
    "lobby.denied": "bye_denied",
    "signalling.duplicate": "bye_duplicate",
    "session.network_lost": "bye_network",
    "session.server_shutdown": "bye_shutdown",
    "phone": "bye_phone",
}


@cache
def words() -> dict[str, Any]:
    """Every word the pages need."""
    return tomllib.loads(files("pipeline.video").joinpath("words.toml").read_text(encoding="utf-8"))


def seat_label(seat: str) -> str:
    """What a place in a meeting is called."""
    return str(words()["seats"].get(seat, words()["participant"]))


def after_leaving(reason: str, is_host: bool, was_in: bool, meeting: Meeting | None) -> tuple[str, str]:
    """The last line a participant reads, and the address of the form that follows, if any."""
    text = str(words()[AFTER.get(reason, "bye_refused")])
    if meeting is None or meeting.is_test or reason == "signalling.duplicate":
        return text, ""
    if is_host:
        return text, f"/klinik/kort/{meeting.short_id}"
    return text, "/skema" if was_in else ""
