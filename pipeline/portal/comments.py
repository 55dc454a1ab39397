"""Comments on the cells of a workbook's only sheet, written as text: openpyxl's trees take 7 KB for each.

A comment is an entry of the sheet's comments (ECMA-376 part 1, 18.7) and a hidden shape in VML (part 4, 19),
which Excel draws it in.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from pipeline.contract.archive import fixed_archive
from pipeline.contract.workbook import CREATOR

WIDTH, HEIGHT = 320, 90  # pixels

_SHEET, _RELATIONS = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
_TYPES = "[Content_Types].xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = f"""<Relationships xmlns="{_PACKAGE}">\
<Relationship Id="comments" Type="{_OFFICE}/comments" Target="/xl/comments/comment1.xml"/>\
<Relationship Id="shapes" Type="{_OFFICE}/vmlDrawing" Target="/xl/drawings/commentsDrawing1.vml"/>\
</Relationships>"""
_KINDS = """<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>\
<Override PartName="/xl/comments/comment1.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/></Types>"""
_SHAPES = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>\
</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" \
path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>\
<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""
_SHAPE = f"""<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;\
margin-top:1.5pt;width:{WIDTH}px;height:{HEIGHT}px;z-index:1;visibility:hidden" fillcolor="#ffffe1" \
o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>\
</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"""
FIRST_SHAPE = 1026

Place = tuple[int, int]  # row and column, from 1


def with_comments(book: bytes, comments: Mapping[Place, str]) -> bytes:
    """``book``, an xlsx of one sheet without comments, with these, as ``fixed_archive`` has it."""
    if not comments:
        return fixed_archive(book)
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        sheet, types = source.read(_SHEET), source.read(_TYPES)
    link = f'<legacyDrawing xmlns:r="{_OFFICE}" r:id="shapes"/></worksheet>'.encode()
    return fixed_archive(
        book,
        {
            _SHEET: sheet.removesuffix(b"</worksheet>") + link,
            _RELATIONS: _LINKS.encode(),
            _TYPES: types.removesuffix(b"</Types>") + _KINDS.encode(),
            "xl/comments/comment1.xml": _entries(comments),
            "xl/drawings/commentsDrawing1.vml": _shapes(list(comments)),
        },
    )


def _entries(comments: Mapping[Place, str]) -> bytes:
    head = f'<comments xmlns="{_MAIN}"><authors><author>{CREATOR}</author></authors><commentList>'
    entries = (
        f'<comment ref="{get_column_letter(column)}{row}" authorId="0" shapeId="0"><text>'
        f'<t xml:space="preserve">{escape(text)}</t></text></comment>'
        for (row, column), text in comments.items()
    )
    return "".join((head, *entries, "</commentList></comments>")).encode()


def _shapes(places: Sequence[Place]) -> bytes:
    numbered = enumerate(places, FIRST_SHAPE)
    shapes = (_SHAPE % (number, row - 1, column - 1) for number, (row, column) in numbered)
    return "".join((_SHAPES, *shapes, "</xml>")).encode()
