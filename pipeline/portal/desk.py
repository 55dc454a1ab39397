"""What the portal keeps: deliveries with their receipts, what is remembered of a region, and upload tokens.

Everything is a small file below the state folder, written whole or not at all; no original bytes.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.paths import write_json
from pipeline.portal.memory import Memory, load_memory, save_memory
from pipeline.portal.reading import RECEIPT, REFUSED, ROWS
from pipeline.portal.receipt import Receipt, from_json, to_json
from pipeline.web.tokens import hash_token, is_token, new_token

DANISH = ZoneInfo("Europe/Copenhagen")
# Told and not taken back: what counts for the next run, or will.
STANDING = ("confirmed", "accepted")


class DeskError(ValueError):
    """Something that cannot be done with a delivery now; the text is for the clerk."""


@dataclass(frozen=True)
class Desk:
    """The portal's files below ``folder``."""

    folder: Path

    # --- deliveries ---

    def new_id(self, region: str, table: str) -> str:
        """An id no delivery has; its parts are safe in a path."""
        return f"{region}-{table}-{datetime.now(DANISH):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    def place(self, delivery: str) -> Path:
        """The folder of one delivery. Raises KeyError for what is no id of ours."""
        folder = self.folder / "deliveries" / delivery
        if "/" in delivery or "\\" in delivery or delivery.startswith(".") or not delivery:
            raise KeyError(delivery)
        return folder

    def receipt(self, delivery: str) -> Receipt:
        """Raises KeyError where there is none."""
        path = self.place(delivery) / RECEIPT
        if not path.is_file():
            raise KeyError(delivery)
        return from_json(json.loads(path.read_text("utf-8")))

    def receipts(self, region: str = "", table: str = "") -> list[Receipt]:
        """The newest first; of one region and of one table, where named."""
        found = [
            from_json(json.loads(path.read_text("utf-8")))
            for path in (self.folder / "deliveries").glob(f"*/{RECEIPT}")
        ]
        wanted = [
            one for one in found if (not region or one.region == region) and (not table or one.table == table)
        ]
        return sorted(wanted, key=lambda one: (one.received_at, one.id), reverse=True)

    def previous(self, region: str, table: str) -> Receipt | None:
        """The region's latest delivery of the table that stands."""
        return next((one for one in self.receipts(region, table) if one.state in STANDING), None)

    def same(self, region: str, table: str, sha256: str, memory: str) -> Receipt | None:
        """An earlier delivery of the very same file, read with the same memory."""
        for one in self.receipts(region, table):
            if (one.sha256, one.memory) == (sha256, memory) and one.state != "withdrawn":
                return one
        return None

    def confirm(self, delivery: str, by: str, *, replaces: bool) -> Receipt:
        """Put it in the inbox; with ``replaces`` the one before is superseded. Raises DeskError."""
        receipt = self.receipt(delivery)
        if receipt.state != "read":
            raise DeskError("Leverancen er allerede bekræftet eller trukket tilbage.")
        if not receipt.is_usable:
            raise DeskError("Ingen rækker kan bruges. Ret filen, og send den igen.")
        earlier = self.previous(receipt.region, receipt.table) if replaces else None
        made = self._changed(receipt, "confirmed", by, replaces=earlier.id if earlier else "")
        if earlier is not None:
            self._changed(earlier, "superseded", by)
        return made

    def withdraw(self, delivery: str, by: str) -> Receipt:
        """Take a delivery back; one that the analyst has taken in is gone from the next run."""
        receipt = self.receipt(delivery)
        if receipt.state == "withdrawn":
            return receipt
        return self._changed(receipt, "withdrawn", by)

    def accepted(self, delivery: str, by: str) -> Receipt:
        """The analyst took it into the raw data."""
        return self._changed(self.receipt(delivery), "accepted", by)

    def forget_unread(self, delivery: str) -> None:
        """Remove what reading left when it failed."""
        shutil.rmtree(self.place(delivery), ignore_errors=True)

    def rows(self, delivery: str) -> Path:
        return self.place(delivery) / ROWS

    def workbook(self, delivery: str) -> Path:
        return self.place(delivery) / REFUSED

    def _changed(self, receipt: Receipt, state: str, by: str, *, replaces: str | None = None) -> Receipt:
        now = datetime.now(DANISH).isoformat(timespec="seconds")
        made = replace(
            receipt,
            state=state,
            by=by if state == "confirmed" else receipt.by,
            confirmed_at=now if state == "confirmed" else receipt.confirmed_at,
            replaces=receipt.replaces if replaces is None else replaces,
            history=(*receipt.history, f"{now} {state}: {by}"),
        )
        write_json(self.place(receipt.id) / RECEIPT, to_json(made))
        return made

    # --- memory ---

    def memory_file(self, region: str, table: str) -> Path:
        return self.folder / "memory" / region / f"{table}.json"

    def memory_id(self, region: str, table: str) -> str:
        """Tells one state of the memory from another."""
        path = self.memory_file(region, table)
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""

    def memory(self, region: str, table: str) -> Memory:
        return load_memory(self.memory_file(region, table))

    def remember(self, region: str, table: str, memory: Memory) -> None:
        save_memory(memory, self.memory_file(region, table))

    # --- upload tokens ---

    def new_upload_token(self, region: str) -> tuple[str, str]:
        """The id and the token itself, which is shown once and stored as a hash."""
        token, name = new_token(), secrets.token_hex(3)
        rows = [*self._tokens(), {"id": name, "region": region, "hash": hash_token(token), "state": "new"}]
        write_json(self._token_file, rows)
        self._token_file.chmod(0o600)
        return name, token

    def use_upload_token(self, token: str) -> str | None:
        """The region of a token that is new; it is used from now on."""
        rows = list(self._tokens())
        for row in rows:
            if row["state"] == "new" and is_token(token, row["hash"]):
                row["state"] = "used"
                write_json(self._token_file, rows)
                return str(row["region"])
        return None

    def revoke_upload_token(self, name: str) -> bool:
        """Whether there was such a token."""
        rows = list(self._tokens())
        found = [row for row in rows if row["id"] == name]
        for row in found:
            row["state"] = "revoked"
        write_json(self._token_file, rows)
        return bool(found)

    @property
    def _token_file(self) -> Path:
        return self.folder / "tokens.json"

    def _tokens(self) -> Iterator[dict[str, Any]]:
        if self._token_file.is_file():
            yield from json.loads(self._token_file.read_text("utf-8"))
