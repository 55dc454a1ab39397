"""Where things stand in the checkout, and how a file is written whole or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
PARAMS = ROOT / "pipeline" / "params.yaml"
RAW = ROOT / "data" / "raw"
DELIVERIES = RAW / "deliveries.toml"
TABLES = ROOT / "data" / "tables"
DELIVERED = TABLES / "delivered"
SESSIONS = TABLES / "sessions"
LINKED = TABLES / "linked"
RESULTS = ROOT / "data" / "results"
WAREHOUSE = ROOT / "data" / "warehouse.duckdb"
REPORTS = ROOT / "reports"
BUILD = REPORTS / "build"


def relative(path: Path) -> str:
    """``path`` as the project writes it: relative to the checkout, with forward slashes."""
    resolved = path.resolve()
    return resolved.relative_to(ROOT).as_posix() if resolved.is_relative_to(ROOT) else resolved.as_posix()


def sha256(path: Path) -> str:
    """The hex digest of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield a temporary file beside ``path``; on success it takes ``path``'s place, on failure it goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Generator[Path]:
    """Yield a temporary folder beside ``folder``; on success it takes the folder's place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, so that the same content is the same bytes."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    write_bytes(path, f"{text}\n".encode())


def files_below(path: Path) -> list[Path]:
    """``path`` itself, or every file below it that is not hidden or compiled, sorted."""
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith((".", "__")) for part in file.relative_to(path).parts)
    )


def write_manifest(path: Path, stage: str, inputs: Iterable[Path], products: Iterable[Path]) -> None:
    """Say what a stage's products were made from, where the products' own bytes may differ by machine.

    The manifest is the stage's only DVC output, so that ``dvc.lock`` is the same on every machine.
    """
    hashes = {relative(file): sha256(file) for item in inputs for file in files_below(item)}
    write_json(
        path,
        {
            "stage": stage,
            "inputs": hashes,
            "products": sorted(relative(item) for item in products),
        },
    )
