"""Zip files from strangers: bounded, and never unpacked to a path of their choice."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 256 * 1024 * 1024
BLOCK = 1024 * 1024
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


def promised_bytes(path: Path, suffixes: tuple[str, ...]) -> int:
    """What the members with one of ``suffixes`` may fill unpacked; nothing for what is no zip file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(
                one.file_size for one in archive.infolist() if one.filename.casefold().endswith(suffixes)
            )
    except DAMAGED:
        return 0


def read_members(path: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Member name → content, of the members whose names end in one of ``suffixes``. Raises ZipError.

    Names that point out of the archive are refused, and sizes are those really unpacked, not those promised.
    """
    return {name: b"".join(blocks) for name, blocks in _members(path, suffixes)}


def unpack_members(path: Path, folder: Path) -> list[Path]:
    """Every member as a file right below ``folder``, by the last part of its name. Raises ZipError.

    As careful as ``read_members``, and holds a block at a time. What a system adds of its own is left out.
    """
    made: list[Path] = []
    for name, blocks in _members(path, ("",)):
        target = folder / PurePosixPath(name).name
        if target.name.startswith(".") or name.startswith("__MACOSX/"):
            continue
        if target in made:
            raise ZipError("to filer har samme navn / two members have one name")
        with target.open("wb") as file:
            file.writelines(blocks)
        made.append(target)
    return made


def _members(path: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of each member; a content is gone through before the next is asked for."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ZipError(f"{len(members)} > {MAX_MEMBERS} filer / members")
            found: set[str] = set()
            room = _Room(MAX_TOTAL_BYTES)
            for member in members:
                name = member.filename.replace("\\", "/")
                parts = PurePosixPath(name).parts
                if name.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in name:
                    raise ZipError("et filnavn peger ud af zip-filen / a name points out of the archive")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise ZipError("et link i zip-filen / a link in the archive")
                if member.is_dir() or not name.casefold().endswith(suffixes):
                    continue
                if member.flag_bits & 1:
                    raise ZipError("filen er krypteret / the file is encrypted")
                if name in found:
                    raise ZipError("to filer har samme navn / two members have one name")
                found.add(name)
                yield name, _blocks(archive, member, room)
    except DAMAGED as error:
        raise ZipError("filen er beskadiget / the file is damaged") from error


@dataclass
class _Room:
    """How many bytes may still be unpacked."""

    left: int


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: _Room) -> Iterator[bytes]:
    left = min(MAX_MEMBER_BYTES, room.left)
    try:
        with archive.open(member) as stream:
            while block := stream.read(BLOCK):
                left -= len(block)
                room.left -= len(block)
                if left < 0:
                    raise ZipError("den udpakkede fil er for stor / a member is too large unpacked")
                yield block
    except DAMAGED as error:
        raise ZipError("filen er beskadiget / the file is damaged") from error
