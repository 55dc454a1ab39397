"""Every platform's format has a page, and a name that the reports print."""

import re
from pathlib import Path

import pytest

from pipeline import formats, paths
from pipeline.contract import load_contracts
from pipeline.contract.model import PLAIN
from pipeline.formats.readers import FORMATS, KEYING, READERS
from pipeline.report import quality

PAGES = Path(formats.__file__).parent / "pages"


@pytest.mark.parametrize("format_", sorted(KEYING))
def test_a_page(format_: str) -> None:
    lines = (PAGES / f"{format_}.md").read_text("utf-8").splitlines()
    assert len(lines) <= 40
    assert f"`{format_}`" in lines[2]
    assert all(any(line.startswith(f"**{word}") for line in lines) for word in ("Reads.", "Cannot", "Drops."))


def test_the_readme_says_which_tables_come_in_which_format() -> None:
    told: dict[str, set[str]] = {}
    for line in (paths.ROOT / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        for name in set(re.findall("`([a-z_]+)`", cells[1] if len(cells) == 6 else "")) & set(FORMATS):
            told[name] = set(re.findall("`([a-z_]+)`", cells[3]))
    assert set(told) == set(FORMATS)
    for name in set(FORMATS) - {PLAIN}:
        tables = {table.name for table in load_contracts().tables.values() if name in table.delivered_as}
        assert told[name] == tables, name


def test_every_format_has_a_danish_name() -> None:
    assert set(quality.FORMATS) >= set(FORMATS)
    assert set(READERS) >= KEYING
