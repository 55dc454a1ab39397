"""Which reader a sent file is for: by what kind of file it is, and what its table is delivered as."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pipeline.contract import Table
from pipeline.formats.kinds import kind_of
from pipeline.formats.readers import FORMATS
from pipeline.formats.result import Read, Reading, Source, gathered, problem, unreadable
from pipeline.formats.safe_zip import ZipError, unpack_members
from pipeline.identifiers import mask
from pipeline.text import Problem, Text

UNPACKED = ".unpacked"


@dataclass(frozen=True)
class Chosen:
    """A format, and the table's rows piece by piece as its reader gives them.

    ``against`` says why the file is not of that format; empty when it is.
    """

    format: str
    pieces: Iterator[Read]
    against: tuple[Problem, ...] = ()


def choose(source: Source, table: Table, reading: Reading, folder: Path) -> Chosen:
    """The first of the table's formats whose reader finds the file to be one of its own.

    Where none does, what the likeliest says. A zip file of several files is unpacked below ``folder``, which
    has nothing of it when the pieces are taken.
    """
    kind = kind_of(source.path)
    if kind == "several":
        return _of_several(source, table, reading, folder / UNPACKED)
    able = [name for name in table.delivered_as if kind in FORMATS[name].kinds] or table.delivered_as[:1]
    tried: list[Chosen] = []
    for name in able:
        tried.append(_begun(name, [source], table, reading))
        if not tried[-1].against:
            return tried[-1]
    # Not read for its size is no answer to whether it was one: it is said beside what the likeliest says.
    large = [
        replace(one, message=_as(other.format, one.message), severity="warning")
        for other in tried[1:]
        for one in other.against
        if one.rule == "too_large"
    ]
    return replace(tried[0], pieces=chain(tried[0].pieces, [Read(problems=tuple(large))]))


def _of_several(source: Source, table: Table, reading: Reading, folder: Path) -> Chosen:
    able = [name for name in table.delivered_as if FORMATS[name].is_several]
    if not able:
        da, en = "en zip-fil med flere filer; forventet én fil", "a zip file of several files; expected one"
        return _unread(table.delivered_as[0], unreadable(source, "not_one_file", da, en))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said: list[Problem] = []
    try:
        files = [Source(path, mask(path.name)[0]) for path in unpack_members(source.path, folder)]
        for name in able if files else ():
            one = _begun(name, files, table, reading)
            if not one.against:
                return Chosen(name, _then_removed(map(_with_files, one.pieces), folder))
            said += (replace(told, message=_as(name, told.message)) for told in one.against)
    except ZipError as error:
        da, _, en = str(error).partition(" / ")
        said.extend(unreadable(source, "not_a_zip_file", da, en or da).problems)
    shutil.rmtree(folder, ignore_errors=True)
    none = unreadable(source, "empty_file", "zip-filen er tom", "the zip file is empty")
    return _unread(able[0], Read(problems=tuple(said)) if said else none)


def _unread(name: str, told: Read) -> Chosen:
    return Chosen(name, iter([told]), told.problems)


def _then_removed(pieces: Iterable[Read], folder: Path) -> Iterator[Read]:
    """``pieces``, whose files lie below ``folder`` until the last is taken."""
    try:
        yield from pieces
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begun(name: str, files: Sequence[Source], table: Table, reading: Reading) -> Chosen:
    form = FORMATS[name]
    pieces = form.read(files, [table.name], reading)
    if form.is_known_first:
        first = next(pieces, Read())
        return Chosen(name, _of_table(chain([first], pieces), files[0], table, reading), _critical([first]))
    # Read twice, so that what is held does not grow with the file.
    against = _critical(pieces)
    again = form.read(files, [table.name], reading)
    return Chosen(name, _of_table(again, files[0], table, reading), against)


def _critical(pieces: Iterable[Read]) -> tuple[Problem, ...]:
    return tuple(one for piece in pieces for one in piece.problems if one.severity == "critical")


def _of_table(pieces: Iterator[Read], source: Source, table: Table, reading: Reading) -> Iterator[Read]:
    """The pieces without the rows of other tables, which have deliveries of their own; they are named."""
    others: dict[str, Text] = {}
    for piece in pieces:
        read = gathered([piece]) if len(piece.frames) > 1 else piece
        here = [frame.table for frame in read.frames if frame.table != table.name and frame.rows]
        if not here:
            yield read
            continue
        others |= {name: reading.contracts.tables[name].title for name in here}
        frames = tuple(frame for frame in read.frames if frame.table == table.name)
        refused = tuple(row for row in read.quarantine if row.table == table.name)
        count = sum(frame.rows for frame in frames) + len(refused)
        yield replace(read, frames=frames, quarantine=refused, rows_read=count)
    if others:
        note = problem(
            source,
            None,
            None,
            "other_tables",
            f"filen har også rækker til {', '.join(one.da for one in others.values())}; send den også dér",
            f"the file has rows of {', '.join(one.en for one in others.values())} too; send it there as well",
            "note",
        )
        yield Read(problems=(note,))


def _with_files(read: Read) -> Read:
    """``read``, whose problems name the file among several that they are in."""
    named = (
        replace(one, message=Text(f"{one.file}: {one.message.da}", f"{one.file}: {one.message.en}"))
        for one in read.problems
    )
    return replace(read, problems=tuple(named))


def _as(name: str, message: Text) -> Text:
    title = FORMATS[name].title
    return Text(f"læst som {title.da}: {message.da}", f"read as {title.en}: {message.en}")
