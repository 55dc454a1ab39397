"""Every platform's format has a page, and a name that the reports print."""

from pathlib import Path

import pytest

from pipeline import formats
from pipeline.formats.readers import KEYING, READERS
from pipeline.report.quality import FORMATS

PAGES = Path(formats.__file__).parent / "pages"


@pytest.mark.parametrize("format_", sorted(KEYING))
def test_a_page(format_: str) -> None:
    lines = (PAGES / f"{format_}.md").read_text("utf-8").splitlines()
    assert len(lines) <= 40
    assert f"`{format_}`" in lines[2]
    assert all(any(line.startswith(f"**{word}") for line in lines) for word in ("Reads.", "Cannot", "Drops."))


def test_every_format_has_a_danish_name() -> None:
    assert set(FORMATS) >= KEYING
    assert set(READERS) >= KEYING
