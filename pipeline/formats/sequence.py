"""Whether every sequence number of every source is there: the proof that no event is missing."""

from collections.abc import Mapping, Sequence

from pipeline.formats.faults import listed, shown
from pipeline.formats.manifest import ManifestFile
from pipeline.formats.result import Source, problem
from pipeline.text import Problem


def sequence_problems(
    files: Sequence[Source], told: Mapping[str, ManifestFile], seqs: Mapping[str, Sequence[int]]
) -> list[Problem]:
    """What the numbers of each source lack, against the manifest and themselves, and which stand twice."""
    found: list[Problem] = []
    for source in dict.fromkeys([*(item.source for item in told.values()), *seqs]):
        named = [item for item in told.values() if item.source == source]
        numbers = seqs.get(source, ())
        have = set(numbers)
        low = min([*have, *(item.first_seq for item in named)])
        high = max([*have, *(item.last_seq for item in named)])
        file = next((file for file in files if file.path.name in {item.file for item in named}), files[0])
        if high - low + 1 != len(have):
            found.append(_gap(file, source, have, low, high))
        if twice := len(numbers) - len(have):
            found.append(_twice(file, source, twice))
    return found


def _gap(file: Source, source: str, have: set[int], low: int, high: int) -> Problem:
    runs: list[str] = []
    previous = low - 1
    for seq in [*sorted(have), high + 1]:
        if seq > previous + 1:
            runs.append(f"{previous + 1}–{seq - 1}" if seq - previous > 2 else str(seq - 1))
        previous = seq
    span = f"{low}–{high}"
    return problem(
        file,
        None,
        "seq",
        "sequence_gap",
        f"løbenumre mangler fra {shown(source)}: {listed(runs)}; forventet {span} uden huller",
        f"numbers of {shown(source)} are missing: {listed(runs)}; expected {span} without gaps",
        "critical",
    )


def _twice(file: Source, source: str, count: int) -> Problem:
    return problem(
        file,
        None,
        "seq",
        "sequence_twice",
        f"{count} løbenumre fra {shown(source)} findes mere end én gang",
        f"{count} sequence numbers of {shown(source)} stand more than once",
    )
