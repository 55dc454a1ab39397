"""Rows of an erased person are left out of whatever is read, from an old delivery too, and counted by table.

The erasure list is a delivery of the table ``erasures``: a hash of each pseudonym. A row goes when any of its
cells is the pseudonym, and so does a refused row that shows it. What links to the person only through a
meeting's short id stays: it holds nothing of the person, and the meeting had other parties.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.formats.result import Frame, Quarantined, Read

TABLE = "erasures"
HASH_COLUMN = "pseudonym_sha256"

# What `identifiers` makes, and what the video service makes of its own.
PSEUDONYM = re.compile(r"(?<![0-9A-Za-z_-])(?:p_[a-z2-7]{20}|s_[0-9A-Za-z_-]+)")


def pseudonym_hash(pseudonym: str) -> str:
    """What the list holds. A pseudonym has 100 bits of its own, so that nobody finds it from its hash."""
    return hashlib.sha256(f"erasure:{pseudonym}".encode()).hexdigest()


def erased_hashes(reads: Iterable[Read]) -> frozenset[str]:
    """Every hash on the lists among ``reads``."""
    return frozenset(
        str(value)
        for read in reads
        for frame in read.frames
        if frame.table == TABLE
        for value in frame.columns[HASH_COLUMN]
    )


def without_erased(read: Read, hashes: frozenset[str]) -> tuple[Read, Mapping[str, int]]:
    """``read`` without the rows of those on the list, and how many went from each table."""
    if not hashes:
        return read, {}
    counts: Counter[str] = Counter()
    known: dict[str, bool] = {}

    def is_erased(value: object) -> bool:
        if not isinstance(value, str) or value[:2] not in ("p_", "s_"):
            return False
        if value not in known:
            known[value] = pseudonym_hash(value) in hashes
        return known[value]

    frames: list[Frame] = []
    for frame in read.frames:
        gone = {
            place
            for values in frame.columns.values()
            for place, value in enumerate(values)
            if is_erased(value)
        }
        counts[frame.table] += len(gone)
        frames.append(_without(frame, gone) if gone else frame)
    kept: list[Quarantined] = []
    for row in read.quarantine:
        if any(is_erased(found) for found in PSEUDONYM.findall(row.cells)):
            counts[row.table] += 1
        else:
            kept.append(row)
    return replace(read, frames=tuple(frames), quarantine=tuple(kept)), +counts


def _without(frame: Frame, gone: set[int]) -> Frame:
    columns = {
        name: [value for place, value in enumerate(values) if place not in gone]
        for name, values in frame.columns.items()
    }
    return replace(frame, columns=columns)
