"""Whether every sequence number of every source is there: the proof that no event is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter

from pipeline.formats.faults import listed, shown
from pipeline.formats.manifest import ManifestFile
from pipeline.formats.result import Source, problem
from pipeline.text import Problem


def sequence_problems(
    files: Sequence[Source], told: Mapping[str, ManifestFile], numbers: Iterable[tuple[str, int]]
) -> Iterator[Problem]:
    """What each source lacks, against the manifest and its own numbers, and which stand twice.

    ``numbers`` are each event's source and number, in their order.
    """
    named: dict[str, list[ManifestFile]] = {}
    for item in told.values():
        named.setdefault(item.source, []).append(item)
    for source, found in groupby(numbers, key=itemgetter(0)):
        yield from _of_source(files, source, named.pop(source, []), (number for _, number in found))
    for source, items in named.items():
        yield from _of_source(files, source, items, ())


def _of_source(
    files: Sequence[Source], source: str, named: Sequence[ManifestFile], numbers: Iterable[int]
) -> Iterator[Problem]:
    every = iter(numbers)
    first = [*islice(every, 1)]
    low = min([*first, *(item.first_seq for item in named)])
    previous, high = low - 1, max(item.last_seq for item in named) if named else low
    runs: list[str] = []
    twice = 0
    for number in chain(first, every):
        twice += number == previous
        runs += _run(previous, number)
        previous = number
    high = max(high, previous)
    runs += _run(previous, high + 1)
    file = next((file for file in files if file.path.name in {item.file for item in named}), files[0])
    if runs:
        yield _gap(file, source, runs, f"{low}–{high}")
    if twice:
        yield _twice(file, source, twice)


def _run(before: int, after: int) -> list[str]:
    """The numbers between two, as they are written; none when there is none."""
    if after - before < 2:
        return []
    return [str(after - 1) if after - before == 2 else f"{before + 1}–{after - 1}"]


def _gap(file: Source, source: str, runs: Sequence[str], span: str) -> Problem:
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
