"""Zip files from strangers: read in memory, bounded, and never unpacked to a path of their choice."""

import errno
import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 256 * 1024 * 1024
# What zipfile raises on a damaged archive, a name that is no text included.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError,
    IndexError, UnicodeDecodeError,
)  # fmt: skip


class ZipError(ValueError):
    """The file is not a zip file as we accept it."""


def check_archive(path: Path) -> None:
    """Raise ZipError for an archive that is no zip file, or whose members promise more than we unpack."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED as error:
        raise ZipError("filen er beskadiget / the file is damaged") from error
    if len(members) > MAX_MEMBERS:
        raise ZipError(f"{len(members)} > {MAX_MEMBERS} filer / members")
    # zipfile never unpacks more of a member than its header promises.
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise ZipError("den udpakkede fil er for stor / a member is too large unpacked")
    if any(member.flag_bits & 1 for member in members):
        raise ZipError("filen er krypteret / the file is encrypted")


@contextmanager
def opened(path: Path) -> Generator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """The archive, and its members by name. Raises ZipError, also for what is damaged while it is read.

    Names that point out of the archive are refused, and so are members that promise more than we unpack;
    zipfile never unpacks more of one than that.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ZipError(f"{len(members)} > {MAX_MEMBERS} filer / members")
            found: dict[str, zipfile.ZipInfo] = {}
            for member in members:
                name = member.filename.replace("\\", "/")
                parts = PurePosixPath(name).parts
                if name.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in name:
                    raise ZipError("et filnavn peger ud af zip-filen / a name points out of the archive")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise ZipError("et link i zip-filen / a link in the archive")
                if member.is_dir():
                    continue
                if member.flag_bits & 1:
                    raise ZipError("filen er krypteret / the file is encrypted")
                if name in found:
                    raise ZipError("to filer har samme navn / two members have one name")
                found[name] = member
            yield archive, found
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # the disk that it is unpacked to is full: no fault of the file
        raise ZipError("filen er beskadiget / the file is damaged") from error


def unpack_members(path: Path, folder: Path) -> list[Path]:
    """Every member as a file right below ``folder``, by the last part of its name. Raises ZipError.

    A block at a time. What a system adds of its own is left out.
    """
    made: list[Path] = []
    with opened(path) as (archive, members):
        check_size(members.values())
        for name, member in members.items():
            target = folder / PurePosixPath(name).name
            if target.name.startswith(".") or name.startswith("__MACOSX/"):
                continue
            if target in made:
                raise ZipError("to filer har samme navn / two members have one name")
            with archive.open(member) as content, target.open("wb") as file:
                shutil.copyfileobj(content, file)
            made.append(target)
    return made


def read_members(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], most_bytes: int = MAX_TOTAL_BYTES
) -> dict[str, bytes]:
    """Member name → content, of at most ``most_bytes`` together. Raises ZipError."""
    check_size(members.values(), most_bytes)
    return {name: archive.read(member) for name, member in members.items()}


def check_size(members: Iterable[zipfile.ZipInfo], most_bytes: int = MAX_TOTAL_BYTES) -> None:
    """Raise ZipError for members that promise more than we unpack."""
    sizes = [member.file_size for member in members]
    if sum(sizes) > most_bytes or any(size > MAX_MEMBER_BYTES for size in sizes):
        raise ZipError("den udpakkede fil er for stor / a member is too large unpacked")
