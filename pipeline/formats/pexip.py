"""Pexip's history of conferences and participants becomes events: one who joined and left, a room that ended.

CSV with a header (semicolon, comma or tab), or the JSON of the management API, each record on a line or in
``objects``. Times without a zone are UTC (docs.pexip.com, api_history). A meeting is a conference instance;
two calls of one alias in it are one actor. Nothing that names anybody is kept: names, aliases and ids are
keyed, addresses are dropped. ``pages/pexip.md`` says what is carried.
"""

from collections.abc import Iterator, Sequence

from pipeline.formats.cells import plain
from pipeline.formats.decode import CodePage
from pipeline.formats.header import DELIMITERS
from pipeline.formats.json_items import TEXTS, items
from pipeline.formats.pexip_history import READ, History, Record
from pipeline.formats.platform_log import Refused, event_pieces, without_key
from pipeline.formats.records import records
from pipeline.formats.result import Decisions, Read, Reading, Source, gathered, unreadable
from pipeline.formats.streamed import encoding_of, lines, streamed_records
from pipeline.text import Text

PARTICIPANT = ("id", "conference", "start_time", "end_time")
CONFERENCE = ("id", "name", "start_time", "end_time")


def read(files: Sequence[Source], reading: Reading) -> Read:
    """Read every file of a delivery, participants and conferences in any order."""
    return gathered(read_pieces(files, reading))


def read_pieces(files: Sequence[Source], reading: Reading) -> Iterator[Read]:
    """``read`` piece by piece: the rows of each file, then what is said of it."""
    for file in files:
        yield from _file_pieces(file, reading)


def _file_pieces(source: Source, reading: Reading) -> Iterator[Read]:
    if reading.key is None:
        yield without_key(source)
        return
    page = encoding_of(source)
    if isinstance(page, Read):
        yield page
        return
    head = next((line for line in lines(source, page) if line.text.strip("\ufeff \t") or line.is_long), None)
    if head is None:
        yield unreadable(source, "empty_file", "filen er tom", "the file is empty")
        return
    history = History(reading.key)
    if head.is_long or head.text.lstrip("\ufeff \t")[:1] in ("{", "["):
        found = history.events(_json_records(source, page))
        decisions = Decisions(page.name, date_order="iso")
        yield from event_pieces(source, found, reading, history.heard, decisions)
        return
    delimiter = max(DELIMITERS, key=head.text.count)
    header = [plain(cell).casefold() for cell in next(records([head.text], delimiter)).cells]
    if not all(name in header for name in PARTICIPANT) and not all(name in header for name in CONFERENCE):
        yield _no_header(source, head.number)
        return
    history.heard.see(header)
    found = history.events(_csv_records(source, page, delimiter, header, head.number))
    decisions = Decisions(page.name, DELIMITERS[delimiter], date_order="iso")
    yield from event_pieces(source, found, reading, history.heard, decisions)


def _no_header(source: Source, line: int) -> Read:
    participant, conference = ";".join(PARTICIPANT), ";".join(CONFERENCE)
    return unreadable(
        source,
        "no_header",
        f"overskriften er hverken deltageres eller konferencers; forventet {participant} eller {conference}",
        f"the header is neither of participants nor of conferences; expected {participant} or {conference}",
        line,
    )


def _csv_records(
    source: Source, page: CodePage, delimiter: str, header: Sequence[str], head: int
) -> Iterator[tuple[int, Record | Refused]]:
    left = (line for line in lines(source, page) if line.number > head)
    places = [(place, name) for place, name in enumerate(header) if name in READ]
    for record in streamed_records(left, delimiter, len(header)):
        cells = record.cells
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if record.rule is None and not any(cells):
            continue
        if record.rule is not None or len(cells) != len(header):
            yield record.line, Refused(record.line, record.rule or "wrong_cell_count", _BROKEN)
        else:
            yield record.line, {name: plain(cells[place]) for place, name in places}


def _json_records(source: Source, page: CodePage) -> Iterator[tuple[int, Record | Refused]]:
    for item in items(source, page):
        yield item.line, Refused(item.line, item.rule, TEXTS[item.rule]) if item.rule else item.value


_BROKEN = Text(
    "linjen har andre antal felter end overskriften, er for lang, eller et anførselstegn er ikke lukket",
    "the line has another number of cells than the header, is far too long, or a quote is not closed",
)
