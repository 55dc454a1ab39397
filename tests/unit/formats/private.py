"""What a browser's dump holds of people and places, and that none of it leaves a reader."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.formats.result import Read

PERSONAL = frozenset(
    {
        "label", "address", "ip", "userAgent", "UserAgent", "rtcConfiguration", "url", "urls", "path",
        "origin", "displayName", "confName", "confID", "endpointId", "deviceId", "userId", "username",
        "candidate", "sdp", "usernameFragment", "fingerprint",
    }
)  # fmt: skip
ADDRESS = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){4,}|\.local\b"
)


def personal(tree: Any, key: str = "") -> Iterator[str]:
    """Every text of a dump that stands under a name of something personal."""
    if isinstance(tree, dict) and "statsType" in tree:
        yield from personal(json.loads(tree["values"]), key.rpartition("-")[2])
    elif isinstance(tree, dict):
        for name, inner in tree.items():
            yield from personal(inner, name)
    elif isinstance(tree, list):
        for inner in tree:
            yield from personal(inner, key)
    elif isinstance(tree, str) and key in PERSONAL and len(tree) > 4:
        yield tree


def said_by(found: Read) -> str:
    """All that leaves the reader."""
    cells = [str(value) for frame in found.frames for column in frame.columns.values() for value in column]
    return "\n".join([*cells, *(item.line() for item in found.problems), repr(found.quarantine)])


def assert_nothing_personal(found: Read, dump: Any) -> None:
    """No address, and no text that the dump has under a personal name, is anywhere in what was read."""
    everything = said_by(found)
    private = set(personal(dump))
    assert len(private) >= 5
    assert not [text for text in private if text in everything]
    assert not ADDRESS.search(everything)
