"""Erase a person: the erasure list first, then every place of the checkout, DVC's stores and their remotes.

What the stages made is removed, and made again without the person by the next run; of DVC's stores, what
holds the person. Rows are cut out of delivered CSV files; any other delivered file that holds the person is
named, since it cannot be cut without breaking it. Git's history is not rewritten: that is said, never done.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from configparser import ConfigParser, Error
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.formats.deliveries import Delivery, index_comment, read_index, write_index
from pipeline.formats.erasures import TABLE, pseudonym_hash
from pipeline.paths import relative, sha256, write_bytes
from pipeline.privacy.cut import cut_rows
from pipeline.privacy.traces import files_holding
from pipeline.text import Problem, Text

MADE = ("data/tables", "data/results", "data/warehouse.duckdb", "data/warehouse.duckdb.wal", "reports/build")
LISTS = "erasures"


@dataclass(frozen=True)
class Forgotten:
    """What was done: files removed, rows cut by file, and what is left to people."""

    removed: tuple[Path, ...]
    cut: tuple[tuple[Path, int], ...]
    left: tuple[Problem, ...]


def forget(pseudonym: str, root: Path, programme: str, today: date, states: Sequence[Path] = ()) -> Forgotten:
    """Erase ``pseudonym`` from the checkout at ``root`` and from ``states``, folders of services elsewhere.

    Running it again changes nothing, and finds what came in between.
    """
    raw = root / "data" / "raw"
    cut, left = _cut_deliveries(pseudonym, raw)
    _list(pseudonym, raw, programme, today)
    removed: list[Path] = []
    for place in (root / name for name in MADE):
        removed += _remove(place)
    for store in stores(root):
        for file in files_holding(store, pseudonym) if store.exists() else []:
            file.unlink()
            removed.append(file)
    for store in stores(root):  # what a run made of which inputs would bring it back
        runs = store / "runs"
        removed += _remove(runs)
    for state in (root / "data" / "state", *states):
        more_removed, more_cut, more_left = _purge_state(pseudonym, state)
        removed, cut, left = [*removed, *more_removed], [*cut, *more_cut], [*left, *more_left]
    left += [_unreached(name, url) for name, url in remotes(root) if _local(root, url) is None]
    return Forgotten(tuple(removed), tuple(cut), tuple(left))


def _remove(place: Path) -> list[Path]:
    """Remove a file, or a folder whole: what is made of the person's rows too may not name them."""
    if not place.exists():
        return []
    files = [place] if place.is_file() else [file for file in sorted(place.rglob("*")) if file.is_file()]
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    return files


def remotes(root: Path) -> list[tuple[str, str]]:
    """Name and address of every DVC remote that is configured for the checkout."""
    found: dict[str, str] = {}
    for name in ("config", "config.local"):
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(root / ".dvc" / name, encoding="utf-8")
        except (Error, UnicodeDecodeError):
            found[name] = "?"
            continue
        for section in parser.sections():
            if "remote" in section and '"' in section:
                found[section.split('"')[1]] = parser.get(section, "url", fallback="?")
    return sorted(found.items())


def stores(root: Path) -> Iterator[Path]:
    """DVC's cache and the remotes that are folders on this machine."""
    yield root / ".dvc" / "cache"
    for _, url in remotes(root):
        folder = _local(root, url)
        if folder is not None:
            yield folder


def _local(root: Path, url: str) -> Path | None:
    """The folder of a remote on this machine, None for one elsewhere or not there."""
    if "://" in url or url == "?":
        return None
    folder = Path(url) if Path(url).is_absolute() else root / ".dvc" / url
    # The default remote inside the checkout need not have been made; another that is missing is not mounted.
    return folder if folder.is_dir() or folder.resolve().is_relative_to(root.resolve()) else None


