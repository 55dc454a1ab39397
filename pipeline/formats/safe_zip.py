"""Zip files from strangers: read in memory, bounded, and never unpacked to a path of their choice."""

import lzma
import stat
import struct
import zipfile
import zlib
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


def read_members(path: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Member name → content, of the members whose names end in one of ``suffixes``. Raises ZipError.

    Names that point out of the archive are refused, and sizes are those really unpacked, not those promised.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ZipError(f"{len(members)} > {MAX_MEMBERS} filer / members")
            found: dict[str, bytes] = {}
            total = 0
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
                found[name] = _read(archive, member, MAX_TOTAL_BYTES - total)
                total += len(found[name])
            return found
    except DAMAGED as error:
        raise ZipError("filen er beskadiget / the file is damaged") from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    limit = min(MAX_MEMBER_BYTES, left)
    parts: list[bytes] = []
    size = 0
    with archive.open(member) as stream:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise ZipError("den udpakkede fil er for stor / a member is too large unpacked")
            parts.append(block)
    return b"".join(parts)
