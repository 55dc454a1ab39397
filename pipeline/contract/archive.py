"""Make an Office file independent of the clock: fixed member dates, fixed document dates, sorted members."""

import io
import re
import zipfile

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
FIXED_STAMP = b"1980-01-01T00:00:00Z"
PROPERTIES = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def fixed_archive(content: bytes) -> bytes:
    """The zip's members again, in sorted order with fixed dates; the document's own dates are fixed too."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == PROPERTIES:
                data = STAMP.sub(rb"\g<1>" + FIXED_STAMP + rb"\g<3>", data)
            member = zipfile.ZipInfo(name, FIXED_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            target.writestr(member, data)
    return buffer.getvalue()
