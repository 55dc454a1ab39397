"""Whether a file holds a text: in its bytes, in the files of a zip archive, in Parquet's decoded values.

A DuckDB file packs its values: it is searched table by table.
"""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import zipfile
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 20


def files_holding(folder: Path, text: str) -> list[Path]:
    """Every file at or below ``folder``, hidden ones too, in which ``text`` stands, sorted."""
    files = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    return [file for file in files if file.is_file() and not file.is_symlink() and holds(file, text)]


def holds(file: Path, text: str) -> bool:
    """Whether ``text`` stands in ``file`` as UTF-8 or UTF-16, packed or not."""
    needles = tuple(text.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be"))
    with file.open("rb") as stream:
        head = stream.read(12)
        stream.seek(0)
        if _is_in(iter(lambda: stream.read(BLOCK), b""), needles):
            return True
    if head[:4] == b"PAR1":
        return _is_in_parquet(file, text)
    if head[8:] == b"DUCK":
        return _is_in_duckdb(file, text)
    if head[:2] == b"PK" and zipfile.is_zipfile(file):
        return _is_in_archive(file, needles)
    return False


def _is_in(blocks: Iterator[bytes], needles: tuple[bytes, ...]) -> bool:
    overlap = max(map(len, needles)) - 1
    tail = b""
    for block in blocks:
        seen = tail + block
        if any(needle in seen for needle in needles):
            return True
        tail = seen[-overlap:]
    return False


def _is_in_archive(file: Path, needles: tuple[bytes, ...]) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            for item in archive.infolist():
                if any(needle in item.filename.encode() for needle in needles):
                    return True
                with archive.open(item) as member:
                    if _is_in(iter(lambda: member.read(BLOCK), b""), needles):
                        return True
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError):
        return True  # what cannot be searched is not known to be clean
    return False


def _is_in_parquet(file: Path, text: str) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(file)
        for batch in source.iter_batches():
            for column in batch.columns:
                if any(text in str(value) for value in column.unique().to_pylist()):
                    return True
    except (pa.ArrowException, OSError):
        return True
    return False


def _is_in_duckdb(file: Path, text: str) -> bool:
    import duckdb

    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            for names in tables:
                table = ".".join('"' + name.replace('"', '""') + '"' for name in names)
                found = connection.execute(
                    f"SELECT 1 FROM {table} AS held WHERE contains(CAST(held AS VARCHAR), ?) LIMIT 1", [text]
                ).fetchall()
                if found:
                    return True
    except duckdb.Error:
        return True
    return False