def _cut_deliveries(pseudonym: str, raw: Path) -> tuple[list[tuple[Path, int]], list[Problem]]:
    """Cut the person's rows out of the delivered files; the index gets hash and rows of what is left."""
    index = raw / "deliveries.toml"
    entries = list(read_index(index))
    comment = index_comment(index)
    cut: list[tuple[Path, int]] = []
    left: list[Problem] = []
    for place, entry in enumerate(entries):
        held = [raw / name for name in entry.files if (raw / name).is_file()]
        held = [file for file in held if files_holding(file, pseudonym)]
        gone = 0
        for file in held:
            rows = _cut_or_none(file, pseudonym) if entry.format == "danish_csv" else None
            if rows is None or files_holding(file, pseudonym):
                left.append(_cannot_cut(file))
                continue
            gone += rows
            cut.append((file, rows))
        if gone:
            hashes = tuple(sha256(raw / name) if (raw / name).is_file() else told
                           for name, told in zip(entry.files, entry.sha256, strict=True))  # fmt: skip
            entries[place] = replace(entry, sha256=hashes, rows=max(0, entry.rows - gone))
    if cut:
        write_index(index, entries, comment)
    known = {(raw / name).resolve() for entry in entries for name in entry.files}
    left += [_cannot_cut(file) for file in files_holding(raw, pseudonym) if file.resolve() not in known]
    return cut, left


def _cut_or_none(file: Path, pseudonym: str) -> int | None:
    try:
        return cut_rows(file, pseudonym)
    except UnicodeDecodeError:
        return None


def _list(pseudonym: str, raw: Path, programme: str, today: date) -> None:
    """Put the person on the erasure list, as a delivery of its own; once."""
    told = pseudonym_hash(pseudonym)
    name = f"{LISTS}/{told[:16]}.csv"
    index = raw / "deliveries.toml"
    entries = list(read_index(index))
    if any(name in entry.files for entry in entries):
        return
    content = f"Aftryk af nøglen;Slettet den\r\n{told};{today:%d-%m-%Y}\r\n".encode()
    write_bytes(raw / name, content)
    entries.append(
        Delivery(
            id=f"erasure-{told[:16]}",
            programme=programme,
            tables=(TABLE,),
            format="danish_csv",
            files=(name,),
            sha256=(hashlib.sha256(content).hexdigest(),),
            received_date=today,
            rows=1,
            status="accepted",
            is_reconstructed=False,
        )
    )
    write_index(index, entries, index_comment(index))


def _purge_state(pseudonym: str, state: Path) -> tuple[list[Path], list[tuple[Path, int]], list[Problem]]:
    """Cut rows out of what the portal accepted, remove workbooks, name what only a service can change."""
    removed: list[Path] = []
    cut: list[tuple[Path, int]] = []
    left: list[Problem] = []
    for file in files_holding(state, pseudonym) if state.exists() else []:
        rows = _cut_or_none(file, pseudonym) if file.suffix == ".csv" else None
        if rows is not None and not files_holding(file, pseudonym):
            cut.append((file, rows))
        elif file.suffix in (".xlsx", ".csv", ".tmp") or "uploads" in file.parts:
            file.unlink()
            removed.append(file)
        else:
            left.append(_service(file))
    return removed, cut, left


def _cannot_cut(file: Path) -> Problem:
    text = Text(
        "leverancen nævner personen og kan ikke skæres til; hent den igen uden personen, eller slet filen og"
        ' sæt status = "withdrawn". Rækkerne bruges ikke, men de står her endnu',
        "the delivery names the person and cannot be cut; get it again without, or delete the file and set"
        ' status = "withdrawn". The rows are not used, but they still stand here',
    )
    return Problem(relative(file), None, None, "not_erased", text, "critical")


def _service(file: Path) -> Problem:
    text = Text(
        "tjenestens egen fil nævner personen; stop tjenesten, og slet filen eller dens indhold om personen",
        "the service's own file names the person; stop the service and delete the file or what it says of"
        " them",
    )
    return Problem(relative(file), None, None, "not_erased", text, "critical")


def _unreached(name: str, url: str) -> Problem:
    scheme = url.split("://")[0] if "://" in url else "mappe · folder"
    command = f"dvc gc --cloud --workspace -r {name}"
    text = Text(
        f"lageret ({scheme}) kan ikke nås herfra og er ikke renset; kør »{command}« efter en ny kørsel dér,"
        " hvor der er adgang, eller få det slettet hos dem, der driver det",
        f"the remote ({scheme}) cannot be reached from here and is not purged; run '{command}' after a new"
        " run where there is access, or have those who keep it delete it",
    )
    return Problem(".dvc/config", None, name, "not_erased", text, "critical")
