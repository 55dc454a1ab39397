"""Take a person's rows out of a delivered CSV file, and leave every other byte of it as it is."""

from pathlib import Path

from pipeline.formats.records import records, split_lines
from pipeline.paths import write_bytes


def cut_rows(file: Path, text: str, delimiter: str = ";") -> int:
    """Remove every record of a UTF-8 file in which ``text`` stands; how many were removed.

    The first record is the header and stays. Raises UnicodeDecodeError for another code page.
    """
    lines = split_lines(file.read_bytes().decode("utf-8").replace("\r\n", "\n"))
    gone: set[int] = set()
    count = 0
    for place, record in enumerate(records(lines, delimiter)):
        span = range(record.line - 1, record.following - 1)
        if place and any(text in lines[number] for number in span):
            gone.update(span)
            count += 1
    if gone:
        kept = [line for number, line in enumerate(lines) if number not in gone]
        write_bytes(file, "".join(f"{line}\r\n" for line in kept).encode("utf-8"))
    return count
