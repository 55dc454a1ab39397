"""Which text a program's positions count: the file as it is, or the file with CRLF as one sign.

REFI-QDA counts code points of the plain text. Some programs write CRLF into the file and count what they
show, where a line break is one sign. Nothing in the project says so; the words that selections cut do.
"""

from collections.abc import Sequence

LEAST_CUTS = 2


def counted(text: str, places: Sequence[int]) -> str:
    """``text`` itself, or with LF for CRLF when ``places`` then cut less than half as many words."""
    if "\r\n" not in text:
        return text
    single = text.replace("\r\n", "\n")
    if any(place > len(single) for place in places):
        return text
    before = cuts(text, places)
    return single if before >= LEAST_CUTS and 2 * cuts(single, places) < before else text


def cuts(text: str, places: Sequence[int]) -> int:
    """How many of ``places`` lie within a word."""
    return sum(
        1 for place in places if 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()
    )
