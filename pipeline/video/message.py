"""The message as the patient sees it: the link first, all in one text segment, with a code to read aloud."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.text import MONTHS_DA
from pipeline.video.config import LINK_MOST_CHARS

# GSM 03.38, the default alphabet and its extension (whose characters count twice).
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
SEGMENT = {"GSM-7": 160, "UCS-2": 70}
SEGMENT_OF_MANY = {"GSM-7": 153, "UCS-2": 67}


class MessageError(ValueError):
    """The message would not reach the patient whole."""


@dataclass(frozen=True)
class Message:
    """A text as it is sent. ``link_end_offset``: how many characters must arrive for a whole link."""

    text: str
    chars: int
    encoding: str
    segments: int
    link_end_offset: int


def render(link: str, host: str, spoken: str, starts_at: datetime | None, clinic: str) -> Message:
    """The message; ``starts_at`` in Danish time, None for a meeting now. Raises MessageError.

    One segment of GSM-7 holds it: a clinic's name with other letters, or a long one, is left out.
    """
    if len(link) > LINK_MOST_CHARS or any(letter.isspace() for letter in link):
        raise MessageError(f"linket er {len(link)} tegn · the link is {len(link)} characters")
    when = (
        "nu"
        if starts_at is None
        else f"{starts_at.day}. {MONTHS_DA[starts_at.month - 1]} kl. {starts_at:%H:%M}"
    )
    for name in (f" ({clinic})", ""):
        text = f"{link}\nVideomøde med din læge {when}{name}. Virker linket ikke: tast {spoken} på {host}"
        made = measured(text, len(link))
        if made.segments == 1 and made.encoding == "GSM-7":
            return made
    raise MessageError("beskeden fylder mere end én sms · the message takes more than one segment")


def measured(text: str, link_end: int) -> Message:
    """How a text is coded and in how many segments it is sent (3GPP TS 23.038)."""
    is_gsm = all(letter in _GSM or letter in _GSM_TWICE for letter in text)
    encoding = "GSM-7" if is_gsm else "UCS-2"
    units = (
        sum(2 if letter in _GSM_TWICE else 1 for letter in text)
        if is_gsm
        else len(text.encode("utf-16-be")) // 2
    )
    one, many = SEGMENT[encoding], SEGMENT_OF_MANY[encoding]
    segments = 1 if units <= one else -(-units // many)
    return Message(text, len(text), encoding, segments, link_end)
