"""A delimited file with a header, as text cells: for formats whose header is not a contract's."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.formats.cells import plain
from pipeline.formats.decode import decode
from pipeline.formats.header import DELIMITERS
from pipeline.formats.misread import told_mended
from pipeline.formats.records import Record, records, split_lines
from pipeline.formats.result import Decisions, Read, Source, problem, unreadable
from pipeline.text import Problem


@dataclass(frozen=True)
class Grid:
    """Header and rows; every row has as many cells as the header. ``broken`` are lines that had not.

    ``notes`` are of the file as a whole.
    """

    source: Source
    header: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    decisions: Decisions
    broken: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def column(self, name: str) -> list[str]:
        """The cells below the header called ``name``, case aside; ValueError when there is none."""
        place = [header.casefold() for header in self.header].index(name)
        return [row[place] for row in self.rows]


def read_grid(source: Source, required: Sequence[str] = ()) -> Grid | Read:
    """Read ``source``; a Read with one critical problem when it has not the ``required`` headers."""
    decoded = decode(source)
    if decoded.problem is not None:
        return Read(problems=(decoded.problem,))
    lines = split_lines(decoded.text)
    first = next((place for place, line in enumerate(lines) if line.strip("\ufeff \t")), None)
    if first is None:
        return unreadable(source, "empty_file", "filen er tom", "the file is empty")
    heads = {delimiter: next(records(lines, delimiter, 0, first), None) for delimiter in DELIMITERS}
    delimiter = max(heads, key=lambda sign: len(head.cells) if (head := heads[sign]) else 0)
    head = heads[delimiter]
    header = tuple(plain(cell) for cell in head.cells) if head else ()
    folded = [name.casefold() for name in header]
    lacking = [name for name in required if name not in folded]
    if head is None or lacking:
        return unreadable(
            source,
            "no_header",
            f"overskriften mangler {', '.join(lacking)}; forventet: {';'.join(required)}",
            f"the header lacks {', '.join(lacking)}; expected: {';'.join(required)}",
            first + 1,
        )
    good: list[int] = []
    rows: list[tuple[str, ...]] = []
    known: dict[str, str] = {}  # each text once: most cells of a column say the same
    broken: list[Problem] = []
    for record in records(lines, delimiter, len(header), head.following - 1):
        cells = [known.setdefault(text, text) for text in map(plain, record.cells)]
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if record.rule is None and len(cells) == len(header):
            if any(cells):
                good.append(record.line)
                rows.append(tuple(cells))
        elif record.rule is not None or any(cells):
            broken.append(_broken(source, record, len(header)))
    return Grid(
        source,
        header,
        tuple(good),
        tuple(rows),
        Decisions(decoded.encoding, DELIMITERS[delimiter], header_row=str(head.line)),
        tuple(broken),
        (told_mended(source, decoded.mended),) if decoded.mended else (),
    )


def _broken(source: Source, record: Record, width: int) -> Problem:
    if record.rule is not None:
        da, en = (
            "et anførselstegn er ikke lukket, eller linjen er for lang",
            "an open quote or too long a line",
        )
        return problem(source, record.line, None, record.rule, da, en)
    found = len(record.cells)
    return problem(
        source,
        record.line,
        None,
        "wrong_cell_count",
        f"fundet {found} felter; forventet {width}",
        f"found {found} cells; expected {width}",
    )
