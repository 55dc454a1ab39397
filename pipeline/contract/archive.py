"""Zip files independent of the clock: fixed member dates, sorted members, an Office file with fixed dates."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
FIXED_STAMP = b"1980-01-01T00:00:00Z"
PROPERTIES = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def fixed_archive(content: bytes, change: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """An Office file's members again, as ``archive_of`` has them; the document's own dates are fixed too.

    ``change`` is given each member's name and content, and gives what shall stand there instead.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    if change is not None:
        members = {name: change(name, member) for name, member in members.items()}
    if PROPERTIES in members:
        members[PROPERTIES] = STAMP.sub(rb"\g<1>" + FIXED_STAMP + rb"\g<3>", members[PROPERTIES])
    return archive_of(members)


def archive_of(members: Mapping[str, bytes]) -> bytes:
    """A zip of ``members`` in sorted order with fixed dates: the same members are the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, FIXED_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            target.writestr(member, members[name])
    return buffer.getvalue()
