"""Which reader a sent file is for: by what kind of file it is, and what its table is delivered as."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pipeline.contract import Table
from pipeline.formats.kinds import kind_of
from pipeline.formats.readers import FORMATS
from pipeline.formats.refi_project import TEXTS_ONLY
from pipeline.formats.result import Read, Reading, Source, gathered, problem, unreadable
from pipeline.formats.safe_zip import ZipError, promised_bytes, unpack_members
from pipeline.identifiers import mask
from pipeline.text import Text

UNPACKED = ".unpacked"


@dataclass(frozen=True)
class Chosen:
    """A format, and the table's rows piece by piece as its reader gives them.

    ``first`` is what the reader says of the file as a whole.
    """

    format: str
    first: Read
    rest: Iterator[Read]

    @property
    def pieces(self) -> Iterator[Read]:
        return chain([self.first], self.rest)

    @property
    def is_its_own(self) -> bool:
        """Whether the reader finds that the file is in its format."""
        return not any(one.severity == "critical" for one in self.first.problems)


def choose(source: Source, table: Table, reading: Reading, folder: Path) -> Chosen:
    """The first of the table's formats whose reader finds the file to be one of its own.

    Where none does, what the likeliest says. A zip file of several files is unpacked below ``folder``, which
    has nothing of it afterwards.
    """
    kind = kind_of(source.path)
    if kind == "several":
        return _of_several(source, table, reading, folder / UNPACKED)
    able = [name for name in table.delivered_as if kind in FORMATS[name].kinds] or table.delivered_as[:1]
    tried: list[Chosen] = []
    for name in able:
        tried.append(_begun(name, [source], table, reading))
        if tried[-1].is_its_own:
            return tried[-1]
    # Not read for its size is no answer to whether it was one: it is said beside what the likeliest says.
    large = (
        replace(one, message=_as(other.format, one.message), severity="warning")
        for other in tried[1:]
        for one in other.first.problems
        if one.rule == "too_large"
    )
    first = tried[0].first
    return replace(tried[0], first=replace(first, problems=(*first.problems, *large)))


def _of_several(source: Source, table: Table, reading: Reading, folder: Path) -> Chosen:
    able = [name for name in table.delivered_as if FORMATS[name].is_several]
    if not able:
        da, en = "en zip-fil med flere filer; forventet én fil", "a zip file of several files; expected one"
        return Chosen(table.delivered_as[0], unreadable(source, "not_one_file", da, en), iter(()))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        files = [Source(path, mask(path.name)[0]) for path in unpack_members(source.path, folder)]
        tried = [_begun(name, files, table, reading) for name in able] if files else []
        for one in tried:
            if one.is_its_own:
                # Taken while the files are there; an export is read as a whole anyhow.
                return Chosen(one.format, _with_files(one.first), iter([*map(_with_files, one.rest)]))
    except ZipError as error:
        da, _, en = str(error).partition(" / ")
        return Chosen(able[0], unreadable(source, "not_a_zip_file", da, en or da), iter(()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    said = tuple(
        replace(one, message=_as(tried_one.format, one.message))
        for tried_one in tried
        for one in tried_one.first.problems
        if one.severity == "critical"
    )
    none = unreadable(source, "empty_file", "zip-filen er tom", "the zip file is empty")
    return Chosen(able[0], Read(problems=said) if said else none, iter(()))


def _begun(name: str, files: Sequence[Source], table: Table, reading: Reading) -> Chosen:
    form = FORMATS[name]
    if form.most_bytes is not None and sum(_read_bytes(file.path) for file in files) > form.most_bytes:
        most_mb = form.most_bytes // 1024**2
        da = f"mere end {most_mb} MB; del eksporten i flere"
        en = f"more than {most_mb} MB; divide the export into several"
        return Chosen(name, unreadable(files[0], "too_large", da, en), iter(()))
    if form.pieces is not None and len(files) == 1:
        pieces = form.pieces(files[0], table.name, reading)
    else:
        whole = gathered([form.read(files, [table.name], reading)])  # readers give their rows in batches
        pieces = iter([_of_table(whole, table, reading)])
    return Chosen(name, next(pieces, Read()), pieces)


def _read_bytes(path: Path) -> int:
    """How much of a file is read: a project's sound and pictures are not."""
    return promised_bytes(path, TEXTS_ONLY) if kind_of(path) == "project" else path.stat().st_size


def _of_table(read: Read, table: Table, reading: Reading) -> Read:
    """``read`` without the rows of other tables, which have deliveries of their own; they are named."""
    others = [frame.table for frame in read.frames if frame.table != table.name and frame.rows]
    if not others:
        return read
    frames = tuple(frame for frame in read.frames if frame.table == table.name)
    refused = tuple(row for row in read.quarantine if row.table == table.name)
    titles = [reading.contracts.tables[name].title for name in others]
    note = problem(
        Source(Path(), read.problems[0].file if read.problems else ""),
        None,
        None,
        "other_tables",
        f"filen har også rækker til {', '.join(title.da for title in titles)}; send den også dér",
        f"the file has rows of {', '.join(title.en for title in titles)} too; send it there as well",
        "note",
    )
    return replace(
        read,
        frames=frames,
        quarantine=refused,
        problems=(*read.problems, note),
        rows_read=sum(frame.rows for frame in frames) + len(refused),
    )


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
