"""The analyst's decision: a confirmed delivery goes from the inbox into the raw data and its index."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline import paths
from pipeline.formats.deliveries import Delivery, index_comment, read_index, write_index
from pipeline.portal.config import Config
from pipeline.portal.desk import DANISH, Desk
from pipeline.portal.receipt import Receipt
from pipeline.text import Problem, ProblemError, Text


def inbox(desk: Desk) -> list[Receipt]:
    """What is confirmed and waits, the oldest first."""
    return [one for one in reversed(desk.receipts()) if one.state == "confirmed"]


def accept(desk: Desk, ids: Sequence[str], note: str, config: Config, raw: Path, by: str) -> list[Delivery]:
    """Copy the rows below ``raw`` and add them to its index; a delivery that one replaces is superseded.

    Raises ProblemError for an id that is not in the inbox, before anything is written.
    """
    waiting = {one.id: one for one in inbox(desk)}
    unknown = [name for name in ids if name not in waiting]
    if unknown:
        text = Text("står ikke i indbakken", "is not in the inbox")
        raise ProblemError(
            Problem(paths.relative(desk.folder), None, name, "inbox", text, "critical") for name in unknown
        )
    index = raw / paths.DELIVERIES.name
    entries = {item.id: item for item in read_index(index)} if index.is_file() else {}
    today = datetime.now(DANISH).date()
    made: list[Delivery] = []
    for receipt in (waiting[name] for name in ids):
        entry = _entry(desk, receipt, note, config, raw)
        replaced = entries.get(receipt.replaces)
        if replaced is not None:
            entries[replaced.id] = replace(replaced, status="superseded", superseded_on=today)
            entry = replace(entry, supersedes=replaced.id)
        entries[entry.id] = entry
        made.append(entry)
    write_index(index, entries.values(), index_comment(index))
    for entry in made:
        desk.accepted(entry.id, by)
    return made


def withdrawn(desk: Desk, index: Path) -> list[str]:
    """Mark in the index what a region took back after it was taken in; the ids."""
    if not index.is_file():
        return []
    gone = {one.id for one in desk.receipts() if one.state == "withdrawn"}
    entries = read_index(index)
    found = [item.id for item in entries if item.id in gone and item.status != "withdrawn"]
    if found:
        made = [
            replace(item, status="withdrawn", superseded_on=None) if item.id in found else item
            for item in entries
        ]
        write_index(index, made, index_comment(index))
    return found


def _entry(desk: Desk, receipt: Receipt, note: str, config: Config, raw: Path) -> Delivery:
    rows = desk.rows(receipt.id)
    name = f"{config.programme}/{receipt.region}/{receipt.id}.csv"
    paths.write_bytes(raw / name, rows.read_bytes())
    received = datetime.fromisoformat(receipt.confirmed_at).date()
    return Delivery(
        id=receipt.id,
        programme=config.programme,
        tables=(receipt.table,),
        format="danish_csv",
        files=(name,),
        sha256=(paths.sha256(raw / name),),
        received_date=received,
        rows=receipt.rows_accepted,
        status="accepted",
        is_reconstructed=False,
        region=receipt.region,
        note=note or None,
        is_fictitious=config.is_demonstration,
        key_id=receipt.key_id or None,
    )
